//! Values as the checker sees them: a base and an offset.

use super::checker;
use crate::backend::Int;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// A value of a shared object.
///
/// The base 0 is the number 0, so that a value with this base is known. Any other base stands for what a read
/// found, a number that nobody knows: of two values with the same base only the difference is known, and of two
/// with different bases nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Value {
    pub(super) base: u32,
    pub(super) offset: i64,
}

/// The reason why a change has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoChange {
    /// The new value was not computed from the old one.
    Unknown,
    /// The difference does not fit in 64 bits.
    Overflow,
}

impl Value {
    /// Returns the value of a number.
    pub(super) const fn known(offset: i64) -> Self {
        Value { base: 0, offset }
    }

    /// Returns this value less the old one.
    #[inline]
    pub(super) fn change_from(self, old: Value) -> Result<i64, NoChange> {
        if self.base != old.base {
            return Err(NoChange::Unknown);
        }
        self.offset.checked_sub(old.offset).ok_or(NoChange::Overflow)
    }
}

/// The values that a type can hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Numbers that cannot be looked at.
    Opaque,
    /// The numbers from the first to the second.
    Range(i64, i64),
}

/// A number that nothing can be asked about: it is added to, and passed on.
///
/// It has no comparison, no `Debug` and no way back to `i64`, so code that is generic over its primitives does the
/// same whatever the number is. (Reynolds, *Types, abstraction and parametric polymorphism*, IFIP 1983.)
#[derive(Clone, Copy)]
pub(crate) struct Opaque(Value);

impl Int for Opaque {}

impl From<i64> for Opaque {
    fn from(number: i64) -> Self {
        Opaque(Value::known(number))
    }
}

impl Add<i64> for Opaque {
    type Output = Self;

    fn add(self, number: i64) -> Self {
        self.moved(self.0.offset.overflowing_add(number))
    }
}

impl Sub<i64> for Opaque {
    type Output = Self;

    fn sub(self, number: i64) -> Self {
        self.moved(self.0.offset.overflowing_sub(number))
    }
}

impl AddAssign<i64> for Opaque {
    fn add_assign(&mut self, number: i64) {
        *self = *self + number;
    }
}

impl SubAssign<i64> for Opaque {
    fn sub_assign(&mut self, number: i64) {
        *self = *self - number;
    }
}

impl Opaque {
    fn moved(self, (offset, overflowed): (i64, bool)) -> Self {
        if overflowed {
            checker::note_overflow();
        }
        Opaque(Value { offset, ..self.0 })
    }
}

/// A type whose values the checker knows how to hold.
pub(super) trait Word: Copy + Send + Sync + 'static {
    /// The values that the type can hold.
    const SHAPE: Shape;

    fn pack(self) -> Value;
    fn unpack(value: Value) -> Self;
}

impl Word for Opaque {
    const SHAPE: Shape = Shape::Opaque;

    fn pack(self) -> Value {
        self.0
    }

    fn unpack(value: Value) -> Self {
        Opaque(value)
    }
}

impl Word for bool {
    const SHAPE: Shape = Shape::Range(0, 1);

    fn pack(self) -> Value {
        Value::known(i64::from(self))
    }

    fn unpack(value: Value) -> Self {
        value.offset != 0
    }
}

impl Word for () {
    const SHAPE: Shape = Shape::Range(0, 0);

    fn pack(self) -> Value {
        Value::known(0)
    }

    fn unpack(_: Value) {}
}

/// Integers; of the unsigned 64-bit numbers only those that an `i64` can hold, so that others lie outside the range.
macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Word for $integer {
            const SHAPE: Shape = Shape::Range(
                <$integer>::MIN as i64,
                if <$integer>::MAX as u64 > i64::MAX as u64 { i64::MAX } else { <$integer>::MAX as i64 },
            );

            #[inline]
            fn pack(self) -> Value {
                Value::known(self as i64)
            }

            #[inline]
            fn unpack(value: Value) -> Self {
                value.offset as $integer
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

/// The same for a type that is known only where the code is compiled for it: a mutex can hold anything.
macro_rules! held {
    ($($word:ty),*) => {
        /// Returns the values that a type can hold; `None` if it is no [`Word`].
        #[inline]
        pub(super) fn shape_of<T: 'static>() -> Option<Shape> {
            let id = TypeId::of::<T>();
            $( if id == TypeId::of::<$word>() { return Some(<$word>::SHAPE); } )*
            None
        }

        /// Returns what the checker holds for a value; `None` if its type is no [`Word`].
        #[inline]
        pub(super) fn pack<T: 'static>(value: &T) -> Option<Value> {
            let any: &dyn Any = value;
            $( if let Some(word) = any.downcast_ref::<$word>() { return Some(word.pack()); } )*
            None
        }

        /// Returns the value that the checker holds; `None` if its type is no [`Word`].
        #[inline]
        pub(super) fn unpack<T: 'static>(value: Value) -> Option<T> {
            let mut slot: Option<T> = None;
            let any: &mut dyn Any = &mut slot;
            $( if let Some(slot) = any.downcast_mut::<Option<$word>>() { *slot = Some(<$word>::unpack(value)); } )*
            slot
        }
    };
}

use std::any::{Any, TypeId};

held!(
    i64,
    Opaque,
    (),
    bool,
    usize,
    u64,
    i32,
    u32,
    isize,
    i16,
    u16,
    i8,
    u8
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were() {
        assert_eq!(unpack::<i64>(pack(&-7i64).unwrap()), Some(-7));
        assert_eq!(unpack::<bool>(pack(&true).unwrap()), Some(true));
        assert_eq!(unpack::<u8>(pack(&255u8).unwrap()), Some(255));
        assert_eq!(pack(&[1i64, 2]), None);
        assert_eq!(shape_of::<u8>(), Some(Shape::Range(0, 255)));
        assert_eq!(shape_of::<usize>(), Some(Shape::Range(0, i64::MAX)));
        assert_eq!(shape_of::<String>(), None);
    }

    #[test]
    fn only_values_with_one_base_have_a_difference() {
        let read = Value { base: 3, offset: 0 };
        let sum = (Opaque(read) + 5).pack();
        assert_eq!(sum.change_from(read), Ok(5));
        assert_eq!(sum.change_from(Value::known(0)), Err(NoChange::Unknown));
        assert_eq!(
            Value::known(i64::MAX).change_from(Value::known(-1)),
            Err(NoChange::Overflow)
        );
    }
}
