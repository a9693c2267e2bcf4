//! The last words of the process: a text to be written if it ends in the middle of an exploration.
#![expect(unsafe_code, reason = "the text is owned by whoever takes the pointer to it")]

use std::ptr;
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

/// Takes the text, once. It is never freed: a signal handler may not do that.
#[cfg(unix)]
pub(super) fn take() -> Option<&'static str> {
    // SAFETY: as in `set`.
    unsafe { WORDS.swap(ptr::null_mut(), AcqRel).as_ref() }.map(String::as_str)
}
