//! Catches the panics of an execution's threads, and keeps them off standard error.
//!
//! A panic under exploration is a row of the outcome table, not a message. So the first exploration installs
//! a process-wide panic hook around the hook that is there. On a thread inside [`catch`] it stays silent and
//! notes the message; every other panic of the process goes to the previous hook.

#[cfg_attr(feature = "shuttle", path = "panics/shuttle.rs")]
#[cfg_attr(not(feature = "shuttle"), path = "panics/nobody.rs")]
mod foreign;

use selvedge_explorer as explorer;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// The number of calls of [`catch`] that this thread is in, over all coroutines that run on it.
    static CATCHING: Cell<usize> = const { Cell::new(0) };
    /// The panics that the hook has seen on this thread and that no [`catch`] has caught yet. There is more
    /// than one if coroutines take turns while they unwind.
    static SEEN: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
    /// The last panics on which the hook was silent on this thread.
    static LATEST: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
}

/// A panic, as the hook saw it.
#[derive(Default)]
struct Seen {
    message: String,
    file: String,
    line: u32,
}

impl Seen {
    /// Returns the message, with the location.
    fn described(&self) -> String {
        format!("{} ({}:{})", self.message, file_name(&self.file), self.line)
    }
}

/// A panic that [`catch`] caught.
#[derive(Debug)]
pub(crate) struct Caught {
    /// The panic's message, with its location.
    pub(crate) message: String,
    /// The file that the panic comes from; empty if it was resumed.
    pub(crate) file: String,
    /// The panic's payload.
    pub(crate) payload: Box<dyn Any + Send>,
}

/// Runs `body`, and returns its panic as an error, silently.
pub(crate) fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Caught> {
    install_hook();
    CATCHING.set(CATCHING.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    CATCHING.set(CATCHING.get() - 1);
    result.map_err(caught)
}

/// Describes a panic that has just been caught.
fn caught(payload: Box<dyn Any + Send>) -> Caught {
    let text = text(&*payload);
    // A panic that was resumed rather than begun has not been through the hook.
    match take_seen(text) {
        Some(seen) => Caught {
            message: seen.described(),
            file: seen.file,
            payload,
        },
        None => Caught {
            message: text.to_owned(),
            file: String::new(),
            payload,
        },
    }
}

/// Returns the panic that unwinds this thread: the last that the hook has seen here.
pub(crate) fn unwinding() -> Option<Caught> {
    SEEN.try_with(|seen| {
        seen.borrow().last().map(|seen| Caught {
            message: seen.described(),
            file: seen.file.clone(),
            payload: Box::new(()),
        })
    })
    .ok()?
}

/// Takes the last panic with this message from those that the hook has seen.
fn take_seen(message: &str) -> Option<Seen> {
    SEEN.with_borrow_mut(|seen| {
        let last = seen.iter().rposition(|seen| seen.message == message)?;
        Some(seen.remove(last))
    })
}

/// Keeps the panics of executions silent from now on, and makes an exit in an execution a failure.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        explorer::guard_exits(|| CATCHING.get() > 0);
        let previous = panic::take_hook();
        foreign::install_hooks();
        panic::set_hook(Box::new(move |info| {
            // The explorer catches the panics of executions itself, and asks for the location.
            explorer::note_panic(info);
            let is_silent = explorer::in_execution() || CATCHING.get() > 0;
            if is_silent && !aborts(info) {
                note_recent(info);
                if !explorer::in_execution() {
                    SEEN.with_borrow_mut(|seen| seen.push(see(info)));
                }
                return;
            }
            if is_silent {
                tell_recent();
            }
            previous(info);
        }));
    });
}

/// The number of panics that are told when one aborts the process: the cause is among them.
const RECENT: usize = 4;

/// Notes a silent panic, in case that a later one aborts the process.
fn note_recent(info: &PanicHookInfo<'_>) {
    // The thread may be ending.
    let _ = LATEST.try_with(|latest| {
        let mut latest = latest.borrow_mut();
        if latest.len() == RECENT {
            latest.remove(0);
        }
        latest.push(see(info));
    });
}

/// Tells the last silent panics of this thread, on standard error.
fn tell_recent() {
    let mut error = io::stderr().lock();
    let _ = LATEST.try_with(|latest| {
        for seen in latest.borrow_mut().drain(..) {
            // There is nobody else to tell.
            let _ = writeln!(
                error,
                "selvedge: before the abort, a thread panicked: {}",
                seen.described()
            );
        }
    });
}

/// Returns `true` for a panic after which the process is aborted, whoever would catch it.
///
/// Only the messages of `core` tell: one is for a destructor that panics while a panic unwinds, the others are
/// for code that cannot unwind and for checks of undefined behaviour.
fn aborts(info: &PanicHookInfo<'_>) -> bool {
    const MESSAGES: [&str; 6] = [
        "panic in a destructor during cleanup",
        "panic in a function that cannot unwind",
        "unsafe precondition(s) violated",
        "null pointer dereference occurred",
        "misaligned pointer dereference",
        "trying to construct an enum from an invalid value",
    ];
    let text = text(info.payload());
    MESSAGES.iter().any(|message| text.starts_with(message))
}

fn see(info: &PanicHookInfo<'_>) -> Seen {
    let message = text(info.payload()).to_owned();
    match info.location() {
        Some(location) => Seen {
            message,
            file: location.file().to_owned(),
            line: location.line(),
        },
        None => Seen {
            message,
            ..Seen::default()
        },
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}

/// Returns the last component of a path, which tells a reader the most.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_has_its_message_and_line() {
        let line = line!() + 1;
        let caught = catch(|| panic!("the {} is gone", "cat")).expect_err("the body panics");
        assert_eq!(caught.message, format!("the cat is gone (panics.rs:{line})"));
        assert_eq!(text(&*caught.payload), "the cat is gone");
    }

    #[test]
    fn catches_nest() {
        let outer = catch(|| {
            let inner = catch(|| panic!("inner")).expect_err("the body panics");
            assert!(inner.message.starts_with("inner"));
            panic!("outer")
        });
        assert!(outer.expect_err("the body panics").message.starts_with("outer"));
        assert_eq!(CATCHING.get(), 0);
    }

    #[test]
    fn a_payload_that_is_no_text_is_caught() {
        let caught = catch(|| panic::panic_any(7)).expect_err("the body panics");
        assert!(
            caught.message.starts_with("a panic without a message"),
            "{}",
            caught.message
        );
    }
}
