//! Each thread of the program unwinds for itself, and the exploring thread does not look as if it unwound.

use crate::support::strict::strict;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::{AtomicBool, AtomicUsize};
use selvedge_explorer::sync::{Arc, Mutex, RwLock};
use selvedge_explorer::thread;

use super::{OnDrop, assert_nothing_is_left, endings, endings_with, table};
use crate::support::process::alone;
use crate::support::quiet::quiet_panics;

#[test]
fn two_threads_that_panic_at_once_poison_each_its_own() {
    alone(|| {
        // Without the explorer's part in the panic hook, it knows of panics only what it finds out for
        // itself.
        panic::set_hook(Box::new(|_| ()));
        let body = || {
            let locks = Arc::new([(); 3].map(|()| Mutex::new(())));
            let steps = Arc::new(AtomicUsize::new(0));
            let threads = [0, 1].map(|index| {
                let (locks, steps) = (Arc::clone(&locks), Arc::clone(&steps));
                thread::spawn(move || {
                    let _held = locks[index].lock().unwrap();
                    let _steps = OnDrop(|| _ = steps.fetch_add(1, SeqCst));
                    panic!("at once");
                })
            });
            // It holds a lock at times when others unwind, and does not poison it.
            let held = locks[2].lock().unwrap();
            let _seen = steps.load(SeqCst);
            assert!(!thread::panicking() && !std::thread::panicking());
            drop(held);
            threads
                .into_iter()
                .for_each(|thread| assert!(thread.join().is_err()));
            locks.each_ref().map(Mutex::is_poisoned)
        };
        let mut seen = Vec::new();
        let summary = strict().explore(body, |execution| {
            seen.extend(execution.ending().finished().copied());
        });
        // Three events at one atomic, two of them increments: 3! orders, for the load is no increment.
        assert_eq!(summary.expect("deterministic").executions, 6);
        assert_eq!(seen, [[true, true, false]; 6]);
        assert_nothing_is_left();
    });
}

#[test]
fn a_thread_that_waits_in_a_destructor_while_it_unwinds_is_abandoned_there() {
    alone(|| {
        quiet_panics();
        let body = |poisons: bool| {
            move || {
                let lock = Arc::new((Mutex::new(()), RwLock::new(())));
                let theirs = Arc::clone(&lock);
                let _unwinds = thread::spawn(move || {
                    let _waits = OnDrop(thread::park); // nobody unparks it
                    panic!("and waits");
                });
                let other = thread::spawn(move || {
                    let _held = (theirs.0.lock().unwrap(), theirs.1.write().unwrap());
                    if poisons {
                        panic!("while it holds both locks");
                    }
                });
                assert_eq!(other.join().is_err(), poisons);
                let poisoned = (lock.0.lock().is_err(), lock.1.read().is_err());
                assert_eq!(poisoned, (poisons, poisons));
                assert!(!thread::panicking());
            }
        };
        for _ in 0..20 {
            assert_eq!(endings(body(false)), table([("deadlock", 1)]));
            assert!(!std::thread::panicking());
            assert_eq!(endings(body(true)), table([("deadlock", 1)]));
            assert!(!std::thread::panicking());
        }
        assert_nothing_is_left();
    });
}

#[test]
fn several_panics_of_one_thread_are_abandoned_together() {
    alone(|| {
        quiet_panics();
        let body = || {
            let alternative = thread::spawn(|| {
                let _third = OnDrop(|| {
                    let _ = panic::catch_unwind(|| {
                        let _waits = OnDrop(thread::park);
                        panic!("the second");
                    });
                });
                panic!("the first");
            });
            drop(alternative);
            selvedge_explorer::choose(100);
        };
        assert_eq!(endings(body), table([("deadlock", 100)]));
        assert_nothing_is_left();
    });
}

#[test]
fn threads_know_whether_they_unwind_themselves() {
    alone(|| {
        quiet_panics();
        let body = || {
            let flags = Arc::new([(); 2].map(|()| AtomicBool::new(false)));
            let theirs = Arc::clone(&flags);
            let unwinds = thread::spawn(move || {
                assert!(!thread::panicking());
                let _waits = OnDrop(|| {
                    assert!(thread::panicking() && std::thread::panicking());
                    theirs[0].store(true, SeqCst);
                    while !theirs[1].load(SeqCst) {
                        thread::yield_now();
                    }
                    assert!(thread::panicking() && std::thread::panicking());
                });
                panic!("on purpose");
            });
            while !flags[0].load(SeqCst) {
                thread::yield_now();
            }
            assert!(
                !thread::panicking() && !std::thread::panicking(),
                "the other one unwinds"
            );
            flags[1].store(true, SeqCst);
            assert!(unwinds.join().is_err());
            assert!(!thread::panicking() && !std::thread::panicking());
        };
        let (summary, endings) = endings_with(&strict(), body);
        assert_eq!(endings.keys().collect::<Vec<_>>(), ["finished"]);
        assert!(summary.executions > 1);
        assert_nothing_is_left();
    });
}

#[test]
fn an_exploration_begun_while_its_caller_unwinds_is_like_any_other() {
    alone(|| {
        quiet_panics();
        let body = || {
            assert!(!thread::panicking(), "it is the caller who unwinds");
            let lock = Arc::new(Mutex::new(()));
            let theirs = Arc::clone(&lock);
            let unwinds = thread::spawn(move || {
                let _held = theirs.lock().unwrap();
                panic!("with the lock");
            });
            assert!(unwinds.join().is_err() && lock.is_poisoned());
            let _waits = OnDrop(thread::park);
            panic!("and waits");
        };
        let caught = panic::catch_unwind(AssertUnwindSafe(|| {
            let _explores = OnDrop(|| {
                assert!(std::thread::panicking());
                for _ in 0..3 {
                    assert_eq!(endings(body), table([("deadlock", 1)]));
                    assert!(std::thread::panicking(), "as before");
                }
            });
            panic!("the caller's");
        }));
        assert!(caught.is_err());
        assert_nothing_is_left();
    });
}

#[test]
fn what_the_body_keeps_in_a_thread_local_outlives_the_reset() {
    thread_local! {
        static KEPT: RefCell<Vec<Arc<usize>>> = const { RefCell::new(Vec::new()) };
    }
    alone(|| {
        let body = || {
            KEPT.with_borrow_mut(|kept| kept.push(std::sync::Arc::new(7)));
            thread::spawn(thread::park);
            thread::park();
        };
        for _ in 0..3 {
            assert_eq!(endings(body), table([("deadlock", 1)]));
        }
        assert_eq!(KEPT.take(), [7, 7, 7].map(Arc::new));
    });
}
