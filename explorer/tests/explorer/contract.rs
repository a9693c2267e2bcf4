//! What the contracts of the primitives allow: waits and parks that return for no reason, weak exchanges that
//! fail for no reason, and writers that keep readers out.
//!
//! Each program that relies on more than its contract has a twin that does not. The numbers of traces are
//! counted by hand, and compared with all interleavings.

use crate::support::strict::strict;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

use selvedge_explorer::sync::atomic::{AtomicBool, AtomicUsize};
use selvedge_explorer::sync::{Arc, Condvar, Mutex, RwLock};
use selvedge_explorer::{Ending, Explorer, Mode, WaitingFor, thread};

/// The number of traces with each ending: the kind of a failure, or the body's output.
type Endings = BTreeMap<String, u64>;

/// Explores the body; returns the numbers of traces, and the completeness in words.
fn explore<O: Ord + Clone + Debug>(
    explorer: &Explorer,
    mode: Mode,
    body: impl Fn() -> O + 'static,
) -> (Endings, String) {
    let mut traces = BTreeMap::new();
    let summary = explorer
        .clone()
        .mode(mode)
        .explore(body, |execution| {
            let ending = execution.ending();
            let told = match ending {
                Ending::Finished(output) => format!("{output:?}"),
                _ => ending.kind().to_owned(),
            };
            traces.insert(execution.trace_hash(), told);
        })
        .expect("deterministic");
    assert_eq!(summary.blocked, 0, "{mode:?}");
    let mut endings = Endings::new();
    for told in traces.into_values() {
        *endings.entry(told).or_default() += 1;
    }
    (endings, summary.completeness.to_string())
}

/// Explores the body, compares with all interleavings, and checks the completeness and the numbers of traces.
fn assert_traces<O: Ord + Clone + Debug, const N: usize>(
    explorer: &Explorer,
    body: impl Fn() -> O + Copy + 'static,
    completeness: &str,
    expected: [(&str, u64); N],
) {
    let found = explore(explorer, Mode::Optimal, body);
    let expected = expected.map(|(told, traces)| (told.to_owned(), traces));
    assert_eq!(found, (Endings::from(expected), completeness.to_owned()));
    assert_eq!(
        found,
        explore(explorer, Mode::Enumeration, body),
        "all interleavings"
    );
}

/// Explores the body with all that contracts allow: every execution must finish, and nothing be left out.
fn assert_right<O: Ord + Clone + Debug>(body: impl Fn() -> O + Copy + 'static) {
    let (endings, completeness) = explore(&Explorer::new(), Mode::Optimal, body);
    let failures = ["deadlock", "panic", "data race", "step limit"];
    let failed = |kind: &&str| endings.contains_key(*kind);
    assert!(!failures.iter().any(failed), "{endings:?}");
    assert_eq!(completeness, "exhaustive");
    assert!(endings.values().sum::<u64>() < 1_000, "{endings:?}");
}

/// Explores the body, which must fail so, with all that contracts allow; and not at all without.
fn assert_wrong<O: Ord + Clone + Debug>(kind: &str, bounds: &str, body: impl Fn() -> O + Copy + 'static) {
    let (endings, _) = explore(&Explorer::new(), Mode::Optimal, body);
    assert!(endings.contains_key(kind), "{endings:?}");
    assert!(endings.values().sum::<u64>() < 1_000, "{endings:?}");
    let (endings, completeness) = explore(&strict(), Mode::Optimal, body);
    assert!(!endings.contains_key(kind), "{endings:?}");
    assert_eq!(completeness, format!("bounded by {bounds}"));
}

const SPURIOUS: &str = "spurious wakeups";
const WEAK: &str = "failures of weak exchanges";
const PREFERENCE: &str = "no preference for writers";

mod waits {
    use super::*;

    /// A value that one thread waits for.
    struct Slot {
        value: Mutex<usize>,
        filled: Condvar,
    }

    impl Slot {
        fn new() -> Arc<Self> {
            Arc::new(Self {
                value: Mutex::new(0),
                filled: Condvar::new(),
            })
        }

