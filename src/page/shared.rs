//! Lists in which each entry stands once, so that many states can share it.

use std::collections::BTreeMap;

/// A list without repetition.
#[derive(Debug)]
pub(super) struct Shared<T> {
    list: Vec<T>,
    indices: BTreeMap<T, usize>,
}

impl<T: Ord + Clone> Shared<T> {
    /// Creates an empty list.
    pub(super) fn new() -> Self {
        Shared {
            list: Vec::new(),
            indices: BTreeMap::new(),
        }
    }

    /// Returns the index of an entry, which is added if it is new.
    pub(super) fn index(&mut self, entry: T) -> usize {
        if let Some(&index) = self.indices.get(&entry) {
            return index;
        }
        self.indices.insert(entry.clone(), self.list.len());
        self.list.push(entry);
        self.list.len() - 1
    }

    /// Returns the list.
    pub(super) fn into_list(self) -> Vec<T> {
        self.list
    }
}
