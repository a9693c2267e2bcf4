//! Hash tables for keys that are numbers: open addressing, with a multiplicative hash.

use super::key::Key;

/// A table from keys to values.
#[derive(Clone, Debug)]
pub(super) struct Table<K, V> {
    /// [`Key::EMPTY`] where there is none. Their number is a power of two.
    keys: Vec<K>,
    values: Vec<V>,
    len: usize,
}

/// The smallest number of slots.
const FEW: usize = 64;

impl<K: Key, V: Copy> Table<K, V> {
    /// Creates an empty table, which takes no memory yet.
    pub(super) const fn new() -> Self {
        Self {
            keys: Vec::new(),
            values: Vec::new(),
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns `true` if it takes no memory.
    #[inline]
    pub(super) fn is_bare(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the number of bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.keys.len() * (size_of::<K>() + size_of::<V>())
    }

    /// Forgets the entries, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.keys.fill(K::EMPTY);
        self.len = 0;
    }

    /// Returns the slot of the key, or the free one where it belongs.
    #[inline]
    fn slot(&self, key: K) -> usize {
        let mask = self.keys.len() - 1;
        let mut slot = (key.hash() >> (64 - self.keys.len().trailing_zeros())) as usize;
        loop {
            let found = self.keys[slot];
            if found == key || found == K::EMPTY {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Returns the value of the key.
    #[inline]
    pub(super) fn get(&self, key: K) -> Option<V> {
        if self.len == 0 {
            return None;
        }
        let slot = self.slot(key);
        (self.keys[slot] == key).then(|| self.values[slot])
    }

    /// Returns the value of the key, which is this one if it is new; and whether it is.
    #[inline]
    pub(super) fn entry(&mut self, key: K, value: V) -> (&mut V, bool) {
        if 4 * self.len >= 3 * self.keys.len() {
            self.grow(value);
        }
        let slot = self.slot(key);
        let new = self.keys[slot] != key;
        if new {
            self.keys[slot] = key;
            self.values[slot] = value;
            self.len += 1;
        }
        (&mut self.values[slot], new)
    }

    /// Changes the value of a key that has one.
    #[inline]
    pub(super) fn change(&mut self, key: K, change: impl FnOnce(&mut V)) {
        let slot = self.slot(key);
        debug_assert!(self.keys[slot] == key, "the key is there");
        change(&mut self.values[slot]);
    }

    #[cold]
    fn grow(&mut self, any: V) {
        let slots = (2 * self.keys.len()).max(FEW);
        let keys = std::mem::replace(&mut self.keys, vec![K::EMPTY; slots]);
        let values = std::mem::replace(&mut self.values, vec![any; slots]);
        for (key, value) in keys.into_iter().zip(values) {
            if key != K::EMPTY {
                let slot = self.slot(key);
                self.keys[slot] = key;
                self.values[slot] = value;
            }
        }
    }

    /// Returns the keys and their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, V)> + '_ {
        let entries = self.keys.iter().zip(&self.values);
        entries
            .filter(|(key, _)| **key != K::EMPTY)
            .map(|(key, value)| (*key, *value))
    }

    /// Returns the table with its values replaced.
    pub(super) fn map<W>(self, map: impl FnMut(V) -> W) -> Table<K, W> {
        Table {
            keys: self.keys,
            values: self.values.into_iter().map(map).collect(),
            len: self.len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_keeps_its_value_while_the_table_grows() {
        let mut table = Table::<u64, u32>::new();
        assert_eq!(table.get(5), None);
        for key in 0..10_000_u64 {
            let (value, new) = table.entry(key << 20, 1);
            assert!(new && *value == 1);
            *value += key as u32;
        }
        for key in 0..10_000_u64 {
            assert_eq!(table.get(key << 20), Some(1 + key as u32));
            assert!(!table.entry(key << 20, 7).1);
        }
        assert_eq!((table.len(), table.iter().count()), (10_000, 10_000));
        table.clear();
        assert_eq!((table.len(), table.get(0)), (0, None));
    }
}