        fn fill(&self) {
            *self.value.lock().unwrap() = 1;
            self.filled.notify_one();
        }
    }

    fn filled_by_another(wait: fn(&Slot) -> usize) -> usize {
        let slot = Slot::new();
        let theirs = Arc::clone(&slot);
        let waiter = thread::spawn(move || wait(&theirs));
        slot.fill();
        waiter.join().unwrap()
    }

    fn once() -> usize {
        filled_by_another(|slot| {
            let mut value = slot.value.lock().unwrap();
            if *value == 0 {
                value = slot.filled.wait(value).unwrap();
            }
            *value
        })
    }

    fn in_loop() -> usize {
        filled_by_another(|slot| {
            let mut value = slot.value.lock().unwrap();
            while *value == 0 {
                value = slot.filled.wait(value).unwrap();
            }
            *value
        })
    }

    /// Without returns for no reason there are two traces: filled before the look, or after the wait began.
    ///
    /// With them there are two more: the waiter locks again before the value is filled, or after.
    #[test]
    fn a_wait_that_is_not_in_a_loop() {
        assert_traces(&strict(), once, "bounded by spurious wakeups", [("1", 2)]);
        assert_traces(&Explorer::new(), once, "exhaustive", [("0", 1), ("1", 3)]);
    }

    /// In a loop, the waiter that has locked before the value is filled waits once more, and for a
    /// notification: to return for no reason again would change nothing.
    #[test]
    fn a_wait_in_a_loop() {
        assert_traces(&strict(), in_loop, "bounded by spurious wakeups", [("1", 2)]);
        assert_traces(&Explorer::new(), in_loop, "exhaustive", [("1", 4)]);
    }

    #[test]
    fn all_kinds_of_waits_return_for_no_reason() {
        assert_wrong("0", SPURIOUS, once);
        let timed = || {
            filled_by_another(|slot| {
                let value = slot.value.lock().unwrap();
                let looked = *value;
                let waited = slot.filled.wait_timeout(value, Duration::from_secs(1));
                let (value, result) = waited.unwrap();
                // Wrong: neither filled, nor notified, nor timed out.
                usize::from(looked == 1 || *value == 1 || result.timed_out())
            })
        };
        let (endings, _) = explore(&Explorer::new(), Mode::Optimal, timed);
        assert!(endings.contains_key("0"), "{endings:?}");
        let (endings, _) = explore(&strict(), Mode::Optimal, timed);
        assert!(!endings.contains_key("0"), "{endings:?}");
        assert_right(|| {
            filled_by_another(|slot| {
                let value = slot.value.lock().unwrap();
                *slot.filled.wait_while(value, |value| *value == 0).unwrap()
            })
        });
    }

