//! Exact counts of interleavings and traces, which soon outgrow 128 bits.

use std::fmt;
use std::ops::AddAssign;

/// The number of 64-bit limbs of a count.
pub(super) const LIMBS: usize = 16;

/// An unsigned integer of up to 1,024 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count {
    /// The most significant limb first, so that the derived order is that of numbers.
    limbs: [u64; LIMBS],
}

impl Count {
    /// Zero.
    pub const ZERO: Self = Self { limbs: [0; LIMBS] };

    /// Returns the count whose limbs are these, the least significant first.
    pub(super) fn of_limbs(limbs: &[u64]) -> Self {
        let mut count = Self::ZERO;
        for (place, limb) in count.limbs.iter_mut().rev().zip(limbs) {
            *place = *limb;
        }
        count
    }

    /// Returns the nearest number that a float can hold, or infinity.
    pub fn to_f64(&self) -> f64 {
        self.limbs
            .iter()
            .fold(0.0, |sum, &limb| sum * 2_f64.powi(64) + limb as f64)
    }

    /// Adds the other; returns `None` if the sum has more than 1,024 bits.
    pub fn checked_add(mut self, other: Self) -> Option<Self> {
        let mut carry = false;
        for (limb, other) in self.limbs.iter_mut().zip(other.limbs).rev() {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(carry.into());
            (*limb, carry) = (sum, first || second);
        }
        (!carry).then_some(self)
    }

    /// Divides by a small number; returns the remainder.
    fn divide(&mut self, by: u64) -> u64 {
        let mut remainder = 0;
        for limb in &mut self.limbs {
            let dividend = u128::from(remainder) << 64 | u128::from(*limb);
            *limb = (dividend / u128::from(by)) as u64;
            remainder = (dividend % u128::from(by)) as u64;
        }
        remainder
    }
}

impl From<u64> for Count {
    fn from(number: u64) -> Self {
        Self::of_limbs(&[number])
    }
}

impl From<u128> for Count {
    fn from(number: u128) -> Self {
        Self::of_limbs(&[number as u64, (number >> 64) as u64])
    }
}

impl AddAssign for Count {
    /// # Panics
    ///
    /// If the sum has more than 1,024 bits.
    fn add_assign(&mut self, other: Self) {
        *self = self.checked_add(other).expect("a count has at most 1,024 bits");
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: u32 = 19;
        let mut rest = *self;
        let mut groups = Vec::new();
        while rest != Self::ZERO {
            groups.push(rest.divide(10_u64.pow(DIGITS)));
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        for group in groups.iter().rev() {
            text += &format!("{group:019}");
        }
        f.pad_integral(true, "", &text)
    }
}

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_shown_in_decimal() {
        assert_eq!(Count::ZERO.to_string(), "0");
        assert_eq!(Count::from(u64::MAX).to_string(), u64::MAX.to_string());
        assert_eq!(Count::from(u128::MAX).to_string(), u128::MAX.to_string());
        let ten_to_19 = Count::from(10_u64.pow(19));
        assert_eq!(format!("{ten_to_19:>21}"), " 10000000000000000000");
        let mut power = Count::from(1_u64);
        for _ in 0..256 {
            power += power;
        }
        // 2^256.
        let expected = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        assert_eq!(power.to_string(), expected);
        assert_eq!(power.to_f64(), 2_f64.powi(256));
    }

    #[test]
    fn counts_are_ordered_as_numbers_and_do_not_wrap() {
        assert!(Count::from(u64::MAX) < Count::from(u128::from(u64::MAX) + 1));
        let most = Count::of_limbs(&[u64::MAX; LIMBS]);
        assert_eq!(most.checked_add(Count::from(1_u64)), None);
        assert_eq!(most.checked_add(Count::ZERO), Some(most));
    }
}
