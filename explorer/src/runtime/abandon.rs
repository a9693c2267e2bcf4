//! Abandoning the threads that an execution leaves behind: those that cannot go on, or are not to.
//!
//! By default their coroutines are reset: no code of the program runs any more, and what they own is leaked.
//!
//! If [`Explorer::unwind_abandoned`](crate::Explorer::unwind_abandoned) is on, they are unwound instead: each
//! is resumed with a panic of our own, and operations in the destructors that run then change nothing. A
//! destructor that would have to wait for another abandoned thread, or does not come to an end, has its
//! coroutine leaked, stack and all.

use super::worker::Worker;
use super::{Runtime, failure};
use crate::limit;
use crate::object::threads_in;
use crate::search::{Next, Stop};

impl Runtime {
    /// Lets go of the threads that the last execution has left behind; they are not unwound if the explorer
    /// `failed`.
    #[cold]
    pub(super) fn release(&mut self, failed: bool) {
        if self.unwind_abandoned && !failed {
            self.unwind_live_threads();
        }
        for thread in threads_in(self.live_threads()) {
            match self.unwind_abandoned {
                true => self.leak(usize::from(thread)),
                false => self.workers[usize::from(thread)].reset(),
            }
        }
    }

    /// Returns the threads that have been started and have not ended, as a bit set.
    fn live_threads(&self) -> u32 {
        let workers = self.workers.iter().enumerate();
        let live = workers.filter(|(_, worker)| !worker.idle);
        live.fold(0, |set, (index, _)| set | 1 << index)
    }

    /// Unwinds all live threads, as far as that can be done.
    fn unwind_live_threads(&mut self) {
        self.abandoning = true;
        self.abandoned_operations = 0;
        let live = self.live_threads();
        let unwinding = threads_in(live).filter(|&thread| self.workers[usize::from(thread)].unwinding);
        let unwinding: u32 = unwinding.fold(0, |set, thread| set | 1 << thread);
        // Where the count of panics is not exact, those that unwind already come first: until they have
        // ended, `std::thread::panicking` is true for all.
        for thread in threads_in(unwinding).chain(threads_in(live & !unwinding)) {
            self.resume(thread);
        }
        self.abandoning = false;
        // A limit that was reached in a destructor has ended the destructor, and no more.
        if self.next.take() == Some(Next::Stop(Stop::Failed)) && limit::take().is_none() {
            failure::bug_on_coroutine();
        }
    }

    /// Gives up a coroutine, with all that is on its stack.
    fn leak(&mut self, index: usize) {
        std::mem::forget(std::mem::replace(&mut self.workers[index], Worker::new()));
    }
}
