//! Reports of engines that have seen what each test says.

use crate::backend::{Backend, Feature, MemoryModel};
use crate::check::{Witnessing, explore};
use crate::counter::Variant;
use crate::engine::{AnyEngine, Bound, Budget, Completeness, Engine, Exploration, Explorer, Method, Weak};
use crate::execution::Ending::{self, Deadlock, Finished, Panic, StepLimit};
use crate::expectation::{Expectation, Expectations};
use crate::outcome::{AnyOutcome, OutcomeTable};
use crate::report::Report;
use crate::scenario::{AnyScenario, Scenario, Updates};
use crate::verdict::Verdict;
use std::time::Duration;

/// A scenario that requires the outcomes from 0 to the given one, and allows the next.
struct UpTo(i64);

impl Scenario for UpTo {
    type Outcome = i64;

    fn name(&self) -> String {
        "up to".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        0
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new()
            .required_range(0..=self.0, |outcome| format!("{outcome} is wanted"))
            .allowed(self.0 + 1, "it does no harm")
    }
}

/// An engine that has seen these endings, once each.
#[derive(Debug)]
struct Saw {
    endings: Vec<Ending<i64>>,
    completeness: Completeness,
    has_artefacts: bool,
    is_exact: bool,
    refusal: Option<String>,
}

/// Returns an engine without artefacts that has explored everything, and says that nothing else can be.
fn exact(endings: &[Ending<i64>]) -> Saw {
    Saw {
        endings: endings.to_vec(),
        completeness: Completeness::Exhaustive,
        has_artefacts: false,
        is_exact: true,
        refusal: None,
    }
}

/// Returns an engine that has explored everything that it can, and may have seen what no machine shows.
fn astray(endings: &[Ending<i64>]) -> Saw {
    Saw {
        has_artefacts: true,
        is_exact: false,
        ..exact(endings)
    }
}

impl Engine for Saw {
    fn name(&self) -> &'static str {
        if self.has_artefacts { "astray" } else { "exact" }
    }

    fn memory_model(&self) -> MemoryModel {
        MemoryModel::SequentialConsistency
    }

    fn has_artefacts(&self) -> bool {
        self.has_artefacts
    }

    fn supports(&self, _: Feature) -> bool {
        true
    }

    fn unsuitable(&self, _: &AnyScenario) -> Option<String> {
        self.refusal.clone()
    }

    fn explore_any(&self, _: &AnyScenario, _: &Budget) -> Exploration<AnyOutcome> {
        let mut outcomes = OutcomeTable::default();
        for ending in self.endings.iter().cloned() {
            let ending = ending.map(AnyOutcome::new);
            match ending {
                Deadlock => outcomes.explain(ending, || vec![format!("{} explains", self.name())]),
                _ => outcomes.record(ending),
            }
        }
        Exploration {
            executions: outcomes.total(),
            outcomes,
            blocked: 0,
            completeness: self.completeness.clone(),
            is_exact: self.is_exact,
            weak: Weak::Unasked,
            sequential: None,
            elapsed: Duration::ZERO,
            speedup: None,
            method: Method::Executions,
        }
    }
}

fn report<const N: usize>(
    scenario: impl Into<AnyScenario>,
    engines: [Saw; N],
    witnessing: &Witnessing,
) -> Report {
    explore(
        &scenario.into(),
        None,
        &engines.map(AnyEngine::new),
        witnessing,
        |_| Budget::default(),
    )
}

/// Returns the report of a scenario whose only outcome is 0.
fn of_zero<const N: usize>(engines: [Saw; N]) -> Report {
    report(UpTo(0), engines, &Witnessing::Only("none".to_owned()))
}

/// Returns the outcomes that are artefacts.
fn artefacts(report: &Report) -> Vec<&str> {
    let rows = report.rows.iter().filter(|row| row.is_artefact);
    rows.map(|row| &*row.outcome).collect()
}

fn kinds(report: &Report) -> Vec<&'static str> {
    report
        .engines
        .iter()
        .map(|engine| engine.verdict.kind())
        .collect()
}

const ZERO: Ending<i64> = Finished(0);

#[test]
fn what_only_an_engine_with_artefacts_has_seen_is_one_if_an_exact_engine_has_not() {
    let report = of_zero([astray(&[ZERO, Finished(5)]), exact(&[ZERO])]);
    assert_eq!(artefacts(&report), ["5"]);
    let only_artefacts = Verdict::Bounded(Bound::Artefacts.to_string());
    assert_eq!(report.engines[0].verdict, only_artefacts);
    assert_eq!(report.engines[1].verdict, Verdict::Proved);
    assert_eq!(
        report.engines[0].completeness,
        Completeness::Bounded(vec![Bound::Artefacts])
    );

    let bounded = Saw {
        completeness: Completeness::Bounded(vec![Bound::Timeouts]),
        ..astray(&[ZERO, Finished(5)])
    };
    let report = of_zero([bounded, exact(&[ZERO])]);
    let bounds = vec![Bound::Timeouts, Bound::Artefacts];
    assert_eq!(report.engines[0].completeness, Completeness::Bounded(bounds));
}

#[test]
fn an_engine_without_artefacts_in_the_table_has_no_bound() {
    let report = of_zero([astray(&[ZERO]), exact(&[ZERO])]);
    assert_eq!(artefacts(&report), [""; 0]);
    assert_eq!(kinds(&report), ["proved", "proved"]);
}

