//! Interned text: each text is kept once, for as long as the process lives.
//!
//! So what holds such a text is small and `Copy`. The texts are few: the names of objects, and the values
//! that drawings show.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Returns the text that is kept for this one.
pub(crate) fn interned(text: &str) -> &'static str {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.into());
    texts.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once() {
        let first = interned("a text that only this test keeps");
        assert!(std::ptr::eq(first, interned(&first.chars().collect::<String>())));
    }
}
