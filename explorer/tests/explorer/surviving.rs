//! The explorer survives the program under test: no abort, no loop past the end, nothing left changed, memory
//! flat.
//!
//! Each test runs in a process of its own, and that must exit with code 0, unless the test says otherwise.

mod destructors;
#[cfg(target_os = "linux")]
mod ends_of_the_process;
mod failures;
mod memory;
#[cfg(unix)]
mod panicking;
mod process_wide;
mod unwinding;

use crate::support::strict::strict;
use std::collections::BTreeMap;

use selvedge_explorer::{Ending, Explorer, Summary};

/// Calls the function when dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Explores the body, and returns how often it ended how, in words: the kind of the ending, and a panic's
/// message.
fn endings<O>(body: impl Fn() -> O + 'static) -> BTreeMap<String, u64> {
    endings_with(&strict(), body).1
}

fn endings_with<O>(explorer: &Explorer, body: impl Fn() -> O + 'static) -> (Summary, BTreeMap<String, u64>) {
    let mut endings = BTreeMap::new();
    let summary = explorer.explore(body, |execution| {
        let ending = match execution.ending() {
            Ending::Panic(panic) => format!("panic: {}", panic.message),
            ending => ending.kind().to_owned(),
        };
        *endings.entry(ending).or_insert(0) += 1;
    });
    (summary.expect("the program is deterministic"), endings)
}

/// Returns the table of endings that has these rows.
fn table<const N: usize>(rows: [(&str, u64); N]) -> BTreeMap<String, u64> {
    rows.map(|(ending, count)| (ending.to_owned(), count)).into()
}

/// Checks that nothing is left of what has been explored, on the exploring thread.
///
/// The count of panics is as it was, and the poisoning of locks is seen in a later exploration: with its
/// ending.
#[track_caller]
fn assert_nothing_is_left() {
    use selvedge_explorer::sync::{Arc, Mutex};
    use selvedge_explorer::thread;

    assert!(!std::thread::panicking() && !thread::panicking());
    assert!(!selvedge_explorer::in_execution());
    let poisons = || {
        let lock = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let _held = theirs.lock().unwrap();
            panic!("while it holds the lock");
        });
        let poisoned = lock.lock().is_err();
        assert!(!thread::panicking() && !std::thread::panicking());
        assert!(thread.join().is_err());
        assert!(lock.is_poisoned());
        poisoned
    };
    let mut seen = Vec::new();
    let summary = strict().explore(poisons, |execution| {
        seen.extend(execution.ending().finished().copied())
    });
    assert_eq!(summary.expect("it is deterministic").failures, 0);
    seen.sort_unstable();
    assert_eq!(seen, [false, true], "before the other thread, and after it");
}
