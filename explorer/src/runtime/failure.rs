//! Failures of the explorer itself, which are never taken for panics of the program under test.
//!
//! The explorer's code runs on the exploring thread, and on coroutines while the runtime is lent to it. If it
//! panics on a coroutine, the coroutine is left where it is (`Lent` in `runtime`), and the execution is over.
//! So all failures come out on the exploring thread, in [`own`].

use std::panic::{self, AssertUnwindSafe};

use super::{Runtime, panics, with};
use crate::limit::{self, Limit};
use crate::search::{Next, Stop};

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
    panic::catch_unwind(AssertUnwindSafe(code)).map_err(|payload| match limit::take() {
        Some(limit) => limit,
        None => bug(&panics::message(payload.as_ref())),
    })
}

/// Reports that the explorer has failed.
#[cold]
pub(super) fn bug(what: &str) -> ! {
    panic!("a bug of the explorer, not of the program under test: {what}")
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

    /// Explores the body, in which the explorer fails, and returns the message of the panic that comes out of it.
    fn message_of(body: impl Fn() + 'static) -> String {
        let explored = panic::catch_unwind(AssertUnwindSafe(|| Explorer::new().explore(body, |_| ())));
        let payload = explored.expect_err("the explorer has failed");
        assert!(!std::thread::panicking() && !crate::in_execution());
        assert_eq!(Explorer::new().explore(thread::park, |_| ()).unwrap().failures, 1);
        *payload.downcast::<String>().expect("a message")
    }

    #[test]
    fn a_failure_of_the_explorer_on_a_coroutine_is_no_panic_of_the_program() {
        let in_main = message_of(|| {
            let _ = panic::catch_unwind(|| impossible("on purpose"));
            unreachable!("the program does not notice");
        });
        assert!(
            in_main.starts_with("a bug of the explorer, not of the program under test"),
            "{in_main}"
        );
        let in_thread = message_of(|| {
            let fails = thread::spawn(|| with("a test", |runtime| drop(runtime.panics.remove(7))));
            drop(fails.join());
        });
        assert_eq!(in_thread, in_main);
    }

    #[test]
    fn a_failure_of_the_explorer_between_executions_says_what_it_was() {
        let message = message_of(|| {
            // The search now believes that there were more events than there are.
            with("a test", |runtime| runtime.search.position = 9);
        });
        let start = "a bug of the explorer, not of the program under test: ";
        assert!(
            message.starts_with(start) && message.len() > start.len() + 10,
            "{message}"
        );
    }
}
