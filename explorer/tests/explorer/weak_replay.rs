//! Schedules of executions under weak memory: what they say, and that each can be followed.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use proptest::strategy::Strategy;
use selvedge_explorer::sync::Mutex;
use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::{
    Choice, Ending, Explorer, Interleaving, MemoryModel, Misfit, Mode, ReadsFrom, Replay, ReplayError,
    Schedule, Then, Value, thread,
};
use selvedge_programs::weak::strategies as weak;
use selvedge_programs::{Program, Trials, strategies};

use crate::support::quiet::quiet_panics;
use crate::support::{program, weak_program};

const RC11: MemoryModel = MemoryModel::Rc11;

fn schedule(text: &str) -> Vec<Choice> {
    text.parse::<Schedule>().expect("a schedule").0
}

fn weak_explorer() -> Explorer {
    Explorer::new().memory_model(RC11)
}

/// Each thread stores to its own atomic and loads that of the other.
fn store_buffering() -> [i64; 2] {
    let atomics = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
    let threads = [0, 1].map(|mine| {
        let atomics = Arc::clone(&atomics);
        thread::spawn(move || {
            atomics[mine].store(1, Relaxed);
            atomics[1 - mine].load(Relaxed)
        })
    });
    threads.map(|thread| thread.join().unwrap())
}

