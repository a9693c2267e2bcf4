//! Names for threads and objects that do not depend on the schedule.
//!
//! A thread is named by its spawn path, an object by the thread that created it and a running
//! number. Both are *interned*: the registry gives each name a small index the first time it is
//! seen, and the same index in every later execution of the same exploration. Clocks and tables
//! are indexed by these small numbers.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::limit::{self, Limit};

/// The largest number of threads in one exploration, the main thread included.
pub const MAX_THREADS: usize = 16;

/// A small index that stands for a [`ThreadId`] within one exploration.
pub(crate) type ThreadIndex = u8;

/// A small index that stands for an [`ObjectId`] within one exploration.
pub(crate) type ObjectIndex = u16;

/// The index that stands for no object.
pub(crate) const NO_OBJECT: ObjectIndex = ObjectIndex::MAX;

/// The name of a thread: the path of spawns that leads to it from the main thread.
///
/// The main thread is `main`; its second child is `2`; the first child of that one is `2.1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThreadId {
    // Unused places are 0, and children are numbered from 1: so the derived order is the order
    // of a depth-first walk, parents first.
    path: [u8; MAX_THREADS - 1],
}

impl ThreadId {
    /// The main thread, which runs the body.
    pub const MAIN: Self = Self {
        path: [0; MAX_THREADS - 1],
    };

    /// Returns the name of the `nth` child (from 1) that this thread spawned.
    ///
    /// # Panics
    ///
    /// If the name would be a path of more than [`MAX_THREADS`] − 1 spawns.
    pub fn child(mut self, nth: u8) -> Self {
        let depth = self.path().len();
        self.path[depth] = nth;
        self
    }

    /// Returns the spawn path: the running number (from 1) at each spawn, the main thread's first.
    pub fn path(&self) -> &[u8] {
        let depth = self
            .path
            .iter()
            .position(|&nth| nth == 0)
            .unwrap_or(self.path.len());
        &self.path[..depth]
    }
}

impl Hash for ThreadId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path().hash(state);
    }
}

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.path().split_first() else {
            return f.write_str("main");
        };
        write!(f, "{first}")?;
        rest.iter().try_for_each(|nth| write!(f, ".{nth}"))
    }
}

impl fmt::Debug for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThreadId({self})")
    }
}

/// The kind of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ObjectKind {
    /// An atomic whose values are signed integers.
    AtomicSigned,
    /// An atomic whose values are unsigned integers.
    AtomicUnsigned,
    /// An atomic whose values are `true` and `false`.
    AtomicBool,
    /// An atomic whose values are pointers.
    AtomicPtr,
    /// A mutual exclusion lock.
    Mutex,
    /// A readers-writer lock.
    RwLock,
    /// A condition variable.
    Condvar,
    /// Plain, unsynchronised memory.
    Cell,
    /// The token of a thread, which `unpark` sets and `park` takes.
    ParkToken,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtomicSigned | Self::AtomicUnsigned | Self::AtomicBool | Self::AtomicPtr => "atomic",
            Self::Mutex => "mutex",
            Self::RwLock => "rwlock",
            Self::Condvar => "condvar",
            Self::Cell => "cell",
            Self::ParkToken => "park token",
        })
    }
}

/// The name of an object: the thread that created it, and a running number among its objects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectId {
    /// The thread that created the object.
    pub creator: ThreadId,
    /// The number of objects that the thread had created before; [`ObjectId::TOKEN`] for its park token.
    pub number: u32,
}

impl ObjectId {
    /// The number that stands for the creator's own park token.
    pub const TOKEN: u32 = u32::MAX;
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Self::TOKEN => write!(f, "{}#token", self.creator),
            number => write!(f, "{}#{}", self.creator, number + 1),
        }
    }
}

/// The names of all threads and objects seen in an exploration, with their indices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    threads: Vec<ThreadNames>,
    objects: Vec<ObjectId>,
}

