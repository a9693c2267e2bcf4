//! Checks, their limits, and their reports.

use crate::{assert_says, failure, outcomes};
use loom::model::Builder;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;
use std::panic::{self, AssertUnwindSafe};
use std::process::{Command, Output};
use std::time::Duration;

/// Two threads add to a counter, by a load and a store.
fn count(threads: usize) -> usize {
    let counter = Arc::new(AtomicUsize::new(0));
    let spawned: Vec<_> = (0..threads)
        .map(|_| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || counter.store(counter.load(SeqCst) + 1, SeqCst))
        })
        .collect();
    spawned.into_iter().for_each(|thread| thread.join().unwrap());
    counter.load(SeqCst)
}

#[test]
fn every_execution_is_explored() {
    assert_eq!(outcomes(|| count(2)), [1, 2].into());
    assert_eq!(outcomes(|| count(3)), [1, 2, 3].into());
}

#[test]
fn more_than_five_threads_work() {
    // Each thread has a counter of its own: there is one execution.
    let ends = outcomes(|| {
        let spawned: Vec<_> = (0..loom::MAX_THREADS - 1)
            .map(|number| thread::spawn(move || AtomicUsize::new(number).load(SeqCst)))
            .collect();
        spawned
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum::<usize>()
    });
    assert_eq!(ends, [(0..15).sum()].into());
}

#[test]
fn a_report_has_the_ending_the_drawing_the_story_and_the_replay() {
    let report = failure(|| assert_eq!(count(2), 2, "an update is lost"));
    assert_says(&report, "an update is lost");
    assert_says(&report, "load counter = 0");
    assert_says(&report, "thread 2");
    assert_says(&report, "update is lost");
    assert_says(&report, "under sequential consistency");
    assert_says(&report, "SELVEDGE_REPLAY='");
    assert_says(
        &report,
        "model::a_report_has_the_ending_the_drawing_the_story_and_the_replay",
    );
    assert!(!report.contains('\u{1b}'), "it has no colours");
}

#[test]
fn a_panic_that_was_joined_is_a_failure() {
    let report = failure(|| {
        let thread = thread::spawn(|| panic!("thrown"));
        assert!(thread.join().is_err());
    });
    assert_says(&report, "thread 1 panicked at selvedge-loom/tests/face/model.rs");
    assert_says(&report, "thrown");
}

#[test]
fn a_skipped_execution_is_no_failure() {
    // Its main thread neither returns nor drops what it has.
    let seen = outcomes(|| {
        let value = count(2);
        if value == 1 {
            loom::skip_branch();
        }
        value
    });
    assert_eq!(seen, [2].into());
    // What another thread does all the same counts.
    let report = failure(|| {
        let flag = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&flag);
        thread::spawn(move || assert_eq!(theirs.load(SeqCst), 0, "it has seen the flag"));
        flag.store(1, SeqCst);
        loom::skip_branch();
    });
    assert_says(&report, "it has seen the flag");
}

/// Checks the model of this name in a process of its own, with these variables.
fn run(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("a test program"));
    command.args([test, "--exact", "--include-ignored"]);
    let names = [
        "LOOM_MAX_PREEMPTIONS",
        "LOOM_LOG",
        "LOOM_CHECKPOINT_FILE",
        "SELVEDGE_LOG",
        "SELVEDGE_MEMORY",
    ];
    for name in names {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command.output().expect("the test program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[ignore = "it is run by the tests of what is said"]
fn three_count() {
    loom::model(|| assert!(count(3) > 0));
}

#[test]
#[ignore = "it is run by the tests of what is said"]
fn seven_count() {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(0);
    builder.max_duration = Some(Duration::from_secs(60));
    builder.check(|| assert!(count(7) > 0));
}

#[test]
#[ignore = "it is run by the tests of what is said"]
fn two_lose_an_update() {
    loom::model(|| assert_eq!(count(2), 2));
}

#[test]
fn what_was_proved_is_said_on_request() {
    assert_eq!(said(&run("model::three_count", &[])), "");
    // Each of three threads loads and stores: (3!)² traces.
    let said = said(&run("model::three_count", &[("SELVEDGE_LOG", "1")]));
    assert_says(
        &said,
        "model::three_count: proved: all 36 executions, under C11: the accesses that race are all `SeqCst`",
    );
}

#[test]
fn a_bound_that_is_not_needed_is_not_used() {
    let output = run(
        "model::three_count",
        &[("LOOM_MAX_PREEMPTIONS", "0"), ("SELVEDGE_LOG", "1")],
    );
    assert_says(&said(&output), "proved: all 36 executions");
}

#[test]
fn a_bound_that_is_needed_is_always_said() {
    let output = run("model::seven_count", &[("SELVEDGE_MEMORY", "sc")]);
    assert!(output.status.success());
    assert_says(&said(&output), "bounded: all 5040 executions");
    assert_says(&said(&output), "more than 0 preemptions were left out");
}

#[test]
fn a_cut_is_always_said() {
    let output = run("model::three_count", &[("LOOM_MAX_PERMUTATIONS", "3")]);
    assert!(output.status.success());
    assert_says(
        &said(&output),
        "inconclusive: 3 executions, under sequential consistency (cut short by the limit of executions)",
    );
}

#[test]
fn what_has_no_meaning_is_said_once() {
    let output = run("model::three_count", &[("LOOM_CHECKPOINT_FILE", "unused.json")]);
    assert!(output.status.success());
    assert_eq!(said(&output).matches("no checkpoints").count(), 1);
}

#[test]
fn a_replay_fails_in_the_same_way() {
    let output = run("model::two_lose_an_update", &[]);
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let replay = told
        .split("SELVEDGE_REPLAY='")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let replay = replay.expect("it says how to replay it");
    let again = run("model::two_lose_an_update", &[("SELVEDGE_REPLAY", replay)]);
    assert!(!again.status.success());
    let told = String::from_utf8_lossy(&again.stdout).into_owned();
    assert_says(&told, "update is lost");
    // Another interleaving of the same model does not fail.
    let (place, _) = replay.rsplit_once('=').expect("a place and a schedule");
    let other = format!("{place}=1 1 2 2");
    let passes = run("model::two_lose_an_update", &[("SELVEDGE_REPLAY", &other)]);
    assert!(passes.status.success());
    assert_says(&said(&passes), "replayed: finished");
    let wrong = format!("{place}=7");
    let misfit = run("model::two_lose_an_update", &[("SELVEDGE_REPLAY", &wrong)]);
    assert!(!misfit.status.success());
    assert_says(
        &String::from_utf8_lossy(&misfit.stdout),
        "the schedule does not fit",
    );
}

#[test]
fn a_model_that_is_not_deterministic_is_told() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let checked = panic::catch_unwind(AssertUnwindSafe(|| {
        loom::model(move || {
            let atomic = Arc::new(AtomicUsize::new(0));
            let theirs = Arc::clone(&atomic);
            let thread = thread::spawn(move || theirs.store(1, SeqCst));
            match calls.fetch_add(1, SeqCst) {
                0 => drop(atomic.load(SeqCst)),
                _ => atomic.store(2, SeqCst),
            }
            thread.join().unwrap();
        });
    }));
    let payload = checked.expect_err("it differs");
    assert_says(
        payload.downcast_ref::<String>().expect("a message"),
        "is not deterministic",
    );
}
