//! The API of [loom](https://docs.rs/loom/0.7) on the explorer of Selvedge: loom tests, unchanged, with complete
//! exploration, weak memory, and drawings of what goes wrong.
//!
//! A crate with loom tests switches by one line in its `Cargo.toml`:
//!
//! ```toml
//! [target.'cfg(loom)'.dependencies]
//! loom = { package = "selvedge-loom", version = "0.1" }
//! ```
//!
//! # Examples
//!
//! ```should_panic
//! use loom::sync::Arc;
//! use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
//! use loom::thread;
//!
//! loom::model(|| {
//!     let counter = Arc::new(AtomicUsize::new(0));
//!     let theirs = Arc::clone(&counter);
//!     let thread = thread::spawn(move || theirs.store(theirs.load(Relaxed) + 1, Relaxed));
//!     counter.store(counter.load(Relaxed) + 1, Relaxed);
//!     thread.join().unwrap();
//!     assert_eq!(counter.load(Relaxed), 2); // panics: an update can be lost
//! });
//! ```
//!
//! # What a check does
//!
//! [`model()`] explores every execution under sequential consistency: one interleaving of each that differ. If accesses have
//! raced that are not all `SeqCst`, it goes on to every execution graph that C11 allows (apart from load buffering).
//! The first failure ends it, with a report: what happened, a drawing in columns, the story, the memory model, and a
//! line that replays it, under a debugger too.
//!
//! | variable | meaning |
//! |---|---|
//! | `SELVEDGE_LOG` | say what was proved, or what was left out, for each model |
//! | `SELVEDGE_MEMORY` | `auto` (the default), or one model alone: `sc`, `ra` or `rc11` |
//! | `SELVEDGE_REPLAY` | replay one execution, as a report says it |
//! | `LOOM_…` | as with loom; see [`Builder`](model::Builder) |
//!
//! A check that has left something out says so on standard error in any case.
//!
//! # What differs from loom
//!
//! Nothing that passes with loom has to be changed. What is more, or is different:
//!
//! | item | difference |
//! |---|---|
//! | the search | It is complete, and executes nothing twice under sequential consistency. |
//! | `SeqCst` | means it; loom takes accesses as `AcqRel`. |
//! | threads | up to [`MAX_THREADS`], the main thread included; the main thread is called `main`. |
//! | a panic | fails the check, as with loom; the other threads run to their end first. |
//! | a deadlock | is reported with all threads, what each waits for, and who holds it; it does not abort the process. |
//! | loops that poll | come to an end by themselves; `yield_now` and `spin_loop` do nothing. |
//! | `compare_exchange_weak` | may fail for no reason, up to 4 times for each thread. |
//! | `park`, `Condvar::wait` | may return for no reason, up to 4 times for each thread. |
//! | `Condvar::wait_timeout` | may time out; loom's never does. |
//! | [`sync::RwLock`] | A writer that waits may keep new readers out, or may not: both are explored. |
//! | [`sync::Mutex`] | is poisoned by a panic, as `std`'s; its guards are `must_use`. |
//! | [`sync::Notify`] | `wait` does not return for no reason. loom's may, once. |
//! | [`sync::Arc`] | Drops are events only where a destructor runs or the program asks for the count. |
//! | [`cell::UnsafeCell`] | Accesses are spans, as with loom; the thread stops before an access that would be a fault. |
//! | `unsync_load`, `with_mut` of atomics | are relaxed accesses. That they are not concurrent with others is *not* checked. |
//! | [`future::block_on`] | polls once for no reason in each call, as an alternative. |
//! | [`future::AtomicWaker`] | Each operation is one step. |
//! | [`alloc`] | Memory that was freed twice is reported with both places, and nothing is freed twice in fact. |
//! | [`lazy_static!`] | Others wait for the thread that makes the value; it is dropped when all threads have ended. |
//! | [`thread_local!`] | Values are destroyed after a panic, too. |
//! | [`explore`](explore()), [`stop_exploring`] | have no meaning: everything is explored. |
//! | [`skip_branch`] | ends the calling thread's part; the others go on. |
//! | `max_branches` | counts events, loosely; a longer execution is cut off, which is said, and is no failure. |
//! | `preemption_bound` | is used only if the whole search does not end. |
//! | checkpoints, `location`, `max_threads` | have no effect. |
//!
//! New are [`thread::scope`], [`thread::park_timeout`], [`sync::Weak`], [`sync::Once`], [`sync::OnceLock`],
//! [`sync::LazyLock`], [`sync::mpsc::sync_channel`] and a [`sync::Barrier`] that works.
//!
//! # What a model must be
//!
//! It must do the same after the same history: no addresses may decide, no time, no randomness, and no memory that outlives
//! an execution. Threads that an execution leaves behind (in a deadlock, say) are abandoned: their destructors do not run.
//! A model that is not deterministic fails, and says where; if it is so only under C11, the check says that it has left that
//! out.
//!
//! The first model in a process wraps the panic hook: a panic within a model is told in the report, and not by itself.

pub mod alloc;
pub mod cell;
mod execution;
pub mod future;
pub mod hint;
pub mod lazy_static;
mod leaks;
pub mod model;
pub mod sync;
pub mod thread;

pub use model::{explore, model, skip_branch, stop_exploring};
pub use selvedge_explorer::MAX_THREADS;

/// Declares thread-locals, as [`std::thread_local!`] does: each thread of each execution has a value of its own.
#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $value:block $(; $($rest:tt)*)?) => {
        $crate::thread_local!($(#[$attribute])* $visibility static $name: $type = $value $(; $($rest)*)?);
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr $(; $($rest:tt)*)?) => {
        $(#[$attribute])*
        $visibility static $name: $crate::thread::LocalKey<$type> = $crate::thread::LocalKey {
            init: {
                fn init() -> $type {
                    $value
                }
                init
            },
            _p: ::core::marker::PhantomData,
        };
        $($crate::thread_local!($($rest)*);)?
    };
}

/// Declares statics that are made when they are first used, as that of the crate `lazy_static` does: each execution has
/// values of its own.
#[macro_export]
macro_rules! lazy_static {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static ref $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        #[allow(non_camel_case_types, dead_code, missing_docs)]
        $(#[$attribute])*
        #[derive(Debug)]
        $visibility struct $name {
            _private: (),
        }

        #[doc(hidden)]
        $visibility static $name: $name = $name { _private: () };

        impl ::core::ops::Deref for $name {
            type Target = $type;

            fn deref(&self) -> &$type {
                fn init() -> $type {
                    $value
                }
                static LAZY: $crate::lazy_static::Lazy<$type> = $crate::lazy_static::Lazy {
                    init,
                    _p: ::core::marker::PhantomData,
                };
                LAZY.get()
            }
        }

        $crate::lazy_static!($($rest)*);
    };
}
