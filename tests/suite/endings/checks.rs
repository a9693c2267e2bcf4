//! What a failing check says.

use super::*;
use selvedge::report::Rule;
use selvedge::verdict::Strength;

#[test]
#[should_panic(expected = "deadlock  forbidden")]
fn a_failing_check_panics_with_the_table() {
    Checker::new().shuttle_dfs().check(OppositeOrder);
}

/// The message draws the forbidden ending, and the line of code in it runs just that again.
#[test]
fn a_failing_check_says_what_runs_it_again() {
    let check = || Checker::new().explorer().check(OppositeOrder);
    let payload = std::panic::catch_unwind(check).expect_err("a deadlock is forbidden");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert!(message.contains("How it comes to deadlock:"), "{message}");
    assert!(message.contains("So each waits for the other"), "{message}");
    let line = message
        .lines()
        .find_map(|line| line.strip_prefix("again: selvedge::replay(scenario, \""));
    let schedule = line
        .and_then(|line| line.strip_suffix("\")"))
        .expect("a line of code");
    let (ending, witness) = selvedge::replay(OppositeOrder, schedule);
    assert_eq!(ending, Ending::Deadlock);
    assert_eq!((witness.cost.preemptions, witness.cost.switches), (1, 1));
    let unfit =
        std::panic::catch_unwind(|| selvedge::replay(TwoLoads, schedule)).expect_err("another scenario");
    let unfit = unfit.downcast_ref::<String>().expect("a message");
    assert!(
        unfit.contains("the schedule does not fit: the schedule is for `"),
        "{unfit}"
    );
}

#[test]
#[should_panic(expected = "inconclusive  the budget of executions was spent, after 1 execution")]
fn an_inconclusive_check_panics_too() {
    Checker::new().loom().executions(1).check(TwoLoads);
}

/// The explorer proves it, and a sample of two executions proves nothing.
#[test]
fn a_check_insists_on_what_is_required() {
    let sampled = || Checker::new().threads().executions(2);
    sampled().check(TwoLoads);
    sampled().require(Strength::Sampled).check(TwoLoads);
    sampled().explorer().require(Strength::Proved).check(TwoLoads);
    let check = || sampled().require(Strength::Bounded).check(TwoLoads);
    let payload = std::panic::catch_unwind(check).expect_err("a bound is required");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert!(
        message.starts_with("less was shown than is required\n"),
        "{message}"
    );
    assert!(
        message.contains("Not enough: `bounded` is required, and threads has only sampled"),
        "{message}"
    );
    let report = sampled().require(Strength::Bounded).report(TwoLoads);
    assert!(report.is_as_expected() && !report.passes());
    let [shortfall] = report.shortfalls()[..] else {
        panic!("one engine falls short");
    };
    assert_eq!(
        (shortfall.engine.engine, shortfall.required),
        ("threads", Strength::Bounded)
    );
}

/// A tool sees a finding if, and only if, the gate is red.
#[test]
fn a_report_passes_unless_it_has_findings() {
    let rules = |report: selvedge::Report| {
        let rules = report
            .findings()
            .iter()
            .map(|finding| finding.rule)
            .collect::<Vec<_>>();
        assert_eq!(report.passes(), rules.is_empty());
        rules
    };
    let explorer = || Checker::new().explorer();
    assert_eq!(rules(explorer().report(TwoLoads)), []);
    assert_eq!(rules(explorer().report(OppositeOrder)), [Rule::Deadlock]);
    assert_eq!(
        rules(explorer().executions(0).report(TwoLoads)),
        [Rule::Inconclusive]
    );
    assert_eq!(
        rules(
            Checker::new()
                .threads()
                .executions(1)
                .require(Strength::Proved)
                .report(TwoLoads)
        ),
        [Rule::NotEnough]
    );
}

#[test]
#[should_panic(expected = "no engine has run the scenario")]
fn a_check_without_an_engine_panics() {
    Checker::new().check(TwoLoads);
}
