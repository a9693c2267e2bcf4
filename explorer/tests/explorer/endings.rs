//! The endings of executions: deadlocks, panics, poison, data races; budgets, bounds and nondeterminism.

use crate::support::strict::strict;
use std::cell::Cell as StdCell;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool as StdAtomicBool;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, fence};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge_explorer::{
    Completeness, Cut, Ending, Explorer, Mode, Observation, OperationKind, Summary, WaitingFor, choose, hint,
    thread,
};

/// Explores the body and returns the different endings.
fn endings<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> BTreeSet<Ending<O>> {
    let (endings, summary) = endings_with(&Explorer::new(), body);
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    endings
}

fn endings_with<O: Ord + Clone>(
    explorer: &Explorer,
    body: impl Fn() -> O + 'static,
) -> (BTreeSet<Ending<O>>, Summary) {
    let mut endings = BTreeSet::new();
    let summary = explorer
        .explore(body, |execution| {
            endings.insert(execution.ending().clone());
        })
        .expect("the program is deterministic");
    assert_eq!(summary.blocked, 0);
    (endings, summary)
}

fn outcomes<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> BTreeSet<O> {
    endings(body)
        .into_iter()
        .map(|ending| match ending {
            Ending::Finished(outcome) => outcome,
            _ => panic!("an execution did not finish"),
        })
        .collect()
}

fn explore(explorer: &Explorer, body: impl Fn() + 'static) -> Summary {
    explorer
        .explore(body, |_| ())
        .expect("the program is deterministic")
}

/// `n` unlocked increments in each of two threads.
fn counter(times: usize) -> impl Fn() {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [(); 2].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                (0..times).for_each(|_| counter.store(counter.load(SeqCst) + 1, SeqCst));
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

#[test]
fn two_locks_taken_in_opposite_order_deadlock() {
    let first_lock = line!() + 7;
    let second_lock = line!() + 7;
    let body = || {
        let locks = Arc::new([(); 2].map(|()| Mutex::new(())));
        let threads = [[0, 1], [1, 0]].map(|[first, second]| {
            let locks = Arc::clone(&locks);
            thread::spawn(move || {
                let _first = locks[first].lock().unwrap();
                let _second = locks[second].lock().unwrap();
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let endings = endings(body);
    assert_eq!(endings.len(), 2);
    assert!(endings.contains(&Ending::Finished(())));
    let Some(Ending::Deadlock(stuck)) = endings.iter().find(|ending| ending.is_failure()) else {
        panic!("no deadlock")
    };
    let [main, one, two] = &stuck[..] else {
        panic!("{stuck:?}")
    };
    assert_eq!(main.waiting_for, WaitingFor::End(one.thread));
    for (stuck, other) in [(one, two), (two, one)] {
        assert_eq!(
            (stuck.waiting_for, stuck.location.line()),
            (WaitingFor::Lock, second_lock)
        );
        assert_eq!(stuck.holders[0].thread, other.thread);
        assert_eq!(stuck.holders[0].acquired_at.line(), first_lock);
    }
    // Both threads are suspended with guards on their stacks, again and again: 3 traces.
    assert_eq!(explore(&Explorer::new(), body).failures, 1);
}

#[test]
fn a_notification_before_the_wait_is_lost() {
    let body = |checked: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let theirs = Arc::clone(&shared);
            let waiter = thread::spawn(move || {
                let guard = theirs.0.lock().unwrap();
                match checked {
                    true => drop(theirs.1.wait_while(guard, |ready| !*ready).unwrap()),
                    false => drop(theirs.1.wait(guard).unwrap()),
                }
            });
            *shared.0.lock().unwrap() = true;
            shared.1.notify_one();
            waiter.join().unwrap();
        }
    };
    assert_eq!(endings(body(true)), BTreeSet::from([Ending::Finished(())]));
    let lost = endings(body(false));
    let stuck = lost.iter().find_map(|ending| match ending {
        Ending::Deadlock(stuck) => Some(stuck),
        _ => None,
    });
    assert_eq!(
        stuck.expect("a lost wakeup")[1].waiting_for,
        WaitingFor::Notification
    );
    assert_eq!(lost.len(), 2);
}

#[test]
fn which_waiting_thread_is_notified_is_explored() {
    let body = || {
        let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let threads = [0, 1].map(|index| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let guard = shared.0.lock().unwrap();
                shared.1.wait(guard).unwrap().push(index);
            })
        });
        shared.1.notify_one();
        shared.1.notify_one();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        Arc::try_unwrap(shared)
            .map_err(|_| ())
            .unwrap()
            .0
            .into_inner()
            .unwrap()
    };
    let finished: BTreeSet<_> = endings(body)
        .into_iter()
        .filter_map(|ending| ending.finished().cloned())
        .collect();
    assert_eq!(finished, BTreeSet::from([vec![0, 1], vec![1, 0]]));
}

#[test]
fn a_timed_wait_ends_either_way() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let guard = theirs.0.lock().unwrap();
            theirs
                .1
                .wait_timeout(guard, Duration::from_millis(1))
                .unwrap()
                .1
                .timed_out()
        });
        shared.1.notify_all();
        waiter.join().unwrap()
    };
    assert_eq!(outcomes(body), BTreeSet::from([false, true]));
}

