//! A coroutine for the threads of the program: it does one job after the other.
#![expect(unsafe_code, reason = "the compiler does not know that a stack is used again")]

use std::mem::ManuallyDrop;

use corosensei::stack::DefaultStack;

type Inner = corosensei::Coroutine<(), (), (), DefaultStack>;

/// A coroutine and its stack.
///
/// Neither dropping it nor [resetting](Self::reset) it runs the destructors of what lies on its stack.
pub(super) struct Coroutine {
    inner: ManuallyDrop<Inner>,
}

impl Coroutine {
    /// Creates a coroutine that waits for a job.
    pub(super) fn on(stack: DefaultStack) -> Self {
        Self {
            inner: ManuallyDrop::new(Inner::with_stack(stack, |yielder, ()| super::work(yielder))),
        }
    }

    /// Runs the coroutine until it is suspended.
    #[inline]
    pub(super) fn resume(&mut self) {
        self.inner.resume(());
    }

    /// Gives up what the coroutine is doing, and makes it wait for a job.
    ///
    /// Everything on its stack is leaked: no destructor is run. The stack is used again.
    #[cold]
    pub(super) fn reset(&mut self) {
        // SAFETY: (1) `take` moves the coroutine out, and a new one is put in its place; nothing in between
        // panics, as the coroutine is done once it is reset, and `on` only writes a few words to the stack.
        //
        // (2) Nothing runs on the stack again: only `resume` would run it, and the coroutine that it resumes
        // is the new one.
        //
        // (3) Nothing is left that points into the stack and is used again:
        // - The explorer keeps no such pointer. The yielder's is set at the beginning of a coroutine and
        //   whenever one is resumed; handles of objects and threads are numbers; jobs, results and what locks
        //   protect are the program's, on the heap or on the stacks of the same execution.
        // - The other threads of the program belong to the same execution, which is over: they are reset as
        //   well, or have ended.
        // - What outlives the execution (statics, thread-locals, what the body has captured, results of other
        //   threads) is `'static`, so safe code keeps no reference to the stack there.
        // - Code that is built on the promise that a frame is left only by a return or by unwinding can keep
        //   a pointer all the same: `std::thread::scope`, whose threads are real ones, and a pinned value
        //   that has registered itself in something that outlives the execution. That is ruled out by what
        //   `Explorer::explore` asks of the body, and `Explorer::unwind_abandoned` is there for such
        //   programs.
        unsafe {
            let mut inner = ManuallyDrop::take(&mut self.inner);
            inner.force_reset();
            std::ptr::write(self, Self::on(inner.into_stack()));
        }
    }
}

impl Drop for Coroutine {
    fn drop(&mut self) {
        // SAFETY: it is not used again, and nothing is left that points into its stack: see `reset`. A
        // coroutine without a job has nothing on its stack that needs to be dropped.
        unsafe {
            self.inner.force_reset();
            ManuallyDrop::drop(&mut self.inner);
        }
    }
}
