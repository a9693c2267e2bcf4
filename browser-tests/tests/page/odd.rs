//! Scenarios that do not end as others do: at once, by a panic, or never; and threads of threads.

use crate::support::{html, page};
use selvedge::backend::{Atomic, AtomicInteger, Backend, Join};
use selvedge::catalogue::Selection;
use selvedge::page::{Level, course};
use selvedge::{Ending, Expectation, Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// A thread's thread takes the number before it, or it panics.
struct Nested;

impl Scenario for Nested {
    type Outcome = i64;

    fn name(&self) -> String {
        "nested".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let next = Arc::new(B::AtomicI64::new(0).named("next"));
        let theirs = Arc::clone(&next);
        let outer = B::spawn(move || {
            let inner = {
                let theirs = Arc::clone(&theirs);
                B::spawn(move || theirs.fetch_add(1, SeqCst))
            };
            assert_ne!(theirs.load(SeqCst), 0, "too early");
            inner.join().expect("it ends")
        });
        outer.join().expect("it ends")
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(0, "the inner thread came first")
    }
}

/// A loop that never ends.
struct Endless;

impl Scenario for Endless {
    type Outcome = ();

    fn name(&self) -> String {
        "endless".to_owned()
    }

    fn run<B: Backend>(&self) {
        let turns = B::AtomicI64::new(0).named("turns");
        loop {
            turns.fetch_add(1, SeqCst);
        }
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().ending(Expectation::Required, Ending::StepLimit, "it never ends")
    }
}

#[test]
fn they_can_be_played_or_looked_at() {
    let counting = Selection::named("counting").expect("it is there").sized(2, 1);
    let levels = [course::level(counting), Level::new(Nested), Level::new(Endless)];
    let Some(reader) = page("odd", &html(levels)) else {
        return;
    };
    assert_eq!(
        reader.text(".end h4"),
        "The end: outcome Counting done! Not this time."
    );
    reader.play("e ArrowRight ArrowLeft 1 r");
    reader.click(".modes button", "how it comes to Counting done!");
    assert!(reader.text(".story").contains("touch nothing in common"));

    reader.navigate("#level-2");
    assert_eq!(
        reader.texts(".threads strong"),
        ["thread 1 (outer)", "thread 1.1", "main"]
    );
    reader.press("1");
    let end = reader.text(".end h4");
    reader.play("e");
    assert!(
        reader.text(".end h4").starts_with("The end: panic: "),
        "{end} {}",
        reader.text(".end h4")
    );
    assert!(
        reader.text(".drawing .stuck").contains("panics: "),
        "{}",
        reader.text(".drawing")
    );
    reader.play("r 2 e");
    assert_eq!(reader.text(".end h4"), "The end: outcome 0. You have done it!");

    reader.navigate("#level-3");
    let why = "it takes too many steps: after 10,000 steps it had not ended";
    assert!(
        reader.text(".no-game").contains(why),
        "{}",
        reader.text(".no-game")
    );
    assert!(
        reader
            .text(".drawn-panel")
            .contains("This is too long to be stepped through.")
    );
    assert_eq!(reader.texts(".drawing .later").len(), 0, "all of it is shown");
    reader.play("ArrowRight e r");
    reader.is_clean();
}
