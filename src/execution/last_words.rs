//! The last words: the findings that must not be lost if the process ends in the middle of an exploration.
//!
//! A program under test can take the process with it: it exits, overflows its stack, or panics in a destructor
//! while it unwinds. Then this text is written to standard error.

use selvedge_explorer as explorer;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The texts of the explorations that run now, by their numbers.
static RUNNING: Mutex<(u64, BTreeMap<u64, String>)> = Mutex::new((0, BTreeMap::new()));

/// The last words of one exploration; there are none any more when this is dropped.
#[derive(Debug)]
pub(crate) struct LastWords(u64);

impl LastWords {
    /// Prepares the words for an exploration that begins now; `found` is the report so far, if there is one.
    pub(crate) fn new(scenario: &str, engine: &str, found: Option<&str>) -> Self {
        let mut words = format!(
            "\nselvedge: the process was hit by a fault, an abort or an exit while {scenario} ran on {engine}.\n"
        );
        if let Some(found) = found {
            words += &format!("Found before that:\n\n{found}\n");
        }
        let mut number = 0;
        update(|last, running| {
            *last += 1;
            number = *last;
            running.insert(number, words);
        });
        LastWords(number)
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        update(|_, running| {
            running.remove(&self.0);
        });
    }
}

/// Changes the texts, and has the explorer write all of them if it comes to that.
fn update(change: impl FnOnce(&mut u64, &mut BTreeMap<u64, String>)) {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let (last, texts) = &mut *running;
    change(last, texts);
    let words = texts.values().map(String::as_str).collect::<String>();
    explorer::set_last_words(Some(words).filter(|words| !words.is_empty()));
}
