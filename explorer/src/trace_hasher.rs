//! The mixing of bits, for hashes of traces and of their parts.
//!
//! It is the multiplication and folding of FNV (Fowler, Noll, Vo) on 128 bits, a word at a time: plenty for
//! telling billions of traces apart, no protection against deliberate collisions.

use std::hash::Hasher;

/// A hasher of 128 bits.
pub(crate) struct TraceHasher(u128);

impl TraceHasher {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    const BASIS: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;

    /// Creates a hasher that nothing has been written to.
    pub(crate) fn new() -> Self {
        Self(Self::BASIS)
    }

    /// Returns the hash of what has been written.
    pub(crate) fn hash(&self) -> u128 {
        self.0
    }

    /// Returns the hash with all its bits mixed once more, so that sums of such hashes can be compared.
    pub(crate) fn scrambled(&self) -> u128 {
        // Odd numbers without a pattern: digits of pi.
        const FIRST: u128 = 0x243F_6A88_85A3_08D3_1319_8A2E_0370_7345;
        const SECOND: u128 = 0xA409_3822_299F_31D0_082E_FA98_EC4E_6C89;
        let mixed = (self.0 ^ self.0 >> 67).wrapping_mul(FIRST);
        let mixed = (mixed ^ mixed >> 59).wrapping_mul(SECOND);
        mixed ^ mixed >> 64
    }

    fn mix(&mut self, word: u64) {
        let mixed = (self.0 ^ u128::from(word)).wrapping_mul(Self::PRIME);
        // A multiplication carries upwards only; the rotation brings the high bits down.
        self.0 = mixed.rotate_right(59) ^ mixed;
    }
}

impl Hasher for TraceHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u64::from_le_bytes(word));
        }
        self.mix(bytes.len() as u64);
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.mix(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.mix(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0 as u64
    }
}
