//! The shortest ways, stepped through.

use crate::support::{course, html, page};
use selvedge::catalogue::Selection;
use selvedge::page::course::level;

#[test]
fn a_witness_is_stepped_forward_and_back() {
    let Some(reader) = course("witness") else { return };
    reader.click(".modes button", "how it comes to −1");
    let now = || reader.text(".drawing .now");
    assert_eq!(now(), "", "nothing has happened yet");
    assert_eq!(reader.texts(".drawing .later").len(), 5, "all of it is to come");
    assert_eq!(reader.text(".goes-next strong"), "thread 2");
    reader.play("ArrowRight ArrowRight ArrowRight");
    assert!(now().contains("store x: 0 → 1"), "{}", now());
    assert_eq!(reader.texts(".objects li"), ["x = 1"]);
    assert_eq!(reader.text(".slider"), "step 3 of 5");
    assert_eq!(reader.texts(".drawing .later").len(), 2);
    reader.press("ArrowLeft");
    assert!(now().starts_with("2thread 1: load x = 0"), "{}", now());
    assert_eq!(reader.texts(".objects li"), ["x = 0"]);
    reader.press("1");
    assert!(
        reader.text(".live").contains("go back to the game"),
        "a way that is shown is not played"
    );
    reader.play("ArrowRight ArrowRight ArrowRight ArrowRight");
    assert_eq!(reader.text(".live"), "This is the end of this way.");
    assert!(
        reader
            .text(".again")
            .starts_with("Again: selvedge replay unlocked 'unlocked 2×1 v")
    );
    // The read that went stale, the store that is lost, and the store over it are joined.
    assert_eq!(
        reader.value("document.querySelectorAll('.lane.lost-update.knot').length"),
        3
    );
    reader.click(".modes button", "your game");
    assert_eq!(reader.text(".nothing"), "Nothing has happened yet.");
    reader.is_clean();
}

#[test]
fn the_code_beside_it_shows_where_each_thread_is() {
    let Some(reader) = course("code") else { return };
    reader.press("2");
    let here = reader.texts(".code .here");
    assert_eq!(here.len(), 2, "{here:?}");
    assert!(
        here[0].contains("self.value.load(Relaxed)") && here[0].ends_with("thread 1"),
        "{here:?}"
    );
    assert!(
        here[1].contains("self.value.store(seen + delta") && here[1].ends_with("thread 2"),
        "{here:?}"
    );
    reader.is_clean();
}

#[test]
fn what_is_too_large_to_be_played_shows_its_witnesses() {
    let unlocked = Selection::named("unlocked").expect("it is there");
    let Some(reader) = page("large", &html([level(unlocked.sized(3, 2))])) else {
        return;
    };
    let why = "This scenario cannot be played here: it has more than 5,000 states.";
    assert!(
        reader.text(".no-game").starts_with(why),
        "{}",
        reader.text(".no-game")
    );
    assert_eq!(reader.texts(".modes button").len(), 7, "a way to each ending");
    assert_eq!(reader.texts(".threads button").len(), 0, "nothing can be played");
    reader.click(".modes button", "how it comes to 4");
    reader.press("e");
    assert_eq!(reader.texts(".objects li"), ["x = 4"]);
    reader.is_clean();
}
