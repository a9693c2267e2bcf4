//! What a check writes for others: JUnit, Markdown, TAP, what GitHub shows, and errors as JSON.

use crate::support::{Ran, directory, list, read, selvedge};
use quick_junit::{NonSuccessKind, TestCaseStatus};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// The unlocked counter is refuted by three engines, each time with -1 and with 1; the locked one is proved by
/// two and sampled by one; and neither loom nor shuttle can run the GIL with time-outs, which is asked of them
/// by name.
const LINE: &str = "check unlocked locked gil-timed --iterations 1 --engine explorer,loom,shuttle-random \
                    --as-correct --seed 1 --executions 1000";

/// Runs the checks, with an output in each format.
pub(crate) fn check_everything(test: &str) -> (PathBuf, Ran) {
    let out = directory(test).join("made");
    let formats = ["junit", "sarif", "github", "markdown", "tap", "json", "text"];
    let outputs = formats.map(|format| format!(" --output {format}={}", out.join(format).display()));
    let ran = selvedge(&format!("{LINE}{}", outputs.concat())).code(1);
    (out, ran)
}

#[test]
fn one_run_writes_every_format_and_shows_text() {
    let (out, ran) = check_everything("documents-all");
    let last = "Not as expected: of 7 checks, 3 refuted.";
    assert_eq!(ran.quietly().stdout.lines().last(), Some(last));
    let text = read(&out.join("text"));
    assert_eq!(text.lines().last(), Some(last));
    assert!(text.contains("How it comes to −1:\n") && !text.contains('\u{1b}'));
    let document: Value = serde_json::from_str(&read(&out.join("json"))).expect("it is JSON");
    assert_eq!(
        (list(&document["scenarios"]).len(), &document["passed"]),
        (3, &false.into())
    );
}