    /// A thread that waits twice for a number of others, and comes back to a wait that it knows.
    fn barrier() {
        let barrier = Arc::new((Mutex::new((0, 0)), Condvar::new()));
        let threads = [(); 2].map(|()| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                for _ in 0..2 {
                    let mut state = barrier.0.lock().unwrap();
                    let round = state.1;
                    state.0 += 1;
                    if state.0 == 2 {
                        *state = (0, round + 1);
                        barrier.1.notify_all();
                    }
                    while state.1 == round {
                        state = barrier.1.wait(state).unwrap();
                    }
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    #[test]
    fn a_barrier_that_is_used_twice() {
        assert_right(barrier);
    }

    /// Permits for two threads; who finds none waits.
    fn semaphore(checks_again: bool) -> i64 {
        let permits = Arc::new((Mutex::new(1_i64), Condvar::new()));
        let threads = [(); 2].map(|()| {
            let permits = Arc::clone(&permits);
            thread::spawn(move || {
                let mut left = permits.0.lock().unwrap();
                if checks_again {
                    while *left == 0 {
                        left = permits.1.wait(left).unwrap();
                    }
                } else if *left == 0 {
                    left = permits.1.wait(left).unwrap();
                }
                *left -= 1;
                assert!(*left >= 0, "a permit that is not there");
                drop(left);
                *permits.0.lock().unwrap() += 1;
                permits.1.notify_one();
            })
        });
        let ended = threads.map(thread::JoinHandle::join);
        assert!(ended.iter().all(Result::is_ok));
        *permits.0.lock().unwrap()
    }

    #[test]
    fn a_semaphore() {
        assert_wrong("panic", SPURIOUS, || semaphore(false));
        assert_right(|| semaphore(true));
    }

    /// An event count: waiters look at a number that each notification raises.
    fn event_count() -> bool {
        let events = Arc::new((Mutex::new(0), Condvar::new(), AtomicBool::new(false)));
        let theirs = Arc::clone(&events);
        let waiter = thread::spawn(move || {
            let (count, raised, ready) = &*theirs;
            let seen = *count.lock().unwrap();
            if !ready.load(SeqCst) {
                let count = count.lock().unwrap();
                drop(raised.wait_while(count, |count| *count == seen).unwrap());
            }
            ready.load(SeqCst)
        });
        events.2.store(true, SeqCst);
        *events.0.lock().unwrap() += 1;
        events.1.notify_all();
        waiter.join().unwrap()
    }

    #[test]
    fn an_event_count() {
        assert_right(event_count);
    }

    /// Waits for two notifications without a look at anything: a loop that counts.
    fn counting() -> usize {
        let slot = Slot::new();
        let theirs = Arc::clone(&slot);
        let waiter = thread::spawn(move || {
            let mut value = theirs.value.lock().unwrap();
            for _ in 0..2 {
                value = theirs.filled.wait(value).unwrap();
            }
            *value
        });
        *slot.value.lock().unwrap() = 1;
        waiter.join().unwrap()
    }

    /// The two returns for no reason are needed, as nobody notifies.
    #[test]
    fn a_loop_that_looks_at_nothing_counts_its_turns() {
        let (endings, completeness) = explore(&Explorer::new(), Mode::Optimal, counting);
        assert!(
            endings.contains_key("0") && endings.contains_key("1"),
            "{endings:?}"
        );
        assert_eq!(completeness, "exhaustive");
    }

    /// The mutex is held, free, held, free and held again: the waiter has returned for no reason twice, and
    /// has only looked in between. But the failure in the middle tells of it.
    #[test]
    fn a_turn_that_another_thread_has_noticed_is_not_idle() {
        let explorer = Explorer::new().spurious_wakeups(20);
        let (endings, completeness) = explore(&explorer, Mode::Optimal, tried);
        let told = "[true, false, true, false, true]";
        assert!(endings.contains_key(told), "{endings:?}");
        assert_eq!(completeness, "exhaustive");
    }

    /// Returns which of five attempts to lock have failed beside a thread that waits in a loop.
    fn tried() -> [bool; 5] {
        let slot = Slot::new();
        let theirs = Arc::clone(&slot);
        let waiter = thread::spawn(move || {
            let mut value = theirs.value.lock().unwrap();
            while *value == 0 {
                value = theirs.filled.wait(value).unwrap();
            }
        });
        let failed = [(); 5].map(|()| slot.value.try_lock().is_err());
        slot.fill();
        waiter.join().unwrap();
        failed
    }

    /// A loop that changes something in each turn is not idle: the limit ends it.
    #[test]
    fn the_limit_is_said() {
        let counts = || {
            filled_by_another(|slot| {
                let mut value = slot.value.lock().unwrap();
                let turns = AtomicUsize::new(0);
                while *value == 0 {
                    turns.fetch_add(1, Relaxed);
                    value = slot.filled.wait(value).unwrap();
                }
                *value
            })
        };
        for limit in [1, 2, 3] {
            let explorer = Explorer::new().spurious_wakeups(limit);
            let (endings, completeness) = explore(&explorer, Mode::Optimal, counts);
            assert_eq!(completeness, "bounded by spurious wakeups");
            assert_eq!(endings.len(), 1);
        }
    }
}

mod parks {
    use super::*;

    fn set_by_another(wait: fn(&AtomicBool)) -> bool {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let waiter = thread::spawn(move || {
            wait(&theirs);
            theirs.load(Acquire)
        });
        flag.store(true, Release);
        waiter.thread().unpark();
        waiter.join().unwrap()
    }

    fn once() -> bool {
        set_by_another(|_| thread::park())
    }

    fn in_loop() -> bool {
        set_by_another(|flag| {
            while !flag.load(Acquire) {
                thread::park();
            }
        })
    }

    /// Parked until the token is there, one trace; or it returns for no reason, and loads the flag before it
    /// is set or after.
    #[test]
    fn a_park_that_is_not_in_a_loop() {
        assert_traces(&strict(), once, "bounded by spurious wakeups", [("true", 1)]);
        assert_traces(&Explorer::new(), once, "exhaustive", [("false", 1), ("true", 2)]);
    }

    /// The flag is set before the first load, or after: then the thread parks until the token is there; or it
    /// returns for no reason and loads again, the flag that is set, or one that is not: then it parks.
    #[test]
    fn a_park_in_a_loop() {
        assert_traces(&strict(), in_loop, "bounded by spurious wakeups", [("true", 2)]);
        assert_traces(&Explorer::new(), in_loop, "exhaustive", [("true", 4)]);
    }

    /// A latch: the last of two threads unparks the one that waits, which looks at a relaxed flag.
    fn latch(in_loop: bool) -> usize {
        let left = Arc::new(AtomicUsize::new(2));
        let theirs = Arc::clone(&left);
        let waiter = thread::spawn(move || {
            if in_loop {
                while theirs.load(Relaxed) > 0 {
                    thread::park();
                }
            } else if theirs.load(Relaxed) > 0 {
                thread::park();
            }
            theirs.load(Relaxed)
        });
        let threads = [(); 2].map(|()| {
            let (left, waiter) = (Arc::clone(&left), waiter.thread().clone());
            thread::spawn(move || {
                if left.fetch_sub(1, AcqRel) == 1 {
                    waiter.unpark();
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        waiter.join().unwrap()
    }

    #[test]
    fn a_latch() {
        assert_wrong("1", SPURIOUS, || latch(false));
        assert_right(|| latch(true));
    }

    /// A return for no reason leaves the token: the next park takes it.
    #[test]
    fn a_return_for_no_reason_leaves_the_token() {
        let body = || {
            thread::current().unpark();
            thread::park();
        };
        assert_traces(&Explorer::new(), body, "exhaustive", [("()", 2)]);
        let twice = || {
            thread::current().unpark();
            thread::park();
            thread::park();
        };
        // In a deadlock only if neither returns for no reason.
        assert_traces(
            &Explorer::new(),
            twice,
            "exhaustive",
            [("()", 3), ("deadlock", 1)],
        );
    }
}

mod weak_exchanges {
    use super::*;

    fn alone() -> bool {
        let x = AtomicUsize::new(0);
        x.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_ok()
    }

    fn in_loop() -> usize {
        let x = AtomicUsize::new(0);
        while x.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_err() {}
        x.load(SeqCst)
    }

    #[test]
    fn a_weak_exchange_fails_once() {
        assert_traces(
            &strict(),
            alone,
            "bounded by failures of weak exchanges",
            [("true", 1)],
        );
        assert_traces(&Explorer::new(), alone, "exhaustive", [("false", 1), ("true", 1)]);
        assert_traces(&Explorer::new(), in_loop, "exhaustive", [("1", 2)]);
    }

    /// One that finds another value fails for that reason alone.
    #[test]
    fn another_value_is_no_choice() {
        let other = || {
            let x = AtomicUsize::new(7);
            x.compare_exchange_weak(0, 1, SeqCst, SeqCst)
        };
        assert_traces(&Explorer::new(), other, "exhaustive", [("Err(7)", 1)]);
        assert_traces(&strict(), other, "exhaustive", [("Err(7)", 1)]);
    }

    /// Adds by exchanges, each tried until it succeeds.
    fn counter() -> usize {
        let x = Arc::new(AtomicUsize::new(0));
        let threads = [(); 2].map(|()| {
            let x = Arc::clone(&x);
            thread::spawn(move || {
                let mut seen = x.load(Relaxed);
                while let Err(other) = x.compare_exchange_weak(seen, seen + 1, AcqRel, Relaxed) {
                    seen = other;
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        x.load(SeqCst)
    }

    #[test]
    fn a_counter() {
        assert_right(counter);
    }

    /// Initialises once: who fails believes that another has done it.
    fn initialised(weakly: bool) -> usize {
        let cell = Arc::new(AtomicUsize::new(0));
        let threads = [1, 2].map(|value| {
            let cell = Arc::clone(&cell);
            thread::spawn(move || {
                let _ = match weakly {
                    true => cell.compare_exchange_weak(0, value, AcqRel, Acquire),
                    false => cell.compare_exchange(0, value, AcqRel, Acquire),
                };
                assert_ne!(cell.load(Acquire), 0, "nobody has done it");
            })
        });
        let ended = threads.map(thread::JoinHandle::join);
        assert!(ended.iter().all(Result::is_ok));
        cell.load(Acquire)
    }

    #[test]
    fn a_failure_is_not_somebody_elses_success() {
        assert_wrong("panic", WEAK, || initialised(true));
        assert_right(|| initialised(false));
    }

    /// Locks by an exchange that is tried once, or until it succeeds.
    fn spin_lock(tries_again: bool) -> bool {
        let lock = AtomicBool::new(false);
        loop {
            let got = lock.compare_exchange_weak(false, true, Acquire, Relaxed).is_ok();
            if got || !tries_again {
                return got;
            }
        }
    }

    #[test]
    fn a_spin_lock() {
        assert_wrong("false", WEAK, || spin_lock(false));
        assert_right(|| spin_lock(true));
    }

    /// An update retries by itself, so that a failure for no reason would show nothing.
    #[test]
    fn fetch_update_is_one_trace() {
        let body = || {
            let x = AtomicUsize::new(1);
            x.fetch_update(SeqCst, SeqCst, |x| Some(x + 1))
        };
        assert_traces(&Explorer::new(), body, "exhaustive", [("Ok(1)", 1)]);
    }
}

mod writers {
    use super::*;

    fn reads_beside_a_writer(read: fn(&RwLock<usize>) -> usize) -> usize {
        let lock = Arc::new(RwLock::new(0));
        let theirs = Arc::clone(&lock);
        let writer = thread::spawn(move || *theirs.write().unwrap() = 1);
        let seen = read(&lock);
        writer.join().unwrap();
        seen
    }

    fn once() -> usize {
        reads_beside_a_writer(|lock| *lock.read().unwrap())
    }

    fn twice() -> usize {
        reads_beside_a_writer(|lock| {
            let first = lock.read().unwrap();
            let second = lock.read().unwrap();
            *first + *second
        })
    }

    /// The writer comes first, or last; or it is queued while the reader reads.
    #[test]
    fn a_reader_and_a_writer() {
        assert_traces(
            &strict(),
            once,
            "bounded by no preference for writers",
            [("0", 1), ("1", 1)],
        );
        assert_traces(&Explorer::new(), once, "exhaustive", [("0", 2), ("1", 1)]);
    }

    /// The writer comes first, or last; or it is queued after the first read lock, and there is a deadlock;
    /// or after the second, while the reader holds two, or one.
    #[test]
    fn a_thread_that_reads_twice_beside_a_writer() {
        assert_traces(
            &strict(),
            twice,
            "bounded by no preference for writers",
            [("0", 1), ("2", 1)],
        );
        let expected = [("0", 3), ("2", 1), ("deadlock", 1)];
        assert_traces(&Explorer::new(), twice, "exhaustive", expected);
    }

    #[test]
    fn a_deadlock_says_who_waits_for_whom() {
        let mut deadlocks = 0;
        let explored = Explorer::new().explore(twice, |execution| {
            if let Ending::Deadlock(stuck) = execution.ending() {
                deadlocks += 1;
                let [reader, writer] = &stuck[..] else {
                    panic!("{stuck:?}")
                };
                assert_eq!(reader.waiting_for, WaitingFor::Writer(writer.thread));
                assert_eq!(writer.waiting_for, WaitingFor::WriteLock);
                assert_eq!(writer.holders[0].thread, reader.thread);
                let told = reader.to_string();
                assert!(told.contains("to lock for reading, behind writer 1"), "{told}");
            }
        });
        explored.expect("deterministic");
        assert_eq!(deadlocks, 1);
    }

    /// A thread reads, and waits for another that reads too.
    fn through_another(reads: bool) -> usize {
        let lock = Arc::new(RwLock::new(0));
        let theirs = Arc::clone(&lock);
        let writer = thread::spawn(move || *theirs.write().unwrap() = 1);
        let held = lock.read().unwrap();
        let theirs = Arc::clone(&lock);
        let other = thread::spawn(move || match reads {
            true => *theirs.read().unwrap(),
            false => 0,
        });
        let seen = *held + other.join().unwrap();
        drop(held);
        writer.join().unwrap();
        seen
    }

    #[test]
    fn a_second_read_in_another_thread() {
        assert_wrong("deadlock", PREFERENCE, || through_another(true));
        assert_right(|| through_another(false));
    }

    /// Tries to read while a writer may wait: it must be ready to fail.
    fn tries_to_read() -> usize {
        reads_beside_a_writer(|lock| {
            let first = lock.read().unwrap();
            let second = lock.try_read();
            *first + usize::from(second.is_err())
        })
    }

    #[test]
    fn a_waiting_writer_lets_try_read_fail() {
        let (endings, _) = explore(&strict(), Mode::Optimal, tries_to_read);
        assert_eq!(endings.keys().collect::<Vec<_>>(), ["0", "1"]);
        // 1 if the value was written before, or the writer waits.
        let expected = [("0", 3), ("1", 2)];
        assert_traces(&Explorer::new(), tries_to_read, "exhaustive", expected);
    }

    /// Polls the lock while it holds a read lock of it: the writer never gets in, so this goes on for ever.
    fn polls_to_read() {
        reads_beside_a_writer(|lock| {
            let held = lock.read().unwrap();
            while lock.try_read().is_err() {
                thread::yield_now();
            }
            *held
        });
    }

    #[test]
    fn a_reader_that_polls_behind_a_writer_is_stuck() {
        let (endings, _) = explore(&Explorer::new(), Mode::Optimal, polls_to_read);
        assert!(endings.contains_key("deadlock"), "{endings:?}");
        let (endings, _) = explore(&strict(), Mode::Optimal, polls_to_read);
        assert_eq!(endings.keys().collect::<Vec<_>>(), ["()"]);
    }

    /// Two writers and a reader: a writer that waits for a writer only delays.
    fn two_writers() -> usize {
        let lock = Arc::new(RwLock::new(0));
        let threads = [1, 2].map(|value| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || *lock.write().unwrap() += value)
        });
        let seen = *lock.read().unwrap();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        seen
    }

    #[test]
    fn writers_and_a_reader() {
        assert_right(two_writers);
        // W! (W + 1)^R without preference.
        let (endings, _) = explore(&strict(), Mode::Optimal, two_writers);
        assert_eq!(endings.values().sum::<u64>(), 6);
        let all = explore(&Explorer::new(), Mode::Enumeration, two_writers);
        assert_eq!(explore(&Explorer::new(), Mode::Optimal, two_writers), all);
    }

    /// Without readers there is nobody to be kept out, and no trace more.
    #[test]
    fn writers_alone() {
        let body = || {
            let lock = Arc::new(RwLock::new(0));
            let threads = [(); 3].map(|()| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || *lock.write().unwrap() += 1)
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        };
        assert_traces(&strict(), body, "exhaustive", [("()", 6)]);
        assert_traces(&Explorer::new(), body, "exhaustive", [("()", 6)]);
    }
}
