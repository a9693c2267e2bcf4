//! The names of threads and of objects, as drawings and stories use them.

use crate::{Interleaving, ObjectId, ObjectKind, ThreadId, ThreadStatus};
use std::collections::{BTreeMap, BTreeSet};

/// The names of an interleaving's objects.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<ObjectId, String>);

impl Names {
    /// Names the objects that the interleaving uses: as the program calls them, or else by their kind.
    /// Objects of the same name are numbered.
    pub(super) fn of(interleaving: &Interleaving) -> Self {
        let used = used(interleaving);
        let objects = interleaving
            .objects
            .iter()
            .filter(|object| used.contains(&object.id));
        let base =
            |name: Option<&str>, kind: ObjectKind| name.map_or_else(|| kind.to_string(), str::to_owned);
        let named: Vec<(ObjectId, String)> = objects
            .map(|object| match object.kind {
                ObjectKind::ParkToken => (object.id, thread(object.id.creator)),
                kind => (object.id, base(object.name, kind)),
            })
            .collect();
        let mut numbers = BTreeMap::<&str, usize>::new();
        let count = |name: &str| named.iter().filter(|(_, other)| other == name).count();
        let numbered = |(id, name): &'_ (ObjectId, String), number: usize| match count(name) {
            1 => (*id, name.clone()),
            _ => (*id, format!("{name} {number}")),
        };
        let names = named.iter().map(|entry| {
            let number = numbers.entry(&entry.1).or_default();
            *number += 1;
            numbered(entry, *number)
        });
        Self(names.collect())
    }

    /// Returns the name of an object.
    pub(super) fn object(&self, id: ObjectId) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// Returns the objects that an event has touched, or that a thread is about to touch.
fn used(interleaving: &Interleaving) -> BTreeSet<ObjectId> {
    let mut used = BTreeSet::new();
    for step in &interleaving.steps {
        used.extend(step.event.object.map(|(_, id)| id));
        used.extend(step.event.mutex);
    }
    for thread in &interleaving.threads {
        if let ThreadStatus::Pending(pending) = &thread.status {
            used.extend(pending.object.map(|(_, id)| id));
            used.extend(pending.mutex);
        }
    }
    used
}

/// Returns the name of a thread, as the head of a column has it.
pub(super) fn thread(id: ThreadId) -> String {
    match id {
        ThreadId::MAIN => "main".to_owned(),
        id => format!("thread {id}"),
    }
}

/// Returns the name of a thread within a sentence.
pub(super) fn thread_in_words(id: ThreadId) -> String {
    match id {
        ThreadId::MAIN => "the main thread".to_owned(),
        id => thread(id),
    }
}
