//! Loops that poll: a thread that repeats itself stops, and nothing is left out.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize};
use selvedge_explorer::sync::{Arc, Cell, Mutex, RwLock};
use selvedge_explorer::{
    Bounds, Completeness, Cost, Ending, Explorer, Mode, Schedule, Summary, Then, WaitingFor, hint, thread,
};

const MODES: [Mode; 4] = [Mode::Optimal, Mode::Source, Mode::SleepSets, Mode::Enumeration];

/// Explores the body, and counts its endings.
fn explore_with<O: Ord + Clone + Debug>(
    explorer: &Explorer,
    body: impl Fn() -> O + 'static,
) -> (BTreeMap<Ending<O>, u64>, Summary) {
    let mut endings = BTreeMap::new();
    let summary = explorer
        .explore(body, |execution| {
            *endings.entry(execution.ending().clone()).or_default() += 1
        })
        .expect("the program is deterministic");
    (endings, summary)
}

/// Explores the body completely in all modes; returns the outcomes, and the executions that have an ending
/// and those that are redundant.
fn outcomes<O: Ord + Clone + Debug>(body: impl Fn() -> O + Clone + 'static) -> (Vec<O>, u64, u64) {
    let [optimal, others @ ..] = MODES.map(|mode| {
        let (endings, summary) = explore_with(&Explorer::new().mode(mode), body.clone());
        assert_eq!(
            summary.completeness,
            Completeness::Exhaustive,
            "{mode:?}: {endings:?}"
        );
        (endings, summary)
    });
    for (endings, _) in others {
        assert!(
            endings.keys().eq(optimal.0.keys()),
            "{endings:?}, {:?}",
            optimal.0
        );
    }
    let finished = |ending: &Ending<O>| ending.finished().cloned().expect("it finishes");
    assert_eq!(optimal.1.blocked, 0);
    (
        optimal.0.keys().map(finished).collect(),
        optimal.1.executions,
        optimal.1.redundant,
    )
}

/// Two threads, each of which runs this once.
fn two<T: Send + Sync + 'static>(shared: T, job: fn(&T)) -> Arc<T> {
    let shared = Arc::new(shared);
    let threads = [(); 2].map(|()| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || job(&shared))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    shared
}

#[test]
fn a_flag_is_seen_before_or_after_it_is_set() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, Release));
        while !flag.load(Acquire) {}
        thread.join().unwrap();
    };
    // The store comes before the first load, or between it and the second; after the second the thread would
    // repeat itself.
    assert_eq!(outcomes(body), (vec![()], 2, 1));
}

#[test]
fn a_hint_makes_no_difference() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, Release));
        while !flag.load(Acquire) {
            hint::spin_loop();
            thread::yield_now();
        }
        thread.join().unwrap();
    };
    assert_eq!(outcomes(body), (vec![()], 2, 1));
}

#[test]
fn the_plainest_spin_lock_is_explored_completely() {
    let body = || {
        let shared = two((AtomicBool::new(false), Cell::new(0)), |(lock, value)| {
            while lock.swap(true, Acquire) {}
            value.set(value.get() + 1);
            lock.store(false, Release);
        });
        shared.1.get()
    };
    // For each of the two that may come first: the other's swap fails never, once, or twice.
    assert_eq!(outcomes(body), (vec![2], 4, 2));
}

#[test]
fn a_spin_lock_without_release_races() {
    let body = || {
        let shared = two((AtomicBool::new(false), Cell::new(0)), |(lock, value)| {
            while lock.swap(true, Acquire) {
                hint::spin_loop();
            }
            value.set(value.get() + 1);
            lock.store(false, Relaxed);
        });
        shared.1.get()
    };
    let (endings, _) = explore_with(&Explorer::new(), body);
    assert!(endings.keys().any(|ending| matches!(ending, Ending::DataRace(_))));
}

#[test]
fn any_number_of_places_is_polled() {
    let body = || {
        let places = Arc::new([(); 6].map(|()| AtomicUsize::new(0)));
        let theirs = Arc::clone(&places);
        let thread = thread::spawn(move || theirs.iter().for_each(|place| place.store(1, Release)));
        while places.iter().map(|place| place.load(Acquire)).sum::<usize>() < places.len() {
            thread::yield_now();
        }
        thread.join().unwrap();
    };
    let (outcomes, executions, redundant) = {
        let (endings, summary) = explore_with(&Explorer::new(), body);
        assert_eq!(summary.completeness, Completeness::Exhaustive);
        (endings.len(), summary.executions, summary.redundant)
    };
    assert_eq!(outcomes, 1);
    assert!(executions + redundant < 1_000, "{executions}, {redundant}");
}

