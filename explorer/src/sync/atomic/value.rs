//! The types that an atomic can hold, and the bits as which the search carries them.

use crate::identity::ObjectKind;
use crate::runtime::pointers;

pub(super) mod sealed {
    use super::ObjectKind;

    pub trait Value: Copy {
        const BITS: u8;
        const SIGNED: bool;
        const KIND: ObjectKind;
        fn to_bits(self) -> u64;
        fn from_bits(bits: u64) -> Self;
    }
}

use sealed::Value;

/// A type that an atomic can hold.
pub trait AtomicValue: Value {}

/// A type that an atomic can hold, and whose bits can be combined: an integer or a flag.
pub trait Bits: AtomicValue {}

/// An integer that an atomic can hold.
pub trait Integer: Bits {}

impl Value for bool {
    const BITS: u8 = 1;
    const SIGNED: bool = false;
    const KIND: ObjectKind = ObjectKind::AtomicBool;
    fn to_bits(self) -> u64 {
        self.into()
    }
    fn from_bits(bits: u64) -> Self {
        bits == 1
    }
}

impl AtomicValue for bool {}
impl Bits for bool {}

macro_rules! integers {
    ($kind:ident, $signed:literal: $($integer:ident as $unsigned:ident),*) => {$(
        impl Value for $integer {
            const BITS: u8 = $integer::BITS as u8;
            const SIGNED: bool = $signed;
            const KIND: ObjectKind = ObjectKind::$kind;
            fn to_bits(self) -> u64 {
                self as $unsigned as u64
            }
            fn from_bits(bits: u64) -> Self {
                bits as Self
            }
        }
        impl AtomicValue for $integer {}
        impl Bits for $integer {}
        impl Integer for $integer {}
    )*};
}

integers!(AtomicSigned, true: i8 as u8, i16 as u16, i32 as u32, i64 as u64, isize as usize);
integers!(AtomicUnsigned, false: u8 as u8, u16 as u16, u32 as u32, u64 as u64, usize as usize);

/// An address differs between executions: the search is given the pointer's number instead.
impl<T> Value for *mut T {
    const BITS: u8 = 64;
    const SIGNED: bool = false;
    const KIND: ObjectKind = ObjectKind::AtomicPtr;
    fn to_bits(self) -> u64 {
        pointers::number_of(self)
    }
    fn from_bits(bits: u64) -> Self {
        pointers::pointer(bits)
    }
}

impl<T> AtomicValue for *mut T {}
