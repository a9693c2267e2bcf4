//! A page with a scenario of a user's, whose words are hostile.

use crate::support::page;
use selvedge::backend::{Atomic, AtomicInteger, Backend, Join};
use selvedge::page::Page;
use selvedge::{Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

struct Hostile;

const NAME: &str = "</script><script>window.broken = 1</script><img src=x onerror=\"window.broken = 1\">";

impl Scenario for Hostile {
    type Outcome = i64;

    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn lesson(&self) -> String {
        NAME.to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let next = Arc::new(B::AtomicI64::new(1).named("<b onclick=\"window.broken = 1\">"));
        let other = Arc::clone(&next);
        let thread = B::spawn(move || other.fetch_add(1, Relaxed));
        next.fetch_add(1, Relaxed);
        thread.join().expect("it ends")
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(1, NAME).required(2, NAME)
    }

    fn describe(&self, outcome: &i64) -> String {
        format!("{NAME}{outcome}")
    }
}

#[test]
fn the_words_of_a_user_are_shown_and_do_nothing() {
    let html = Page::of(Hostile).html().expect("a page");
    let Some(reader) = page("hostile", &html) else {
        return;
    };
    assert_eq!(reader.text("h2"), NAME);
    assert_eq!(
        reader.texts(".outcomes tbody th"),
        [format!("{NAME}1"), format!("{NAME}2")]
    );
    reader.play("0 1");
    assert!(reader.text(".end h4").contains(NAME), "it can be played");
    assert!(reader.text(".drawing").contains("fetch_add <b onclick="));
    assert_eq!(reader.value("window.broken ?? null"), serde_json::Value::Null);
    assert_eq!(
        reader.value("document.querySelectorAll('img, b, script').length"),
        2,
        "the page's own two scripts"
    );
    reader.is_clean();
}

#[test]
fn what_a_page_asks_for_and_what_its_scripts_say_would_be_seen() {
    let html =
        "<!doctype html><title>x</title><img src=\"file:///no/such.png\"><script>console.warn('hm')</script>";
    let Some(reader) = page("unclean", html) else {
        return;
    };
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reader.is_clean()));
    assert!(caught.is_err(), "this page is not clean");
}
