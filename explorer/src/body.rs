//! The body of the program under test, which the executions share.

use std::rc::Rc;

use super::runtime;

/// The body of the program under test: what its main thread does.
pub(super) struct Body<F> {
    body: Rc<F>,
    /// `true` if a coroutine that is leaked keeps a share of the body, and so all that the body refers to.
    ///
    /// Real scoped threads, for instance, may refer for ever to a stack that is never used again.
    outlives_leaks: bool,
}

impl<F: Fn() -> O + 'static, O> Body<F> {
    /// Lets executions share the body; `unwind_abandoned` is whether coroutines can be leaked.
    pub(super) fn new(body: F, unwind_abandoned: bool) -> Self {
        Self {
            body: Rc::new(body),
            outlives_leaks: unwind_abandoned,
        }
    }

    /// Runs the body as the main thread's whole job; returns its output unless it panics.
    pub(super) fn run(&self) -> Option<O> {
        let share = self.outlives_leaks.then(|| Rc::clone(&self.body));
        let body = share.as_deref().unwrap_or(&self.body);
        runtime::catch(body).ok()
    }
}
