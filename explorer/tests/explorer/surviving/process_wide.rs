//! Claims of `docs/what-it-does-to-your-process.md` about what threads share, and about the process.

use crate::support::strict::strict;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic;
use std::sync::Mutex as StdMutex;

use selvedge_explorer::{Ending, choose, in_execution, note_panic, thread};

use super::{endings, table};
use crate::support::process::alone;

#[test]
fn threads_share_the_os_thread_and_its_thread_locals() {
    thread_local! {
        static SHARED: Cell<usize> = const { Cell::new(0) };
    }
    alone(|| {
        let outside = std::thread::current().id();
        let body = move || {
            let ids = [(); 2].map(|()| {
                let spawned = thread::spawn(|| {
                    SHARED.set(SHARED.get() + 1);
                    (std::thread::current().id(), thread::current().id())
                });
                spawned.join().unwrap()
            });
            assert!(ids.iter().all(|ids| ids.0 == outside));
            assert!(ids[0].1 != ids[1].1 && ids[0].1 != thread::current().id());
            choose(3);
        };
        assert_eq!(endings(body), table([("finished", 3)]));
        assert_eq!(SHARED.get(), 6, "twice in each execution");
    });
}

#[test]
fn the_panic_hook_stays_and_can_ask_whose_panic_it_is() {
    static SEEN: StdMutex<BTreeSet<(bool, String)>> = StdMutex::new(BTreeSet::new());
    alone(|| {
        panic::set_hook(Box::new(|info| {
            note_panic(info);
            let message = info.payload().downcast_ref::<&str>().copied().unwrap_or_default();
            SEEN.lock().unwrap().insert((in_execution(), message.to_owned()));
        }));
        let mut locations = Vec::new();
        let explored = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            strict().explore(
                || panic!("the program's"),
                |execution: &selvedge_explorer::Execution<'_, ()>| {
                    let Ending::Panic(panic) = execution.ending() else {
                        unreachable!("it panics")
                    };
                    locations.extend(panic.location.clone());
                    panic!("the callback's");
                },
            )
        }));
        assert!(explored.is_err());
        assert_eq!(locations.len(), 1);
        assert!(locations[0].file.ends_with("process_wide.rs"), "{locations:?}");
        let expected = [(false, "the callback's"), (true, "the program's")];
        let expected = expected.map(|(inside, message)| (inside, message.to_owned()));
        assert_eq!(*SEEN.lock().unwrap(), BTreeSet::from(expected));
    });
}

#[test]
fn a_real_time_out_is_not_waited_for() {
    use selvedge_explorer::sync::{Condvar, Mutex};
    use std::time::{Duration, Instant};

    alone(|| {
        let start = Instant::now();
        let body = || {
            let (lock, condvar) = (Mutex::new(()), Condvar::new());
            let hour = Duration::from_secs(3600);
            let (_, result) = condvar.wait_timeout(lock.lock().unwrap(), hour).unwrap();
            assert!(result.timed_out());
        };
        assert_eq!(endings(body), table([("finished", 1)]));
        assert!(start.elapsed() < Duration::from_secs(60));
    });
}

#[cfg(unix)]
mod signals {
    use super::*;
    use crate::support::process::{run_alone, text};
    use crate::surviving::assert_nothing_is_left;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::sync::atomic::AtomicUsize as StdAtomicUsize;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn another_program_can_be_started_in_each_execution() {
        static STARTED: StdAtomicUsize = StdAtomicUsize::new(0);
        alone(|| {
            let body = || {
                choose(2);
                let status = thread::spawn(|| Command::new("true").status()).join().unwrap();
                assert!(status.unwrap().success());
                STARTED.fetch_add(1, Relaxed);
            };
            assert_eq!(endings(body), table([("finished", 2)]));
            assert_eq!(STARTED.load(Relaxed), 2);
            assert_nothing_is_left();
        });
    }

    #[test]
    fn an_overflow_elsewhere_is_passed_on_to_the_handler_of_std() {
        #[expect(unconditional_recursion, reason = "it is to overflow the stack")]
        fn recurse(page: &[u64; 512]) -> u64 {
            let next = std::hint::black_box(*page);
            recurse(&next) + next[0]
        }
        let output = run_alone(|| {
            strict().explore(thread::park, |_| ()).unwrap();
            std::thread::spawn(|| recurse(&[1; 512])).join().unwrap();
        });
        if let Some(output) = output {
            let error = text(&output.stderr);
            assert_eq!(output.status.signal(), Some(6), "{error}");
            assert!(error.contains("has overflowed its stack"), "{error}");
            assert!(!error.contains("under test"), "{error}");
        }
    }
}
