//! No line is wider than the terminal, and no word is broken: in drawings and in reports.

use crate::support::drawn;
use crate::support::shown::{catalogued, drawings};
use selvedge::backend::{Atomic, Backend, Join};
use selvedge::explorer::Explorer;
use selvedge::explorer::drawing::width::width;
use selvedge::explorer::drawing::{Content, Drawing, columns};
use selvedge::report::Reporter;
use selvedge::report::text::Text;
use selvedge::{Checker, Expectations, Scenario};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// Texts that a program might give: long, wide, with escapes, tabs and line breaks.
fn names() -> [String; 5] {
    [
        "x".repeat(200),
        "a name of many words ".repeat(9),
        "日本語".repeat(30),
        "\u{1b}[31mred\u{1b}[0m\tand\r\nmore".to_owned(),
        "👩\u{200d}👩\u{200d}👧 ".repeat(20),
    ]
}

/// Checks that lines fit, and that no escape is left open at the end of one.
fn assert_fits(text: &str, most: usize) {
    for line in text.lines() {
        let plain = anstream::adapter::strip_str(line).to_string();
        assert!(
            width(&plain) <= most,
            "{} columns, not {most}: {plain:?}",
            width(&plain)
        );
        assert!(!plain.contains(char::is_control), "{plain:?}");
    }
}

fn written(drawing: &Drawing, most: usize) -> String {
    let mut text = Vec::new();
    columns::write(&mut text, drawing, most).expect("writing to memory does not fail");
    String::from_utf8(text).expect("it is UTF-8")
}

/// Returns the drawing with this text for each object, message and ending.
fn renamed(drawing: &Drawing, name: &str) -> Drawing {
    let mut renamed = drawing.clone();
    for row in &mut renamed.rows {
        match &mut row.content {
            Content::Event { action, .. } => action.object = Some(name.to_owned()),
            Content::Stuck(text) | Content::Link(text) | Content::Fold { text, .. } => text.push_str(name),
        }
        row.who.push_str(name);
    }
    renamed
        .columns
        .iter_mut()
        .for_each(|column| column.name.push_str(name));
    renamed
        .finale
        .iter_mut()
        .for_each(|finale| finale.text.push_str(name));
    renamed.story.push(format!("The object {name} is to blame."));
    renamed
}

#[test]
fn drawings_fit_at_every_width() {
    let small = drawn::PROGRAMS
        .into_iter()
        .filter(|(name, _)| ["two-locks", "lost-wakeup", "poison", "relaxed-flag", "nested"].contains(name))
        .flat_map(|(_, body)| drawings(&Explorer::new().timeouts(1), body, i64::to_string));
    let catalogue =
        ["unlocked", "data-race", "python-3.9", "gil-unforced"].map(|name| catalogued(name, 2, 1));
    for (_, drawing) in small.chain(catalogue.into_iter().flatten()) {
        for most in (40..=200).step_by(8) {
            let text = written(&drawing, most);
            assert_fits(&text, most);
            let plain = anstream::adapter::strip_str(&text).to_string();
            let words: BTreeSet<&str> = plain.split_whitespace().collect();
            for word in drawing
                .story
                .iter()
                .flat_map(|sentence| sentence.split_whitespace())
            {
                assert!(words.contains(word), "{word} is broken in\n{plain}");
            }
            for name in names() {
                assert_fits(&written(&renamed(&drawing, &name), most), most);
            }
        }
    }
}

/// A scenario that says much: its name, its lesson, its outcomes and its panic.
struct Talkative(String);

impl Scenario for Talkative {
    type Outcome = String;

    fn name(&self) -> String {
        format!("talkative {}", self.0)
    }

    fn lesson(&self) -> String {
        format!("it says {}", self.0)
    }

    fn run<B: Backend>(&self) -> String {
        let x = Arc::new(B::AtomicI64::new(0));
        let theirs = Arc::clone(&x);
        let thread = B::spawn(move || theirs.store(1, SeqCst));
        let seen = x.load(SeqCst);
        thread.join().expect("it does not panic");
        assert_eq!(seen, 0, "first line {}\nsecond line\n\n\tthird\u{1b}[2J", self.0);
        self.0.clone()
    }

    fn expectations(&self) -> Expectations<String> {
        Expectations::new().required(self.0.clone(), &format!("because {}", self.0))
    }
}

#[test]
fn reports_fit_and_show_the_whole_message_of_a_panic() {
    for name in names() {
        let report = Checker::new().explorer().report(Talkative(name));
        for most in [40, 80, 120] {
            let mut text = Vec::new();
            Text::new(&mut text, most)
                .report(&report)
                .expect("writing to memory does not fail");
            let text = String::from_utf8(text).expect("it is UTF-8");
            assert_fits(&text, most);
            let plain = anstream::adapter::strip_str(&text).to_string();
            let whole = ["  panic, in full:", "    second line", "third"];
            assert!(whole.iter().all(|line| plain.contains(line)), "{plain}");
            let table = plain.lines().filter(|line| line.contains("forbidden  ")).count();
            assert_eq!(table, 1, "the panic has one row:\n{plain}");
        }
    }
}
