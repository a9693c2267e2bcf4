//! The pointers that an execution's atomics are given, as small numbers.
//!
//! The search compares what a thread does with what it did in an earlier execution, and addresses
//! differ between executions. So pointers are numbered in the order in which the execution first
//! announces them, and null is 0. A repeated prefix announces the same pointers in the same order,
//! and so gives them the same numbers. Beyond the prefix the numbers may differ; there the search
//! asks only whether two of them are equal, which is the same as for the addresses.

use std::ptr;

use super::with;

/// The addresses of the pointers seen so far; number `n` is at index `n - 1`.
#[derive(Debug, Default)]
pub(super) struct Pointers {
    addresses: Vec<usize>,
}

impl Pointers {
    /// Forgets all pointers: an execution begins.
    pub(super) fn clear(&mut self) {
        self.addresses.clear();
    }

    fn number_of(&mut self, address: usize) -> u64 {
        if address == 0 {
            return 0;
        }
        let known = self.addresses.iter().position(|&known| known == address);
        let index = known.unwrap_or_else(|| {
            self.addresses.push(address);
            self.addresses.len() - 1
        });
        index as u64 + 1
    }

    /// Returns the address with this number. A number that was not given out is taken for null: only a
    /// destructor in an abandoned execution can come by one.
    fn address(&self, number: u64) -> usize {
        let index = (number as usize).checked_sub(1);
        index
            .and_then(|index| self.addresses.get(index).copied())
            .unwrap_or(0)
    }
}

/// Returns the number of the pointer in the current execution.
///
/// Two pointers are the same if their addresses are, as for `std`'s `AtomicPtr`. Each may still have
/// a provenance of its own: so it is exposed here, and found again in [`pointer()`].
pub(crate) fn number_of<T>(pointer: *mut T) -> u64 {
    let address = pointer.expose_provenance();
    with("an atomic pointer was used", |runtime| {
        runtime.pointers.number_of(address)
    })
}

/// Returns the pointer with this number in the current execution.
pub(crate) fn pointer<T>(number: u64) -> *mut T {
    let address = with("an atomic pointer was used", |runtime| {
        runtime.pointers.address(number)
    });
    ptr::with_exposed_provenance_mut(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_numbered_in_the_order_in_which_they_are_seen() {
        let mut pointers = Pointers::default();
        assert_eq!(
            [64, 8, 0, 64].map(|address| pointers.number_of(address)),
            [1, 2, 0, 1]
        );
        assert_eq!([0, 1, 2, 3].map(|number| pointers.address(number)), [0, 64, 8, 0]);
        pointers.clear();
        assert_eq!(pointers.number_of(8), 1);
    }
}
