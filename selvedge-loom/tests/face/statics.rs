//! Thread-locals and lazy statics.

use crate::{assert_says, failure, outcomes};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;
use std::cell::{Cell, RefCell};

loom::thread_local! {
    static NUMBER: Cell<u32> = Cell::new(1);
    static TOLD: RefCell<Option<Tells>> = const { RefCell::new(None) };
}

loom::lazy_static! {
    static ref SHARED: AtomicUsize = AtomicUsize::new(MADE.fetch_add(1, SeqCst));
    static ref MADE: AtomicUsize = AtomicUsize::new(0);
    /// It is not dropped by the threads that use it.
    pub static ref OWNED: Arc<AtomicUsize> = Arc::new(AtomicUsize::new(0));
}

/// Tells when it is dropped.
struct Tells(Arc<AtomicUsize>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
        // Another thread-local can still be used, or says that it has been destroyed.
        let _ = NUMBER.try_with(|number| number.set(9));
    }
}

#[test]
fn each_thread_of_each_execution_has_a_value() {
    loom::model(|| {
        NUMBER.with(|number| {
            assert_eq!(number.get(), 1);
            number.set(2);
        });
        let thread = thread::spawn(|| NUMBER.with(|number| number.replace(3)));
        assert_eq!(thread.join().unwrap(), 1);
        assert_eq!(NUMBER.with(Cell::get), 2);
    });
}

#[test]
fn a_value_is_destroyed_with_its_thread() {
    loom::model(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let tells = Tells(Arc::clone(&dropped));
        let thread = thread::spawn(move || TOLD.with(|told| *told.borrow_mut() = Some(tells)));
        thread.join().unwrap();
        assert_eq!(dropped.load(SeqCst), 1);
    });
    // And after a panic: otherwise what it owns would be leaked, and the report about that.
    let report = failure(|| {
        let tells = Tells(Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&tells.0);
        let thread = thread::spawn(move || {
            TOLD.with(|told| *told.borrow_mut() = Some(tells));
            panic!("thrown");
        });
        assert!(thread.join().is_err());
        assert_eq!(count.load(SeqCst), 1, "the value is still there");
    });
    assert_says(&report, "thrown");
}

#[test]
fn a_static_is_made_once_in_each_execution() {
    let seen = outcomes(|| {
        let thread = thread::spawn(|| SHARED.fetch_add(10, SeqCst));
        let mine = SHARED.fetch_add(10, SeqCst);
        let theirs = thread.join().unwrap();
        assert_eq!(MADE.load(SeqCst), 1);
        (mine, theirs)
    });
    assert_eq!(seen, [(0, 10), (10, 0)].into());
}

#[test]
fn a_static_is_no_leak_and_lives_as_long_as_the_threads() {
    loom::model(|| {
        thread::spawn(|| OWNED.fetch_add(1, SeqCst));
        OWNED.fetch_add(1, SeqCst);
    });
    let report = failure(|| std::mem::forget(Arc::clone(&OWNED)));
    assert_says(&report, "leaked: an `Arc` made at ");
}
