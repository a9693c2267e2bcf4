//! Destructors of threads that an execution leaves behind: they do not run, whatever they would do.

use crate::support::strict::strict;
use std::cell::Cell as StdCell;
use std::rc::Rc;
use std::sync::atomic::AtomicUsize as StdAtomicUsize;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use selvedge_explorer::sync::atomic::AtomicUsize;
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge_explorer::{Mode, thread};

use super::{OnDrop, assert_nothing_is_left, endings, endings_with, table};
use crate::support::process::alone;
use crate::support::quiet::quiet_panics;

#[test]
fn an_assertion_in_a_destructor_does_not_hold_in_a_deadlock() {
    alone(|| {
        let body = |parks: bool| {
            move || {
                let shared = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
                let theirs = Arc::clone(&shared);
                let checked = OnDrop(move || assert_eq!(theirs.0.load(SeqCst), theirs.1.load(SeqCst)));
                let thread = thread::spawn(move || {
                    let _checked = checked;
                    shared.0.store(1, SeqCst);
                    if parks {
                        thread::park(); // nobody unparks it
                    }
                    shared.1.store(1, SeqCst);
                });
                thread.join().unwrap();
            }
        };
        assert_eq!(endings(body(true)), table([("deadlock", 1)]));
        assert_eq!(endings(body(false)), table([("finished", 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn a_destructor_that_unwraps_a_poisoned_lock_is_not_run_in_a_deadlock() {
    alone(|| {
        quiet_panics();
        let body = || {
            let lock = Arc::new(Mutex::new(0));
            let theirs = Arc::clone(&lock);
            let poisons = thread::spawn(move || {
                let _held = theirs.lock().unwrap();
                panic!("poison");
            });
            assert!(poisons.join().is_err());
            let _unwraps = OnDrop(|| *lock.lock().unwrap() += 1);
            thread::park();
        };
        assert_eq!(endings(body), table([("deadlock", 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn a_pool_that_joins_its_workers_in_a_destructor_does_not_go_on_after_a_deadlock() {
    alone(|| {
        let turns = Rc::new(StdCell::new(0));
        let counted = Rc::clone(&turns);
        thread_local! {
            static TURNS: StdCell<usize> = const { StdCell::new(0) };
        }
        let body = move || {
            TURNS.set(0);
            let pair = Arc::new((Mutex::new(false), Condvar::new()));
            let theirs = Arc::clone(&pair);
            let mut worker = Some(thread::spawn(move || {
                let mut ready = theirs.0.lock().unwrap();
                while !*ready {
                    TURNS.set(TURNS.get() + 1);
                    ready = theirs.1.wait(ready).unwrap();
                }
            }));
            let _pool = OnDrop(move || drop(worker.take().expect("it is joined once").join()));
            counted.set(counted.get() + 1);
            thread::park(); // nobody unparks it
        };
        assert_eq!(endings(body), table([("deadlock", 1)]));
        assert_eq!((turns.get(), TURNS.get()), (1, 1), "the loop was entered once");
        assert_nothing_is_left();
    });
}

#[test]
fn a_loop_without_end_in_a_destructor_ends_at_the_step_limit() {
    alone(|| {
        let body = || {
            let number = AtomicUsize::new(0);
            let _endless = OnDrop(|| {
                loop {
                    number.fetch_add(1, SeqCst);
                }
            });
        };
        let (summary, endings) = endings_with(&strict().steps(500), body);
        assert_eq!(endings, table([("step limit", 1)]));
        assert_eq!(summary.events, 500);
        assert_nothing_is_left();
    });
}

#[test]
fn guards_held_at_the_step_limit_are_leaked() {
    alone(|| {
        let body = || {
            let lock = Arc::new(Mutex::new(0));
            let theirs = Arc::clone(&lock);
            let thread = thread::spawn(move || {
                let mut held = theirs.lock().unwrap();
                let _asserts = OnDrop(|| panic!("no destructor is run"));
                let own = Mutex::new(());
                loop {
                    drop(own.lock());
                    *held += 1;
                }
            });
            drop(lock.lock());
            thread.join().unwrap();
        };
        let (_, endings) = endings_with(&strict().steps(50), body);
        assert_eq!(endings, table([("step limit", 2)]));
        assert_nothing_is_left();
    });
}

#[test]
fn guards_held_in_a_data_race_do_no_harm() {
    alone(|| {
        let body = || {
            let shared = Arc::new((Mutex::new(()), Cell::new(0), Mutex::new(())));
            let theirs = Arc::clone(&shared);
            let thread = thread::spawn(move || {
                let _held = theirs.2.lock().unwrap();
                theirs.1.set(1);
            });
            let _held = shared.0.lock().unwrap();
            shared.1.set(2);
            thread.join().unwrap();
        };
        assert_eq!(endings(body), table([("data race", 2)]));
        assert_nothing_is_left();
    });
}

#[test]
fn executions_given_up_in_vain_run_no_destructor() {
    static DROPPED: StdAtomicUsize = StdAtomicUsize::new(0);
    alone(|| {
        let body = || {
            let numbers = Arc::new([(); 3].map(|()| AtomicUsize::new(0)));
            let threads = [0, 1, 2].map(|index| {
                let numbers = Arc::clone(&numbers);
                thread::spawn(move || {
                    let _counted = OnDrop(|| _ = DROPPED.fetch_add(1, Relaxed));
                    numbers[index].store(1, SeqCst);
                    numbers[(index + 1) % 3].load(SeqCst)
                })
            });
            threads
                .into_iter()
                .for_each(|thread| assert!(thread.join().is_ok()));
        };
        let (summary, _) = endings_with(&strict().mode(Mode::SleepSets), body);
        assert!(summary.blocked > 0);
        let finished = 3 * usize::try_from(summary.executions).expect("they are few");
        assert!(DROPPED.load(Relaxed) >= finished);
        let all = finished + 3 * usize::try_from(summary.blocked).expect("they are few");
        assert!(DROPPED.load(Relaxed) < all, "some threads were abandoned");
        assert_nothing_is_left();
    });
}

#[test]
fn the_body_is_dropped_at_the_end_though_its_threads_are_leaked() {
    alone(|| {
        let alive = Rc::new(());
        let captured = Rc::clone(&alive);
        let body = move || {
            let on_the_stack = Rc::clone(&captured);
            let _waits = OnDrop(move || drop(Rc::clone(&on_the_stack)));
            thread::park();
        };
        assert_eq!(endings(body), table([("deadlock", 1)]));
        assert_eq!(Rc::strong_count(&alive), 2, "the one on the stack is leaked");
    });
}

#[test]
fn a_body_that_leaks_is_explored() {
    alone(|| {
        let body = || {
            let lock = Arc::new(Mutex::new(()));
            std::mem::forget(lock.lock().unwrap());
            std::mem::forget(Box::new([1; 100]));
            assert!(lock.try_lock().is_err());
            std::mem::forget(thread::spawn(move || drop(lock)));
        };
        assert_eq!(endings(body), table([("finished", 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn a_panic_of_a_destructor_at_the_normal_end_is_a_panic_of_its_thread() {
    alone(|| {
        quiet_panics();
        let in_thread = || {
            let thread = thread::spawn(|| drop(OnDrop(|| panic!("at the end"))));
            assert!(thread.join().is_err());
        };
        assert_eq!(endings(in_thread), table([("finished", 1)]));
        let in_main = || drop(OnDrop(|| panic!("at the end of main")));
        assert_eq!(endings(in_main), table([("panic: at the end of main", 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn a_panic_of_the_destructor_of_a_result_is_a_panic_of_its_thread() {
    alone(|| {
        quiet_panics();
        let never_joined = || drop(thread::spawn(|| OnDrop(|| panic!("nobody wants it"))));
        assert_eq!(endings(never_joined), table([("panic: nobody wants it", 1)]));
        let joined = || {
            thread::spawn(|| OnDrop(|| panic!("wanted")))
                .join()
                .map(drop)
                .is_ok()
        };
        assert_eq!(endings(joined), table([("panic: wanted", 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn payloads_whose_destructors_panic_do_no_harm() {
    alone(|| {
        quiet_panics();
        let payload = || OnDrop(|| std::panic::panic_any(OnDrop(|| panic!("the second destructor"))));
        let in_main = move || std::panic::panic_any(payload());
        let message = "panic: a payload that is not a string";
        assert_eq!(endings(in_main), table([(message, 1)]));
        let in_thread = move || drop(thread::spawn(move || std::panic::panic_any(payload())));
        assert_eq!(endings(in_thread), table([(message, 1)]));
        let joined = move || {
            let thread = thread::spawn(move || std::panic::panic_any(payload()));
            std::mem::forget(thread.join().expect_err("it panicked"));
        };
        assert_eq!(endings(joined), table([("finished", 1)]));
        assert_nothing_is_left();
    });
}