#[test]
fn a_loop_around_a_timed_wait_is_bounded_by_timeouts() {
    let body = || {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let mut guard = theirs.0.lock().unwrap();
            while !*guard {
                guard = theirs.1.wait_timeout(guard, Duration::from_millis(1)).unwrap().0;
            }
        });
        *shared.0.lock().unwrap() = true;
        shared.1.notify_all();
        waiter.join().unwrap();
    };
    let summary = explore(&Explorer::new(), body);
    assert_eq!(summary.completeness.to_string(), "bounded by timeouts");
    assert_eq!(summary.failures, 0);
}

#[test]
fn a_panic_ends_its_thread_and_is_given_to_join() {
    let body = || {
        let other = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&other);
        let thread: thread::JoinHandle<()> = thread::spawn(move || {
            theirs.store(1, SeqCst);
            panic!("no number 7");
        });
        let seen = other.load(SeqCst);
        let payload = thread.join().expect_err("it panicked");
        (seen, (*payload.downcast_ref::<&str>().unwrap()).to_owned())
    };
    let message = || "no number 7".to_owned();
    assert_eq!(outcomes(body), BTreeSet::from([(0, message()), (1, message())]));
}

#[test]
fn a_panic_that_nobody_receives_is_an_ending() {
    let body = || drop(thread::spawn(|| panic!("unseen")));
    let endings = endings(body);
    let [Ending::Panic(panic)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(
        (panic.message.as_str(), panic.thread.to_string().as_str()),
        ("unseen", "1")
    );
}

#[test]
fn the_first_cause_is_reported_when_the_main_thread_unwraps_it() {
    let body = || thread::spawn(|| panic!("the cause")).join().unwrap();
    let endings = endings(body);
    let [Ending::Panic(panic)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(panic.message, "the cause");
}

#[test]
fn a_panic_poisons_the_locks_that_its_thread_holds() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), RwLock::new(()), RwLock::new(())));
        let theirs = Arc::clone(&shared);
        let result = thread::spawn(move || {
            let _held = (
                theirs.0.lock().unwrap(),
                theirs.1.write().unwrap(),
                theirs.2.read().unwrap(),
            );
            panic!("while holding");
        })
        .join();
        assert!(result.is_err());
        let found = (
            shared.0.lock().is_err(),
            shared.1.read().is_err(),
            shared.2.write().is_err(),
        );
        shared.0.clear_poison();
        (found, shared.0.is_poisoned())
    };
    assert_eq!(outcomes(body), BTreeSet::from([((true, true, false), false)]));
}

