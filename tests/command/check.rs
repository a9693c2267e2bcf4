//! `selvedge check`: its scenarios, its output, and its exit codes.

use crate::support::{list, schedules, selvedge};

/// Ten scenarios on four engines. Real threads sample each of them. Loom is bounded on the five counters
/// that load before they store, one of them in plain memory, and shuttle is bounded on that one.
#[test]
fn check_is_as_expected_on_the_whole_catalogue() {
    let ran = selvedge("check --iterations 1").code(0);
    let last = "Everything was as expected: 40 checks, 24 proved, 6 bounded, 10 sampled.";
    assert_eq!(ran.quietly().stdout.lines().last(), Some(last));
}

/// Shuttle's search is left out because it would not end, and real threads are left out for a broken GIL
/// because they might not.
#[test]
fn python_and_the_gil_are_checked_on_the_engines_that_can() {
    let line = "check --threads 2 --iterations 1 --format json \
                python-3.9 python-3.10-call-lock python-3.13t gil gil-timed gil-if";
    let document = selvedge(line).code(0).json();
    let engines = list(&document["scenarios"]).iter().map(|scenario| {
        let engines = list(&scenario["engines"]).iter();
        let names: Vec<_> = engines.map(|engine| engine["engine"].as_str()).collect();
        names.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    assert_eq!(
        engines.collect::<Vec<_>>(),
        [
            "explorer loom threads",
            "explorer loom threads",
            "explorer loom threads",
            "explorer loom threads",
            "explorer threads",
            "explorer loom"
        ]
    );
    assert_eq!(
        document["scenarios"][4]["unsuitable"][0]["reason"],
        "loom models no time-outs, and this needs them"
    );
}

#[test]
fn an_engine_that_was_asked_for_and_cannot_run_is_no_pass() {
    selvedge("check locked --threads 5 --iterations 1 --engine loom,threads")
        .code(3)
        .shows("\nInconclusive: 1 check that was asked for could not be run.\n");
}

#[test]
fn a_refuted_claim_has_an_exit_code_of_its_own_and_says_what_is_wrong() {
    for engine in ["explorer", "loom", "shuttle-dfs", "shuttle-random"] {
        selvedge(&format!("check unlocked locked --as-correct --engine {engine}"))
            .code(1)
            .shows("is forbidden: an update was lost")
            .shows("\nNot as expected: of 2 checks, 1 refuted.\n");
    }
    let line = "check unlocked --as-correct --engine loom --format json";
    assert_eq!(selvedge(line).code(1).json()["as_expected"], false);
    // A refutation counts more than a check that could not be finished.
    selvedge("check unlocked --as-correct --engine shuttle-dfs --executions 900").code(1);
}

#[test]
fn inconclusive_has_an_exit_code_of_its_own() {
    selvedge("check locked --engine loom --time")
        .arg("18446744073709551615s 900ms")
        .code(0);
    for limit in [
        "--executions 1",
        "--executions 0",
        "--time 1ns",
        "--time 0",
        "--steps 3",
    ] {
        selvedge(&format!("check unlocked --engine loom,shuttle-dfs {limit}"))
            .code(3)
            .shows("\nInconclusive: of 2 checks, 2 could not be finished.\n");
    }
    selvedge("check locked-twice --iterations 1 --engine loom --preemptions 0").code(3);
}

#[test]
fn a_million_operations_are_too_many_to_explore_and_it_says_so() {
    selvedge("check locked --engine loom,shuttle-dfs --iterations 1000000 --time 1s")
        .code(3)
        .shows("step limit");
}

#[test]
fn an_engine_that_cannot_run_a_scenario_says_why_while_the_others_run_it() {
    selvedge("check locked --engine loom,threads --threads 5 --executions 2")
        .code(3)
        .shows("loom     not run       loom models at most 4 threads");
}

#[test]
fn a_refutation_is_drawn_and_runs_again() {
    for (engine, by) in [
        ("explorer", ""),
        ("loom", ", as the explorer shows it"),
        ("shuttle-random", ", as the explorer shows it"),
    ] {
        let ran = selvedge(&format!(
            "check unlocked --as-correct --iterations 1 --engine {engine}"
        ));
        let ran = ran.code(1);
        ran.shows(&format!("How it comes to −1{by}:\n"));
        let schedules = schedules(&ran.stdout);
        assert_eq!(schedules.len(), 2, "of -1 and of 1: {}", ran.stdout);
        for schedule in schedules {
            let again = selvedge("replay unlocked").arg(&schedule).code(0);
            again.shows("update was lost.");
        }
    }
    let expected = selvedge("check unlocked --iterations 1 --engine explorer").code(0);
    expected.hides("How it comes to");
}

#[test]
fn a_claim_about_python_is_refuted_by_its_bytecode() {
    selvedge("check python-3.10-call --as-correct --engine explorer")
        .code(1)
        .shows("is forbidden: an update was lost");
}