/// The registry's record of one thread.
#[derive(Clone, Debug)]
struct ThreadNames {
    id: ThreadId,
    children: Vec<ThreadIndex>,
    /// By number; of objects that are not always alike, the one that was asked for last.
    objects: Vec<ObjectIndex>,
    /// All that are not always alike, each with its number.
    unlike: Vec<(usize, ObjectIndex)>,
    token: ObjectIndex,
}

impl Registry {
    /// Creates a registry that knows the main thread, as index 0.
    pub(crate) fn new() -> Self {
        let mut registry = Self::default();
        registry.add_thread(ThreadId::MAIN);
        registry
    }

    fn add_thread(&mut self, id: ThreadId) -> ThreadIndex {
        let index = self.threads.len();
        self.threads.push(ThreadNames {
            id,
            children: Vec::new(),
            objects: Vec::new(),
            unlike: Vec::new(),
            token: NO_OBJECT,
        });
        index as ThreadIndex
    }

    fn add_object(&mut self, id: ObjectId) -> ObjectIndex {
        let index = self.objects.len();
        if index >= usize::from(NO_OBJECT) {
            limit::reach(Limit::Objects);
        }
        self.objects.push(id);
        index as ObjectIndex
    }

    /// Returns the index of the child that `parent` spawned after `earlier` others.
    pub(crate) fn child(&mut self, parent: ThreadIndex, earlier: usize) -> ThreadIndex {
        if let Some(&known) = self.threads[usize::from(parent)].children.get(earlier) {
            return known;
        }
        if self.threads.len() >= MAX_THREADS {
            limit::reach(Limit::Threads);
        }
        let id = self.thread_id(parent).child(earlier as u8 + 1);
        let index = self.add_thread(id);
        self.threads[usize::from(parent)].children.push(index);
        index
    }

    /// Returns the index of the object that `creator` created after `earlier` others.
    pub(crate) fn object(&mut self, creator: ThreadIndex, earlier: usize) -> ObjectIndex {
        let names = &self.threads[usize::from(creator)];
        if let Some(&known) = names.objects.get(earlier) {
            return known;
        }
        let id = ObjectId {
            creator: names.id,
            number: earlier as u32,
        };
        let index = self.add_object(id);
        self.threads[usize::from(creator)].objects.push(index);
        index
    }

    /// Returns the index of the object that `creator` created after `earlier` others, where what it creates may depend on
    /// the execution: objects of this name that are not alike have different indices.
    pub(crate) fn object_like(
        &mut self,
        creator: ThreadIndex,
        earlier: usize,
        is_like: impl Fn(ObjectIndex) -> bool,
    ) -> ObjectIndex {
        let last = self.object(creator, earlier);
        if is_like(last) {
            return last;
        }
        let names = &self.threads[usize::from(creator)];
        let same_name = names.unlike.iter().filter(|(number, _)| *number == earlier);
        let known = same_name.map(|(_, index)| *index).find(|&index| is_like(index));
        let index = known.unwrap_or_else(|| self.add_object(self.object_id(last)));
        let names = &mut self.threads[usize::from(creator)];
        for index in [last, index] {
            if !names.unlike.contains(&(earlier, index)) {
                names.unlike.push((earlier, index));
            }
        }
        names.objects[earlier] = index;
        index
    }

    /// Returns `true` if the object is the one of its name that was asked for last.
    pub(crate) fn is_last(&self, object: ObjectIndex) -> bool {
        let id = self.object_id(object);
        let creator = self.thread_named(id.creator);
        let names = creator.map(|creator| &self.threads[usize::from(creator)]);
        names.is_some_and(|names| names.objects.get(id.number as usize) == Some(&object))
    }

    /// Returns the index of the park token of `thread`.
    pub(crate) fn token(&mut self, thread: ThreadIndex) -> ObjectIndex {
        let names = &self.threads[usize::from(thread)];
        if names.token != NO_OBJECT {
            return names.token;
        }
        let id = ObjectId {
            creator: names.id,
            number: ObjectId::TOKEN,
        };
        let index = self.add_object(id);
        self.threads[usize::from(thread)].token = index;
        index
    }

