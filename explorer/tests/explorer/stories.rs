//! Stories say nothing that is not true: the claims of random programs' stories, checked on the events.

use crate::support::program::body;
use crate::support::quiet::quiet_panics;
use crate::support::{claims, wording};
use proptest::strategy::Strategy;
use selvedge_explorer::drawing::{Claim, Told, story};
use selvedge_explorer::{Ending, Explorer, Interleaving, MemoryModel, Mode, Then};
use selvedge_programs::{Instruction, Program, Trials, strategies};
use std::collections::BTreeMap;

/// How often each claim was made, by its name.
type Made = BTreeMap<String, u64>;

/// Checks the story of an interleaving.
fn check<O>(interleaving: &Interleaving, ending: Option<&Ending<O>>, made: &mut Made) {
    let story = story(interleaving, ending);
    assert!(!story.is_empty() || ending.is_none(), "an ending without a story");
    let all: Vec<&Claim> = story.iter().map(|told| &told.claim).collect();
    claims::check(&all, interleaving, ending);
    for told in &story {
        wording::check(told, interleaving);
        *made.entry(name(told)).or_default() += 1;
    }
}

/// Returns the name of a claim, and of the reason for which a thread waits in vain.
fn name(told: &Told) -> String {
    let name = |text: String| text.split([' ', '(']).next().unwrap_or_default().to_owned();
    match &told.claim {
        Claim::WaitsInVain { reason, .. } => format!("WaitsInVain {}", name(format!("{reason:?}"))),
        claim => name(format!("{claim:?}")),
    }
}

/// Checks the stories of some executions of a program, whole, and cut off where they are half done or where
/// a data race has happened.
fn check_program(program: &Program, explorer: &Explorer, made: &mut Made) {
    let explored = explorer.explore(body(program), |execution| {
        let whole = execution.interleaving();
        check(&whole, Some(execution.ending()), made);
    });
    explored.unwrap_or_else(|error| panic!("{error}"));
    let mut schedules = Vec::new();
    explorer
        .clone()
        .executions(Some(3))
        .explore(body(program), |execution| {
            schedules.push((
                execution.schedule(),
                execution.ending().clone(),
                execution.interleaving().race,
            ));
        })
        .expect("deterministic");
    for (schedule, ending, race) in schedules {
        let begun = |steps: usize| {
            let replay = explorer.replay(body(program), &schedule[..steps], Then::Stop);
            replay.unwrap_or_else(|error| panic!("{error}")).interleaving
        };
        check::<()>(&begun(schedule.len() / 2), None, made);
        if let Some((_, second)) = race {
            check(&begun(second + 1), Some(&ending), made);
        }
    }
}

/// Checks the stories of random programs under weak memory; returns how often each claim was made.
fn check_weak_stories(strategy: &impl Strategy<Value = Program>) -> Made {
    quiet_panics();
    let (mut made, mut tried) = (Made::new(), 0);
    Trials::new(300).hold(strategy, |program| {
        let explorer = Explorer::new()
            .memory_model(MemoryModel::Rc11)
            .timeouts(2)
            .steps(60);
        let explorer = explorer.record_values(tried % 4 < 2).executions(Some(40));
        let explored = explorer.explore(body(program), |execution| {
            let whole = execution.interleaving();
            check(&whole, Some(execution.ending()), &mut made);
            check::<()>(&whole, None, &mut made);
        });
        explored.unwrap_or_else(|error| panic!("{error}"));
        tried += 1;
        true
    });
    println!("{tried} programs: {made:?}");
    made
}

#[test]
fn every_claim_about_weak_memory_is_true() {
    let made = check_weak_stories(&strategies::telling());
    assert_made(
        &made,
        &[
            "NotSeen",
            "PutBefore",
            "MoreUnseen",
            "LostUpdate",
            "Current",
            "Indivisible",
            "Turns",
            "NotifiedInTime",
        ],
    );
    let made = check_weak_stories(&strategies::racing());
    assert_made(
        &made,
        &["NotSeen", "DataRace", "MetWithoutOrder", "LastSynchronised"],
    );
    check_weak_stories(&strategies::programs());
    check_weak_stories(&strategies::waiting());
}

/// Checks the stories of random programs; returns how often each claim was made.
fn check_stories(strategy: &impl Strategy<Value = Program>) -> Made {
    quiet_panics();
    let (mut made, mut tried) = (Made::new(), 0);
    Trials::new(300).hold(strategy, |program| {
        let mode = if tried % 2 == 0 {
            Mode::Optimal
        } else {
            Mode::Enumeration
        };
        let steps = if tried % 5 == 4 { 12 } else { 60 };
        let explorer = Explorer::new().mode(mode).timeouts(2).steps(steps);
        let explorer = explorer.record_values(tried % 4 < 2).executions(Some(30));
        check_program(program, &explorer, &mut made);
        tried += 1;
        true
    });
    println!("{tried} programs: {made:?}");
    made
}

fn assert_made(made: &Made, claims: &[&str]) {
    for &claim in claims {
        assert!(made.contains_key(claim), "{claim} is never made: {made:?}");
    }
}

#[test]
fn every_claim_of_a_story_is_true() {
    let made = check_stories(&strategies::telling());
    assert_made(
        &made,
        &[
            "LostUpdate",
            "SameValueStored",
            "MoreLost",
            "Aba",
            "NotifiedInTime",
            "TimedOut",
            "EndedForNoReason",
            "ExchangeFailed",
            "Indivisible",
            "Current",
            "Turns",
            "AllEnded",
            "WaitsInVain NobodyLeft",
            "WaitsInVain WokenBefore",
            "WaitsInVain WokeOthers",
            "WaitsInVain GaveUp",
            "WaitsInVain TooEarly",
            "WaitsInVain TokenTaken",
            "JoinInVain",
        ],
    );
}

#[test]
fn every_claim_about_a_data_race_is_true() {
    let made = check_stories(&strategies::racing());
    assert_made(
        &made,
        &["DataRace", "MetWithoutOrder", "LastSynchronised", "NothingOrders"],
    );
}

#[test]
fn every_claim_about_any_other_program_is_true() {
    let strategy = strategies::programs()
        .boxed()
        .prop_union(strategies::waiting().boxed());
    let made = check_stories(&strategy);
    assert_made(
        &made,
        &[
            "Panicked",
            "LastValue",
            "LeftPoisoned",
            "Chose",
            "NotAcquired",
            "CutOff",
        ],
    );
}

/// Threads that lock two mutexes in opposite orders are rare among random programs.
#[test]
fn every_claim_about_a_circle_of_waiting_threads_is_true() {
    let both = |first, second| Instruction::Lock(first, vec![Instruction::Lock(second, vec![])]);
    let program = Program(vec![Instruction::Spawn(vec![both(0, 1)]), both(1, 0)]);
    let mut made = Made::new();
    check_program(&program, &Explorer::new(), &mut made);
    assert_made(&made, &["Circle"]);
}