#[test]
fn read_modify_writes_that_change_nothing_poll() {
    let body = || {
        let state = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&state);
        let thread = thread::spawn(move || theirs.store(3, SeqCst));
        loop {
            let seen = state.fetch_or(0, SeqCst);
            state.fetch_and(usize::MAX, SeqCst);
            state.fetch_max(0, SeqCst);
            if state.compare_exchange(seen, seen, SeqCst, SeqCst) == Ok(3) {
                break;
            }
            thread::yield_now();
        }
        thread.join().unwrap();
    };
    assert_eq!(outcomes(body).0, [()]);
}

#[test]
fn a_value_under_a_lock_is_polled() {
    let body = || {
        let ready = Arc::new(Mutex::new(false));
        let theirs = Arc::clone(&ready);
        let thread = thread::spawn(move || *theirs.lock().unwrap() = true);
        while !*ready.lock().unwrap() {}
        thread.join().unwrap();
    };
    // The section of the other comes before the first, between the first and the second, or before the third, in
    // which the thread is probed.
    assert_eq!(outcomes(body), (vec![()], 3, 1));
    let body = || {
        let ready = Arc::new(RwLock::new(false));
        let theirs = Arc::clone(&ready);
        let thread = thread::spawn(move || *theirs.write().unwrap() = true);
        while !*ready.read().unwrap() {
            thread::yield_now();
        }
        thread.join().unwrap();
    };
    assert_eq!(outcomes(body).0, [()]);
}

#[test]
fn a_value_that_a_held_lock_protects_may_change_in_every_turn() {
    let body = || {
        let turns = Mutex::new(0);
        let flag = AtomicBool::new(false);
        let mut guard = turns.lock().unwrap();
        while !flag.load(Acquire) && *guard < 20 {
            *guard += 1;
        }
        *guard
    };
    assert_eq!(outcomes(body), (vec![20], 1, 0));
}

#[test]
fn two_threads_that_poll_under_the_same_lock_are_in_a_deadlock() {
    let body = || {
        two(Mutex::new(0), |ready| while *ready.lock().unwrap() == 0 {});
    };
    let (endings, summary) = explore_with(&Explorer::new(), body);
    assert_eq!(
        (summary.completeness, summary.redundant),
        (Completeness::Exhaustive, 0)
    );
    for ending in endings.keys() {
        let Ending::Deadlock(stuck) = ending else {
            panic!("{ending}")
        };
        assert_eq!(stuck.len(), 3, "{ending}");
        assert_eq!(stuck[1].waiting_for, WaitingFor::Change);
    }
}

#[test]
fn a_lock_that_is_held_while_the_thread_polls_stays_held() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let _guard = theirs.0.lock().unwrap();
            theirs.1.store(true, Release);
        });
        let guard = shared.0.lock().unwrap();
        while !shared.1.load(Acquire) {}
        drop(guard);
        thread.join().unwrap();
    };
    let (endings, summary) = explore_with(&Explorer::new(), body);
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    let deadlocks = endings
        .keys()
        .filter(|ending| matches!(ending, Ending::Deadlock(_)));
    assert_eq!((endings.len(), deadlocks.count()), (2, 1), "{endings:?}");
}

#[test]
fn all_places_are_named_where_nothing_changes() {
    let body = || {
        let places = [(); 3].map(|()| AtomicBool::new(false));
        while !places.iter().any(|place| place.load(Acquire)) {}
    };
    let (endings, _) = explore_with(&Explorer::new(), body);
    let [Ending::Deadlock(stuck)] = &endings.keys().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(stuck[0].others.len(), 2);
    let words = "in a loop for a change of atomic places[0], atomic places[1] or atomic places[2]";
    assert!(stuck[0].to_string().ends_with(words), "{}", stuck[0]);
}

#[test]
fn a_loop_that_counts_its_turns_is_explored_in_full() {
    for turns in [1, 2, 5, 30] {
        let body = move || {
            let flag = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&flag);
            let thread = thread::spawn(move || theirs.store(true, SeqCst));
            let seen = (0..turns).find(|_| flag.load(SeqCst));
            thread.join().unwrap();
            seen
        };
        let expected: Vec<_> = std::iter::once(None).chain((0..turns).map(Some)).collect();
        assert_eq!(outcomes(body), (expected, turns + 1, 0));
    }
}

