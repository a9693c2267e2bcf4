//! Futures.

use crate::{assert_says, failure, outcomes};
use loom::future::{AtomicWaker, block_on};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering::SeqCst};
use loom::thread;
use std::future::poll_fn;
use std::task::{Poll, Waker};

struct Flag {
    set: AtomicBool,
    waker: AtomicWaker,
}

/// Waits for a flag that a thread sets; registers its waker before, or after, it looks.
fn wait(looks_first: bool) -> impl Fn() + Send + Sync + 'static {
    move || {
        let flag = Arc::new(Flag {
            set: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        let theirs = Arc::clone(&flag);
        thread::spawn(move || {
            theirs.set.store(true, SeqCst);
            theirs.waker.wake();
        });
        block_on(poll_fn(|context| {
            if looks_first && flag.set.load(SeqCst) {
                return Poll::Ready(());
            }
            flag.waker.register_by_ref(context.waker());
            match !looks_first && flag.set.load(SeqCst) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }));
        flag.waker.take_waker();
    }
}

#[test]
fn a_task_is_woken() {
    loom::model(wait(false));
    assert_says(&failure(wait(true)), "to be unparked");
}

#[test]
fn a_task_may_be_polled_once_for_no_reason() {
    let woken = outcomes(|| {
        let woken = Arc::new(AtomicBool::new(false));
        let mut polls = 0;
        block_on(poll_fn(|context| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready(woken.load(SeqCst));
            }
            let (waker, woken) = (context.waker().clone(), Arc::clone(&woken));
            thread::spawn(move || {
                woken.store(true, SeqCst);
                waker.wake();
            });
            Poll::Pending
        }))
    });
    assert_eq!(woken, [false, true].into());
}

#[test]
fn a_waker_that_is_never_dropped_is_a_leak() {
    let report = failure(|| {
        block_on(poll_fn(|context| {
            std::mem::forget(Waker::clone(context.waker()));
            Poll::Ready(())
        }));
    });
    assert_says(&report, "leaked: a waker made at ");
}
