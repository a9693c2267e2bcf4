//! The model of an atomic integer or flag.
//!
//! Loads commute; everything else on the same atomic is ordered. A compare-exchange that fails
//! counts as a load. Orderings are recorded but have no effect here: the search is sequentially
//! consistent.

use crate::operation::{OperationKind, OperationResult, Update};

/// The width and signedness of an atomic's values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Width {
    /// The number of low bits that the value has: 1 for a flag.
    pub(crate) bits: u8,
    pub(crate) signed: bool,
}

impl Width {
    fn truncate(self, value: u64) -> u64 {
        value & (u64::MAX >> (64 - u32::from(self.bits)))
    }

    /// Returns the value as a signed number.
    pub(crate) fn sign_extend(self, value: u64) -> i64 {
        let unused = 64 - u32::from(self.bits);
        ((value << unused) as i64) >> unused
    }

    fn less(self, left: u64, right: u64) -> bool {
        if self.signed {
            self.sign_extend(left) < self.sign_extend(right)
        } else {
            left < right
        }
    }
}

/// The state of an atomic.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Atomic {
    /// The value; bits above the width are 0.
    pub(crate) value: u64,
    pub(crate) width: Width,
}

impl Atomic {
    /// Returns an atomic of the same width with this value.
    pub(crate) fn with(self, value: u64) -> Self {
        Self {
            value: self.width.truncate(value),
            ..self
        }
    }

    /// Sets the value, and returns the one before.
    pub(super) fn replace(&mut self, value: u64) -> OperationResult {
        OperationResult::of(std::mem::replace(&mut self.value, value))
    }

    /// Changes the value, and returns the one before.
    pub(super) fn update(&mut self, update: Update, operand: u64) -> OperationResult {
        self.replace(self.updated(update, operand))
    }

    /// Sets the value if it is the expected one, and returns the one before.
    pub(super) fn compare_exchange(&mut self, expected: u64, new: u64) -> OperationResult {
        match self.value == expected {
            true => self.replace(new),
            false => OperationResult::failed(self.value),
        }
    }

    /// Returns `true` if an operation of an atomic like this, which found a value, has left it as it was.
    pub(crate) fn is_left(&self, kind: OperationKind, found: u64) -> bool {
        let before = self.with(found);
        let after = match kind {
            OperationKind::Store(_, value) => value,
            OperationKind::ReadModifyWrite(_, update, operand) => before.updated(update, operand),
            OperationKind::CompareExchange { expected, new, .. } if expected == found => new,
            _ => found,
        };
        self.with(after) == before
    }

    fn updated(&self, update: Update, operand: u64) -> u64 {
        let value = self.value;
        self.width.truncate(match update {
            Update::Swap => operand,
            Update::Add => value.wrapping_add(operand),
            Update::Sub => value.wrapping_sub(operand),
            Update::And => value & operand,
            Update::Nand => !(value & operand),
            Update::Or => value | operand,
            Update::Xor => value ^ operand,
            Update::Max if self.width.less(value, operand) => operand,
            Update::Min if self.width.less(operand, value) => operand,
            Update::Max | Update::Min => value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const I32: Width = Width {
        bits: 32,
        signed: true,
    };
    const BOOL: Width = Width {
        bits: 1,
        signed: false,
    };

    fn after(value: u64, width: Width, update: Update, operand: u64) -> u64 {
        let mut atomic = Atomic { value, width };
        assert_eq!(atomic.update(update, operand), OperationResult::of(value));
        atomic.value
    }

    #[test]
    fn updates_wrap_at_the_width() {
        assert_eq!(after(u64::from(u32::MAX), I32, Update::Add, 1), 0);
        assert_eq!(after(0, I32, Update::Sub, 1), u64::from(u32::MAX));
        assert_eq!(after(1, BOOL, Update::Nand, 1), 0);
        assert_eq!(after(0, BOOL, Update::Nand, 1), 1);
        assert_eq!(after(1, BOOL, Update::Xor, 1), 0);
    }

    #[test]
    fn maximum_and_minimum_respect_the_sign() {
        let minus_one = u64::from(u32::MAX);
        assert_eq!(after(minus_one, I32, Update::Max, 3), 3);
        assert_eq!(after(minus_one, I32, Update::Min, 3), minus_one);
        let unsigned = Width {
            bits: 32,
            signed: false,
        };
        assert_eq!(after(minus_one, unsigned, Update::Max, 3), minus_one);
    }

    #[test]
    fn a_failed_compare_exchange_is_a_load() {
        use crate::object::ObjectState;
        use crate::operation::{Access, OperationKind};
        use std::sync::atomic::Ordering::SeqCst;

        let kind = |expected| OperationKind::CompareExchange {
            success: SeqCst,
            failure: SeqCst,
            expected,
            new: 9,
            weak: false,
        };
        let mut atomic = ObjectState::Atomic(Atomic { value: 1, width: I32 });
        assert_eq!(atomic.access(kind(0)), Access::Shared);
        assert_eq!(atomic.access(kind(1)), Access::Exclusive);
        assert_eq!(atomic.apply(kind(0), 0, 0), OperationResult::failed(1));
        assert_eq!(atomic.apply(kind(1), 0, 0), OperationResult::of(1));
        assert_eq!(atomic.observe(), 9);
    }
}