#[test]
fn one_place_in_the_source_may_load_twice() {
    fn look(flag: &AtomicBool) -> bool {
        flag.load(SeqCst)
    }
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, SeqCst));
        let seen = [look(&flag), look(&flag), look(&flag)];
        thread.join().unwrap();
        seen.iter().filter(|seen| **seen).count()
    };
    assert_eq!(outcomes(body), (vec![0, 1, 2, 3], 4, 0));
}

#[test]
fn a_loop_that_backs_off_and_then_parks_is_explored_in_full() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let (theirs, me) = (Arc::clone(&flag), thread::current());
        let thread = thread::spawn(move || {
            theirs.store(true, SeqCst);
            me.unpark();
        });
        let mut parked = false;
        while !flag.load(SeqCst) {
            for _ in 0..3 {
                hint::spin_loop();
                if flag.load(SeqCst) {
                    thread.join().unwrap();
                    return parked;
                }
            }
            parked = true;
            thread::park();
        }
        thread.join().unwrap();
        parked
    };
    assert_eq!(outcomes(body).0, [false, true]);
}

#[test]
fn a_once_whose_initialiser_panics_is_explored_completely() {
    const NEW: usize = 0;
    const RUNNING: usize = 1;
    const DONE: usize = 2;
    struct ResetsOnPanic<'a>(&'a AtomicUsize, usize);
    impl Drop for ResetsOnPanic<'_> {
        fn drop(&mut self) {
            self.0.store(self.1, Release);
        }
    }
    fn call(state: &AtomicUsize, panics: bool) -> bool {
        loop {
            match state.compare_exchange(NEW, RUNNING, Acquire, Acquire) {
                Ok(_) => {
                    let mut reset = ResetsOnPanic(state, NEW);
                    assert!(!panics, "the initialiser fails");
                    reset.1 = DONE;
                    return true;
                }
                Err(DONE) => return false,
                Err(_) => hint::spin_loop(),
            }
        }
    }
    let body = || {
        let state = Arc::new(AtomicUsize::new(NEW));
        let theirs = Arc::clone(&state);
        let thread = thread::spawn(move || call(&theirs, true));
        let mine = call(&state, false);
        let their_panic = thread.join().is_err();
        (mine, their_panic, state.load(Relaxed))
    };
    assert_eq!(outcomes(body).0, [(true, false, DONE), (true, true, DONE)]);
}

#[test]
fn queues_of_locks_are_explored_completely() {
    // Mellor-Crummey and Scott, 1991: each thread spins on a flag of its own. Threads are 1 and 2; 0 is none.
    struct McsLock {
        tail: AtomicUsize,
        next: [AtomicUsize; 2],
        waits: [AtomicBool; 2],
        value: Cell<i64>,
    }
    fn section(lock: &McsLock, me: usize) {
        let (next, waits) = (&lock.next[me - 1], &lock.waits[me - 1]);
        let before = lock.tail.swap(me, AcqRel);
        if before != 0 {
            waits.store(true, Relaxed);
            lock.next[before - 1].store(me, Release);
            while waits.load(Acquire) {
                thread::yield_now();
            }
        }
        lock.value.set(lock.value.get() + 1);
        if lock.tail.compare_exchange(me, 0, Release, Relaxed).is_ok() {
            return;
        }
        let after = loop {
            match next.load(Acquire) {
                0 => hint::spin_loop(),
                after => break after,
            }
        };
        lock.waits[after - 1].store(false, Release);
    }
    let body = || {
        let lock = Arc::new(McsLock {
            tail: AtomicUsize::new(0),
            next: [(); 2].map(|()| AtomicUsize::new(0)),
            waits: [(); 2].map(|()| AtomicBool::new(false)),
            value: Cell::new(0),
        });
        let threads = [1, 2].map(|me| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || section(&lock, me))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        lock.value.get()
    };
    let (outcomes, executions, redundant) = outcomes(body);
    assert_eq!(outcomes, [2]);
    assert!(executions + redundant < 200, "{executions}, {redundant}");
}

#[test]
fn a_reader_retries_while_a_writer_writes() {
    let body = || {
        let shared = Arc::new((AtomicUsize::new(0), AtomicI64::new(0), AtomicI64::new(0)));
        let theirs = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            theirs.0.fetch_add(1, AcqRel);
            theirs.1.store(1, Relaxed);
            theirs.2.store(1, Relaxed);
            theirs.0.fetch_add(1, AcqRel);
        });
        let seen = loop {
            let before = shared.0.load(Acquire);
            if !before.is_multiple_of(2) {
                continue;
            }
            let seen = (shared.1.load(Relaxed), shared.2.load(Relaxed));
            if shared.0.load(Acquire) == before {
                break seen;
            }
        };
        writer.join().unwrap();
        seen
    };
    assert_eq!(outcomes(body).0, [(0, 0), (1, 1)]);
}

