//! Memory orderings, values by their `Debug`, loops without end, and folds that hide nothing that is told.

use crate::support::shown::{catalogued, shown};
use selvedge::backend::{Atomic, Backend, Join, Lock, PlainCell};
use selvedge::catalogue::Selection;
use selvedge::explorer::drawing::{Content, Drawing};
use selvedge::report::text;
use selvedge::{Checker, Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use std::time::Duration;

/// A message handed over by a flag with these orderings.
struct HandOver(Ordering, Ordering);

impl Scenario for HandOver {
    type Outcome = i64;

    fn name(&self) -> String {
        "hand-over".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let HandOver(store, load) = *self;
        let shared = Arc::new((B::Cell::new(0), B::AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let sender = B::spawn(move || {
            theirs.0.set(1);
            theirs.1.store(true, store);
        });
        let seen = if shared.1.load(load) { shared.0.get() } else { -1 };
        sender.join().expect("it does not panic");
        seen
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new()
            .required(-1, "not sent yet")
            .required(1, "received")
    }
}

fn report<S: Scenario>(scenario: S) -> String {
    text::plain(
        &Checker::new()
            .explorer()
            .time(Duration::from_secs(20))
            .report(scenario),
    )
}

#[test]
fn orderings_are_shown_in_a_data_race_and_nowhere_else() {
    let refuted = report(HandOver(Relaxed, Acquire));
    for row in [
        "store shared.1: false → true, Relaxed",
        "load shared.1 = true, Acquire",
    ] {
        let words = refuted.split_whitespace().filter(|word| *word != "│");
        let is_shown = words.collect::<Vec<_>>().join(" ").contains(row);
        assert!(is_shown, "{row} is missing in\n{refuted}");
    }
    assert!(report(HandOver(Release, Acquire)).contains("proved"));
    for (_, drawing) in catalogued("unlocked", 2, 1) {
        let text = shown(&drawing, 80);
        assert!(!text.contains("SeqCst") && !text.contains("Relaxed"), "{text}");
    }
}

/// The state of a job that two threads want to take.
#[derive(Clone, Debug, PartialEq)]
enum Job {
    Free { since: u32 },
    Taken(&'static str),
}

/// A type without a `Debug`.
struct Silent;

struct TwoTakers;

impl Scenario for TwoTakers {
    type Outcome = bool;

    fn name(&self) -> String {
        "two takers".to_owned()
    }

    fn run<B: Backend>(&self) -> bool {
        let job = Arc::new(B::Mutex::new(Job::Free { since: 7 }).shown());
        let silent = Arc::new(B::Mutex::new(Silent));
        let list = Arc::new(B::Mutex::new(vec![1_usize]));
        let theirs = (Arc::clone(&job), Arc::clone(&silent), Arc::clone(&list));
        let thread = B::spawn(move || {
            *theirs.0.lock() = Job::Taken("them");
            drop(theirs.1.lock());
            theirs.2.lock().push(2);
        });
        *job.lock() = Job::Taken("us");
        thread.join().expect("it does not panic");
        *job.lock() == Job::Taken("us")
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new().required(true, "the last one wins")
    }
}

#[test]
fn values_of_other_types_are_shown_by_their_debug() {
    let report = report(TwoTakers);
    let text = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for row in [
        "lock job, holds Free { since: 7 }",
        "unlock job: Taken(\"us\") → Taken(\"them\")",
        "lock list, holds [1]",
        "unlock list: [1] → [1, 2]",
    ] {
        assert!(text.contains(row), "{row} is missing in\n{report}");
    }
    let silent: Vec<&str> = report.lines().filter(|line| line.contains("silent")).collect();
    assert!(silent.iter().all(|line| !line.contains("holds")), "{silent:?}");
}

struct NeverSet;

impl Scenario for NeverSet {
    type Outcome = ();

    fn name(&self) -> String {
        "never set".to_owned()
    }

    fn run<B: Backend>(&self) {
        let ready = Arc::new(B::AtomicBool::new(false));
        let theirs = Arc::clone(&ready);
        let waiter = B::spawn(move || while !theirs.load(Acquire) {});
        waiter.join().expect("it does not panic");
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "it ends")
    }
}

#[test]
fn a_loop_that_is_cut_off_is_drawn_with_what_it_repeats() {
    let report = report(NeverSet);
    let text = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in [
        "waits for ready to change",
        "How it comes to deadlock",
        "thread 1 (waiter)",
    ] {
        assert!(text.contains(piece), "{piece} is missing in\n{report}");
    }
    assert!(report.lines().count() < 60, "{report}");
}

/// Returns the steps that folds hide.
fn hidden(drawing: &Drawing) -> Vec<(usize, usize)> {
    let rows = drawing.rows.iter();
    rows.filter_map(|row| match row.content {
        Content::Fold { first, last, .. } => Some((first, last)),
        _ => None,
    })
    .collect()
}

/// A row of a marked event, of a failure, or of the first and last change of each thread is never folded.
#[test]
fn no_fold_hides_what_the_story_is_about() {
    let mut folded = 0;
    for selection in Selection::all() {
        for (ending, drawing) in catalogued(selection.name(), 2, 1) {
            folded += hidden(&drawing).len();
            let shown: Vec<String> = drawing
                .rows
                .iter()
                .map(|row| format!("{}: {}", row.who, row.text()))
                .collect();
            let story = drawing.story.join(" ");
            let told = story
                .split(": ")
                .nth(1)
                .filter(|_| story.starts_with("Only one thread at a time held"));
            for turn in told
                .into_iter()
                .flat_map(|told| told.split([';', '.']).next())
                .flat_map(|told| told.split(", then "))
            {
                let Some((who, change)) = turn.split_once(" changed ") else {
                    continue;
                };
                let Some((before, after)) = change.split_once(" to ") else {
                    continue;
                };
                let row = format!(": {before} → {}", after.trim());
                let is_shown = shown
                    .iter()
                    .any(|shown| shown.starts_with(who) && shown.contains(&row));
                assert!(
                    is_shown,
                    "{selection}, {ending}: {who}{row} is hidden:\n{}",
                    shown.join("\n")
                );
            }
        }
    }
    assert!(folded > 0, "something is folded");
}
