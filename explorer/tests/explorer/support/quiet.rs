//! Panics of explored programs, and of random trials that will be reported, without a word.

use selvedge_explorer::{in_execution, note_panic};
use selvedge_programs::is_trying;
use std::panic;
use std::sync::Once;

/// Lets the explorer know where threads panic, and keeps quiet about those of explored programs.
pub(crate) fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note_panic(info);
            if !in_execution() && !is_trying() {
                previous(info);
            }
        }));
    });
}
