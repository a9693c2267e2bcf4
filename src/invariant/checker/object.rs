//! The objects that the steps share, as the checker knows them.

use super::lockset::Lockset;
use crate::explorer::ObjectKind;
use crate::invariant::value::{Shape, Value};

/// The values that reads of an object may return.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::invariant) enum Domain {
    /// The numbers from the first to the second: at first the initial value alone.
    Interval(i64, i64),
    /// Any number, of which nothing is known.
    Any,
}

/// A shared object.
#[derive(Debug)]
pub(in crate::invariant) struct Object {
    pub(in crate::invariant) kind: ObjectKind,
    /// Its number among those of its kind, from 1.
    pub(in crate::invariant) number: usize,
    pub(in crate::invariant) name: Option<&'static str>,
    pub(in crate::invariant) shape: Shape,
    pub(in crate::invariant) initial: i64,
    pub(in crate::invariant) domain: Domain,
    /// The value in the final state, while that is looked at; and whether somebody holds it there.
    pub(super) current: Value,
    pub(super) held: bool,
    /// The section in which `now` was seen. It is what the object holds until that section ends.
    pub(super) section: u64,
    pub(super) now: Value,
    /// The sum of the changes on this path.
    pub(in crate::invariant) sum: i64,
    /// The least and the greatest partial sum on the paths of this step.
    pub(in crate::invariant) least: i64,
    pub(in crate::invariant) greatest: i64,
    pub(in crate::invariant) lockset: Lockset,
}

impl Object {
    pub(super) fn new(kind: ObjectKind, number: usize, shape: Shape, initial: Value) -> Self {
        Object {
            kind,
            number,
            name: None,
            shape,
            initial: initial.offset,
            domain: Domain::Interval(initial.offset, initial.offset),
            current: initial,
            held: false,
            section: 0,
            now: initial,
            sum: 0,
            least: 0,
            greatest: 0,
            lockset: Lockset::default(),
        }
    }

    /// Returns the name that the program gave it, or its kind and number.
    pub(in crate::invariant) fn name(&self) -> String {
        match self.name {
            Some(name) => name.to_owned(),
            None => format!("{} {}", self.kind, self.number),
        }
    }

    /// Takes the value that the object has to be the initial one.
    pub(super) fn begin(&mut self) {
        self.initial = self.current.offset;
        self.domain = Domain::Interval(self.initial, self.initial);
    }

    /// Forgets the partial sums of the step before.
    pub(super) fn begin_step(&mut self) {
        (self.least, self.greatest) = (0, 0);
    }
}