#[test]
fn threads_that_poll_each_other_come_to_an_end() {
    let body = || {
        let flags = Arc::new([(); 2].map(|()| AtomicUsize::new(0)));
        let threads = [0, 1].map(|me| {
            let flags = Arc::clone(&flags);
            thread::spawn(move || {
                for turn in 1..=2 {
                    flags[me].store(turn, Release);
                    while flags[1 - me].load(Acquire) < turn {
                        thread::yield_now();
                    }
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    assert_eq!(outcomes(body).0, [()]);
}

#[test]
fn who_fails_to_lock_may_notice_a_turn() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let failed = (0..2).filter(|_| theirs.0.try_lock().is_err()).count();
            theirs.1.store(true, Release);
            failed
        });
        loop {
            let _guard = shared.0.lock().unwrap();
            if shared.1.load(Acquire) {
                break;
            }
        }
        thread.join().unwrap()
    };
    let bounds = Bounds {
        repetition: true,
        ..Bounds::default()
    };
    // Within a bound, which is not reached, the thread that polls goes on in the end.
    for explorer in [Explorer::new(), Explorer::new().preemption_bound(Some(100))] {
        let (_, summary) = explore_with(&explorer, body);
        assert_eq!(summary.completeness, Completeness::Bounded(bounds));
    }
    let wanted = [Some(0), Some(1), Some(2)].into();
    let found = Explorer::new().shortest(body, |ending| ending.finished().copied(), &wanted);
    let found = found.expect("it is deterministic");
    assert_eq!(
        (found.witnesses.len(), found.minimal, found.cut),
        (3, false, None)
    );
}

/// Loads a flag, at one place in the source for all callers.
fn is_set(flag: &AtomicBool) -> bool {
    flag.load(SeqCst)
}

#[test]
fn the_same_place_may_wait_for_ever_and_count() {
    for calls in [2, 20] {
        let body = move || {
            let flag = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&flag);
            let thread = thread::spawn(move || theirs.store(true, SeqCst));
            while !is_set(&flag) {}
            let seen = (0..calls).filter(|_| is_set(&flag)).count();
            thread.join().unwrap();
            seen
        };
        assert_eq!(outcomes(body), (vec![calls], 2, 1));
    }
}

#[test]
fn a_lock_may_be_taken_between_a_turn_and_its_probe() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let _guard = theirs.0.lock().unwrap();
            theirs.1.store(true, SeqCst);
        });
        loop {
            drop(shared.0.lock().unwrap());
            if shared.1.load(SeqCst) {
                break;
            }
        }
        thread.join().unwrap();
    };
    for mode in MODES {
        let (endings, _) = explore_with(&Explorer::new().mode(mode), body);
        assert!(
            endings.keys().eq([&Ending::Finished(())]),
            "{mode:?}: {endings:?}"
        );
    }
}

#[test]
fn a_thread_may_poll_under_a_lock_that_another_holds() {
    let body = || {
        let shared = Arc::new((Mutex::new(0), AtomicBool::new(false)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                loop {
                    drop(shared.0.lock().unwrap());
                    if shared.1.load(SeqCst) {
                        break;
                    }
                }
                *shared.0.lock().unwrap() += 1;
            })
        });
        *shared.0.lock().unwrap() += 1;
        shared.1.store(true, SeqCst);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        *shared.0.lock().unwrap()
    };
    let (endings, summary) = explore_with(&Explorer::new(), body);
    assert!(endings.keys().eq([&Ending::Finished(3)]), "{endings:?}");
    assert_eq!(summary.completeness, Completeness::Exhaustive);
}

#[test]
fn locks_that_are_not_held_at_once_are_no_turn() {
    let body = || {
        let shared = Arc::new((Mutex::new(false), Mutex::new(())));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || *theirs.0.lock().unwrap() = true);
        while !*shared.0.lock().unwrap() {
            drop(shared.1.lock().unwrap());
        }
        thread.join().unwrap();
    };
    let (endings, _) = explore_with(&Explorer::new().steps(30), body);
    assert!(
        endings.keys().eq([&Ending::Finished(()), &Ending::StepLimit]),
        "{endings:?}"
    );
}

