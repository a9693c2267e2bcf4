//! The game: the reader is the scheduler.

use crate::support::course;
use selvedge::counter::Variant;
use selvedge::explorer::drawing::Mark;
use selvedge::scenario::Updates;
use selvedge_browser_tests::Reader;

/// The keys of the threads that can go on.
fn ready(reader: &Reader) -> Vec<String> {
    reader.texts(".threads button:not([aria-disabled]) kbd")
}

#[test]
fn an_update_is_lost_and_told_as_show_tells_it() {
    let Some(reader) = course("lost") else { return };
    assert_eq!(reader.text(".goal"), "Try to end anywhere but at 0.");
    assert_eq!(reader.texts(".counts tbody .count"), ["2", "2", "2"]);
    reader.play("2 1 1");
    // Whatever comes now, thread 2 stores what it has computed from 0.
    assert_eq!(reader.texts(".counts tbody .count"), ["1", "0", "0"]);
    assert_eq!(reader.texts(".objects li"), ["x = 1"]);
    reader.play("2 0");
    assert_eq!(reader.text(".end h4"), "The end: outcome −1. You have done it!");
    assert!(
        reader
            .text(".end")
            .contains("You took 1 preemption, 3 switches, 5 events. It cannot be done with less.")
    );

    let unlocked = Updates {
        variant: Variant::Unlocked,
        threads: 2,
        iterations: 1,
    };
    let (_, witness) = selvedge::replay(unlocked, "2 1 1 2 main");
    assert_eq!(reader.text(".story"), witness.drawing.story.join(" "));
    let shown = reader.texts(".drawing .row:not(.head)");
    assert_eq!(shown.len(), witness.drawing.rows.len());
    for (shown, row) in shown.iter().zip(&witness.drawing.rows) {
        let mut words = vec![format!("{}:", row.who), row.text()];
        words.extend(row.place.as_ref().map(ToString::to_string));
        words.extend(row.marks.iter().map(Mark::to_string));
        assert_eq!(
            *shown,
            format!("{}{}", row.step().expect("an event"), words.join(" "))
        );
    }
    reader.is_clean();
}

#[test]
fn the_locked_counter_cannot_be_broken() {
    let Some(reader) = course("locked") else { return };
    reader.navigate("#level-2");
    let mut open = vec![String::new()];
    let mut ends = 0;
    while let Some(keys) = open.pop() {
        reader.press("r");
        reader.play(&keys);
        let ready = ready(&reader);
        if ready.is_empty() {
            ends += 1;
            assert_eq!(
                reader.text(".end h4"),
                "The end: outcome 0. Not this time.",
                "{keys}"
            );
            assert!(
                reader
                    .text(".end")
                    .contains("No other ending is possible: 2 interleavings, and all end like this.")
            );
        }
        open.extend(ready.iter().map(|key| format!("{keys} {key}")));
    }
    assert_eq!(ends, 2, "either thread can take the lock first");
    reader.press("r");
    reader.play("1 2");
    assert_eq!(
        reader.text(".live"),
        "Thread 2 cannot go on: it waits to lock count, held by thread 1."
    );
    assert_eq!(
        reader.texts(".drawing .row:not(.head)").len(),
        1,
        "a thread that waits takes no step"
    );
    reader.is_clean();
}

#[test]
fn steps_are_taken_back_and_again() {
    let Some(reader) = course("back") else { return };
    let rows = || reader.texts(".drawing .row:not(.head) code");
    reader.press("ArrowLeft");
    assert_eq!(
        reader.text(".live"),
        "This is the beginning: there is nothing to take back."
    );
    reader.play("1 2 ArrowLeft");
    assert_eq!(rows(), ["load x = 0"]);
    reader.press("ArrowRight");
    assert_eq!(rows(), ["load x = 0", "load x = 0"]);
    reader.play("ArrowLeft ArrowLeft 1 1");
    assert_eq!(rows(), ["load x = 0", "store x: 0 → 1"]);
    reader.press("ArrowRight");
    assert_eq!(
        reader.text(".live"),
        "Nothing was taken back.",
        "another way was taken since"
    );
    reader.press("e");
    assert_eq!(reader.text(".end h4"), "The end: outcome 0. Not this time.");
    reader.press("r");
    assert!(rows().is_empty());
    reader.is_clean();
}

#[test]
fn a_hint_is_the_shortest_way_from_here() {
    let Some(reader) = course("hint") else { return };
    reader.press("1");
    assert_eq!(reader.text(".counts caption"), "Of 3 interleavings from here on:");
    let hint = "[...document.querySelectorAll('.counts tr')].find((row) => row.querySelector('th')?.textContent === '1').querySelector('button').click()";
    reader.value(&format!("({hint}, true)"));
    assert_eq!(
        reader.text(".way"),
        "The shortest way from here to 1: 2 ×2, 1, main."
    );
    reader.play("2 2 1 0");
    assert_eq!(reader.text(".end h4"), "The end: outcome 1. You have done it!");
    reader.is_clean();
}

#[test]
fn a_step_with_a_choice_asks_what_it_comes_to_and_a_deadlock_is_an_end() {
    let Some(reader) = course("choice") else { return };
    reader.navigate("#level-9");
    reader.play(&"2 ".repeat(11));
    reader.play("1 1 1");
    assert_eq!(reader.text(".live"), "Choose what the step comes to.");
    assert_eq!(reader.texts(".alternative"), ["wait", "return for no reason"]);
    reader.press("Enter");
    reader.play("2 2 2 2");
    assert_eq!(reader.text(".end h4"), "The end: deadlock. You have done it!");
    assert!(reader.text(".story").contains("notifications are not kept"));
    assert!(
        reader
            .text(".drawing .stuck")
            .contains("waits to be notified by cond")
    );
    reader.is_clean();
}
