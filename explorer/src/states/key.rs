//! Keys: whole states, packed into 64, 128 or 256 bits without loss.
//!
//! A key is no fingerprint. With 64-bit fingerprints, "all states" would be "all but for S²/2⁶⁵ expected
//! collisions", and little would be gained: few states are kept at a time.

use std::fmt::Debug;

/// The multiplier of the hash: 2⁶⁴ divided by the golden ratio (Knuth, *The Art of Computer Programming*, 6.4).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A part of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Field {
    /// The number of bits below it. Where a key has several words, it lies within one.
    pub(super) shift: u32,
    pub(super) bits: u32,
}

impl Field {
    /// Returns the largest number that fits.
    pub(super) fn max(self) -> u64 {
        (1 << self.bits) - 1
    }
}

/// A number that has a state packed into it.
pub(super) trait Key: Copy + Eq + Debug + 'static {
    /// The key of no state: all bits are set. One bit of each word stays free in others.
    const EMPTY: Self;
    /// The key of which no bit is set.
    const ZERO: Self;

    /// Returns a hash, whose high bits are the better ones.
    fn hash(self) -> u64;

    /// Returns the number in a field.
    fn get(self, field: Field) -> u64;

    /// Puts a number that fits into a field.
    fn set(&mut self, field: Field, number: u64);
}

#[inline]
fn mix(word: u64) -> u64 {
    (word ^ word >> 29).wrapping_mul(GOLDEN)
}

impl Key for u64 {
    const EMPTY: Self = Self::MAX;
    const ZERO: Self = 0;

    #[inline]
    fn hash(self) -> u64 {
        let mixed = mix(self);
        (mixed ^ mixed >> 32).wrapping_mul(GOLDEN)
    }

    #[inline]
    fn get(self, field: Field) -> u64 {
        self >> field.shift & field.max()
    }

    #[inline]
    fn set(&mut self, field: Field, number: u64) {
        debug_assert!(number <= field.max());
        *self = *self & !(field.max() << field.shift) | number << field.shift;
    }
}

impl Key for u128 {
    const EMPTY: Self = Self::MAX;
    const ZERO: Self = 0;

    #[inline]
    fn hash(self) -> u64 {
        (self as u64).hash() ^ mix((self >> 64) as u64)
    }

    #[inline]
    fn get(self, field: Field) -> u64 {
        (self >> field.shift) as u64 & field.max()
    }

    #[inline]
    fn set(&mut self, field: Field, number: u64) {
        debug_assert!(number <= field.max());
        *self = *self & !(Self::from(field.max()) << field.shift) | Self::from(number) << field.shift;
    }
}

impl Key for [u64; 4] {
    const EMPTY: Self = [u64::MAX; 4];
    const ZERO: Self = [0; 4];

    #[inline]
    fn hash(self) -> u64 {
        self.iter().fold(0, |hash, &word| (hash ^ word).hash())
    }

    #[inline]
    fn get(self, field: Field) -> u64 {
        self[field.shift as usize / 64] >> (field.shift % 64) & field.max()
    }

    #[inline]
    fn set(&mut self, field: Field, number: u64) {
        let within = Field {
            shift: field.shift % 64,
            ..field
        };
        self[field.shift as usize / 64].set(within, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps_fields_apart<K: Key>(fields: &[(u32, u32)]) {
        let fields = fields.iter().map(|&(shift, bits)| Field { shift, bits });
        let fields: Vec<Field> = fields.collect();
        let mut key = K::ZERO;
        for (index, field) in fields.iter().enumerate() {
            key.set(*field, field.max());
            key.set(*field, field.max() - index as u64);
        }
        for (index, field) in fields.iter().enumerate() {
            assert_eq!(key.get(*field), field.max() - index as u64);
        }
        assert_ne!(key, K::EMPTY);
    }

    #[test]
    fn fields_do_not_touch_each_other() {
        keeps_fields_apart::<u64>(&[(0, 3), (3, 40), (43, 20)]);
        keeps_fields_apart::<u128>(&[(0, 3), (3, 62), (65, 62)]);
        keeps_fields_apart::<[u64; 4]>(&[(0, 60), (64, 63), (128, 3), (131, 60), (192, 63)]);
    }
}
