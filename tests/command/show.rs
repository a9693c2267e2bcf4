//! `selvedge show` and `selvedge replay`: drawings, and the schedules that run them again.

use crate::support::{list, schedules, selvedge};
use std::fs;
use std::path::Path;

/// The header of a schedule of this version.
fn header(scenario: &str, size: &str) -> String {
    format!("{scenario} {size} v{}", env!("CARGO_PKG_VERSION"))
}

#[test]
fn show_draws_the_shortest_way_to_each_outcome() {
    let ran = selvedge("show unlocked").code(0);
    for outcome in ["−1", "0", "1"] {
        ran.shows(&format!("How it comes to {outcome}:\n"));
    }
    ran.shows("and thread 1's update was lost.");
    ran.shows("1 preemption, 3 switches, 5 events: no interleaving that ends so has fewer");
    let fits = |line: &str| line.chars().count() <= 80;
    assert!(ran.stdout.lines().all(fits), "{}", ran.stdout);
    selvedge("show unlocked --outcome -1")
        .code(0)
        .shows("How it comes to −1:")
        .hides("How it comes to 1:");
    selvedge("show unlocked --iterations 3 --outcome=-3")
        .code(0)
        .shows("1 preemption, 3 switches, 13 events: no");
    selvedge("show locked --outcome 1")
        .code(2)
        .refuses("locked at size 2×1 does not end at 1; the explorer has seen 0 (proved)");
}

#[test]
fn every_schedule_that_is_printed_runs_again_and_ends_alike() {
    for (scenario, outcomes) in [
        ("unlocked", 3),
        ("data-race", 1),
        ("locked", 1),
        ("locked-twice", 3),
        ("compare-exchange", 1),
        ("counting", 1),
    ] {
        let document = selvedge(&format!("show {scenario} --format json")).code(0).json();
        let rows = list(&document["scenarios"][0]["outcomes"]);
        assert_eq!(rows.len(), outcomes, "{scenario}");
        for row in rows {
            let witness = &row["witness"];
            let schedule = witness["schedule"].as_str().expect("a schedule");
            let again = selvedge(&format!("replay {scenario} --format json")).arg(schedule);
            let again = again.code(0).json();
            assert_eq!(again["outcome"], row["outcome"], "{schedule}");
            assert_eq!(again["witness"]["events"], witness["events"], "{schedule}");
            assert_eq!(again["witness"]["story"], witness["story"], "{schedule}");
            assert_eq!(witness["minimal"], true);
            assert_eq!(
                again["witness"]["minimal"], false,
                "a replay does not look for others"
            );
        }
    }
    let drawn = selvedge("show unlocked --outcome 1").code(0).stdout;
    assert_eq!(schedules(&drawn), [header("unlocked", "2×1") + ": 1 2 2 1 main"]);
    let typed = selvedge("replay unlocked").arg("1 2x2").code(0).stdout;
    assert!(
        typed.starts_with("unlocked 2×1 ends at 1:\n"),
        "it runs on without preemption: {typed}"
    );
}

/// The second thread's read completes a data race. What comes after it is not drawn, asked for or not.
#[test]
fn a_data_race_ends_the_drawing_whatever_the_schedule_goes_on_with() {
    let shown = selvedge("show data-race").code(0).stdout;
    assert_eq!(schedules(&shown), [header("data-race", "2×1") + ": 1 1 2"]);
    let told = "Thread 1 wrote x = 1 (data_race.rs:27), and thread 2 read x = 1";
    assert!(
        shown.contains(told) && shown.contains("0 preemptions, 1 switch, 3 events"),
        "{shown}"
    );
    for schedule in ["1 1 2", "1 1 2 2", "1 1 2 2 main"] {
        let again = selvedge("replay data-race").arg(schedule).code(0).stdout;
        assert_eq!(schedules(&again), schedules(&shown), "{schedule}");
        assert!(
            again.contains(told) && again.contains("3 events"),
            "{schedule}: {again}"
        );
    }
    let other = selvedge("replay data-race").arg("1 2 1").code(0).stdout;
    assert!(
        other.contains("Thread 2 read x = 0 (data_race.rs:26), and thread 1 wrote x = 1"),
        "{other}"
    );
}