/// The threads store their numbers to one atomic, without order.
fn stores() -> i64 {
    let x = Arc::new(AtomicI64::new(0));
    let threads = [1, 2, 3].map(|number| {
        let x = Arc::clone(&x);
        thread::spawn(move || x.store(number, Relaxed))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    x.load(Relaxed)
}

fn follow<O>(body: impl Fn() -> O + 'static, text: &str) -> Result<Replay<O>, ReplayError> {
    weak_explorer().replay(body, &schedule(text), Then::RunOn)
}

#[test]
fn a_load_tells_which_store_it_reads_and_which_it_does_not_see() {
    let mut found = Vec::new();
    let explored = weak_explorer().explore(store_buffering, |execution| {
        if matches!(execution.ending(), Ending::Finished([0, 0])) {
            found.push((execution.interleaving(), Schedule(execution.schedule())));
        }
    });
    explored.expect("it repeats itself");
    let [(interleaving, schedule)] = &found[..] else {
        panic!("one execution, not {}", found.len());
    };
    let sees = |step: usize| {
        let event = &interleaving.steps[step].event;
        (event.reads_from, event.unseen.clone())
    };
    assert_eq!(sees(0), (None, vec![]));
    assert_eq!(sees(1), (Some(ReadsFrom::Initial), vec![]));
    assert_eq!(sees(2), (None, vec![]));
    assert_eq!(sees(3), (Some(ReadsFrom::Initial), vec![0]));
    assert_eq!(schedule.to_string(), "1 1 2 2~1");
}

#[test]
fn a_store_tells_which_stores_before_it_come_after_it() {
    let Replay {
        interleaving,
        ending,
        schedule,
        ..
    } = follow(stores, "1 2~1 3~1").expect("it fits");
    assert_eq!(ending, Some(Ending::Finished(1)));
    let step = |step: usize| {
        let event = &interleaving.steps[step].event;
        let value = |value: Option<Value>| value.expect("it is an atomic's").to_string();
        (value(event.before), value(event.after), event.unseen.clone())
    };
    assert_eq!(step(0), ("0".to_owned(), "1".to_owned(), vec![]));
    assert_eq!(step(1), ("0".to_owned(), "2".to_owned(), vec![0]));
    assert_eq!(step(2), ("2".to_owned(), "3".to_owned(), vec![0]));
    assert_eq!(interleaving.steps[3].event.reads_from, Some(ReadsFrom::Event(0)));
    assert_eq!(Schedule(schedule).to_string(), "1 2~1 3~1 main");
}

#[test]
fn a_sequentially_consistent_execution_says_nothing_of_all_this() {
    let explorer = Explorer::new();
    let replay = explorer
        .replay(store_buffering, &schedule("1 1 2 2"), Then::RunOn)
        .expect("it fits");
    let steps = &replay.interleaving.steps;
    assert!(
        steps
            .iter()
            .all(|step| step.event.reads_from.is_none() && step.event.unseen.is_empty())
    );
}

fn misfit<O: Debug>(replay: Result<Replay<O>, ReplayError>) -> (usize, Misfit, String) {
    match replay {
        Err(error @ ReplayError::Step { .. }) => {
            let text = error.to_string();
            let ReplayError::Step { step, why, .. } = error else {
                unreachable!()
            };
            (step, why, text)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let (step, why, text) = misfit(follow(store_buffering, "1 1 2 2~2"));
    assert_eq!((step, why), (4, Misfit::Unseen(1)));
    assert!(
        text.contains("`2~2`, cannot be executed: only 1 change of its object came before it"),
        "{text}"
    );
    let (step, why, _) = misfit(follow(stores, "1~1"));
    assert_eq!((step, why), (1, Misfit::Unseen(0)));
    let (step, why, text) = misfit(follow(stores, "1 2 3 main~1"));
    assert_eq!((step, why), (4, Misfit::Inconsistent(RC11)));
    assert!(text.contains("RC11 does not allow it"), "{text}");
    let strict = Explorer::new().replay(store_buffering, &schedule("1 1 2 2~1"), Then::RunOn);
    let (step, why, text) = misfit(strict);
    assert_eq!((step, why), (4, Misfit::Sequential));
    assert!(text.contains("needs a weak memory model"), "{text}");
    let locks = || drop(Mutex::new(0).lock());
    let (step, why, text) = misfit(follow(locks, "main~1"));
    assert_eq!((step, why), (1, Misfit::SeesNothing));
    assert!(text.contains("no access to an atomic"), "{text}");
    let (step, why, _) = misfit(follow(stores, "1 1"));
    assert_eq!((step, why), (2, Misfit::Ended));
    let (step, why, _) = misfit(follow(stores, "1:1"));
    assert_eq!((step, why), (1, Misfit::Alternatives(1)));
}

#[test]
fn a_schedule_of_the_model_of_interleavings_is_followed_by_its_graphs() {
    let graphs = Explorer::new().mode(Mode::Graphs);
    let (step, why, _) = misfit(graphs.replay(
        || {
            let x = Arc::new(AtomicI64::new(0));
            let y = Arc::clone(&x);
            let other = thread::spawn(move || y.store(1, SeqCst));
            let seen = x.load(SeqCst);
            other.join().unwrap();
            (seen, x.load(SeqCst))
        },
        &schedule("1 main~1 main~1"),
        Then::RunOn,
    ));
    assert_eq!(
        (step, why),
        (3, Misfit::Inconsistent(MemoryModel::SequentiallyConsistent))
    );
}

/// Returns what the events of an execution are, and what they see.
fn seen(interleaving: &Interleaving) -> Vec<String> {
    let events = interleaving.steps.iter().map(|step| &step.event);
    events
        .map(|event| {
            let values = (event.before, event.after, event.data);
            let what = (
                event.thread,
                event.number,
                event.operation,
                event.succeeded,
                event.alternative,
            );
            format!("{what:?} {values:?} {:?} {:?}", event.reads_from, event.unseen)
        })
        .collect()
}

/// Replays the executions of a program, some of them; returns how many, and how many do not see all.
fn replays<O: Debug + Clone + PartialEq + 'static, B: Fn() -> O + 'static>(
    explorer: &Explorer,
    body: impl Fn() -> B,
) -> (u64, u64) {
    let (mut all, mut weak) = (0, 0);
    let mut found = Vec::new();
    let explored = explorer
        .clone()
        .executions(Some(80))
        .explore(body(), |execution| {
            if execution.number() % 7 < 3 {
                let ending = execution.ending().clone();
                found.push((
                    execution.schedule(),
                    execution.trace_hash(),
                    ending,
                    execution.interleaving(),
                ));
            }
        });
    explored.unwrap_or_else(|error| panic!("{error}"));
    for (schedule, hash, ending, interleaving) in found {
        let text = Schedule(schedule.clone()).to_string();
        let replay = explorer.replay(body(), &schedule, Then::RunOn);
        let replay = replay.unwrap_or_else(|error| panic!("{text}: {error}, of {interleaving:#?}"));
        assert_eq!(seen(&replay.interleaving), seen(&interleaving), "{text}");
        assert_eq!(replay.schedule, schedule, "{text}");
        assert_eq!(replay.ending, Some(ending), "{text}");
        assert_eq!(replay.trace_hash, hash, "{text}");
        all += 1;
        weak += u64::from(text.contains('~'));
    }
    (all, weak)
}

/// Replays executions of random programs on all primitives.
fn hold(explorer: &Explorer, strategy: &impl Strategy<Value = Program>) {
    quiet_panics();
    let (mut all, mut weak) = (0, 0);
    Trials::new(100).hold(strategy, |program| {
        let text = format!("{program:?}");
        let asks = text.contains("Try") || text.contains("Poison");
        // With words for mutexes a wait is two steps to others, and one in the schedule.
        if asks && text.contains("Wait") {
            return false;
        }
        let explorer = explorer.clone().lock_words(asks).record_values(true);
        let (replayed, of_them_weak) = replays(&explorer, || program::body(program));
        all += replayed;
        weak += of_them_weak;
        replayed > 0
    });
    println!("{all} executions, {weak} with steps that do not see all");
    assert!(weak > 0 && weak < all);
}

fn explorer() -> Explorer {
    weak_explorer()
        .timeouts(1)
        .spurious_wakeups(1)
        .weak_failures(1)
        .steps(60)
}

#[test]
fn every_execution_of_a_random_program_can_be_followed() {
    hold(&explorer(), &strategies::programs());
}

#[test]
fn every_execution_that_a_story_tells_can_be_followed() {
    hold(&explorer(), &strategies::telling());
}

#[test]
fn every_execution_with_waits_can_be_followed() {
    hold(&explorer(), &strategies::looping());
}

#[test]
fn every_execution_with_readers_and_writers_can_be_followed() {
    hold(&explorer(), &strategies::reading());
}

#[test]
fn every_execution_of_a_program_for_weak_memory_can_be_followed() {
    let (mut all, mut weak) = (0, 0);
    Trials::new(100).hold(&weak::any(), |program| {
        let (replayed, of_them_weak) = replays(&weak_explorer().record_values(true), || {
            weak_program::body(program)
        });
        all += replayed;
        weak += of_them_weak;
        replayed > 0
    });
    println!("{all} executions, {weak} with steps that do not see all");
    assert!(weak > 0 && weak < all);
}
