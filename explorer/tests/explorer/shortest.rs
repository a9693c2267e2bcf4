//! The shortest witnesses of small programs, each known for a reason; for all others see `witness.rs`.

use crate::support::quiet::quiet_panics;
use crate::support::strict::strict;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Relaxed, Release, SeqCst};

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge_explorer::{Cost, Cut, Ending, Explorer, Schedule, Shortest, Then, choose, thread};

/// The racy counter: `n` times a load and a store of one more, against one less.
fn racy(n: usize) -> impl Fn() -> i64 + 'static {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [1, -1].map(|delta| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                for _ in 0..n {
                    counter.store(counter.load(SeqCst) + delta, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    }
}

fn witnesses(n: usize) -> Shortest<Option<i64>> {
    let wanted = (-(n as i64)..=n as i64).map(Some).collect();
    let found = Explorer::new().shortest(racy(n), |ending| ending.finished().copied(), &wanted);
    found.expect("deterministic")
}

/// No preemption at all ends at 0. With one, a thread that has just loaded is left, and overwrites all that
/// the other does: the result is `n` or `-n`. For anything in between each has to overwrite a part of the
/// other's.
#[test]
fn one_preemption_loses_all_updates_and_two_lose_some() {
    for n in 1..=3 {
        let found = witnesses(n);
        assert!(found.minimal && found.missing.is_empty());
        let costs = found.witnesses.iter().map(|witness| {
            let Cost {
                preemptions,
                switches,
                events,
            } = witness.cost;
            (witness.ending.expect("finished"), (preemptions, switches, events))
        });
        let n = n as i64;
        let events = 4 * n as usize + 1;
        // The last switch is to the main thread.
        let expected = |value: i64| match value {
            0 => (0, 2, events),
            value if value.abs() == n => (1, 3, events),
            _ => (2, 4, events),
        };
        let expected: Vec<_> = (-n..=n).map(|value| (value, expected(value))).collect();
        assert_eq!(costs.collect::<Vec<_>>(), expected, "n = {n}");
    }
}

/// With the load's thread first: the preempted thread loads, and overwrites in the end.
#[test]
fn the_witness_of_a_lost_update_is_the_one_in_the_books() {
    let schedules = witnesses(1).witnesses;
    let schedules = schedules
        .into_iter()
        .map(|witness| Schedule(witness.schedule).to_string());
    let mut schedules: Vec<String> = schedules.collect();
    assert!(["1 1 2 2 main", "2 2 1 1 main"].contains(&&schedules.remove(1)[..]));
    assert_eq!(schedules, ["2 1 1 2 main", "1 2 2 1 main"]);
}

#[test]
fn an_ending_that_cannot_be_is_missing() {
    let wanted = BTreeSet::from([Some(1), Some(2), None]);
    let found = Explorer::new().shortest(racy(1), |ending| ending.finished().copied(), &wanted);
    let found = found.expect("deterministic");
    assert_eq!(found.missing, BTreeSet::from([Some(2), None]));
    assert!(found.minimal);
    let nothing = Explorer::new().shortest(racy(1), |ending| ending.finished().copied(), &BTreeSet::new());
    assert_eq!(nothing.expect("deterministic").executions, 0);
}

#[test]
fn a_budget_keeps_the_best_found_so_far() {
    let wanted = (-3..=3).map(Some).collect();
    let search = |executions| {
        let explorer = Explorer::new().executions(Some(executions));
        explorer
            .shortest(racy(3), |ending| ending.finished().copied(), &wanted)
            .expect("deterministic")
    };
    let all = search(u64::MAX);
    assert_eq!((all.minimal, all.cut), (true, None));
    let enough = search(all.executions);
    assert_eq!((enough.minimal, &enough.witnesses), (true, &all.witnesses));
    for executions in [0, 1, 5, all.executions - 1] {
        let cut = search(executions);
        assert_eq!(
            (cut.executions, cut.minimal, cut.cut),
            (executions, false, Some(Cut::Executions))
        );
        assert_eq!(cut.witnesses.len() + cut.missing.len(), 7);
        assert_eq!(cut.witnesses.is_empty(), executions == 0);
    }
}

