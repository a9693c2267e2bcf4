//! Scoped threads, shaped like `std`'s.
#![expect(unsafe_code, reason = "the compiler cannot see that the threads end in time")]

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Result, Thread};
use crate::runtime::{self, Guarded, ThreadHandle};

/// A scope, in which threads can be spawned that borrow from outside of it.
pub struct Scope<'scope, 'env: 'scope> {
    /// The threads that have been spawned in it.
    spawned: RefCell<Vec<ThreadHandle>>,
    /// `true` if a thread has panicked that was not joined by hand.
    panicked: Arc<AtomicBool>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

// SAFETY: all threads of an execution run on one OS thread; those outside of it can do nothing with a scope, as a
// primitive that they use panics first.
unsafe impl Sync for Scope<'_, '_> {}

/// An owned permission to join a scoped thread.
pub struct ScopedJoinHandle<'scope, T> {
    thread: Thread,
    packet: Arc<Packet<T>>,
    scope: PhantomData<&'scope ()>,
}

/// The place where a scoped thread leaves its result.
struct Packet<T> {
    result: Guarded<Option<Result<T>>>,
    panicked: Arc<AtomicBool>,
}

impl<T> Packet<T> {
    fn replace(&self, result: Option<Result<T>>) -> Option<Result<T>> {
        let mut place = self.result.try_take();
        let place = place.as_deref_mut();
        mem::replace(
            place.unwrap_or_else(|| runtime::impossible("a result is left before it is taken")),
            result,
        )
    }
}

impl<T> Drop for Packet<T> {
    /// Notes a panic that nobody can receive any more.
    fn drop(&mut self) {
        if let Some(Err(_)) = self.result.get_mut() {
            self.panicked.store(true, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle")
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

/// Runs the function with a scope, and waits until all threads that were spawned in it have ended.
///
/// # Panics
///
/// Outside an execution; if the function panics; and if a thread of the scope has panicked that was not joined by hand.
#[track_caller]
pub fn scope<'env, F, T>(function: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    /// Gives up the coroutine where the scope would be left although its threads have not ended: the execution is
    /// abandoned.
    struct Stay;

    impl Drop for Stay {
        fn drop(&mut self) {
            runtime::lose();
        }
    }

    runtime::must_run("a scope was opened");
    let location = Location::caller();
    let scope = Scope {
        spawned: RefCell::default(),
        panicked: Arc::default(),
        scope: PhantomData,
        env: PhantomData,
    };
    let stay = Stay;
    let result = panic::catch_unwind(AssertUnwindSafe(|| function(&scope)));
    // A thread of the scope can spawn more.
    let mut joined = 0;
    loop {
        let next = scope.spawned.borrow().get(joined).copied();
        let Some(thread) = next else { break };
        runtime::join(thread, location);
        joined += 1;
    }
    mem::forget(stay);
    match result {
        Err(payload) => panic::resume_unwind(payload),
        Ok(_) if scope.panicked.load(Ordering::Relaxed) => panic!("a scoped thread panicked"),
        Ok(value) => value,
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Spawns a thread in the scope.
    ///
    /// # Panics
    ///
    /// If there would be more than [`MAX_THREADS`](crate::MAX_THREADS).
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let packet = Arc::new(Packet {
            result: Guarded::new(None),
            panicked: Arc::clone(&self.panicked),
        });
        let theirs = Arc::clone(&packet);
        let job = move || drop(theirs.replace(Some(runtime::catch(body))));
        let job: Box<dyn FnOnce() + 'scope> = Box::new(job);
        // SAFETY: only the lifetime changes. `scope` does not return or unwind before the thread has ended; and the job
        // is used up by then. Where the execution is abandoned, either no code of it runs any more, or `scope` does not
        // come back.
        let job = unsafe { mem::transmute::<Box<dyn FnOnce() + 'scope>, Box<dyn FnOnce() + 'static>>(job) };
        let handle = runtime::spawn(job, Location::caller());
        self.spawned.borrow_mut().push(handle);
        ScopedJoinHandle {
            thread: Thread { handle, name: None },
            packet,
            scope: PhantomData,
        }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the thread to end, and returns its result.
    ///
    /// # Errors
    ///
    /// If the thread panicked: its payload.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        runtime::join(self.thread.handle, Location::caller());
        self.packet
            .replace(None)
            .unwrap_or_else(|| runtime::impossible("a thread that has ended has left its result"))
    }

    /// Returns a handle to the thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

#[cfg(test)]
mod tests {
    use crate::sync::atomic::AtomicI64;
    use crate::{Ending, Explorer, thread};
    use std::collections::BTreeMap;
    use std::sync::atomic::Ordering::SeqCst;

    fn endings(body: impl Fn() -> i64 + 'static) -> BTreeMap<String, u64> {
        let mut endings = BTreeMap::new();
        let summary = Explorer::new().explore(body, |execution| {
            let ending = match execution.ending() {
                Ending::Finished(value) => value.to_string(),
                Ending::Panic(panic) => panic.message.clone(),
                other => other.kind().to_owned(),
            };
            *endings.entry(ending).or_insert(0) += 1;
        });
        assert!(summary.is_ok());
        endings
    }

    #[test]
    fn threads_borrow_and_have_ended_after_the_scope() {
        let found = endings(|| {
            let counter = AtomicI64::new(0);
            thread::scope(|scope| {
                // Neither is joined by hand.
                scope.spawn(|| counter.store(counter.load(SeqCst) + 1, SeqCst));
                scope.spawn(|| counter.store(counter.load(SeqCst) + 1, SeqCst));
            });
            counter.load(SeqCst)
        });
        // Both load first, in two orders of the stores; or one is done before the other begins.
        assert_eq!(found, BTreeMap::from([("1".to_owned(), 2), ("2".to_owned(), 2)]));
    }

    #[test]
    fn a_thread_of_the_scope_spawns_another_and_results_are_returned() {
        let found = endings(|| {
            thread::scope(|scope| {
                let outer = scope.spawn(|| scope.spawn(|| 3).join().unwrap() + 1);
                outer.join().unwrap()
            })
        });
        assert_eq!(found, BTreeMap::from([("4".to_owned(), 1)]));
    }

    #[test]
    fn a_panic_that_nobody_joins_is_one_of_the_scope() {
        let found = endings(|| {
            thread::scope(|scope| {
                let _kept = scope.spawn(|| panic!("thrown"));
            });
            0
        });
        assert_eq!(found.into_keys().collect::<Vec<_>>(), ["thrown"]);
        let received =
            endings(|| thread::scope(|scope| i64::from(scope.spawn(|| panic!("thrown")).join().is_err())));
        assert_eq!(received.into_keys().collect::<Vec<_>>(), ["1"]);
    }

    #[test]
    fn a_scope_in_an_abandoned_execution_is_not_left() {
        // The thread of the scope waits for ever; both are unwound.
        let body = || {
            let text = String::from("borrowed");
            thread::scope(|scope| {
                scope.spawn(|| {
                    thread::park();
                    text.len()
                });
            });
        };
        let explorer = Explorer::new().spurious_wakeups(0);
        for unwinds in [false, true] {
            let explorer = explorer.clone().unwind_abandoned(unwinds);
            assert_eq!(explorer.explore(body, |_| ()).expect("deterministic").failures, 1);
        }
    }
}