#[test]
fn what_another_engine_may_have_missed_refutes() {
    let inexact = Saw {
        is_exact: false,
        ..exact(&[ZERO])
    };
    let report = of_zero([astray(&[ZERO, Finished(5)]), inexact]);
    assert_eq!(artefacts(&report), [""; 0]);
    assert_eq!(kinds(&report), ["refuted", "proved"]);
}

#[test]
fn what_both_have_seen_refutes_both() {
    let endings = [ZERO, Finished(5)];
    let report = of_zero([astray(&endings), exact(&endings)]);
    assert_eq!(artefacts(&report), [""; 0]);
    assert_eq!(kinds(&report), ["refuted", "refuted"]);
}

#[test]
fn an_execution_that_was_abandoned_is_no_artefact() {
    let report = of_zero([astray(&[ZERO, StepLimit]), exact(&[ZERO])]);
    assert_eq!(artefacts(&report), [""; 0]);
    assert_eq!(kinds(&report), ["inconclusive", "proved"]);
}

#[test]
fn one_panic_is_as_good_as_another() {
    let [here, there] = ["here", "there"].map(|words| Panic(words.to_owned()));
    let report = of_zero([astray(&[ZERO, here.clone()]), exact(&[ZERO, there.clone()])]);
    assert_eq!(artefacts(&report), [""; 0]);
    assert_eq!(kinds(&report), ["refuted", "refuted"]);

    let report = of_zero([astray(&[ZERO, here]), exact(&[ZERO])]);
    assert_eq!(artefacts(&report), ["panic: here"]);

    let report = of_zero([astray(&[ZERO, Finished(5)]), exact(&[ZERO, there])]);
    assert_eq!(artefacts(&report), ["5"], "no panic, though there is one");
}

#[test]
fn a_missing_ending_is_a_row_of_the_engine_that_should_have_seen_it() {
    let report = report(
        UpTo(1),
        [exact(&[ZERO]), exact(&[ZERO, Finished(1)])],
        &Witnessing::Refutations,
    );
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| (&*row.outcome, &*row.counts, &*row.missing, &*row.reason))
        .collect();
    assert_eq!(
        rows,
        [
            ("0", &[1, 1][..], &[false, false][..], "0 is wanted"),
            ("1", &[0, 1], &[true, false], "1 is wanted"),
        ]
    );
    assert_eq!(artefacts(&report), [""; 0]);
    assert!(!report.is_abridged);
}

#[test]
fn nothing_is_missing_from_a_sample() {
    let sampled = Saw {
        completeness: Completeness::Sampled,
        ..exact(&[ZERO])
    };
    let report = report(UpTo(1), [sampled], &Witnessing::Refutations);
    assert_eq!(report.rows.len(), 1);
}

#[test]
fn a_hundred_missing_endings_are_listed() {
    for (last, is_abridged) in [(100, false), (101, true)] {
        let report = report(UpTo(last), [exact(&[ZERO])], &Witnessing::Refutations);
        assert_eq!((report.rows.len(), report.is_abridged), (101, is_abridged));
    }
}

#[test]
fn an_engine_that_cannot_run_is_listed_with_its_reason() {
    let refusing = Saw {
        refusal: Some("too large".to_owned()),
        ..astray(&[])
    };
    let report = of_zero([refusing, exact(&[ZERO])]);
    assert_eq!(report.engines.len(), 1);
    let unsuitable: Vec<_> = report
        .unsuitable
        .iter()
        .map(|engine| (engine.engine, &*engine.reason, engine.is_optional))
        .collect();
    assert_eq!(unsuitable, [("astray", "too large", false)]);
}

#[test]
fn the_first_engine_explains_an_ending() {
    let report = of_zero([exact(&[ZERO, Deadlock]), astray(&[Deadlock])]);
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| (&*row.outcome, row.kind, &*row.explanation))
        .collect();
    assert_eq!(
        rows,
        [
            ("0", "finished", &[][..]),
            ("deadlock", "deadlock", &["exact explains".to_owned()]),
        ]
    );
}

/// Explores the unlocked counter, claimed to be correct, and returns the outcomes that have a witness.
fn witnessed(witnessing: &Witnessing) -> Vec<String> {
    let unlocked = Updates {
        variant: Variant::Unlocked,
        threads: 2,
        iterations: 1,
    };
    let scenario =
        AnyScenario::from(unlocked).claimed_correct(move || unlocked.expectations_if_correct().into_any());
    let engines = [AnyEngine::new(Explorer::default())];
    let report = explore(&scenario, None, &engines, witnessing, |_| Budget::default());
    let rows = report.rows.into_iter();
    rows.filter(|row| matches!(row.witness, Some(Ok(_))))
        .map(|row| row.outcome)
        .collect()
}

#[test]
fn the_endings_that_are_asked_for_have_a_witness() {
    assert_eq!(witnessed(&Witnessing::Refutations), ["-1", "1"]);
    assert_eq!(witnessed(&Witnessing::Everything), ["-1", "0", "1"]);
    assert_eq!(witnessed(&Witnessing::Only("0".to_owned())), ["0"]);
}

#[test]
fn no_witness_is_searched_of_an_artefact_and_one_is_of_a_step_limit() {
    let engines = [
        astray(&[ZERO, Finished(1), Finished(5), StepLimit]),
        exact(&[ZERO, Finished(1)]),
    ];
    let report = report(UpTo(0), engines, &Witnessing::Refutations);
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| (&*row.outcome, row.expectation, row.witness.is_some()))
        .collect();
    assert_eq!(
        rows,
        [
            ("0", Expectation::Required, false),
            ("1", Expectation::Allowed, false),
            ("5", Expectation::Forbidden, false),
            ("step limit", Expectation::Unclear, true),
        ]
    );
}