#[test]
fn a_python_program_is_drawn_by_its_bytecodes_and_runs_again() {
    let shown = selvedge("show python-3.9 --outcome 1").code(0);
    for part in [
        "load x = 0               LOAD_GLOBAL",
        "STORE_GLOBAL",
        "eval breaker",
    ] {
        shown.shows(part);
    }
    let [schedule] = &schedules(&shown.stdout)[..] else {
        panic!("one schedule: {}", shown.stdout);
    };
    let again = selvedge("replay python-3.9").arg(schedule).code(0).stdout;
    assert!(again.starts_with("python-3.9 2×1 ends at 1:"), "{again}");
}

#[test]
fn a_schedule_that_does_not_fit_says_where_and_why() {
    let unlocked = header("unlocked", "2×1") + ": 1";
    let sizeless = header("unlocked", "0×0") + ": 1";
    for (line, schedule, what) in [
        (
            "unlocked",
            "1 3",
            "step 2 of the schedule, `3`, cannot be executed: ",
        ),
        (
            "unlocked",
            "1 1 1",
            "this thread has ended; what can be: thread 2 (load",
        ),
        (
            "locked",
            "1 2",
            "step 2 of the schedule, `2`, cannot be executed: ",
        ),
        (
            "unlocked",
            "unlocked 2×1 v0.0.0: 1",
            "the schedule is from version 0.0.0",
        ),
        ("locked", &unlocked, "is for `unlocked`"),
        (
            "unlocked --iterations 2",
            &unlocked,
            "the schedule is for size 2×1",
        ),
        ("unlocked", "one", "a step begins with a thread"),
        ("unlocked", "nonsense: 1", "is not the header of a schedule"),
        ("unlocked", "1×99999999999999", "1×99999999999999"),
        ("unlocked", &sizeless, "no scenario of size 0×0"),
        (
            "unlocked --threads 20",
            "1",
            "at most 15 threads beside the main one",
        ),
        (
            "unlocked --engine shuttle",
            "1 7",
            "step 2 of the schedule, thread 7: it cannot go on there",
        ),
    ] {
        let ran = selvedge(&format!("replay {line}")).arg(schedule).code(2);
        ran.refuses(what);
    }
    selvedge("replay unlocked").code(2).refuses("<SCHEDULE>");
}

#[test]
fn a_picture_is_of_one_outcome() {
    let picture = selvedge("show unlocked --outcome -1 --format svg").code(0).stdout;
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored/drawings/unlocked.svg");
    assert_eq!(
        picture,
        fs::read_to_string(stored).expect("the stored picture"),
        "the README shows what the command draws"
    );
    let again = selvedge("replay unlocked --format svg").arg("2 1 1 2").code(0);
    assert_eq!(again.stdout, picture);
    selvedge("show unlocked --format svg")
        .code(2)
        .refuses("choose an outcome with `--outcome`, one of -1, 0, 1");
}

#[test]
fn what_shuttle_has_run_it_runs_again() {
    for engine in ["shuttle-dfs", "shuttle-random", "shuttle-pct", "shuttle-urw"] {
        for scenario in ["unlocked", "locked-twice", "wrong-lock"] {
            let line =
                format!("check {scenario} --as-correct --iterations 1 --engine {engine} --format json");
            let document = selvedge(&line).code(1).json();
            let rows = list(&document["scenarios"][0]["outcomes"]);
            let seen = rows.iter().filter(|row| row["counts"][0].as_u64() > Some(0));
            let seen: Vec<_> = seen.collect();
            assert!(seen.len() > 1, "{engine}: {rows:?}");
            for row in seen {
                let schedule = row["shuttle_schedule"].as_str().expect("a schedule");
                let replay = format!("replay {scenario} --engine shuttle --format json");
                let again = selvedge(&replay).arg(schedule).code(0).json();
                assert_eq!(again["outcome"], row["outcome"], "{schedule}");
            }
        }
    }
    selvedge("check unlocked --as-correct --iterations 1 --engine shuttle-dfs")
        .code(1)
        .shows("as shuttle ran it: selvedge replay unlocked --engine shuttle 'unlocked 2×1");
}