#[test]
fn the_search_goes_on_after_failures_unless_told_otherwise() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, SeqCst));
        assert!(flag.load(SeqCst), "too early");
        thread.join().unwrap();
    };
    let all = explore(&Explorer::new(), body);
    assert_eq!(
        (all.executions, all.failures, all.completeness),
        (2, 1, Completeness::Exhaustive)
    );
    let first = explore(&Explorer::new().stop_at_first_failure(true), body);
    assert_eq!((first.executions, first.failures), (1, 1));
    assert_eq!(first.completeness, Completeness::CutShort(Cut::FirstFailure));
}

#[test]
fn a_data_race_names_both_accesses() {
    let write = line!() + 4;
    let body = || {
        let cell = Arc::new(Cell::new(0));
        let theirs = Arc::clone(&cell);
        let thread = thread::spawn(move || theirs.set(1));
        let seen = cell.get();
        thread.join().unwrap();
        seen
    };
    let endings = endings(body);
    assert_eq!(endings.len(), 2, "one for each order");
    for ending in &endings {
        let Ending::DataRace(race) = ending else {
            panic!("{ending:?}")
        };
        let (writer, reader) = if race.first.write {
            (race.first, race.second)
        } else {
            (race.second, race.first)
        };
        assert_eq!(
            (writer.location.line(), reader.location.line()),
            (write, write + 1)
        );
        assert!(writer.write && !reader.write && writer.location.file().ends_with("endings.rs"));
    }
}

/// Publishes a cell through a flag, with these ways to set and to see it.
fn publish(set: impl Fn(&AtomicBool) + Copy + Send + 'static, see: fn(&AtomicBool) -> bool) -> bool {
    let body = move || {
        let shared = Arc::new((Cell::new(0), AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            theirs.0.set(1);
            set(&theirs.1);
        });
        if see(&shared.1) {
            assert_eq!(shared.0.get(), 1);
        }
        thread.join().unwrap();
    };
    endings(body)
        .iter()
        .any(|ending| matches!(ending, Ending::DataRace(_)))
}

#[test]
fn only_release_and_acquire_synchronise() {
    assert!(!publish(
        |flag| flag.store(true, Release),
        |flag| flag.load(Acquire)
    ));
    assert!(!publish(
        |flag| flag.store(true, SeqCst),
        |flag| flag.load(SeqCst)
    ));
    assert!(publish(
        |flag| flag.store(true, Relaxed),
        |flag| flag.load(Acquire)
    ));
    assert!(publish(
        |flag| flag.store(true, Release),
        |flag| flag.load(Relaxed)
    ));
    // A read-modify-write continues the release sequence, a store of another value ends it.
    assert!(!publish(
        |flag| {
            flag.store(true, Release);
            flag.fetch_or(true, Relaxed);
        },
        |flag| flag.load(Acquire)
    ));
    assert!(publish(
        |flag| {
            flag.store(true, Release);
            flag.store(true, Relaxed);
        },
        |flag| flag.load(Acquire)
    ));
}

#[test]
fn fences_synchronise_relaxed_accesses() {
    let set = |flag: &AtomicBool| {
        fence(Release);
        flag.store(true, Relaxed);
    };
    let see = |flag: &AtomicBool| {
        let seen = flag.load(Relaxed);
        fence(Acquire);
        seen
    };
    assert!(!publish(set, see));
    assert!(publish(set, |flag| flag.load(Relaxed)));
    assert!(publish(|flag| flag.store(true, Relaxed), see));
}