/// Each turn is like the one before, but other threads see what it changes.
#[test]
fn a_thread_that_changes_something_in_every_turn_goes_on() {
    let body = || {
        let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let theirs = Arc::clone(&flags);
        let thread = thread::spawn(move || {
            while !theirs[1].load(SeqCst) {
                theirs[0].store(true, SeqCst);
                theirs[0].store(false, SeqCst);
            }
        });
        flags[1].store(true, SeqCst);
        thread.join().unwrap();
    };
    let (endings, _) = explore_with(&Explorer::new().steps(20), body);
    assert!(
        endings.keys().eq([&Ending::Finished(()), &Ending::StepLimit]),
        "{endings:?}"
    );
}

#[test]
fn with_a_bound_on_preemptions_a_thread_goes_on_after_a_change() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, SeqCst));
        while !flag.load(SeqCst) {}
        thread.join().unwrap();
    };
    for bound in 0..3 {
        let (endings, summary) = explore_with(&Explorer::new().preemption_bound(Some(bound)), body);
        assert!(endings.keys().eq([&Ending::Finished(())]), "{bound}: {endings:?}");
        assert_eq!(summary.redundant, 0);
    }
}

#[test]
fn the_shortest_way_through_a_loop_takes_no_preemption() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, SeqCst));
        let before = flag.load(SeqCst);
        while !flag.load(SeqCst) {}
        thread.join().unwrap();
        before
    };
    let wanted = [Some(false)].into();
    let found = Explorer::new().shortest(body, |ending| ending.finished().copied(), &wanted);
    let witness = &found.expect("it is deterministic").witnesses[0];
    let cost = |preemptions, switches, events| Cost {
        preemptions,
        switches,
        events,
    };
    assert_eq!(witness.cost, cost(0, 2, 5));
    // One turn less, and the thread is left that could have taken it.
    for (schedule, cost) in [("main×3 1 main", cost(0, 2, 5)), ("main×2 1 main", cost(1, 2, 4))] {
        let schedule: Schedule = schedule.parse().expect("a schedule");
        let replay = Explorer::new()
            .replay(body, &schedule.0, Then::RunOn)
            .expect("it fits");
        assert_eq!(replay.interleaving.cost(), cost);
        assert_eq!(replay.ending, Some(Ending::Finished(false)));
    }
}

/// The thread has taken a turn twice, and stops; but what it saw first has changed in the second turn, so that it
/// goes on at once.
#[test]
fn a_thread_that_stops_and_goes_on_at_once_is_preempted_like_any_other() {
    let body = || {
        let atomics = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
        let theirs = Arc::clone(&atomics);
        thread::spawn(move || while theirs[0].load(SeqCst) + theirs[1].load(SeqCst) < 2 {});
        thread::spawn(move || atomics.iter().for_each(|atomic| atomic.store(1, SeqCst)));
    };
    for (schedule, preemptions) in [("1×4 2 2 1 1", 0), ("1×3 2 2 1×3", 1), ("1×3 2 1 2 1 1", 3)] {
        let schedule: Schedule = schedule.parse().expect("a schedule");
        let replay = Explorer::new().replay(body, &schedule.0, Then::RunOn);
        let interleaving = replay.expect("it fits").interleaving;
        assert_eq!(
            (interleaving.preemptions(), interleaving.steps.len()),
            (preemptions, 8)
        );
    }
}

/// The first thread stops after its second turn and goes on after the change. Then what the others do is tried in
/// another order, from the point at which it had stopped.
#[test]
fn a_thread_that_goes_on_is_what_it_was_when_it_had_stopped() {
    let body = || {
        let atomics = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
        let [first, second] = [(); 2].map(|()| Arc::clone(&atomics));
        let polls = thread::spawn(move || while first[0].load(SeqCst) == 0 {});
        let adds = thread::spawn(move || second[1].fetch_add(1, SeqCst));
        atomics[0].store(1, SeqCst);
        atomics[1].fetch_add(1, SeqCst);
        polls.join().unwrap();
        adds.join().unwrap()
    };
    let endings = [Ending::Finished(0), Ending::Finished(1)];
    for bound in 0..3 {
        let (found, _) = explore_with(&Explorer::new().preemption_bound(Some(bound)), body);
        assert!(found.keys().eq(&endings), "{bound}: {found:?}");
    }
    let wanted = [Some(0), Some(1), Some(2)].into();
    let found = Explorer::new().shortest(body, |ending| ending.finished().copied(), &wanted);
    let found = found.expect("it is deterministic");
    assert_eq!((found.witnesses.len(), found.missing), (2, [Some(2)].into()));
}
