//! The documents for other tools, of programs whose messages would break them.

use quick_junit::TestCaseStatus;
use selvedge::backend::{Backend, Join};
use selvedge::report::github::Github;
use selvedge::report::junit::Junit;
use selvedge::report::markdown::Markdown;
use selvedge::report::sarif::Sarif;
use selvedge::report::tap::Tap;
use selvedge::report::{Report, Reporter};
use selvedge::{Checker, Ending, Expectation, Expectations, Scenario};
use std::path::PathBuf;

/// A message with everything that means something to some format.
const MESSAGE: &str =
    "]]> <b>&amp; % :: # TODO | `````\u{0}\u{1b}[31m\r\n\n```\n::error::injected\nnot ok 9\n  ...";

/// A scenario that panics with that message, and is called so, too.
struct Hostile;

impl Scenario for Hostile {
    type Outcome = ();

    fn name(&self) -> String {
        format!("hostile {MESSAGE}")
    }

    fn run<B: Backend>(&self) {
        B::spawn(|| panic!("{MESSAGE}"))
            .join()
            .unwrap_or_else(|_| panic!("{MESSAGE}"));
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().ending(Expectation::Allowed, Ending::Finished(()), "it should not panic")
    }
}

fn report() -> Report {
    let report = Checker::new().explorer().report(Hostile);
    assert!(!report.passes());
    report
}

/// Lets a reporter write about the scenario.
fn write(mut reporter: impl Reporter) {
    let report = report();
    reporter.report(&report).expect("memory can be written");
    reporter.finish(&[report]).expect("memory can be written");
}

#[test]
fn junit_stays_xml() {
    let mut document = Vec::new();
    write(Junit(&mut document));
    let text = String::from_utf8(document).expect("it is UTF-8");
    let read = quick_junit::Report::deserialize_from_str(&text).expect("another's parser reads it");
    let TestCaseStatus::NonSuccess { ty, message, .. } = &read.test_suites[0].test_cases[0].status else {
        panic!("it is a failure: {text}");
    };
    assert_eq!(ty.as_ref().map(|ty| ty.as_str()), Some("panic"));
    assert!(
        message
            .as_ref()
            .is_some_and(|message| message.as_str().contains("]]> <b>&amp; % :: # TODO"))
    );
    roxmltree::Document::parse(&text).expect("it is XML");
}

#[test]
fn sarif_stays_json_and_keeps_the_message() {
    let mut document = Vec::new();
    write(Sarif::new(
        &mut document,
        PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    ));
    let text = String::from_utf8(document).expect("it is UTF-8");
    let log: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "panic");
    assert!(
        result["message"]["text"]
            .as_str()
            .is_some_and(|text| text.contains("<b>&amp; %"))
    );
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tests/suite/documents.rs");
}

#[test]
fn an_annotation_stays_one_line() {
    let mut document = Vec::new();
    write(Github::new(&mut document, PathBuf::new()));
    let text = String::from_utf8(document).expect("it is UTF-8");
    assert_eq!(text.lines().count(), 1, "{text}");
    let (command, message) = text
        .trim_end()
        .trim_start_matches("::")
        .split_once("::")
        .expect("a command");
    assert!(
        command.starts_with("error file=tests/suite/documents.rs,line=")
            && command.ends_with("title=selvedge%3A panic")
    );
    assert!(
        message.contains("%25 :: # TODO") && !message.contains(char::is_control),
        "{message}"
    );
}

#[test]
fn tap_stays_a_line_for_each_check() {
    let mut document = Vec::new();
    write(Tap(&mut document));
    let text = String::from_utf8(document).expect("it is UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert!(
        lines[2].starts_with("not ok 1 - hostile ") && lines[2].contains("\\# TODO"),
        "{text}"
    );
    let message = lines[4].strip_prefix("  message: ").expect("a message");
    serde_json::from_str::<String>(message).expect("a string in quotes");
}

#[test]
fn markdown_stays_text() {
    let mut document = Vec::new();
    write(Markdown(&mut document));
    let text = String::from_utf8(document).expect("it is UTF-8");
    let rest = text.strip_prefix("## ❌ Selvedge\n\n").expect("a heading");
    assert!(
        rest.lines()
            .any(|line| line.starts_with("### hostile \\]\\]\\> \\<b\\>")),
        "{text}"
    );
    let rows = text.lines().filter(|line| line.starts_with("| hostile"));
    assert_eq!(rows.count(), 1, "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\0'));
}
