//! Values, as they are shown to the caller.

mod shown;

use std::any::Any;
use std::fmt;

use super::identity::ObjectKind;
use super::object::atomic::Atomic;
use super::runtime::pointers;

pub use shown::ShownValue;
pub(crate) use shown::enlist;

/// A value of an atomic, of plain memory, or in a mutex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// Of a signed integer.
    Signed(i64),
    /// Of an unsigned integer.
    Unsigned(u64),
    /// Of a flag.
    Bool(bool),
    /// Of a pointer: 0 if it is null, else its number (from 1) among those that the same thread was the first to
    /// announce, plus 2^24 times the index of that thread.
    Pointer(u64),
    /// Of any other type whose `Debug` can be [shown](crate::sync::Mutex::shown).
    Shown(ShownValue),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(value) => value.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::Shown(value) => value.fmt(f),
            Self::Pointer(0) => f.pad("null"),
            Self::Pointer(number) => match pointers::own(*number) {
                (0, own) => f.pad(&format!("pointer {own}")),
                (thread, own) => f.pad(&format!("pointer {thread}.{own}")),
            },
        }
    }
}

impl Value {
    /// Returns the value that an atomic of this kind holds.
    pub(crate) fn of_atomic(atomic: Atomic, kind: ObjectKind) -> Self {
        match kind {
            ObjectKind::AtomicSigned => Self::Signed(atomic.width.sign_extend(atomic.value)),
            ObjectKind::AtomicBool => Self::Bool(atomic.value == 1),
            ObjectKind::AtomicPtr => Self::Pointer(atomic.value),
            ObjectKind::AtomicUnsigned
            | ObjectKind::Mutex
            | ObjectKind::RwLock
            | ObjectKind::Condvar
            | ObjectKind::Cell
            | ObjectKind::ParkToken => Self::Unsigned(atomic.value),
        }
    }

    /// Returns the value of an integer of at most 64 bits, of a flag, or of another type that can be shown.
    pub(crate) fn of<T: Any>(value: &T) -> Option<Self> {
        let value: &dyn Any = value;
        let signed = as_i64::<i64>(value)
            .or_else(|| as_i64::<i32>(value))
            .or_else(|| as_i64::<i16>(value))
            .or_else(|| as_i64::<i8>(value))
            .or_else(|| value.downcast_ref::<isize>().map(|&value| value as i64));
        let unsigned = as_u64::<u64>(value)
            .or_else(|| as_u64::<u32>(value))
            .or_else(|| as_u64::<u16>(value))
            .or_else(|| as_u64::<u8>(value))
            .or_else(|| value.downcast_ref::<usize>().map(|&value| value as u64));
        signed
            .map(Self::Signed)
            .or(unsigned.map(Self::Unsigned))
            .or_else(|| value.downcast_ref().copied().map(Self::Bool))
            .or_else(|| shown::shown(value).map(Self::Shown))
    }
}

fn as_i64<T: Any + Copy + Into<i64>>(value: &dyn Any) -> Option<i64> {
    value.downcast_ref::<T>().map(|&value| value.into())
}

fn as_u64<T: Any + Copy + Into<u64>>(value: &dyn Any) -> Option<u64> {
    value.downcast_ref::<T>().map(|&value| value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_flags_have_a_value() {
        assert_eq!(Value::of(&i64::MIN), Some(Value::Signed(i64::MIN)));
        assert_eq!(Value::of(&-3_i32), Some(Value::Signed(-3)));
        assert_eq!(Value::of(&-3_i16), Some(Value::Signed(-3)));
        assert_eq!(Value::of(&-3_i8), Some(Value::Signed(-3)));
        assert_eq!(Value::of(&-3_isize), Some(Value::Signed(-3)));
        assert_eq!(Value::of(&u64::MAX), Some(Value::Unsigned(u64::MAX)));
        assert_eq!(Value::of(&7_u32), Some(Value::Unsigned(7)));
        assert_eq!(Value::of(&7_u16), Some(Value::Unsigned(7)));
        assert_eq!(Value::of(&7_u8), Some(Value::Unsigned(7)));
        assert_eq!(Value::of(&7_usize), Some(Value::Unsigned(7)));
        assert_eq!(Value::of(&true), Some(Value::Bool(true)));
        assert_eq!(
            Value::of(&'7').map(|value| value.to_string()).as_deref(),
            Some("'7'")
        );
        assert_eq!(Value::of(&()), None);
    }

    #[test]
    fn pointers_are_shown_by_their_number() {
        assert_eq!(Value::Pointer(0).to_string(), "null");
        assert_eq!(Value::Pointer(2).to_string(), "pointer 2");
        assert_eq!(format!("{:>10}", Value::Pointer(2)), " pointer 2");
        assert_eq!(Value::Pointer((3 << 24) + 1).to_string(), "pointer 3.1");
    }
}
