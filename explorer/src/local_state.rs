//! State that a library of primitives keeps for one execution.
//!
//! A face of another shape on these primitives (that of loom, say) has to remember things about the current execution:
//! the values of thread-locals, or what has been allocated. Kept in a thread-local of the host, they would outlive an
//! execution that is abandoned. So the runtime keeps them, and drops them with the execution.

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use super::ending::PanicInfo;
use super::identity::ThreadId;
use super::runtime;

/// State of the current execution, kept by the explorer; see [`local_state`].
///
/// It is dropped after the execution, where no primitive can be used any more: values of the program under test that are
/// still in it must not be dropped then, but leaked.
pub trait LocalState: Default + 'static {
    /// Returns the fault that the state shows at the end of an execution in which all threads have ended.
    fn fault(&self) -> Option<Fault> {
        None
    }
}

/// A fault that is seen only when an execution has ended, such as a leak. It counts as a panic.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The thread at which the fault is shown.
    pub thread: ThreadId,
    /// The message.
    pub message: String,
    /// Its place.
    pub location: &'static Location<'static>,
}

/// Returns the state of this type of the current execution, made when it is first asked for; `None` outside executions.
///
/// # Examples
///
/// ```
/// use selvedge_explorer::{Explorer, LocalState, local_state};
/// use std::cell::Cell;
///
/// #[derive(Default)]
/// struct Calls(Cell<u32>);
///
/// impl LocalState for Calls {}
///
/// let summary = Explorer::new().explore(
///     || {
///         let calls = local_state::<Calls>().expect("in an execution");
///         calls.0.set(calls.0.get() + 1);
///         assert_eq!(local_state::<Calls>().expect("in an execution").0.get(), 1);
///     },
///     |_| (),
/// )?;
/// assert_eq!(summary.failures, 0);
/// assert!(local_state::<Calls>().is_none());
/// # Ok::<(), selvedge_explorer::NondeterminismError>(())
/// ```
pub fn local_state<S: LocalState>() -> Option<Rc<S>> {
    if !runtime::in_execution() {
        return None;
    }
    let known = runtime::local_states(|states| states.get::<S>())?;
    // It is made out here: it is the caller's code.
    known.or_else(|| {
        let made = Rc::new(S::default());
        runtime::local_states(|states| states.0.push(Rc::<S>::clone(&made)));
        Some(made)
    })
}

/// A state whose type is known to its owner alone.
trait AnyState {
    fn fault(&self) -> Option<Fault>;
    fn into_any(self: Rc<Self>) -> Rc<dyn Any>;
    fn as_any(&self) -> &dyn Any;
}

impl<S: LocalState> AnyState for S {
    fn fault(&self) -> Option<Fault> {
        LocalState::fault(self)
    }

    fn into_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The states of an execution: one of each type.
#[derive(Default)]
pub(crate) struct LocalStates(Vec<Rc<dyn AnyState>>);

impl fmt::Debug for LocalStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LocalStates").field(&self.0.len()).finish()
    }
}

impl LocalStates {
    /// Returns the state of this type, if there is one.
    fn get<S: LocalState>(&self) -> Option<Rc<S>> {
        let known = self.0.iter().find(|state| state.as_any().is::<S>())?;
        Rc::clone(known).into_any().downcast().ok()
    }

    /// Returns the first fault, as a panic.
    pub(crate) fn fault(&self) -> Option<PanicInfo> {
        let fault = self.0.iter().find_map(|state| state.fault())?;
        Some(PanicInfo {
            thread: fault.thread,
            message: fault.message,
            location: Some(fault.location.into()),
        })
    }
}
