//! The page on a phone, by keyboard alone, and for those who cannot see it, or not its colours.

use crate::support::course;
use serde_json::Value;

#[test]
fn on_a_phone_nothing_is_wider_than_the_window() {
    let Some(reader) = course("phone") else { return };
    reader.resize(320, 700);
    for level in 1..=10 {
        reader.navigate(&format!("#level-{level}"));
        let width = || reader.value("document.documentElement.scrollWidth");
        assert_eq!(width(), 320, "level {level}");
        reader.press("e");
        assert_eq!(width(), 320, "level {level}, played");
        for mode in reader.texts(".modes button") {
            reader.click(".modes button", &mode);
            reader.press("e");
            assert_eq!(width(), 320, "level {level}, {mode}");
        }
    }
    reader.is_clean();
}

#[test]
fn a_game_is_played_by_tab_and_enter_alone() {
    let Some(reader) = course("keyboard") else { return };
    let focused = "document.activeElement.dataset.focus ?? null";
    let tab_to = |wanted: &str| {
        for _ in 0..60 {
            if reader.value(focused) == wanted {
                return;
            }
            reader.press("Tab");
        }
        panic!("{wanted} is never reached");
    };
    tab_to("thread-1");
    let outline = "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth";
    assert_eq!(reader.value(outline), "solid3px", "the focus can be seen");
    reader.press("Enter");
    assert_eq!(reader.value(focused), "thread-1", "the focus stays where it was");
    reader.value("document.activeElement.blur()");
    tab_to("thread-0");
    reader.play("Enter Enter");
    tab_to("thread-1");
    reader.press("Enter");
    tab_to("thread-2");
    reader.press("Enter");
    assert_eq!(reader.text(".end h4"), "The end: outcome −1. You have done it!");
    reader.is_clean();
}

#[test]
fn single_keys_can_be_switched_off() {
    let Some(reader) = course("off") else { return };
    reader.click("#keys", "");
    reader.play("1 e");
    assert_eq!(reader.text(".nothing"), "Nothing has happened yet.");
    reader.click("#keys", "");
    reader.press("1");
    assert_eq!(reader.texts(".drawing .row:not(.head)").len(), 1);
}

#[test]
fn what_happens_is_said_and_everything_has_a_name() {
    let Some(reader) = course("said") else { return };
    assert_eq!(
        reader.value("document.querySelector('#said').getAttribute('aria-live')"),
        "polite"
    );
    reader.play("2 1 1 2");
    assert_eq!(
        reader.text(".live"),
        "Step 4, thread 2: store x: 1 → −1, overwrites thread 1's update. Now x = −1."
    );
    assert_eq!(
        reader.text("#said"),
        reader.text(".live"),
        "what is shown is said"
    );
    // The element stays, or else a screen reader says nothing.
    reader.value("(window.said = document.getElementById('said'), true)");
    reader.press("0");
    assert_eq!(
        reader.value("window.said === document.getElementById('said')"),
        true
    );
    let told = reader.text("#said");
    assert!(told.ends_with("and thread 1's update was lost."), "{told}");
    let nameless = "[...document.querySelectorAll('button, a, input')].filter((control) => !(control.textContent.trim() \
                    || control.getAttribute('aria-label') || control.closest('label')?.textContent.trim())).length";
    assert_eq!(reader.value(nameless), 0);
    let regions = reader.value(
        "['header', 'nav', 'main', 'aside', 'footer'].map((tag) => document.querySelectorAll(tag).length)",
    );
    assert_eq!(regions, serde_json::json!([1, 1, 1, 1, 1]));
    // No heading skips a rank.
    let ranks = reader.value(
        "[...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]))",
    );
    let ranks: Vec<u64> = ranks
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    assert!(ranks.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{ranks:?}");
    assert_eq!(ranks[0], 1);
}

/// Returns the texts whose contrast with what is behind them is below 4.5 to 1, as WCAG 2.2 requires (AA).
const PALE: &str = "(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) => !element.closest('script, noscript')
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
  return texts.filter((element) => {
    const [one, other] = [parse(getComputedStyle(element).color), behind(element)].map(light).sort((a, b) => b - a);
    return (one + 0.05) / (other + 0.05) < 4.5;
  }).map((element) => element.className + ': ' + element.textContent);
})()";

#[test]
fn all_text_stands_out_in_light_and_in_dark() {
    let Some(reader) = course("contrast") else { return };
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        reader.prefer(scheme);
        reader.navigate("#level-1");
        reader.play("2 1 1 2 0");
        assert_eq!(reader.value(PALE), serde_json::json!([]), "{scheme}");
        papers.push(reader.value("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(papers[0], papers[1], "there are two schemes");
}
