//! Weak memory in verdicts: bugs that no interleaving shows are refuted, and their fixes are proved.

mod algorithms;
mod beside_loom;
mod drawn;
mod known;
mod programs;

use programs::{Announced, Fix, LateQuestion};
use selvedge::backend::MemoryModel;
use selvedge::engine::{Budget, Completeness, Engine, Explorer, Memory, Method, Weak};
use selvedge::report::{EngineReport, Report, text};
use selvedge::{Checker, Scenario, Verdict};

/// Returns the report of the explorer.
fn report(scenario: impl Scenario) -> Report {
    Checker::new().explorer().report(scenario)
}

fn explorer(report: &Report) -> &EngineReport {
    let mut engines = report.engines.iter();
    engines
        .find(|engine| engine.engine == "explorer")
        .expect("it has run")
}

/// Two threads announce themselves, and then look for each other: with `Release` and `Acquire` neither may see the
/// other, as each load may be executed before the store.
#[test]
fn what_only_weak_memory_shows_is_refuted_and_said_to_take_it() {
    let report = report(Announced(Fix::None));
    let engine = explorer(&report);
    assert_eq!(
        engine.verdict,
        Verdict::Refuted(
            "(false, false) is forbidden: neither sees the other; it takes weak memory, as no interleaving ends so"
                .to_owned()
        )
    );
    assert_eq!((engine.memory_model, engine.executions), (MemoryModel::C11, 4));
    let row = report.rows.iter().find(|row| row.outcome == "(false, false)");
    let row = row.expect("it was seen");
    assert_eq!(row.needs_weak_memory, Some(true));
    let others = report.rows.iter().filter(|other| other.outcome != row.outcome);
    assert!(
        others
            .into_iter()
            .all(|other| other.needs_weak_memory == Some(false))
    );
    let text = text::plain(&report);
    assert!(text.contains("4 execution graphs, under C11 (RC11)"), "{text}");
    assert!(text.contains("It takes weak memory"), "{text}");
    assert!(text.contains("again: selvedge::replay(scenario"), "{text}");
}

#[test]
fn either_fix_is_proved_each_for_its_own_reason() {
    let every_access = report(Announced(Fix::Accesses));
    let engine = explorer(&every_access);
    assert_eq!(
        (&engine.verdict, &engine.weak),
        (&Verdict::Proved, &Weak::NoDifference)
    );
    let text = text::plain(&every_access);
    assert!(
        text.contains("all 3 executions, under C11: accesses that race are all SeqCst"),
        "{text}"
    );
    let fences = report(Announced(Fix::Fences));
    let engine = explorer(&fences);
    assert_eq!(engine.verdict, Verdict::Proved);
    assert_eq!(engine.weak, Weak::Explored(MemoryModel::C11));
    assert_eq!(engine.method, Method::Graphs);
    let text = text::plain(&fences);
    assert!(
        text.contains("all 3 execution graphs, under C11 (RC11)"),
        "{text}"
    );
}

#[test]
fn a_memory_model_that_is_asked_for_is_explored_alone() {
    let of = |memory, fix| {
        let report = Checker::new()
            .explorer()
            .memory_model(memory)
            .report(Announced(fix));
        let engine = explorer(&report);
        (engine.verdict.kind(), engine.memory_model, engine.executions)
    };
    let sequential = MemoryModel::SequentialConsistency;
    assert_eq!(
        of(Memory::SequentialConsistency, Fix::None),
        ("proved", sequential, 3)
    );
    assert_eq!(of(Memory::Rc11, Fix::None), ("refuted", MemoryModel::C11, 4));
    assert_eq!(of(Memory::Rc11, Fix::Fences), ("proved", MemoryModel::C11, 3));
    assert_eq!(of(Memory::Rc11, Fix::Accesses), ("proved", MemoryModel::C11, 3));
    // `SeqCst` promises no more than release and acquire there.
    let weakest = MemoryModel::ReleaseAcquire;
    assert_eq!(of(Memory::ReleaseAcquire, Fix::Accesses), ("refuted", weakest, 4));
}

