//! Schedules: what an exploration executes, a replay executes again; and what does not fit is refused with
//! the reason.

use crate::support::program::body;
use crate::support::quiet::quiet_panics;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Condvar, Mutex};
use selvedge_explorer::{
    Choice, Ending, Event, Explorer, Interleaving, Misfit, Mode, Replay, ReplayError, Schedule, Then,
    ThreadStatus, WaitingFor, choose, thread,
};
use selvedge_programs::{Program, Trials, strategies};

fn schedule(text: &str) -> Vec<Choice> {
    text.parse::<Schedule>().expect("a schedule").0
}

fn text(choices: &[Choice]) -> String {
    Schedule(choices.to_vec()).to_string()
}

/// Everything of a step that does not depend on what an exploration saw before.
fn visible(event: &Event) -> impl PartialEq + std::fmt::Debug + use<> {
    let Event {
        thread,
        number,
        operation,
        object,
        mutex,
        before,
        after,
        ..
    } = *event;
    let rest = (event.succeeded, event.alternative, event.location);
    ((thread, number, operation, object, mutex), (before, after, rest))
}

fn assert_same_steps(left: &Interleaving, right: &Interleaving) {
    assert_eq!(left.steps.len(), right.steps.len());
    for (left, right) in left.steps.iter().zip(&right.steps) {
        assert_eq!(visible(&left.event), visible(&right.event));
        assert_eq!(left.preempted, right.preempted);
    }
    assert_eq!(left.links, right.links);
}

/// Each execution is an execution again when its schedule is followed, step for step, with the same ending;
/// and so is each of its prefixes, as far as it goes.
#[test]
fn what_was_explored_can_be_replayed() {
    quiet_panics();
    let explorer = Explorer::new().timeouts(1);
    let (mut modes, mut replayed) = ([Mode::Optimal, Mode::Enumeration].into_iter().cycle(), 0);
    Trials::new(60).hold(&strategies::programs(), |program| {
        let mut found = Vec::new();
        let mode = modes.next().expect("they come again");
        let explored = explorer.clone().mode(mode).executions(Some(40));
        let explored = explored.explore(body(program), |execution| {
            let ending = execution.ending().clone();
            found.push((execution.schedule(), ending, execution.interleaving()));
        });
        explored.unwrap_or_else(|error| panic!("{error}"));
        for (schedule, ending, interleaving) in found {
            let replay = explorer.replay(body(program), &schedule, Then::Stop);
            let replay = replay.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(replay.ending.as_ref(), Some(&ending));
            assert_eq!(replay.schedule, schedule);
            assert_same_steps(&replay.interleaving, &interleaving);
            assert_prefix(&explorer, program, &schedule[..schedule.len() / 2], &interleaving);
            replayed += 1;
        }
        true
    });
    assert!(replayed > 600, "the programs are too tame: {replayed}");
}

fn assert_prefix(explorer: &Explorer, program: &Program, prefix: &[Choice], whole: &Interleaving) {
    let stopped = explorer
        .replay(body(program), prefix, Then::Stop)
        .expect("a prefix");
    assert_eq!(stopped.schedule, prefix);
    assert_eq!(stopped.interleaving.steps.len(), prefix.len());
    for (step, expected) in stopped.interleaving.steps.iter().zip(&whole.steps) {
        assert_eq!(visible(&step.event), visible(&expected.event));
    }
    let pending = stopped.interleaving.threads.iter();
    let enabled =
        pending.filter(|thread| matches!(&thread.status, ThreadStatus::Pending(next) if next.enabled));
    assert_eq!(stopped.ending.is_some(), enabled.count() == 0);
    let on = explorer.replay(body(program), prefix, Then::RunOn);
    let on = on.expect("a prefix");
    assert!(on.ending.is_some() && on.schedule.starts_with(prefix));
    let added = &on.interleaving.steps[prefix.len()..];
    assert!(added.iter().skip(1).all(|step| step.preempted.is_none()));
}

