//! `selvedge check` as a gate: the least verdict that passes, budgets, and what stops it.

use crate::support::{list, selvedge};

/// Loom is bounded on the unlocked counter, and three engines prove the locked one.
#[test]
fn what_shows_less_than_is_required_does_not_pass() {
    for (engines, required, code) in [
        ("explorer", "proved", 0),
        ("loom", "proved", 3),
        ("loom", "bounded", 0),
        ("threads", "bounded", 3),
        ("threads", "sampled", 0),
        ("shuttle-random", "proved", 3),
    ] {
        let line = format!("check unlocked --executions 2000 --engine {engines} --require {required}");
        selvedge(&line).code(code);
        selvedge(&format!("check unlocked --executions 2000 --engine {engines}")).code(0);
    }
}

#[test]
fn a_shortfall_names_the_scenario_the_engine_and_the_remedy() {
    let ran =
        selvedge("check locked --iterations 1 --engine threads,shuttle-random --require proved").code(3);
    ran.shows("locked, 2 threads")
        .shows("Not enough: `proved` is required, and threads has only sampled: add an engine\n")
        .shows("Not enough: `proved` is required, and shuttle-random has only sampled")
        .shows("\nInconclusive: of 1 scenario, less was shown than `proved`, which is required.\n");
    let ran = selvedge("check unlocked --iterations 1 --engine loom --require proved").code(3);
    ran.shows("and loom has a bound (").shows("or require `bounded`");
}

/// The explorer's proof is enough, whatever real threads can show; but no proof makes up for a check that
/// was cut short.
#[test]
fn one_engine_that_shows_enough_is_enough_unless_another_could_not_finish() {
    let line = "check locked --iterations 1 --engine threads,explorer --require proved";
    selvedge(line).code(0).hides("Not enough");
    let line = "check unlocked --engine explorer,shuttle-dfs --executions 900 --require proved";
    let ran = selvedge(line).code(3);
    ran.hides("Not enough").shows("1 could not be finished");
    let line = "check unlocked --iterations 1 --as-correct --engine threads,explorer --require proved";
    selvedge(line).code(1);
}

#[test]
fn json_says_what_was_required_and_whether_it_passed() {
    let line = "check locked --iterations 1 --executions 5 --engine threads --format json";
    let document = selvedge(&format!("{line} --require bounded")).code(3).json();
    let scenario = &document["scenarios"][0];
    assert_eq!(
        (&document["passed"], &scenario["passed"]),
        (&false.into(), &false.into())
    );
    assert_eq!(
        (&document["as_expected"], &scenario["required"]),
        (&true.into(), &"bounded".into())
    );
    let document = selvedge(line).code(0).json();
    assert_eq!(document["passed"], true);
    assert!(document["scenarios"][0]["required"].is_null());
}

#[test]
fn quiet_is_a_line_for_each_check_and_one_at_the_end() {
    let ran =
        selvedge("check unlocked locked --iterations 1 --engine explorer,loom --as-correct --quiet").code(1);
    let lines: Vec<&str> = ran.quietly().stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "unlocked 2×1          explorer  refuted       −1 is forbidden: an update was lo…",
            "unlocked 2×1          loom      refuted       −1 is forbidden: an update was lo…",
            "locked 2×1            explorer  proved        all 2 executions",
            "locked 2×1            loom      proved        all 9 executions",
            "Not as expected: of 4 checks, 2 refuted.",
        ]
    );
    let ran = selvedge("check locked --iterations 1 --engine threads --require proved --quiet").code(3);
    ran.shows("locked 2×1            threads  sampled       proved is required\n");
}

#[test]
fn fail_fast_stops_after_the_first_scenario_that_does_not_pass() {
    let line = "check locked unlocked fetch-add --iterations 1 --engine explorer --as-correct --format json";
    let verdicts = |line: &str| {
        let document = selvedge(line).code(1).json();
        let scenarios = list(&document["scenarios"]).iter();
        scenarios
            .map(|scenario| {
                scenario["engines"][0]["verdict"]
                    .as_str()
                    .unwrap_or("not run")
                    .to_owned()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(verdicts(line), ["proved", "refuted", "proved"]);
    assert_eq!(
        verdicts(&format!("{line} --fail-fast")),
        ["proved", "refuted", "not run"]
    );
    let ran =
        selvedge("check unlocked locked --iterations 1 --engine explorer --as-correct --fail-fast").code(1);
    ran.shows("explorer  not run       a scenario before it did not pass");
}

/// A scenario that is left out is no pass, also where everything before it was as expected.
#[test]
fn what_the_budget_of_the_whole_run_leaves_out_is_inconclusive() {
    let line = "check locked fetch-add --iterations 1 --engine explorer --budget 0s";
    selvedge(line)
        .code(3)
        .shows("explorer  not run       the budget of time for all of it was spent")
        .shows("\nInconclusive: 2 checks that were asked for could not be run.\n");
    selvedge("check locked --iterations 1 --engine explorer --budget 10m").code(0);
    // It would take hours; the budget counts although the time of each engine is longer.
    selvedge("check unlocked --threads 4 --iterations 5 --engine explorer --time 1h --budget 300ms")
        .code(3)
        .shows("inconclusive  the time was up, after ");
}

#[test]
fn each_scenario_can_have_a_size_of_its_own() {
    let line = "check locked:3x1 locked locked:2x2 fetch-add --engine explorer --format json";
    let document = selvedge(line).code(0).json();
    let sizes = list(&document["scenarios"]).iter().map(|scenario| {
        let name = scenario["scenario"].as_str().expect("a name");
        format!("{name} {}x{}", scenario["threads"], scenario["iterations"])
    });
    // `locked` at the default size is the same as `locked:2x2`.
    assert_eq!(
        sizes.collect::<Vec<_>>(),
        ["locked 3x1", "locked 2x2", "fetch-add 2x2"]
    );
}

#[test]
fn full_drawings_have_every_step() {
    for command in [
        "show unlocked --iterations 5 --outcome 5",
        "check unlocked --iterations 5 --as-correct --engine explorer",
    ] {
        let code = if command.starts_with("check") { 1 } else { 0 };
        let folded = selvedge(command).code(code);
        folded.shows("… ");
        let full = selvedge(&format!("{command} --full")).code(code);
        full.hides("… ").shows("\n21 ").shows("overwrites thread");
    }
    let again = selvedge("replay unlocked --iterations 8 --full 1×40").run();
    assert_eq!(again.code, Some(2), "no thread has 40 steps");
    let schedule = "1×15 2×16 1 main";
    selvedge("replay unlocked --iterations 8")
        .arg(schedule)
        .code(0)
        .shows("… ");
    selvedge("replay unlocked --iterations 8 --full")
        .arg(schedule)
        .code(0)
        .hides("… ");
}

/// Loom models no time-outs: that is a finding about one scenario, and no reason to know nothing of the other.
#[test]
fn a_scenario_that_no_engine_can_run_does_not_hide_the_others() {
    let line = "check gil-timed locked --iterations 1 --engine loom";
    let ran = selvedge(&format!("{line} --output tap=-")).code(3);
    ran.shows("not ok 1 - gil-timed 2×1 on loom: not run\n")
        .shows("ok 2 - locked 2×1 on loom: proved\n");
    selvedge(line)
        .code(3)
        .shows("Inconclusive: 1 check that was asked for could not be run.");
    let line = "check gil-timed locked --threads 5 --iterations 1 --engine loom";
    selvedge(line)
        .code(2)
        .refuses("locked: loom models at most 4 threads");
}
