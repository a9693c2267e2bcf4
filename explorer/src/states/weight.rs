//! Weights of states: what a sweep adds up along the ways that lead to them.

use super::count::Count;
use super::swept::Weight;

/// What is added up along the ways to a state.
pub(super) trait Weigh: Copy {
    /// The weight of the first state.
    const ONE: Self;
    /// No weight.
    const ZERO: Self;
    /// `true` if weights are shares, that are divided where a scheduler chooses.
    const DIVIDES: bool;

    /// Adds a weight; returns `false` if the sum does not fit.
    #[must_use]
    fn add(&mut self, other: Self) -> bool;

    /// Returns the weight's share, where one of several is chosen by chance.
    fn share(self, part: f64) -> Self;

    /// Returns `true` if sums of many such weights may not fit.
    fn is_large(self) -> bool;

    /// Returns the weight as it is shown.
    fn shown(self) -> Weight;
}

impl Weigh for () {
    const ONE: Self = ();
    const ZERO: Self = ();
    const DIVIDES: bool = false;

    #[inline]
    fn add(&mut self, (): Self) -> bool {
        true
    }

    #[inline]
    fn share(self, _part: f64) -> Self {}

    #[inline]
    fn is_large(self) -> bool {
        false
    }

    fn shown(self) -> Weight {
        Weight::Uncounted
    }
}

impl Weigh for f64 {
    const ONE: Self = 1.0;
    const ZERO: Self = 0.0;
    const DIVIDES: bool = true;

    #[inline]
    fn add(&mut self, other: Self) -> bool {
        *self += other;
        true
    }

    #[inline]
    fn share(self, part: f64) -> Self {
        self * part
    }

    #[inline]
    fn is_large(self) -> bool {
        false
    }

    fn shown(self) -> Weight {
        Weight::Odds(self)
    }
}

/// An unsigned integer of so many 64-bit limbs, the least significant first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wide<const N: usize>([u64; N]);

impl<const N: usize> Wide<N> {
    const fn of(number: u64) -> Self {
        let mut limbs = [0; N];
        limbs[0] = number;
        Self(limbs)
    }

    /// Returns the same number with more limbs.
    pub(super) fn widened<const M: usize>(self) -> Wide<M> {
        let mut limbs = [0; M];
        limbs[..N].copy_from_slice(&self.0);
        Wide(limbs)
    }
}

impl<const N: usize> Weigh for Wide<N> {
    const ONE: Self = Self::of(1);
    const ZERO: Self = Self::of(0);
    const DIVIDES: bool = false;

    #[inline]
    fn add(&mut self, other: Self) -> bool {
        let mut carry = false;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(carry.into());
            (*limb, carry) = (sum, first | second);
        }
        !carry
    }

    #[inline]
    fn share(self, _part: f64) -> Self {
        self
    }

    #[inline]
    fn is_large(self) -> bool {
        self.0[N - 1] != 0
    }

    fn shown(self) -> Weight {
        Weight::Count(Count::of_limbs(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_does_not_fit_says_so() {
        let mut sum = Wide::<2>([u64::MAX, u64::MAX - 1]);
        assert!(sum.is_large());
        assert!(sum.add(Wide::ONE));
        assert_eq!(sum.0, [0, u64::MAX]);
        assert!(!sum.add(sum));
        assert_eq!(Wide::<2>([3, 4]).widened::<4>().0, [3, 4, 0, 0]);
    }
}
