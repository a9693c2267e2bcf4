//! The pointers that an execution's atomics are given, as small numbers.
//!
//! The search compares what a thread does with what it did in an earlier execution, and addresses
//! differ between executions. So each thread numbers the pointers that it is the first to announce, and null
//! is 0. That does not depend on the order in which threads announce pointers of their own: a repeated
//! beginning of an execution gives the same numbers, and so does an execution graph that is built in another
//! order. Beyond the beginning the numbers may differ; there the search asks only whether two of them are
//! equal, which is the same as for the addresses.

use std::ptr;

use super::with;
use crate::identity::ThreadIndex;

/// The number of bits of a thread's own number; the thread's index is above it.
const OWN_BITS: u32 = 24;

/// The numbers and the addresses of the pointers seen so far.
#[derive(Debug, Default)]
pub(super) struct Pointers {
    seen: Vec<(u64, usize)>,
}

impl Pointers {
    /// Forgets all pointers: an execution begins.
    pub(super) fn clear(&mut self) {
        self.seen.clear();
    }

    fn number_of(&mut self, address: usize, thread: ThreadIndex) -> u64 {
        if address == 0 {
            return 0;
        }
        let mut known = self.seen.iter();
        if let Some((number, _)) = known.find(|(_, known)| *known == address) {
            return *number;
        }
        let first = u64::from(thread) << OWN_BITS;
        let own = self
            .seen
            .iter()
            .filter(|(number, _)| own(*number).0 == u64::from(thread));
        let number = first + own.count() as u64 + 1;
        self.seen.push((number, address));
        number
    }

    /// Returns the address with this number. A number that was not given out is taken for null: only a
    /// destructor in an abandoned execution can come by one.
    fn address(&self, number: u64) -> usize {
        let mut seen = self.seen.iter();
        let known = seen.find(|(known, _)| *known == number);
        known.map_or(0, |(_, address)| *address)
    }
}

/// Returns the index of the thread that has numbered a pointer, and its own number.
pub(crate) fn own(number: u64) -> (u64, u64) {
    (number >> OWN_BITS, number & ((1 << OWN_BITS) - 1))
}

/// Returns the number of the pointer in the current execution.
///
/// Two pointers are the same if their addresses are, as for `std`'s `AtomicPtr`. Each may still have
/// a provenance of its own: so it is exposed here, and found again in [`pointer()`].
pub(crate) fn number_of<T>(pointer: *mut T) -> u64 {
    let address = pointer.expose_provenance();
    with("an atomic pointer was used", |runtime| {
        runtime.pointers.number_of(address, runtime.current)
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
    fn each_thread_numbers_the_pointers_that_it_sees_first() {
        let mut pointers = Pointers::default();
        let numbers = [64, 8, 0, 64].map(|address| pointers.number_of(address, 0));
        assert_eq!(numbers, [1, 2, 0, 1]);
        let theirs = pointers.number_of(16, 3);
        assert_eq!((own(theirs), pointers.number_of(8, 3)), ((3, 1), 2));
        assert_eq!(
            [0, 1, 2, 3, theirs].map(|number| pointers.address(number)),
            [0, 64, 8, 0, 16]
        );
        pointers.clear();
        assert_eq!(pointers.number_of(8, 0), 1);
    }

    #[test]
    fn a_graph_is_built_in_another_order_with_the_same_numbers() {
        use crate::sync::{Arc, atomic::AtomicPtr};
        use crate::{Explorer, MemoryModel, thread};
        use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
        // Each thread offers a value of its own, and keeps the first.
        let body = || {
            let chosen = Arc::new(AtomicPtr::new(ptr::null_mut()));
            let threads = [(); 2].map(|()| {
                let chosen = Arc::clone(&chosen);
                thread::spawn(move || {
                    let mut offered = Box::new(1_u64);
                    let offer: *mut u64 = &raw mut *offered;
                    let before = chosen.compare_exchange(ptr::null_mut(), offer, AcqRel, Acquire);
                    (before.is_ok(), offered)
                })
            });
            let ended = threads.map(|thread| thread.join().unwrap());
            let [first, second] = &ended;
            assert_ne!(first.0, second.0, "one of them was first");
            let (_, theirs) = if first.0 { first } else { second };
            assert!(ptr::eq(chosen.load(Relaxed), &raw const **theirs));
        };
        for model in [MemoryModel::SequentiallyConsistent, MemoryModel::Rc11] {
            let summary = Explorer::new().memory_model(model).explore(body, |_| ());
            let summary = summary.expect("it does the same after the same history");
            assert_eq!((summary.executions, summary.failures), (2, 0), "{model:?}");
        }
    }
}
