//! Failures of the explorer itself, which are never taken for panics of the program under test.
//!
//! The explorer's code runs on the exploring thread, and on coroutines while the runtime is lent to it. If it
//! panics on a coroutine, the coroutine is left where it is (`Lent` in `runtime`), and the execution is over.
//! So all failures come out on the exploring thread, in [`attempt`].

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use super::{Runtime, panics, with};
use crate::limit::{self, Limit};
use crate::search::{Next, Stop};

thread_local! {
    /// The message of the explorer's last panic on a coroutine, where its payload stays, if a panic hook has
    /// noted it.
    static NOTED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes a panic of the explorer on a coroutine; to be called from a panic hook.
#[cold]
pub(super) fn note(info: &PanicHookInfo<'_>) {
    NOTED.set(Some(info.to_string()));
}

/// A failure of the explorer itself.
pub(super) enum Failure {
    /// The program has run into a limit.
    Limit(Limit),
    /// The explorer has panicked, with this message.
    Panic(String),
}

impl Failure {
    /// Returns the limit.
    ///
    /// # Panics
    ///
    /// If the explorer has panicked, with a message that says that this is a bug of the explorer.
    pub(super) fn into_limit(self) -> Limit {
        match self {
            Self::Limit(limit) => limit,
            Self::Panic(what) => bug(&what),
        }
    }
}

/// Runs code of the explorer's own, which must not call the program's code.
///
/// # Errors
///
/// If it reaches a limit.
///
/// # Panics
///
/// If it panics, with a message that says that this is a bug of the explorer.
pub(crate) fn own<R>(code: impl FnOnce() -> R) -> Result<R, Limit> {
    attempt(code).map_err(Failure::into_limit)
}

/// Runs code of the explorer's own, which must not call the program's code.
pub(super) fn attempt<R>(code: impl FnOnce() -> R) -> Result<R, Failure> {
    panic::catch_unwind(AssertUnwindSafe(code)).map_err(|payload| match limit::take() {
        Some(limit) => Failure::Limit(limit),
        None => Failure::Panic(panics::message(payload.as_ref())),
    })
}

/// Reports that the explorer has failed.
#[cold]
pub(super) fn bug(what: &str) -> ! {
    panic!("a bug of the explorer, not of the program under test: {what}")
}

/// Reports that the explorer has failed, on a coroutine.
#[cold]
pub(super) fn bug_on_coroutine() -> ! {
    let noted = NOTED.take();
    bug(noted
        .as_deref()
        .unwrap_or("it has panicked with the message above"))
}

/// Reports, on a coroutine, that something is as it cannot be: the explorer has failed.
#[cold]
pub(crate) fn impossible(what: &str) -> ! {
    with("the explorer failed", |_| panic!("{what}"))
}

impl Runtime {
    /// Ends the execution because the explorer has failed, on a coroutine.
    #[cold]
    pub(super) fn fail(&mut self) {
        self.runnable = 0;
        self.next = Some(Next::Stop(Stop::Failed));
    }
}

#[cfg(test)]
mod tests {
    use super::impossible;
    use crate::runtime::with;
    use crate::{Explorer, thread};
    use std::panic::{self, AssertUnwindSafe};

    /// Explores the body, in which the explorer fails, and returns the message of the panic that comes out of
    /// it.
    fn message_of(body: impl Fn() + 'static) -> String {
        let explored = panic::catch_unwind(AssertUnwindSafe(|| Explorer::new().explore(body, |_| ())));
        let payload = explored.expect_err("the explorer has failed");
        assert!(!std::thread::panicking() && !crate::in_execution());
        assert_eq!(Explorer::new().explore(thread::park, |_| ()).unwrap().failures, 1);
        *payload.downcast::<String>().expect("a message")
    }

    #[test]
    fn a_failure_of_the_explorer_on_a_coroutine_is_no_panic_of_the_program() {
        let start = "a bug of the explorer, not of the program under test: ";
        let in_main = message_of(|| {
            let _ = panic::catch_unwind(|| impossible("on purpose"));
            unreachable!("the program does not notice");
        });
        assert!(in_main.starts_with(start), "{in_main}");
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            crate::note_panic(info);
            previous(info);
        }));
        let in_thread = message_of(|| drop(thread::spawn(|| impossible("on purpose")).join()));
        let noted =
            in_thread.starts_with(&format!("{start}panicked at ")) && in_thread.ends_with("on purpose");
        assert!(noted, "{in_thread}");
    }

    #[test]
    fn a_failure_of_the_explorer_in_an_abandoned_destructor_is_reported() {
        struct Fails;
        impl Drop for Fails {
            fn drop(&mut self) {
                impossible("on purpose")
            }
        }
        let body = || {
            let _fails = Fails;
            thread::park();
        };
        let explorer = Explorer::new().unwind_abandoned(true);
        let explored = panic::catch_unwind(AssertUnwindSafe(|| explorer.explore(body, |_| ())));
        let payload = explored.expect_err("the explorer has failed");
        assert!(
            payload
                .downcast::<String>()
                .is_ok_and(|message| message.starts_with("a bug of the explorer"))
        );
        assert!(!std::thread::panicking() && !crate::in_execution());
    }

    #[test]
    fn a_failure_of_the_explorer_between_executions_says_what_it_was() {
        let message = message_of(|| {
            // The search now believes that there were more events than there are.
            with("a test", |runtime| runtime.program.position = 9);
        });
        let start = "a bug of the explorer, not of the program under test: ";
        assert!(
            message.starts_with(start) && message.len() > start.len() + 10,
            "{message}"
        );
    }
}