#[test]
fn locks_joins_and_parking_synchronise() {
    let locked = || {
        let shared = Arc::new((Mutex::new(()), Cell::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _guard = shared.0.lock().unwrap();
                shared.1.set(shared.1.get() + 1);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.1.get()
    };
    assert_eq!(outcomes(locked), BTreeSet::from([2]));
    let parked = || {
        let cell = Arc::new(Cell::new(0));
        let (theirs, main) = (Arc::clone(&cell), thread::current());
        let thread = thread::spawn(move || {
            theirs.set(1);
            main.unpark();
        });
        thread::park();
        let seen = cell.get();
        thread.join().unwrap();
        seen
    };
    let (endings_of_parked, _) = endings_with(&strict(), parked);
    assert_eq!(endings_of_parked, BTreeSet::from([Ending::Finished(1)]));
    let read_locked = || {
        let shared = Arc::new((RwLock::new(()), Cell::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _guard = shared.0.read().unwrap();
                shared.1.set(1);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let all = endings(read_locked);
    assert!(
        all.iter().all(|ending| matches!(ending, Ending::DataRace(_))),
        "readers exclude nobody"
    );
}

#[test]
fn parking_without_a_token_is_a_deadlock() {
    let (endings, _) = endings_with(&strict(), thread::park);
    let [Ending::Deadlock(stuck)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(stuck[0].waiting_for, WaitingFor::Unpark);
}

#[test]
fn threads_spawn_threads() {
    let body = || {
        let counter = Arc::new(AtomicI64::new(0));
        let outer = Arc::clone(&counter);
        let thread = thread::spawn(move || {
            let inner = Arc::clone(&outer);
            let nested = thread::spawn(move || {
                inner.fetch_add(1, SeqCst);
                thread::current().id().to_string()
            });
            outer.fetch_add(10, SeqCst);
            nested.join().unwrap()
        });
        let seen = counter.fetch_add(100, SeqCst);
        (seen, thread.join().unwrap())
    };
    let seen: BTreeSet<_> = outcomes(body).into_iter().collect();
    let nested = || "1.1".to_owned();
    assert_eq!(seen, [0, 1, 10, 11].map(|seen| (seen, nested())).into());
}

#[test]
fn spin_locks_end() {
    let body = || {
        let shared = Arc::new((AtomicBool::new(false), Cell::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                while shared.0.compare_exchange(false, true, Acquire, Relaxed).is_err() {
                    hint::spin_loop();
                }
                shared.1.set(shared.1.get() + 1);
                shared.0.store(false, Release);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.1.get()
    };
    assert_eq!(outcomes(body), BTreeSet::from([2]));
}

#[test]
fn ticket_locks_end() {
    let body = || {
        let shared = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0), Cell::new(0)));
        let threads = [(); 3].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let ticket = shared.0.fetch_add(1, Relaxed);
                while shared.1.load(Acquire) != ticket {
                    thread::yield_now();
                }
                shared.2.set(shared.2.get() + 1);
                shared.1.store(ticket + 1, Release);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.2.get()
    };
    assert_eq!(outcomes(body), BTreeSet::from([3]));
}

#[test]
fn compare_exchange_loops_end() {
    let body = || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [(); 3].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                counter
                    .fetch_update(SeqCst, Relaxed, |value| Some(value + 1))
                    .unwrap();
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    };
    assert_eq!(outcomes(body), BTreeSet::from([3]));
}

#[test]
fn a_spin_that_nobody_ends_is_a_deadlock() {
    let body = || {
        let flag = AtomicBool::new(false);
        while !flag.load(Acquire) {
            hint::spin_loop();
        }
    };
    let endings = endings(body);
    let [Ending::Deadlock(stuck)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(stuck[0].waiting_for, WaitingFor::Change);
}

#[test]
fn a_spin_reaches_the_step_limit_where_no_repetition_stops() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || while !theirs.load(Acquire) {});
        flag.store(true, Release);
        thread.join().unwrap();
    };
    let mut finished = 0;
    let summary = Explorer::new()
        .steps(20)
        .repetition_stops(false)
        .explore(body, |execution| {
            finished += u32::from(execution.ending().finished().is_some())
        })
        .unwrap();
    assert_eq!(summary.completeness.to_string(), "bounded by steps");
    assert!(finished > 0 && summary.executions > u64::from(finished));
}

#[test]
fn choices_are_explored() {
    let body = || (choose(3), choose(1), choose(2));
    assert_eq!(outcomes(body).len(), 6);
    let many = || choose(200);
    assert_eq!(outcomes(many), (0..200).collect());
}

#[test]
fn nondeterminism_is_explained() {
    let turn = StdCell::new(0);
    let counter = std::rc::Rc::new(AtomicLine::default());
    let line = std::rc::Rc::clone(&counter);
    let body = move || {
        turn.set(turn.get() + 1);
        let value = Arc::new(AtomicI64::new(0));
        let theirs = Arc::clone(&value);
        if turn.get() < 3 {
            line.0.set(line!() + 1);
            value.load(SeqCst);
        } else {
            value.store(1, SeqCst);
        }
        let thread = thread::spawn(move || theirs.store(2, SeqCst));
        value.store(3, SeqCst);
        thread.join().unwrap();
        value.fetch_add(1, SeqCst);
        choose(3);
    };
    let error = Explorer::new().explore(body, |_| ()).unwrap_err();
    assert_eq!((error.step, error.thread.to_string().as_str()), (0, "main"));
    let Observation::Announced {
        operation, location, ..
    } = &*error.before
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*operation, location.line()),
        (OperationKind::Load(SeqCst), counter.0.get())
    );
    let Observation::Announced {
        operation, location, ..
    } = &*error.now
    else {
        panic!("{error}")
    };
    assert_eq!(*operation, OperationKind::Store(SeqCst, 1));
    assert_eq!(location.line(), counter.0.get() + 2);
    assert!(error.to_string().contains("does not repeat itself"), "{error}");
}

