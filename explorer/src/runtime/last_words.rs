//! The last words of the process: a text to be written if it ends in the middle of an exploration.
#![expect(unsafe_code, reason = "the text is owned by whoever takes the pointer to it")]

use std::ptr;
#[cfg(unix)]
use std::sync::OnceLock;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::AcqRel;

/// The text, on the heap; whoever takes the pointer out owns it. (A signal handler can take no lock.)
static WORDS: AtomicPtr<String> = AtomicPtr::new(ptr::null_mut());

/// Sets the text that is written to standard error if the process is aborted, ends by a fault, or exits;
/// `None` means that there is nothing to say. Does nothing on systems other than Unix.
pub(crate) fn set(words: Option<String>) {
    #[cfg(unix)]
    super::fault::install();
    let words = words.map_or(ptr::null_mut(), |words| Box::into_raw(Box::new(words)));
    let previous = WORDS.swap(words, AcqRel);
    if !previous.is_null() {
        // SAFETY: it comes from `into_raw`, and the swap has made it this thread's alone.
        drop(unsafe { Box::from_raw(previous) });
    }
}

/// Tells whether the calling OS thread runs code under test on an engine other than the explorer.
#[cfg(unix)]
static UNDER_TEST: OnceLock<fn() -> bool> = OnceLock::new();

/// Makes an exit a failure of the process where this is true of the calling OS thread.
#[cfg(unix)]
pub(crate) fn guard_exits(is_under_test: fn() -> bool) {
    super::fault::install();
    UNDER_TEST.get_or_init(|| is_under_test);
}

/// Returns `true` if the calling OS thread runs code under test on an engine other than the explorer.
#[cfg(unix)]
pub(super) fn is_under_test() -> bool {
    UNDER_TEST.get().is_some_and(|is_under_test| is_under_test())
}

/// Takes the text, once. It is never freed: a signal handler may not do that.
#[cfg(unix)]
pub(super) fn take() -> Option<&'static str> {
    // SAFETY: as in `set`.
    unsafe { WORDS.swap(ptr::null_mut(), AcqRel).as_ref() }.map(String::as_str)
}
