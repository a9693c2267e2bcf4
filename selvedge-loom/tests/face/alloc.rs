//! Memory whose allocation is watched.

use crate::{assert_says, failure};
use loom::alloc::{Layout, Track, alloc, alloc_zeroed, dealloc};
use loom::thread;

#[test]
fn memory_must_be_freed_once() {
    let model = |frees: usize| {
        move || {
            let layout = Layout::new::<u64>();
            // SAFETY: the layout is not empty, and what is wrong is found before it does harm.
            unsafe {
                let pointer = alloc_zeroed(layout);
                assert_eq!(*pointer, 0);
                (0..frees).for_each(|_| dealloc(pointer, layout));
            }
        }
    };
    loom::model(model(1));
    let report = failure(model(0));
    assert_says(
        &report,
        "leaked: memory made at selvedge-loom/tests/face/alloc.rs:",
    );
    let report = failure(model(2));
    assert_says(
        &report,
        "freed twice: it was allocated at selvedge-loom/tests/face/alloc.rs:",
    );
    assert_says(&report, "and freed at selvedge-loom/tests/face/alloc.rs:");
}

#[test]
fn two_threads_that_free_the_same_memory_are_found() {
    let report = failure(|| {
        let layout = Layout::new::<u64>();
        // SAFETY: what is wrong is found before it does harm.
        let pointer = unsafe { alloc(layout) };
        let free = move || {
            let pointer = pointer;
            // SAFETY: as above.
            unsafe { dealloc(pointer, layout) }
        };
        let thread = thread::spawn(free);
        free();
        thread.join().unwrap();
    });
    assert_says(&report, "data race on memory");
}

#[test]
fn a_tracked_value_must_be_dropped_or_taken_out() {
    loom::model(|| {
        let mut track = Track::new(1);
        *track.get_mut() += 1;
        assert_eq!(*track.get_ref(), 2);
        drop(track);
        std::mem::forget(Track::new(String::new()).into_inner());
    });
    let report = failure(|| std::mem::forget(Track::new(1)));
    assert_says(&report, "leaked: a tracked value made at ");
}