#[derive(Default)]
struct AtomicLine(StdCell<u32>);

#[test]
fn budgets_cut_an_exploration_short() {
    let few = explore(&Explorer::new().executions(Some(10)), counter(3));
    assert_eq!(
        (few.executions, few.completeness),
        (10, Completeness::CutShort(Cut::Executions))
    );
    let enough = explore(&Explorer::new().executions(Some(328)), counter(3));
    assert_eq!(
        (enough.executions, enough.completeness),
        (328, Completeness::Exhaustive)
    );
    let late = explore(&Explorer::new().time(Some(Duration::ZERO)), counter(3));
    assert_eq!(
        (late.executions, late.completeness),
        (1, Completeness::CutShort(Cut::Time))
    );
    let flag = std::sync::Arc::new(StdAtomicBool::new(true));
    let interrupted = explore(&Explorer::new().interrupt(Some(flag)), counter(3));
    assert_eq!(interrupted.completeness, Completeness::CutShort(Cut::Interrupted));
}

#[test]
fn progress_is_reported_with_an_estimate() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let theirs = std::sync::Arc::clone(&seen);
    let explorer = Explorer::new().progress(Duration::ZERO, move |progress| {
        theirs.lock().unwrap().push(progress.share_done)
    });
    explore(&explorer, counter(4));
    let shares = seen.lock().unwrap();
    assert_eq!(shares.len(), 3334 / 64);
    assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
    assert!(shares.last() > shares.first());
}

#[test]
fn a_preemption_bound_leaves_out_interleavings() {
    // One increment in each of two threads: 6 interleavings, of which 2 have no preemption, and 2
    // have one.
    let bounded = |bound| explore(&Explorer::new().preemption_bound(Some(bound)), counter(1));
    assert_eq!(bounded(0).executions, 2);
    assert_eq!(bounded(0).completeness.to_string(), "bounded by preemptions");
    assert_eq!(bounded(1).executions, 4);
    assert_eq!(
        (bounded(2).executions, bounded(2).completeness),
        (6, Completeness::Exhaustive)
    );
    let all = explore(&Explorer::new().mode(Mode::Enumeration), counter(1));
    assert_eq!(all.executions, 6);
}

#[test]
fn events_tell_what_happened() {
    let body = || {
        let value = AtomicI64::new(-1);
        value.fetch_add(3, SeqCst);
        let lock = Mutex::new(());
        drop(lock.lock());
    };
    let lines = [line!() - 4, line!() - 2, line!() - 2];
    let check = |execution: &selvedge_explorer::Execution<'_, ()>| {
        let events: Vec<_> = execution.events().collect();
        let [add, lock, unlock] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(format!("{} {}", add.before.unwrap(), add.after.unwrap()), "-1 2");
        assert_eq!(add.ordering(), Some(SeqCst));
        assert_eq!([add, lock, unlock].map(|event| event.location.line()), lines);
        assert_eq!(unlock.operation, OperationKind::Unlock(false));
        assert!(add.happens_before(unlock) && !unlock.happens_before(add));
        assert_eq!(execution.schedule().len(), 3);
    };
    Explorer::new().explore(body, check).unwrap();
}

