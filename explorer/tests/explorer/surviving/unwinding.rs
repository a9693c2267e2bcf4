//! Abandoned threads are unwound if that is wanted; and what std makes of a panic in a destructor then.

use crate::support::strict::strict;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::AtomicUsize as StdAtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use selvedge_explorer::sync::{Arc, Condvar, Mutex};
use selvedge_explorer::{Explorer, thread};

use super::{OnDrop, assert_nothing_is_left, endings_with, table};
use crate::support::process::alone;
use crate::support::quiet::quiet_panics;

fn unwinding() -> Explorer {
    strict().unwind_abandoned(true)
}

#[test]
fn destructors_of_abandoned_threads_are_run_if_wanted() {
    alone(|| {
        let body = |dropped: Rc<Cell<usize>>| {
            move || {
                let dropped = Rc::clone(&dropped);
                let _counted = OnDrop(move || {
                    assert!(thread::panicking());
                    dropped.set(dropped.get() + 1);
                });
                let lock = Mutex::new(());
                let _first = lock.lock();
                drop(lock.lock());
            }
        };
        for (explorer, expected) in [(unwinding(), 1), (strict(), 0)] {
            let dropped = Rc::new(Cell::new(0));
            let (_, endings) = endings_with(&explorer, body(Rc::clone(&dropped)));
            assert_eq!(endings, table([("deadlock", 1)]));
            assert_eq!(dropped.get(), expected);
            assert_nothing_is_left();
        }
    });
}

#[test]
fn a_destructor_that_has_to_wait_is_given_up_and_the_program_does_not_go_on() {
    static TURNS: StdAtomicUsize = StdAtomicUsize::new(0);
    alone(|| {
        let body = || {
            let pair = Arc::new((Mutex::new(false), Condvar::new()));
            let theirs = Arc::clone(&pair);
            let mut worker = Some(thread::spawn(move || {
                let mut ready = theirs.0.lock().unwrap();
                while !*ready {
                    TURNS.fetch_add(1, Relaxed);
                    ready = theirs.1.wait(ready).unwrap();
                }
            }));
            let _pool = OnDrop(move || drop(worker.take().expect("it is joined once").join()));
            thread::park();
        };
        let (_, endings) = endings_with(&unwinding(), body);
        assert_eq!(endings, table([("deadlock", 1)]));
        assert_eq!(TURNS.load(Relaxed), 1);
        assert_nothing_is_left();
    });
}

#[test]
fn a_destructor_without_end_is_given_up() {
    alone(|| {
        let body = || {
            let lock = Mutex::new(0);
            let _endless = OnDrop(|| {
                loop {
                    drop(lock.try_lock());
                }
            });
            thread::park();
        };
        let (_, endings) = endings_with(&unwinding(), body);
        assert_eq!(endings, table([("deadlock", 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn threads_that_unwind_already_go_on_unwinding() {
    alone(|| {
        quiet_panics();
        let dropped = Rc::new(Cell::new(0));
        thread_local! {
            static DROPPED: Cell<usize> = const { Cell::new(0) };
        }
        let counted = Rc::clone(&dropped);
        let body = move || {
            DROPPED.set(0);
            drop(thread::spawn(|| {
                let _outer = OnDrop(|| DROPPED.set(DROPPED.get() + 1));
                let _waits = OnDrop(thread::park);
                panic!("it waits while it unwinds");
            }));
            let counted = Rc::clone(&counted);
            let _main = OnDrop(move || counted.set(counted.get() + 1));
            thread::park();
        };
        let (_, endings) = endings_with(&unwinding(), body);
        assert_eq!(endings, table([("deadlock", 1)]));
        assert_eq!((dropped.get(), DROPPED.get()), (1, 1));
        assert_nothing_is_left();
    });
}

#[test]
fn a_leaked_coroutine_keeps_the_body() {
    alone(|| {
        let alive = Rc::new(());
        let captured = Rc::clone(&alive);
        let body = move || {
            let _captured = &captured;
            let mut waits = Some(thread::spawn(thread::park));
            let _joins = OnDrop(move || drop(waits.take().map(thread::JoinHandle::join)));
            thread::park();
        };
        let (_, endings) = endings_with(&unwinding(), body);
        assert_eq!(endings, table([("deadlock", 1)]));
        assert_eq!(Rc::strong_count(&alive), 2, "its stack may be referred to");
    });
}

#[cfg(unix)]
mod aborts {
    use super::*;
    use crate::support::process::{run_alone, text};
    use std::os::unix::process::ExitStatusExt;
    use std::process::Output;

    #[track_caller]
    fn assert_aborted(output: &Output, thread: &str) {
        let error = text(&output.stderr);
        assert_eq!(output.status.signal(), Some(6), "{error}");
        let expected = format!("abort: thread {thread} of the program under test has aborted the process");
        assert_eq!(error.matches(&expected).count(), 1, "{error}");
    }

    /// In Rust a destructor that panics while its thread unwinds aborts the process. Nothing can stop that.
    #[test]
    fn a_double_panic_aborts_and_says_which_thread_it_was() {
        let output = run_alone(|| {
            let body = || {
                let thread = thread::spawn(|| {
                    let _second = OnDrop(|| panic!("the second"));
                    panic!("the first");
                });
                drop(thread.join());
            };
            let _ = strict().explore(body, |_| ());
        });
        if let Some(output) = output {
            assert_aborted(&output, "1");
        }
    }

    #[test]
    fn an_assertion_in_a_destructor_aborts_if_abandoned_threads_are_unwound() {
        let output = run_alone(|| {
            let body = || {
                let _asserts = OnDrop(|| panic!("it does not hold"));
                thread::park();
            };
            let _ = unwinding().explore(body, |_| ());
        });
        if let Some(output) = output {
            assert_aborted(&output, "main");
        }
    }

    #[test]
    fn an_abort_outside_of_executions_is_no_fault_of_the_program() {
        let output = run_alone(|| {
            strict().explore(thread::park, |_| ()).unwrap();
            std::process::abort();
        });
        if let Some(output) = output {
            let error = text(&output.stderr);
            assert_eq!(output.status.signal(), Some(6), "{error}");
            assert!(!error.contains("under test"), "{error}");
        }
    }
}
