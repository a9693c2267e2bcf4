//! Values as words: what lies behind a lock or in a cell, as 64 bits that can be put back exactly.
#![expect(
    unsafe_code,
    reason = "the type behind a lock need not be 'static, so `Any` cannot tell it"
)]

use std::any::TypeId;
use std::marker::PhantomData;
use std::mem;

/// Returns the identity of a type, with its lifetimes forgotten.
fn identity<T: ?Sized>() -> TypeId {
    trait Identified {
        fn identity(&self) -> TypeId
        where
            Self: 'static;
    }

    impl<T: ?Sized> Identified for PhantomData<T> {
        fn identity(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }

    let marker = PhantomData::<T>;
    let marker: &dyn Identified = &marker;
    // SAFETY: only the lifetime bound of the trait object changes, so that the method may be called. It reads
    // nothing through the reference, which ends here, and returns a number that the compiler has computed.
    let marker = unsafe { mem::transmute::<&dyn Identified, &(dyn Identified + 'static)>(marker) };
    marker.identity()
}

/// Defines the types whose values fit into a word, each with its way there and back.
macro_rules! words {
    ($($type:ty: $to:expr, $from:expr;)*) => {
        /// Returns the value as a word; `None` if its type is not among those that can be.
        pub(crate) fn of<T: ?Sized>(value: &T) -> Option<u64> {
            let identity = identity::<T>();
            let value: *const T = value;
            $(
                if identity == TypeId::of::<$type>() {
                    // SAFETY: `$type` has no lifetimes. So `T`, which is like it but for lifetimes, is this
                    // very type.
                    let value = unsafe { *value.cast::<$type>() };
                    let to: fn($type) -> u64 = $to;
                    return Some(to(value));
                }
            )*
            None
        }

        /// Makes the value the one that had this word; does nothing to a value that has no word.
        pub(crate) fn put<T: ?Sized>(place: &mut T, word: u64) {
            let identity = identity::<T>();
            let place: *mut T = place;
            $(
                if identity == TypeId::of::<$type>() {
                    let from: fn(u64) -> $type = $from;
                    // SAFETY: as in `of`, `T` is this very type; and it is `Copy`, so nothing is to be
                    // dropped.
                    unsafe { *place.cast::<$type>() = from(word) };
                    return;
                }
            )*
        }
    };
}

words! {
    i64: |value| value as u64, |word| word as i64;
    u64: |value| value, |word| word;
    i32: |value| u64::from(value as u32), |word| word as i32;
    u32: |value| u64::from(value), |word| word as u32;
    usize: |value| value as u64, |word| word as usize;
    isize: |value| value as u64, |word| word as isize;
    bool: |value| u64::from(value), |word| word == 1;
    (): |()| 0, |_| ();
    u8: |value| u64::from(value), |word| word as u8;
    i8: |value| u64::from(value as u8), |word| word as i8;
    u16: |value| u64::from(value), |word| word as u16;
    i16: |value| u64::from(value as u16), |word| word as i16;
    char: |value| u64::from(value), |word| char::from_u32(word as u32).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn survives<T: Copy + PartialEq + std::fmt::Debug + Default>(value: T) {
        let word = of(&value).expect("a type with a word");
        let mut place = T::default();
        put(&mut place, word);
        assert_eq!(place, value);
    }

    #[test]
    fn a_value_comes_back_as_it_was() {
        survives(i64::MIN);
        survives(u64::MAX);
        survives(-3_i32);
        survives(7_u32);
        survives(usize::MAX);
        survives(isize::MIN);
        survives(true);
        survives(());
        survives(255_u8);
        survives(-128_i8);
        survives(65_535_u16);
        survives(-1_i16);
        survives('é');
    }

    #[test]
    fn other_types_have_no_word() {
        let number = 7_i64;
        assert_eq!(of(&&number), None, "a reference has a lifetime");
        assert_eq!(of("text"), None);
        assert_eq!(of(&[1_u8, 2][..]), None);
        assert_eq!(of(&Some(1_u8)), None);
        let mut text = String::from("stays");
        put(&mut text, 3);
        assert_eq!(text, "stays");
    }
}