#[test]
fn hundreds_of_operations_do_not_overflow_a_stack() {
    let body = || {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || (0..500).for_each(|_| *theirs.lock().unwrap() += 1));
        (0..500).for_each(|_| *lock.lock().unwrap() += 1);
        thread.join().unwrap();
        assert_eq!(*lock.lock().unwrap(), 1000);
    };
    let summary = explore(&Explorer::new().executions(Some(200)), body);
    assert_eq!((summary.executions, summary.failures), (200, 0));
}

#[test]
fn destructors_that_lock_in_abandoned_executions_do_no_harm() {
    struct LocksWhenDropped(Arc<Mutex<i32>>);
    impl Drop for LocksWhenDropped {
        fn drop(&mut self) {
            *self.0.lock().unwrap_or_else(|error| error.into_inner()) += 1;
        }
    }
    let body = || {
        let lock = Arc::new(Mutex::new(0));
        let theirs = LocksWhenDropped(Arc::clone(&lock));
        let _guard = lock.lock();
        let thread = thread::spawn(move || {
            let _theirs = theirs;
            thread::park();
        });
        thread.join().unwrap();
    };
    for unwind in [false, true, false, true] {
        let explorer = strict().unwind_abandoned(unwind);
        assert_eq!(explore(&explorer, body).failures, 1);
    }
}

#[test]
fn explorations_run_in_parallel_on_many_os_threads() {
    let run = || explore(&Explorer::new(), counter(3)).executions;
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(run)).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 328);
    }
}

#[test]
fn primitives_outside_an_execution_say_so() {
    let panic = std::panic::catch_unwind(|| Mutex::new(0)).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("outside an execution"), "{message}");
}

#[test]
fn a_callback_may_panic() {
    let explored = std::panic::catch_unwind(|| {
        Explorer::new().explore(counter(1), |execution| assert!(execution.number() < 3))
    });
    assert!(explored.is_err());
    assert!(!selvedge_explorer::in_execution());
    assert_eq!(explore(&Explorer::new(), counter(1)).executions, 4);
}

#[test]
fn a_writer_that_two_readers_keep_waiting_may_also_come_first() {
    // The readers want to write while both read: neither release ever comes. Only leaving out both
    // acquisitions lets the writer come first.
    let body = || {
        let lock = Arc::new(RwLock::new(0));
        let readers = [(); 2].map(|()| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || {
                let _reading = lock.read();
                drop(lock.write());
            })
        });
        *lock.write().unwrap() = 1;
        drop(readers);
    };
    let count = |mode: Mode| {
        let mut traces = BTreeSet::new();
        Explorer::new()
            .mode(mode)
            .explore(body, |execution| {
                traces.insert(execution.trace_hash());
            })
            .unwrap();
        traces
    };
    let all = count(Mode::Enumeration);
    for mode in [Mode::SleepSets, Mode::Source, Mode::Optimal] {
        assert_eq!(count(mode), all, "{mode:?}");
    }
}

#[test]
fn a_loop_that_gives_up_is_no_repetition() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || {
            for _ in 0..3 {
                if theirs.load(SeqCst) {
                    return true;
                }
                hint::spin_loop();
            }
            false
        });
        flag.store(true, SeqCst);
        thread.join().unwrap()
    };
    assert_eq!(outcomes(body), BTreeSet::from([false, true]));
}

#[test]
fn a_yield_between_a_load_and_a_store_does_not_wait() {
    let body = || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [(); 2].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                for _ in 0..2 {
                    let seen = counter.load(SeqCst);
                    thread::yield_now();
                    counter.store(seen + 1, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    };
    assert_eq!(outcomes(body), BTreeSet::from([2, 3, 4]));
    let summary = Explorer::new().explore(body, |_| ()).unwrap();
    assert_eq!(summary.executions, 34, "as without the yields");
}
