//! What a failing check says.

use super::*;

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

#[test]
#[should_panic(expected = "no engine has run the scenario")]
fn a_check_without_an_engine_panics() {
    Checker::new().check(TwoLoads);
}