#[test]
fn junit_has_a_suite_for_each_scenario_and_a_case_for_each_engine() {
    let (out, _) = check_everything("documents-junit");
    let text = read(&out.join("junit"));
    let report = quick_junit::Report::deserialize_from_str(&text).expect("another's parser reads it");
    assert_eq!((report.tests, report.failures, report.errors), (9, 3, 2));
    let suites = report.test_suites.iter().map(|suite| {
        let cases = suite.test_cases.iter().map(|case| match &case.status {
            TestCaseStatus::Success { .. } => "passed",
            TestCaseStatus::NonSuccess {
                kind: NonSuccessKind::Failure,
                ..
            } => "failure",
            TestCaseStatus::NonSuccess {
                kind: NonSuccessKind::Error,
                ..
            } => "error",
            TestCaseStatus::Skipped { .. } => "skipped",
        });
        (suite.name.to_string(), cases.collect::<Vec<_>>().join(" "))
    });
    let expected = [
        ("unlocked 2×1", "failure failure failure"),
        ("locked 2×1", "passed passed passed"),
        ("gil-timed 2×1", "passed error error"),
    ];
    assert_eq!(
        suites.collect::<Vec<_>>(),
        expected.map(|(name, cases)| (name.to_owned(), cases.to_owned()))
    );
    let TestCaseStatus::NonSuccess {
        message,
        ty,
        description,
        ..
    } = &report.test_suites[0].test_cases[0].status
    else {
        panic!("the explorer refutes it");
    };
    assert_eq!(
        message.as_ref().map(|text| text.as_str()),
        Some("unlocked 2×1 can end at -1, which is forbidden: an update was lost")
    );
    assert_eq!(ty.as_ref().map(|text| text.as_str()), Some("forbidden-outcome"));
    let told = description.as_ref().expect("a description").as_str();
    for part in [
        "overwrites thread 1's update",
        "again: selvedge replay unlocked 'unlocked 2×1 v",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// On GitHub nothing need be asked for: annotations go to standard error, and the summary is added to the
/// step's.
#[test]
fn on_github_annotations_and_the_summary_come_by_themselves() {
    let summary = directory("documents-step").join("summary.md");
    fs::write(&summary, "of another command\n").expect("it can be written");
    let line = "check unlocked locked --iterations 1 --as-correct --engine explorer --format json";
    let on_github = |line: &str| {
        let command = selvedge(line).env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_STEP_SUMMARY", &summary.display().to_string())
    };
    let ran = on_github(line).code(1);
    assert_eq!(
        ran.json()["passed"],
        false,
        "standard output has the document alone"
    );
    assert_eq!(
        ran.stderr
            .lines()
            .filter(|line| line.starts_with("::error file=src/"))
            .count(),
        2
    );
    let written = read(&summary);
    assert!(
        written.starts_with("of another command\n## ❌ Selvedge\n"),
        "{written}"
    );
    assert!(
        written.contains("| locked 2×1 | explorer | **proved** | 2 executions, under C11: accesses that race are all SeqCst |"),
        "{written}"
    );
    assert!(
        written.contains("```text\n") && written.contains("overwrites thread 1's update"),
        "{written}"
    );
    // Asked for, they go where the user wants them, and nowhere else.
    let markdown = summary.with_file_name("own.md");
    let line = format!(
        "{line} --output github=- --output markdown={}",
        markdown.display()
    );
    let line = line.replace("--format json", "--quiet");
    let ran = on_github(&line).code(1);
    assert_eq!((ran.stderr.as_str(), read(&summary)), ("", written));
    assert!(ran.stdout.contains("::error file=src/") && read(&markdown).contains("## ❌"));
    let ran = on_github("check locked --iterations 1 --engine explorer").code(0);
    assert!(ran.stderr.is_empty() && read(&summary).contains("## ✅ Selvedge"));
}

#[test]
fn tap_has_a_line_for_each_check() {
    let (out, _) = check_everything("documents-tap");
    let text = read(&out.join("tap"));
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("  ")).collect();
    assert_eq!(
        lines,
        [
            "TAP version 14",
            "1..9",
            "not ok 1 - unlocked 2×1 on explorer: refuted",
            "not ok 2 - unlocked 2×1 on loom: refuted",
            "not ok 3 - unlocked 2×1 on shuttle-random: refuted",
            "ok 4 - locked 2×1 on explorer: proved",
            "ok 5 - locked 2×1 on loom: proved",
            "ok 6 - locked 2×1 on shuttle-random: sampled",
            "ok 7 - gil-timed 2×1 on explorer: proved",
            "not ok 8 - gil-timed 2×1 on loom: not run",
            "not ok 9 - gil-timed 2×1 on shuttle-random: not run",
        ]
    );
    // An engine that nobody asked for is skipped, where it cannot run the scenario.
    let ran = selvedge("check gil-timed --iterations 1 --output tap=-").code(0);
    ran.shows("ok 3 - gil-timed 2×1 on loom: not run # SKIP loom models no time-outs, and this needs them\n");
}

#[test]
fn a_shortfall_is_a_finding_in_every_format() {
    let line = "check locked --iterations 1 --engine threads --executions 5 --require proved --output";
    for (format, part) in [
        (
            "junit",
            "<error message=\"locked 2×1: `proved` is required, and threads has only sampled",
        ),
        ("sarif", "\"ruleId\": \"not-enough\""),
        ("github", "::warning title=selvedge%3A not-enough::locked 2×1"),
        ("markdown", "less was shown than"),
        ("tap", "not ok 1 - locked 2×1 on threads: sampled"),
    ] {
        selvedge(&format!("{line} {format}=-")).code(3).shows(part);
    }
}

/// The output is opened before anything is explored: this check would take hours.
#[test]
fn an_output_that_cannot_be_written_is_named() {
    let out = directory("documents-unwritable");
    fs::write(out.join("file"), "").expect("it can be written");
    let line = "check unlocked --threads 4 --iterations 5 --engine explorer --time 9h --output";
    let below = out.join("file/junit.xml");
    let ran = selvedge(&format!("{line} junit={}", below.display())).code(4);
    let told = ran.stderr.split_whitespace().collect::<String>();
    assert!(
        told.contains(&format!("{}couldnotbewritten:", below.display())),
        "{told}"
    );
    assert_eq!(ran.stdout, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_the_name_of_the_file() {
    for format in ["junit", "sarif", "github", "markdown", "tap", "json", "text"] {
        let line = format!(
            "check unlocked --iterations 1 --as-correct --engine explorer --output {format}=/dev/full"
        );
        let ran = selvedge(&line).code(4);
        assert!(
            ran.stderr.starts_with("error: /dev/full could not be written: "),
            "{format}: {}",
            ran.stderr
        );
    }
}

#[test]
fn where_json_is_asked_for_an_error_is_json_too() {
    for (line, message) in [
        ("check unlokced --format json", "did you mean `unlocked`?"),
        ("--format=json frobnicate", "unrecognized subcommand"),
        (
            "check locked --output json=- --output tap=-",
            "standard output can have one format",
        ),
        (
            "check locked --engine loom --threads 5 --format json",
            "loom models at most 4 threads",
        ),
        ("show unlocked --outcome 5 --format json", "does not end at 5"),
        ("replay unlocked 1 two --format json", "step 2 of the schedule"),
    ] {
        let ran = selvedge(line).code(2);
        let document = ran.quietly().json();
        let error = &document["error"];
        let told = error["message"].as_str().expect("a message");
        assert!(
            told.contains(message) && !told.starts_with("error"),
            "{line}: {told}"
        );
        assert_eq!((&document["schema"], &error["exit_code"]), (&1.into(), &2.into()));
    }
    let file = directory("documents-error").join("file");
    fs::write(&file, "").expect("it can be written");
    let line = format!("check locked --format json --output tap={}/x", file.display());
    assert_eq!(selvedge(&line).code(4).quietly().json()["error"]["exit_code"], 4);
    selvedge("check --help --format json")
        .code(0)
        .shows("Usage: selvedge check");
}
