//! Atomics, and the memory models.

use crate::{assert_says, failure, outcomes};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering, fence};
use loom::thread;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

/// Each of two threads stores, and then looks for the store of the other one.
fn store_buffering(store: Ordering, load: Ordering) -> impl Fn() -> (bool, bool) + Send + Sync + 'static {
    move || {
        let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let theirs = Arc::clone(&flags);
        let thread = thread::spawn(move || {
            theirs[0].store(true, store);
            theirs[1].load(load)
        });
        flags[1].store(true, store);
        (flags[0].load(load), thread.join().unwrap())
    }
}

#[test]
fn sequential_consistency_means_it() {
    let sequential = [(false, true), (true, false), (true, true)];
    assert_eq!(outcomes(store_buffering(SeqCst, SeqCst)), sequential.into());
    let weak = [(false, false), (false, true), (true, false), (true, true)];
    assert_eq!(outcomes(store_buffering(Release, Acquire)), weak.into());
}

#[test]
fn a_failure_of_weak_memory_says_so() {
    let model = store_buffering(Release, Acquire);
    let report = failure(move || assert_ne!(model(), (false, false), "neither has seen the other"));
    assert_says(&report, "neither has seen the other");
    assert_says(&report, "under C11");
    assert_says(&report, "SELVEDGE_MEMORY=rc11");
}

#[test]
fn fences_order() {
    let buffering = |ordering: Option<Ordering>| {
        move || {
            let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
            let theirs = Arc::clone(&flags);
            let thread = thread::spawn(move || {
                theirs[0].store(true, Relaxed);
                ordering.into_iter().for_each(fence);
                theirs[1].load(Relaxed)
            });
            flags[1].store(true, Relaxed);
            ordering.into_iter().for_each(fence);
            (flags[0].load(Relaxed), thread.join().unwrap())
        }
    };
    assert!(!outcomes(buffering(Some(SeqCst))).contains(&(false, false)));
    assert!(outcomes(buffering(None)).contains(&(false, false)));
}

#[test]
fn a_weak_exchange_may_fail_for_no_reason() {
    let exchange = || {
        let atomic = AtomicUsize::new(1);
        atomic.compare_exchange_weak(1, 2, SeqCst, SeqCst)
    };
    assert_eq!(outcomes(exchange), [Ok(1), Err(1)].into());
    let strong = || AtomicUsize::new(1).compare_exchange(1, 2, SeqCst, SeqCst);
    assert_eq!(outcomes(strong), [Ok(1)].into());
}

#[test]
fn operations_return_the_value_before() {
    loom::model(|| {
        let atomic = AtomicU8::new(6);
        assert_eq!(atomic.fetch_add(250, Relaxed), 6);
        assert_eq!(atomic.fetch_sub(1, Relaxed), 0);
        assert_eq!(atomic.fetch_and(0x0f, Relaxed), 255);
        assert_eq!(atomic.fetch_nand(0x03, Relaxed), 15);
        assert_eq!(atomic.fetch_or(0x03, Relaxed), 252);
        assert_eq!(atomic.fetch_xor(0xf0, Relaxed), 255);
        assert_eq!(atomic.fetch_max(20, Relaxed), 15);
        assert_eq!(atomic.fetch_min(7, Relaxed), 20);
        assert_eq!(atomic.swap(1, AcqRel), 7);
        assert_eq!(atomic.compare_and_swap(1, 2, Release), 1);
        assert_eq!(atomic.compare_and_swap(1, 3, Release), 2);
        assert_eq!(
            atomic.fetch_update(Relaxed, Relaxed, |value| Some(value * 2)),
            Ok(2)
        );
        assert_eq!(atomic.try_update(Relaxed, Relaxed, |_| None), Err(4));
        assert_eq!(atomic.update(Relaxed, Relaxed, |value| value + 1), 4);
        // SAFETY: there is one thread.
        assert_eq!(unsafe { atomic.unsync_load() }, 5);
        assert_eq!(atomic.into_inner(), 5);
    });
}

#[test]
fn an_owner_changes_the_value_in_place() {
    loom::model(|| {
        let mut number = AtomicUsize::new(1);
        assert_eq!(number.with_mut(|number| std::mem::replace(number, 5)), 1);
        assert_eq!(number.load(Relaxed), 5);
        let mut value = 3;
        let mut pointer = AtomicPtr::new(&raw mut value);
        pointer.with_mut(|pointer| *pointer = std::ptr::null_mut());
        assert!(pointer.load(Relaxed).is_null());
    });
}
