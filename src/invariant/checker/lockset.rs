//! The locks that are held at every access of an object.
//!
//! Savage, Burrows, Nelson, Sobalvarro, Anderson: *Eraser: A Dynamic Data Race Detector for Multithreaded
//! Programs*, TOCS 1997. As no lock is taken within another here, a set is one lock or none.

use super::Place;

/// The lock that all accesses of one object have in common, and the paths that show it.
#[derive(Debug, Default)]
pub(in crate::invariant) struct Lockset {
    common: Common,
    /// A path that accesses the object, the first that was found.
    first: Option<Place>,
    /// A path that accesses it under another lock, or none.
    beside: Option<Place>,
    /// A path that relied on a lock: it took the object to hold what it held at the last access.
    relies: Option<Place>,
    steps: Steps,
    written: bool,
}

/// The steps that access an object.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Steps {
    #[default]
    None,
    One(usize),
    Several,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Common {
    /// There has been no access.
    #[default]
    Untouched,
    Lock(u32),
    Nothing,
}

impl Lockset {
    /// Notes an access under this lock.
    #[inline]
    pub(super) fn access(&mut self, held: Option<u32>, step: usize, place: impl FnOnce() -> Place) {
        self.steps = match self.steps {
            Steps::None => Steps::One(step),
            Steps::One(one) if one == step => Steps::One(one),
            _ => Steps::Several,
        };
        match (self.common, held) {
            (Common::Lock(common), Some(lock)) if common == lock => {}
            (Common::Nothing, None) => {}
            (Common::Untouched, _) => {
                self.common = held.map_or(Common::Nothing, Common::Lock);
                self.first = Some(place());
            }
            _ => {
                self.common = Common::Nothing;
                if self.beside.is_none() {
                    self.beside = Some(place());
                }
            }
        }
    }

    /// Notes a write.
    #[inline]
    pub(super) fn write(&mut self) {
        self.written = true;
    }

    /// Notes that a path relies on the lock.
    #[inline]
    pub(super) fn rely(&mut self, place: impl FnOnce() -> Place) {
        if self.relies.is_none() {
            self.relies = Some(place());
        }
    }

    /// Returns two paths of which one relies on a lock that the other does not take, if there are such.
    pub(in crate::invariant) fn broken_reliance(&self) -> Option<[Place; 2]> {
        let relies = self.relies.as_ref().filter(|_| self.common == Common::Nothing)?;
        self.with_another(relies)
    }

    /// Returns two paths that no lock keeps apart, if the object is written and more than one thread accesses it.
    pub(in crate::invariant) fn race(&self, threads_of: impl Fn(usize) -> usize) -> Option<[Place; 2]> {
        let is_shared = match self.steps {
            Steps::None => false,
            Steps::One(step) => threads_of(step) > 1,
            Steps::Several => true,
        };
        if self.common != Common::Nothing || !self.written || !is_shared {
            return None;
        }
        self.with_another(self.first.as_ref()?)
    }

    fn with_another(&self, place: &Place) -> Option<[Place; 2]> {
        let others = [self.beside.as_ref(), self.first.as_ref()];
        let other = others.into_iter().flatten().find(|other| *other != place);
        Some([place.clone(), other.unwrap_or(place).clone()])
    }
}