#[test]
fn a_witness_stops_where_the_failure_has_happened() {
    let body = || {
        let flag = Arc::new(AtomicI64::new(0));
        let other = Arc::clone(&flag);
        thread::spawn(move || {
            other.store(1, SeqCst);
            other.store(0, SeqCst);
            other.load(SeqCst);
        });
        assert_eq!(flag.load(SeqCst), 0, "seen in between");
        for _ in 0..10 {
            flag.load(SeqCst);
        }
    };
    quiet_panics();
    let wanted = BTreeSet::from(["panic"]);
    let classify = |ending: &Ending<()>| {
        if matches!(ending, Ending::Panic(_)) {
            "panic"
        } else {
            "other"
        }
    };
    let found = Explorer::new()
        .shortest(body, classify, &wanted)
        .expect("deterministic");
    let [witness] = &found.witnesses[..] else {
        panic!("{found:?}")
    };
    assert_eq!(Schedule(witness.schedule.clone()).to_string(), "1 main");
    assert_eq!(
        witness.cost,
        Cost {
            preemptions: 1,
            switches: 1,
            events: 2
        }
    );
}

/// If thread 2 goes first it panics; but it is thread 1's panic that counts if there is one, and there will
/// be unless thread 1 goes next. So the witness must go on after the panic that it is about.
#[test]
fn a_witness_goes_on_until_it_leads_to_its_ending() {
    quiet_panics();
    let body = || {
        let flag = Arc::new(AtomicI64::new(0));
        let (first, second) = (Arc::clone(&flag), Arc::clone(&flag));
        thread::spawn(move || assert_eq!(first.swap(2, SeqCst), 0, "one"));
        thread::spawn(move || assert_eq!(second.load(SeqCst), 2, "two"));
        flag.store(1, SeqCst);
    };
    let classify = |ending: &Ending<()>| match ending {
        Ending::Panic(panic) => panic.thread.to_string(),
        other => format!("{other}"),
    };
    let wanted = BTreeSet::from(["1".to_owned(), "2".to_owned()]);
    let found = Explorer::new()
        .shortest(body, classify, &wanted)
        .expect("deterministic");
    for (witness, schedule) in found.witnesses.iter().zip(["main 1", "2 1"]) {
        assert_eq!(Schedule(witness.schedule.clone()).to_string(), schedule);
        assert_eq!(
            witness.cost,
            Cost {
                preemptions: 0,
                switches: 1,
                events: 2
            },
            "{witness:?}"
        );
        let replay = Explorer::new()
            .replay(body, &witness.schedule, Then::RunOn)
            .expect("it fits");
        assert_eq!(classify(&replay.ending.expect("it was run on")), witness.ending);
    }
    assert_eq!((found.witnesses.len(), found.missing.len()), (2, 0));
}

#[test]
fn both_accesses_of_a_data_race_are_in_its_witness() {
    let body = || {
        let shared = Arc::new((Cell::new(0), Mutex::new(()), AtomicI64::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.0.set(1);
            drop(other.1.lock());
            other.2.load(SeqCst);
        });
        drop(shared.1.lock());
        shared.0.set(2);
        shared.2.load(SeqCst);
        thread.join().unwrap();
    };
    let classify = |ending: &Ending<()>| matches!(ending, Ending::DataRace(_));
    let found = Explorer::new()
        .shortest(body, classify, &BTreeSet::from([true]))
        .expect("deterministic");
    // If thread 1 comes first, the lock orders the accesses. To stop main just after its own is two steps
    // shorter, but a preemption.
    let [witness] = &found.witnesses[..] else {
        panic!("{found:?}")
    };
    let schedule = Schedule(witness.schedule.clone()).to_string();
    assert_eq!(
        (schedule.as_str(), witness.cost.preemptions, witness.cost.events),
        ("main×4 1", 0, 5)
    );
}

/// Thread 1 reads, writes and hands over with a relaxed load on the other side: the main thread's read races
/// with the write, and its write, one step later, with the read, which has the lesser number.
#[test]
fn a_data_race_ends_with_the_first_access_that_completes_one() {
    let body = || {
        let shared = Arc::new((Cell::new(0), AtomicI64::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.0.set(other.0.get() + 1);
            other.1.store(1, Release);
        });
        if shared.1.load(Relaxed) == 1 {
            shared.0.set(shared.0.get() + 1);
        }
        thread.join().unwrap();
    };
    let classify = |ending: &Ending<()>| matches!(ending, Ending::DataRace(_));
    let found = Explorer::new().shortest(body, classify, &BTreeSet::from([true]));
    let found = found.expect("deterministic");
    let schedule = Schedule(found.witnesses[0].schedule.clone());
    assert_eq!(schedule.to_string(), "1×3 main main");
    let replay = Explorer::new()
        .replay(body, &schedule.0, Then::RunOn)
        .expect("it fits");
    assert_eq!(replay.interleaving.race, Some((1, 4)), "of the whole, too");
}

