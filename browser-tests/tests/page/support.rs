//! Pages to be tested, each open in a browser.

use selvedge::engine::Budget;
use selvedge::page::{Level, Page, course};
use selvedge_browser_tests::{Reader, chromium};
use std::sync::OnceLock;

/// Returns the page of the whole course, with one operation for each thread.
pub(crate) fn course_page() -> &'static str {
    static HTML: OnceLock<String> = OnceLock::new();
    HTML.get_or_init(|| html(course::selections().map(|selection| course::level(selection.sized(2, 1)))))
}

/// Returns the page of these levels.
pub(crate) fn html(levels: impl IntoIterator<Item = Level>) -> String {
    Page::explore(levels, |_| Budget::default())
        .html()
        .expect("a page")
}

/// Opens the page of the course; `None` without a browser.
pub(crate) fn course(name: &str) -> Option<Reader> {
    Some(Reader::open(&chromium()?, name, course_page()))
}

/// Opens a page of its own; `None` without a browser.
pub(crate) fn page(name: &str, html: &str) -> Option<Reader> {
    Some(Reader::open(&chromium()?, name, html))
}
