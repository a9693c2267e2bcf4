//! Shared ownership.

use crate::{assert_says, failure, outcomes};
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::sync::{Arc, Notify, Weak};
use loom::thread;

#[test]
fn one_that_is_never_dropped_is_a_leak() {
    loom::model(|| drop(Arc::new(1)));
    let report = failure(|| std::mem::forget(Arc::new(1)));
    assert_says(
        &report,
        "leaked: an `Arc` made at selvedge-loom/tests/face/arc.rs:",
    );
}

#[test]
fn one_that_was_made_outside_is_no_leak() {
    let outside = Arc::new(AtomicStd::default());
    loom::model(move || {
        let _ = Arc::clone(&outside);
        std::mem::forget(Arc::clone(&outside));
        outside.0.fetch_add(1, Relaxed);
    });
}

#[derive(Default)]
struct AtomicStd(std::sync::atomic::AtomicUsize);

/// Writes to plain memory when it is dropped.
struct WritesAtTheEnd(UnsafeCell<u32>);

// SAFETY: the explorer checks the accesses.
unsafe impl Sync for WritesAtTheEnd {}

impl Drop for WritesAtTheEnd {
    fn drop(&mut self) {
        // SAFETY: checked.
        self.0.with_mut(|value| unsafe { *value += 1 });
    }
}

#[test]
fn all_uses_come_before_the_destructor() {
    loom::model(|| {
        let shared = Arc::new(WritesAtTheEnd(UnsafeCell::new(0)));
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            // SAFETY: checked.
            theirs.0.with(|value| unsafe { *value })
        });
        // SAFETY: checked.
        shared.0.with(|value| unsafe { *value });
    });
}

#[test]
fn either_thread_may_be_the_last() {
    struct Says(std::sync::Arc<std::sync::Mutex<Option<thread::Thread>>>);
    impl Drop for Says {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = Some(thread::current());
        }
    }
    let last = outcomes(|| {
        let last = std::sync::Arc::default();
        let shared = Arc::new(Says(std::sync::Arc::clone(&last)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || drop(theirs));
        drop(shared);
        thread.join().unwrap();
        let last: Option<thread::Thread> = last.lock().unwrap().take();
        last.map(|thread| thread.id())
    });
    assert_eq!(last.len(), 2);
}

#[test]
fn whether_it_is_the_only_one_is_explored() {
    let only = outcomes(|| {
        let mut shared = Arc::new(1);
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || drop(theirs));
        let is_only = Arc::get_mut(&mut shared).is_some();
        thread.join().unwrap();
        assert_eq!(Arc::get_mut(&mut shared), Some(&mut 1));
        is_only
    });
    assert_eq!(only, [false, true].into());
}

#[test]
fn the_value_is_unwrapped_by_the_last() {
    loom::model(|| {
        let shared = Arc::new(1);
        let theirs = Arc::clone(&shared);
        let may_drop = Arc::new(Notify::new());
        let notified = Arc::clone(&may_drop);
        let thread = thread::spawn(move || {
            notified.wait();
            drop(theirs);
        });
        let shared = Arc::try_unwrap(shared).expect_err("the thread has one");
        may_drop.notify();
        thread.join().unwrap();
        assert_eq!(Arc::try_unwrap(shared), Ok(1));
    });
}

#[test]
fn counts_are_explored() {
    let counts = outcomes(|| {
        let shared = Arc::new(1);
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let _more = Arc::clone(&theirs);
        });
        let count = Arc::strong_count(&shared);
        thread.join().unwrap();
        assert_eq!(Arc::strong_count(&shared), 1);
        count
    });
    assert_eq!(counts, [1, 2, 3].into());
}

#[test]
fn a_weak_reference_is_upgraded_while_there_is_an_arc() {
    let upgraded = outcomes(|| {
        let shared = Arc::new(AtomicUsize::new(7));
        let weak = Arc::downgrade(&shared);
        let thread = thread::spawn(move || drop(shared));
        let value = weak.upgrade().map(|shared| shared.load(Relaxed));
        thread.join().unwrap();
        assert!(weak.upgrade().is_none());
        value
    });
    assert_eq!(upgraded, [None, Some(7)].into());
    loom::model(|| {
        assert!(Weak::<u8>::new().upgrade().is_none());
        let cyclic = Arc::new_cyclic(|weak: &Weak<(u8, Weak<u8>)>| {
            assert!(weak.upgrade().is_none());
            (1, Weak::new())
        });
        assert_eq!(cyclic.0, 1);
    });
}

#[test]
fn a_raw_pointer_keeps_its_count() {
    loom::model(|| {
        let pointer = Arc::into_raw(Arc::new(5));
        // SAFETY: it comes from `into_raw`, and is given back as often as it was counted.
        unsafe {
            Arc::increment_strong_count(pointer);
            Arc::decrement_strong_count(pointer);
            assert_eq!(*Arc::from_raw(pointer), 5);
        }
    });
    let report = failure(|| {
        let _ = Arc::into_raw(Arc::new(5));
    });
    assert_says(&report, "leaked: an `Arc` made at ");
}

#[test]
fn an_unsized_one_comes_from_std() {
    loom::model(|| {
        let shared: Arc<dyn Fn() -> u8> = Arc::from_std(std::sync::Arc::new(|| 4));
        assert_eq!(Arc::clone(&shared)(), 4);
    });
}