/// The first execution begins with the main thread, which has to wait for thread 1: one switch more than if
/// thread 1 goes first, to the same state. What follows must be counted from the cheaper way, though it was
/// found later.
#[test]
fn a_state_can_be_reached_again_more_cheaply() {
    let body = || {
        let atomics = Arc::new([(); 3].map(|()| AtomicI64::new(0)));
        let other = Arc::clone(&atomics);
        let first = thread::spawn(move || other[0].store(1, SeqCst));
        atomics[1].store(1, SeqCst);
        first.join().unwrap();
        let other = Arc::clone(&atomics);
        let second = thread::spawn(move || other[2].store(other[2].load(SeqCst) + 1, SeqCst));
        atomics[2].store(atomics[2].load(SeqCst) + 1, SeqCst);
        second.join().unwrap();
        atomics[2].load(SeqCst)
    };
    let classify = |ending: &Ending<i64>| ending.finished().copied();
    let found = Explorer::new().shortest(body, classify, &BTreeSet::from([Some(1)]));
    let found = found.expect("deterministic");
    let [witness] = &found.witnesses[..] else {
        panic!("{found:?}")
    };
    let cost = Cost {
        preemptions: 1,
        switches: 3,
        events: 7,
    };
    let schedule = Schedule(witness.schedule.clone()).to_string();
    assert_eq!(
        (schedule.as_str(), witness.cost),
        ("1 main main 2 2 main main", cost)
    );
}

#[test]
fn every_alternative_of_a_choice_is_tried() {
    let wanted: BTreeSet<usize> = (0..70).collect();
    let classify = |ending: &Ending<usize>| *ending.finished().expect("it always does");
    let found = Explorer::new()
        .shortest(|| choose(70), classify, &wanted)
        .expect("deterministic");
    assert_eq!((found.witnesses.len(), found.missing.len()), (70, 0));
    assert!(found.witnesses.iter().all(|witness| witness.cost.switches == 0));
}

/// Both wait, and one of them is woken: nothing else tells the two endings apart.
#[test]
fn whom_a_notification_wakes_is_a_choice() {
    let body = || {
        let shared = Arc::new((Mutex::new(0), Condvar::new()));
        for _ in 0..2 {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let mut waiting = shared.0.lock().unwrap();
                *waiting += 1;
                drop(shared.1.wait(waiting));
            });
        }
        if *shared.0.lock().unwrap() == 2 {
            shared.1.notify_one();
        }
    };
    let classify = |ending: &Ending<()>| match ending {
        Ending::Deadlock(stuck) => stuck.iter().map(|stuck| stuck.thread.to_string()).collect(),
        other => vec![format!("{other:?}")],
    };
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let wanted = BTreeSet::from([names(&["1"]), names(&["2"]), names(&["1", "2"])]);
    let found = strict().shortest(body, classify, &wanted).expect("deterministic");
    let texts = found
        .witnesses
        .into_iter()
        .map(|witness| (Schedule(witness.schedule).to_string(), witness.cost));
    let [one_waits, both_wait, two_waits] = &texts.collect::<Vec<_>>()[..] else {
        panic!("missing: {:?}", found.missing)
    };
    let cost = |switches, events| Cost {
        preemptions: 0,
        switches,
        events,
    };
    assert!(one_waits.0.ends_with(" main main main:1 2 2"), "{one_waits:?}");
    assert!(two_waits.0.ends_with(" main×3 1 1"), "{two_waits:?}");
    assert_eq!((one_waits.1, two_waits.1), (cost(3, 9), cost(3, 9)));
    assert_eq!(both_wait, &("main main 1 1 2 2".to_owned(), cost(2, 6)));
}

/// A program that does not repeat itself is found out: by what a thread executes on the way to a state that
/// is to be expanded, or by what it creates.
#[test]
fn a_program_that_does_not_repeat_itself_is_an_error() {
    static TURNS: AtomicUsize = AtomicUsize::new(0);
    for creates in [false, true] {
        TURNS.store(0, Relaxed);
        let body = move || {
            let odd = TURNS.fetch_add(1, Relaxed) % 2 == 1;
            let counter = Arc::new(AtomicI64::new((creates && odd).into()));
            let other = Arc::clone(&counter);
            let thread = thread::spawn(move || {
                other.load(SeqCst);
                if odd && !creates {
                    other.store(1, SeqCst);
                }
                other.load(SeqCst)
            });
            counter.store(2, SeqCst);
            counter.store(3, SeqCst);
            thread.join().unwrap()
        };
        let wanted = BTreeSet::from([Some(9)]);
        let found = Explorer::new().shortest(body, |ending| ending.finished().copied(), &wanted);
        let error = found.map(|found| found.executions).expect_err("it is noticed");
        let text = error.to_string();
        assert!(text.contains("does not repeat itself"), "{text}");
        assert_eq!(text.contains("created this object"), creates, "{text}");
    }
}
