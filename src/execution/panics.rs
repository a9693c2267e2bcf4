//! Catching the panics of an execution's threads, without a word on standard error.
//!
//! A panic under exploration is a row of the outcome table, not a message. So a process-wide panic hook, put
//! around whatever hook is there when the first exploration starts, stays silent on a thread that is inside
//! [`catch`] and notes the message instead; every other panic of the process goes to the hook that was there.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// How many calls of [`catch`] this thread is inside of, over all coroutines that run on it.
    static CATCHING: Cell<usize> = const { Cell::new(0) };
    /// The message and location of the last panic that the hook saw on this thread.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic that [`catch`] caught.
pub(crate) struct Caught {
    /// The panic's message, with its location.
    pub(crate) message: String,
    /// What the thread panicked with.
    pub(crate) payload: Box<dyn Any + Send>,
}

/// Runs `body`, and returns its panic as an error, silently.
pub(crate) fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Caught> {
    install_hook();
    CATCHING.set(CATCHING.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    CATCHING.set(CATCHING.get() - 1);
    result.map_err(|payload| Caught {
        // An unwinding that was resumed rather than begun has not been through the hook.
        message: LAST.take().unwrap_or_else(|| text(&*payload).to_owned()),
        payload,
    })
}

fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() > 0 {
                LAST.set(Some(describe(info)));
            } else {
                previous(info);
            }
        }));
    });
}

/// Lets shuttle install its panic hook, and takes it out again.
///
/// At its first execution in a process shuttle wraps the panic hook in one that prints a schedule for *every*
/// panic, also those of code that has nothing to do with it. This has it happen now, on an execution that does
/// nothing, and restores the hook that was there.
pub(crate) fn quiet_panics_of_shuttle(run_once: impl FnOnce()) {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let previous = panic::take_hook();
        run_once();
        panic::set_hook(previous);
    });
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = text(info.payload());
    match info.location() {
        Some(location) => format!("{message} ({}:{})", file_name(location.file()), location.line()),
        None => message.to_owned(),
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}

/// The last component of a path, which is what tells a reader most.
fn file_name(path: &str) -> &str {
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
