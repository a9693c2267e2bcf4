//! Atomics.

use super::Handle;
use crate::backend::{Atomic, AtomicBits, AtomicInteger, AtomicNumber};
use crate::explorer::ObjectKind;
use crate::invariant::checker::{Exchanged, ask};
use crate::invariant::value::{Opaque, Value, Word};
use std::sync::atomic::Ordering;

/// An atomic, of which there is but the number.
pub(in crate::invariant) struct CheckedAtomic<T>(Handle<T>);

/// A type that atomics can hold.
pub(in crate::invariant) trait AtomicWord: Word {
    /// The kind of the atomics that hold it.
    const KIND: ObjectKind;
}

impl AtomicWord for Opaque {
    const KIND: ObjectKind = ObjectKind::AtomicSigned;
}

impl AtomicWord for bool {
    const KIND: ObjectKind = ObjectKind::AtomicBool;
}

impl<T: AtomicWord> CheckedAtomic<T> {
    /// Replaces the value by what `new` makes of it.
    #[inline]
    fn replace(&self, operation: &'static str, new: impl FnOnce(T) -> T) -> T {
        let id = self.0.id;
        T::unpack(ask(|checker| {
            checker.replace(id, operation, |old| Some(new(T::unpack(old)).pack()))
        }))
    }

    fn exchange(&self, current: T, new: T, weak: bool) -> Result<T, T> {
        let (id, current, new) = (self.0.id, current.pack(), new.pack());
        let Exchanged { success, found } = ask(|checker| checker.exchange(id, current, new, weak));
        match success {
            true => Ok(T::unpack(found)),
            false => Err(T::unpack(found)),
        }
    }
}

impl<T: AtomicWord> Atomic<T> for CheckedAtomic<T> {
    fn new(value: T) -> Self {
        CheckedAtomic(Handle::new(T::KIND, &value))
    }

    fn named(self, name: &'static str) -> Self {
        CheckedAtomic(self.0.named(name))
    }

    #[inline]
    fn load(&self, _: Ordering) -> T {
        let id = self.0.id;
        T::unpack(ask(|checker| checker.load(id, "load")))
    }

    #[inline]
    fn store(&self, value: T, _: Ordering) {
        let id = self.0.id;
        ask(|checker| checker.store(id, "store", value.pack()));
    }

    fn swap(&self, value: T, _: Ordering) -> T {
        self.replace("swap", |_| value)
    }

    fn compare_exchange(&self, current: T, new: T, _: Ordering, _: Ordering) -> Result<T, T> {
        self.exchange(current, new, false)
    }

    fn compare_exchange_weak(&self, current: T, new: T, _: Ordering, _: Ordering) -> Result<T, T> {
        self.exchange(current, new, true)
    }
}

/// Flags and integers, whose bits can be combined.
macro_rules! bits {
    ($($value:ty),*) => {$(
        impl AtomicBits<$value> for CheckedAtomic<$value> {
            fn fetch_and(&self, value: $value, _: Ordering) -> $value {
                self.replace("fetch_and", |old| old & value)
            }

            fn fetch_nand(&self, value: $value, _: Ordering) -> $value {
                self.replace("fetch_nand", |old| !(old & value))
            }

            fn fetch_or(&self, value: $value, _: Ordering) -> $value {
                self.replace("fetch_or", |old| old | value)
            }

            fn fetch_xor(&self, value: $value, _: Ordering) -> $value {
                self.replace("fetch_xor", |old| old ^ value)
            }
        }
    )*};
}

macro_rules! integers {
    ($kind:ident: $($integer:ty),*) => {
        bits!($($integer),*);
        $(
            impl AtomicWord for $integer {
                const KIND: ObjectKind = ObjectKind::$kind;
            }

            impl AtomicInteger<$integer> for CheckedAtomic<$integer> {
                #[inline]
                fn fetch_add(&self, value: $integer, _: Ordering) -> $integer {
                    self.replace("fetch_add", |old| old.wrapping_add(value))
                }

                #[inline]
                fn fetch_sub(&self, value: $integer, _: Ordering) -> $integer {
                    self.replace("fetch_sub", |old| old.wrapping_sub(value))
                }

                fn fetch_max(&self, value: $integer, _: Ordering) -> $integer {
                    self.replace("fetch_max", |old| old.max(value))
                }

                fn fetch_min(&self, value: $integer, _: Ordering) -> $integer {
                    self.replace("fetch_min", |old| old.min(value))
                }
            }
        )*
    };
}

bits!(bool);
integers!(AtomicSigned: i8, i16, i32, i64, isize);
integers!(AtomicUnsigned: u8, u16, u32, u64, usize);

impl AtomicNumber<Opaque> for CheckedAtomic<Opaque> {
    fn fetch_add(&self, value: Opaque, _: Ordering) -> Opaque {
        let (id, value) = (self.0.id, value.pack());
        Opaque::unpack(ask(|checker| {
            checker.replace(id, "fetch_add", |old| sum(old, value))
        }))
    }
}

/// Returns the sum of two values, if it is known as far as they are.
fn sum(one: Value, other: Value) -> Option<Value> {
    let base = match (one.base, other.base) {
        (base, 0) | (0, base) => base,
        _ => return None,
    };
    Some(Value {
        base,
        offset: one.offset.checked_add(other.offset)?,
    })
}
