//! The model of an atomic integer or flag.
//!
//! Loads commute, and so do adds; everything else on the same atomic is ordered. A compare-exchange
//! that fails counts as a load. Orderings are recorded but have no effect here: the search is
//! sequentially consistent.
//!
//! # Why adds commute
//!
//! Two adds leave the same value in both orders, as addition wraps around, and tell their threads nothing. But
//! an order of two events can also decide which accesses to plain memory are a data race; see
//! [`data_race`](crate::data_race). That of two adds does not:
//!
//! - An add may release, but acquires nothing: `Acquire` and `AcqRel` are refused, as they are for a store, and
//!   an acquire fence that follows does not count, as an add is no read (C++26, P3111). So no add puts anything
//!   into the past of its own thread, whatever adds came before.
//! - What it passes on joins what was passed on before: it continues a release sequence, as a read-modify-write
//!   does. Joins commute. So all that comes later on the atomic finds the same value and the same past.
//! - `SeqCst` adds a place in the total order of such operations. That order restricts which values are read,
//!   and here every value read is the latest; it is no synchronisation (C++20, [atomics.order]). What remains of
//!   it is the release.
//!
//! With an acquiring add none of this would hold: of two `AcqRel` adds the second would have the past of the
//! first, and no other operation need ever see which it was.

use crate::operation::{OperationResult, Update};

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

    /// Adds to the value, and tells nothing of it: the result must be the same in every order of additions.
    pub(super) fn add(&mut self, operand: u64) -> OperationResult {
        self.value = self.updated(Update::Add, operand);
        OperationResult::of(0)
    }

    /// Sets the value if it is the expected one, and returns the one before.
    pub(super) fn compare_exchange(&mut self, expected: u64, new: u64) -> OperationResult {
        match self.value == expected {
            true => self.replace(new),
            false => OperationResult::failed(self.value),
        }
    }

    pub(crate) fn updated(&self, update: Update, operand: u64) -> u64 {
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
    fn adds_wrap_and_tell_nothing() {
        let mut atomic = Atomic {
            value: u64::from(u32::MAX),
            width: I32,
        };
        assert_eq!(atomic.add(3), OperationResult::of(0));
        assert_eq!(atomic.value, 2);
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
        assert_eq!(atomic.atomic().value, 9);
    }
}