/// The two explorations share the budget: three interleavings and four graphs.
#[test]
fn what_the_budget_leaves_of_weak_memory_is_not_proved() {
    let of = |executions| {
        let report = Checker::new()
            .explorer()
            .executions(executions)
            .report(Announced(Fix::Fences));
        let engine = explorer(&report).clone();
        let counted: u64 = report.rows.iter().map(|row| row.counts[0]).sum();
        assert_eq!(
            counted, engine.executions,
            "the table counts what the verdict is about"
        );
        (engine.verdict.kind(), engine.weak, engine.completeness)
    };
    let spent = || Weak::LeftOut("the budget of executions was spent".to_owned());
    assert_eq!(of(2).0, "inconclusive");
    assert_eq!(of(3), ("proved", spent(), Completeness::Exhaustive));
    assert_eq!(of(4), ("proved", spent(), Completeness::Exhaustive));
    let whole = Weak::Explored(MemoryModel::C11);
    assert_eq!(of(7), ("proved", whole, Completeness::Exhaustive));
}

#[test]
fn a_witness_that_takes_weak_memory_is_replayed() {
    let report = report(Announced(Fix::None));
    let row = report.rows.iter().find(|row| row.needs_weak_memory == Some(true));
    let witness = row.and_then(|row| row.witness.clone());
    let witness = witness.expect("it was asked for").expect("it was found");
    assert!(witness.schedule.is_weak());
    let schedule = witness.schedule.to_string();
    let replayed = std::panic::catch_unwind(|| selvedge::replay(Announced(Fix::None), &schedule));
    let (ending, _) = replayed.expect("it is followed");
    assert_eq!(ending, selvedge::Ending::Finished((false, false)));
}

#[test]
fn loom_s_artefacts_are_told_from_what_c11_allows() {
    let both = |fix| Checker::new().explorer().loom().report(Announced(fix));
    let broken = both(Fix::None);
    assert!(broken.rows.iter().all(|row| !row.is_artefact));
    assert!(
        broken
            .engines
            .iter()
            .all(|engine| engine.verdict.kind() == "refuted")
    );
    let fenced = both(Fix::Fences);
    assert!(fenced.is_as_expected(), "{}", text::plain(&fenced));
    let mixed = both(Fix::OneAccess);
    assert!(
        mixed.rows.iter().all(|row| !row.is_artefact),
        "{}",
        text::plain(&mixed)
    );
}

/// The modes for comparison, and a bound on preemptions, are about interleavings.
#[test]
fn who_explores_interleavings_alone_refuses_weak_memory() {
    let refused = |explorer: Explorer| explorer.unsuitable(&Announced(Fix::None).into());
    let rc11 = Explorer {
        memory: Memory::Rc11,
        ..Explorer::DEFAULT
    };
    assert_eq!(refused(rc11), None);
    let bounded = Explorer {
        preemption_bound: Some(2),
        ..rc11
    };
    let reason = refused(bounded).expect("it is refused");
    assert!(reason.contains("only interleavings"), "{reason}");
    let automatic = Explorer {
        memory: Memory::Auto,
        ..bounded
    };
    assert_eq!(refused(automatic), None);
    let explored = automatic.explore(&std::sync::Arc::new(Announced(Fix::None)), &Budget::default());
    assert_eq!(explored.weak, Weak::Unasked);
}

/// Questions about locks need words for them, and cost more executions; so the search has none until it meets one.
#[test]
fn a_question_about_a_lock_that_only_weak_memory_leads_to_is_explored() {
    let right = report(LateQuestion::RIGHT);
    let engine = explorer(&right);
    let text = text::plain(&right);
    assert_eq!(engine.verdict, Verdict::Proved, "{text}");
    assert_eq!(engine.weak, Weak::Explored(MemoryModel::C11));
    assert_eq!(engine.completeness, Completeness::Exhaustive);
    let row = |outcome: &str| {
        let row = right.rows.iter().find(|row| row.outcome == outcome);
        row.unwrap_or_else(|| panic!("{outcome} is missing: {text}"))
    };
    // It cannot lock first: the thread would set its flags after what has seen one of them.
    for outcome in ["Some(true)", "Some(false)"] {
        assert_eq!(row(outcome).needs_weak_memory, Some(true));
        assert_eq!(row(outcome).counts, [1], "{text}");
    }
    // The search for a witness meets the question just as late.
    let wrong = report(LateQuestion::WRONG);
    assert_eq!(explorer(&wrong).verdict.kind(), "refuted");
    let row = wrong.rows.iter().find(|row| row.outcome == "Some(false)");
    let witness = row.and_then(|row| row.witness.clone());
    let witness = witness.expect("it was asked for").expect("it was found");
    let (ending, _) = selvedge::replay(LateQuestion::WRONG, &witness.schedule.to_string());
    assert_eq!(ending, selvedge::Ending::Finished(Some(false)));
}
