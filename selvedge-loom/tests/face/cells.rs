//! Plain memory.

use crate::{assert_says, failure};
use loom::cell::{Cell, UnsafeCell};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

struct Message {
    sent: AtomicBool,
    text: UnsafeCell<String>,
}

// SAFETY: the explorer checks the accesses.
unsafe impl Sync for Message {}

fn pass(store: Ordering, load: Ordering) -> impl Fn() + Send + Sync + 'static {
    move || {
        let message = Arc::new(Message {
            sent: AtomicBool::new(false),
            text: UnsafeCell::new(String::new()),
        });
        let theirs = Arc::clone(&message);
        thread::spawn(move || {
            // SAFETY: checked.
            theirs.text.with_mut(|text| unsafe { (*text).push_str("hello") });
            theirs.sent.store(true, store);
        });
        if message.sent.load(load) {
            // SAFETY: checked.
            message.text.with(|text| unsafe { assert_eq!(*text, "hello") });
        }
    }
}

#[test]
fn a_message_is_passed_by_release_and_acquire() {
    loom::model(pass(Release, Acquire));
    for (store, load) in [(Relaxed, Acquire), (Release, Relaxed)] {
        let report = failure(pass(store, load));
        assert_says(
            &report,
            "data race on text: thread 1 writes at selvedge-loom/tests/face/cells.rs",
        );
        assert_says(&report, "thread main reads at selvedge-loom/tests/face/cells.rs");
    }
}

#[test]
fn guards_are_spans() {
    let model = |keeps: bool| {
        move || {
            let cell = UnsafeCell::new(1);
            let reading = cell.get();
            // SAFETY: nobody writes.
            assert_eq!(unsafe { *reading.deref() }, 1);
            if !keeps {
                drop(reading);
                return cell.with_mut(|_| ());
            }
            cell.with_mut(|_| ());
        }
    };
    loom::model(model(false));
    assert_says(
        &failure(model(true)),
        "the thread writes memory that it still reads, since selvedge-loom/tests/face/cells.rs",
    );
}

#[test]
fn a_cell_is_plain_memory() {
    loom::model(|| {
        let cell = Cell::new(1);
        assert_eq!(cell.replace(2), 1);
        let other = Cell::new(3);
        cell.swap(&other);
        assert_eq!((cell.get(), other.take(), other.into_inner()), (3, 2, 0));
    });
    let report = failure(|| {
        struct Shared(Cell<u32>);
        // SAFETY: the explorer checks the accesses.
        unsafe impl Sync for Shared {}
        let shared = Arc::new(Shared(Cell::new(0)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || theirs.0.set(1));
        shared.0.get();
        thread.join().unwrap();
    });
    assert_says(&report, "data race on ");
}

/// A value that only one thread may take: a thread that takes it twice would free it twice.
#[test]
fn memory_is_left_alone_after_a_data_race() {
    struct Slot(UnsafeCell<Option<Box<u32>>>);
    // SAFETY: the explorer checks the accesses.
    unsafe impl Sync for Slot {}
    let report = failure(|| {
        let slot = Arc::new(Slot(UnsafeCell::new(Some(Box::new(1)))));
        let theirs = Arc::clone(&slot);
        // Each reads the box and leaves it there, as a lock-free queue does.
        // SAFETY: that is what is wrong.
        let take = |slot: &Slot| slot.0.with_mut(|slot| unsafe { std::ptr::read(slot) });
        let thread = thread::spawn(move || drop(take(&theirs)));
        drop(take(&slot));
        thread.join().unwrap();
    });
    assert_says(&report, "data race on ");
}