fn racy() -> i64 {
    let counter = Arc::new(AtomicI64::new(0));
    let threads = [1, -1].map(|delta| {
        let counter = Arc::clone(&counter);
        thread::spawn(move || counter.store(counter.load(SeqCst) + delta, SeqCst))
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    counter.load(SeqCst)
}

#[test]
fn a_schedule_is_followed_and_then_run_on() {
    let replay = |text, then| Explorer::new().replay(racy, &schedule(text), then);
    for (asked, done, ending) in [
        ("", "1 1 2 2 main", 0),
        ("2", "2 2 1 1 main", 0),
        ("1 2", "1 2 2 1 main", 1),
        ("1 2 1", "1 2 1 2 main", -1),
        ("2 1 1 2 main", "2 1 1 2 main", -1),
    ] {
        let Replay {
            ending: found,
            schedule,
            ..
        } = replay(asked, Then::RunOn).expect(asked);
        assert_eq!(
            (text(&schedule), found),
            (done.to_owned(), Some(Ending::Finished(ending))),
            "{asked}"
        );
    }
    let stopped = replay("1 2 1 2", Then::Stop).unwrap();
    assert_eq!(stopped.ending, None);
    let over = replay("1 2 1 2 main", Then::Stop).unwrap();
    assert_eq!(over.ending, Some(Ending::Finished(-1)));
}

fn misfit(body: fn() -> i64, text: &str) -> (usize, Misfit, String) {
    let error = Explorer::new().replay(body, &schedule(text), Then::RunOn);
    let error = error.expect_err(text);
    let message = error.to_string();
    match error {
        ReplayError::Step {
            step, wanted, why, ..
        } => {
            assert_eq!(wanted, schedule(text)[step - 1]);
            (step, why, message)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_step_that_does_not_fit_is_refused_with_the_reason() {
    let (step, why, message) = misfit(racy, "1 3");
    assert_eq!((step, why), (2, Misfit::NotSpawned));
    let begins = "step 2 of the schedule, `3`, cannot be executed: no such thread has been spawned yet; \
                  what can be: thread 1 (store to atomic counter, explorer/tests/explorer/replay.rs:";
    assert!(message.starts_with(begins), "{message}");
    assert!(message.contains("thread 2 (load atomic counter, "), "{message}");

    let (step, why, _) = misfit(racy, "1×3");
    assert_eq!((step, why), (3, Misfit::Ended));
    let (step, why, message) = misfit(racy, "1 main");
    let Misfit::Waits(waits) = why else {
        panic!("{message}")
    };
    assert_eq!(
        (step, waits.waiting_for),
        (2, WaitingFor::End(schedule("1")[0].thread))
    );
    assert!(message.contains("thread main waits at "), "{message}");
    let (step, why, message) = misfit(racy, "1 2:1");
    assert_eq!((step, why), (2, Misfit::Alternatives(1)));
    assert!(
        message.contains("its operation has no other alternative than 0"),
        "{message}"
    );
    let (step, why, message) = misfit(racy, "1×2 2×2 main 1");
    assert_eq!((step, why), (6, Misfit::AllEnded));
    assert_eq!(
        message,
        "step 6 of the schedule, `1`, cannot be executed: all threads have ended"
    );
    let (step, why, message) = misfit(|| choose(3) as i64, "main:3");
    assert_eq!((step, why), (1, Misfit::Alternatives(3)));
    assert!(
        message
            .contains("has only the alternatives 0 to 2; what can be: thread main (choose, 3 alternatives, ")
    );
}

fn abba() -> i64 {
    let locks = Arc::new([Mutex::new(0), Mutex::new(0)]);
    let theirs = Arc::clone(&locks);
    let thread = thread::spawn(move || {
        let _second = theirs[1].lock().unwrap();
        let _first = theirs[0].lock().unwrap();
    });
    let _first = locks[0].lock().unwrap();
    let _second = locks[1].lock().unwrap();
    drop((_second, _first));
    thread.join().unwrap();
    0
}

#[test]
fn who_waits_for_a_lock_is_told_with_its_holder() {
    let (step, why, message) = misfit(abba, "main 1 main");
    let Misfit::Waits(waits) = why else {
        panic!("{message}")
    };
    assert_eq!(
        (step, waits.waiting_for, waits.holders.len()),
        (3, WaitingFor::Lock, 1)
    );
    assert!(
        message.contains("to lock mutex locks[1], held by thread 1 since "),
        "{message}"
    );
    assert!(message.ends_with("; no thread can go on"), "{message}");
    let deadlock = Explorer::new()
        .replay(abba, &schedule("main 1"), Then::Stop)
        .unwrap();
    assert!(matches!(deadlock.ending, Some(Ending::Deadlock(stuck)) if stuck.len() == 2));
}

#[test]
fn the_limit_of_steps_holds_for_a_schedule_too() {
    let explorer = Explorer::new().steps(3);
    let cut = explorer.replay(racy, &schedule("1 2"), Then::RunOn).unwrap();
    assert_eq!(
        (cut.ending, text(&cut.schedule)),
        (Some(Ending::StepLimit), "1 2 2".to_owned())
    );
    let error = explorer
        .replay(racy, &schedule("1 2 1 2"), Then::RunOn)
        .unwrap_err();
    assert!(matches!(error, ReplayError::TooLong { steps: 4, limit: 3 }));
    assert_eq!(
        error.to_string(),
        "the schedule has 4 steps, but an execution may have no more than 3"
    );
}

/// Threads 1 and 1.1 and 2 wait; which of them got which index depends on who was seen first.
fn nested_waits() -> String {
    let shared = Arc::new((Mutex::new(String::new()), Condvar::new(), AtomicI64::new(0)));
    let wait = |name: &'static str, shared: &Arc<(Mutex<String>, Condvar, AtomicI64)>| {
        let shared = Arc::clone(shared);
        move || {
            let mut woken = shared.1.wait(shared.0.lock().unwrap()).unwrap();
            woken.push_str(name);
        }
    };
    let nested = (wait("1", &shared), wait("1.1", &shared));
    let other = Arc::clone(&shared);
    let _first = thread::spawn(move || {
        other.2.load(SeqCst);
        let _child = thread::spawn(nested.1);
        nested.0();
    });
    shared.2.load(SeqCst);
    let _second = thread::spawn(wait("2", &shared));
    shared.2.load(SeqCst);
    shared.1.notify_one();
    shared.2.load(SeqCst);
    shared.0.lock().unwrap().clone()
}

/// An alternative is the same thread in every exploration, whichever threads it saw first.
#[test]
fn alternatives_are_counted_by_name() {
    let mut found = BTreeSet::new();
    Explorer::new()
        .preemption_bound(Some(2))
        .explore(nested_waits, |execution| {
            found.insert((
                text(&execution.schedule()),
                format!("{:?}", execution.interleaving().objects),
            ));
        })
        .expect("deterministic");
    let choices = found.iter().filter(|(schedule, _)| schedule.contains("main:"));
    let choices = choices.count();
    assert!(choices > 50, "too few choices: {choices}");
    for (asked, objects) in found {
        let replay = Explorer::new().replay(nested_waits, &schedule(&asked), Then::Stop);
        let replay = replay.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(format!("{:?}", replay.interleaving.objects), objects, "{asked}");
    }
    // All three wait, whether the nephew was seen before its uncle or after; by name it always comes before.
    let waiting = ["1 1.1×2 1×2 main 2×2 main", "main 1 1.1×2 1×2 2×2 main"];
    for (waiting, (alternative, woken)) in waiting
        .iter()
        .flat_map(|waiting| [("main", "1"), ("main:1", "1.1"), ("main:2", "2")].map(|pair| (waiting, pair)))
    {
        let asked = format!("{waiting} {alternative}");
        let stopped = Explorer::new().replay(nested_waits, &schedule(&asked), Then::Stop);
        let stopped = stopped.unwrap_or_else(|error| panic!("{error}"));
        let went_on = stopped.interleaving.threads.iter().filter(|thread| {
            matches!(&thread.status, ThreadStatus::Pending(next) if next.enabled)
                && thread.id.to_string() != "main"
        });
        let went_on: Vec<String> = went_on.map(|thread| thread.id.to_string()).collect();
        assert_eq!(went_on, [woken], "{asked}");
    }
}
