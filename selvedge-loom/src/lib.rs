//! The API of [loom](https://docs.rs/loom/0.7) on the explorer of Selvedge: loom tests, unchanged.
#![doc = "(docs to be written)"]

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