    /// Returns the name of the thread with this index.
    pub(crate) fn thread_id(&self, thread: ThreadIndex) -> ThreadId {
        self.threads[usize::from(thread)].id
    }

    /// Returns the index of the thread with this name, if it has been seen.
    pub(crate) fn thread_named(&self, id: ThreadId) -> Option<ThreadIndex> {
        let index = self.threads.iter().position(|names| names.id == id);
        index.map(|index| index as ThreadIndex)
    }

    /// Returns the name of the object with this index.
    pub(crate) fn object_id(&self, object: ObjectIndex) -> ObjectId {
        self.objects[usize::from(object)]
    }

    /// Returns the number of threads that have been seen.
    pub(crate) fn thread_count(&self) -> usize {
        self.threads.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_interned_once() {
        let mut registry = Registry::new();
        let first = registry.child(0, 0);
        let nested = registry.child(first, 0);
        assert_eq!(registry.child(0, 0), first);
        assert_eq!(registry.thread_id(nested).to_string(), "1.1");
        assert_eq!(registry.thread_id(0).to_string(), "main");
        let object = registry.object(nested, 0);
        assert_eq!(registry.object(nested, 0), object);
        assert_eq!(registry.object_id(object).to_string(), "1.1#1");
        assert_ne!(registry.token(first), registry.token(nested));
    }

    #[test]
    fn objects_that_are_not_alike_have_different_indices() {
        let mut registry = Registry::new();
        let first = registry.object_like(0, 0, |_| true);
        let second = registry.object_like(0, 0, |index| index != first);
        assert_ne!(first, second);
        assert_eq!(registry.object_id(first), registry.object_id(second));
        assert!(registry.is_last(second) && !registry.is_last(first));
        assert_eq!(registry.object_like(0, 0, |index| index == first), first);
        assert!(registry.is_last(first) && !registry.is_last(second));
    }

    /// Two threads race; the object that each creates then depends on who was first.
    #[test]
    fn what_a_thread_creates_may_depend_on_the_execution_graph() {
        use crate::sync::atomic::AtomicUsize;
        use crate::sync::{Arc, Mutex};
        use crate::{Completeness, Explorer, MemoryModel, thread};
        use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
        let body = || {
            let chosen = Arc::new(AtomicUsize::new(0));
            let seen = Arc::new(AtomicUsize::new(0));
            let threads = [1, 2].map(|own| {
                let (chosen, seen) = (Arc::clone(&chosen), Arc::clone(&seen));
                thread::spawn(move || {
                    let is_first = chosen.compare_exchange(0, own, AcqRel, Acquire).is_ok();
                    let value = match is_first {
                        true => {
                            let lock = Mutex::new(own);
                            *lock.lock().unwrap()
                        }
                        false => AtomicUsize::new(own + 10).fetch_add(1, Relaxed) - 10,
                    };
                    assert_eq!(value, own);
                    seen.store(own, Release);
                    seen.load(Acquire)
                })
            });
            threads.map(|thread| thread.join().unwrap())
        };
        let explored = [MemoryModel::SequentiallyConsistent, MemoryModel::Rc11].map(|model| {
            let mut outcomes = std::collections::BTreeSet::new();
            let explorer = Explorer::new().memory_model(model);
            let summary = explorer.explore(body, |execution| {
                outcomes.extend(execution.ending().finished().copied());
            });
            let summary = summary.expect("it does the same after the same history");
            assert_eq!(
                (summary.failures, summary.completeness),
                (0, Completeness::Exhaustive)
            );
            outcomes
        });
        assert_eq!(explored[0], explored[1], "each sees its own store or the other");
    }

    #[test]
    fn thread_names_are_ordered_parents_first() {
        let one = ThreadId::MAIN.child(1);
        let two = ThreadId::MAIN.child(2);
        assert!(ThreadId::MAIN < one && one < one.child(1) && one.child(1) < two);
    }
}
