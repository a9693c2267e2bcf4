//! The names of threads and of objects, as drawings and stories use them.

use crate::source::{self, Created};
use crate::{Interleaving, ObjectId, ObjectName, ThreadId};
use std::collections::BTreeMap;

/// The names of an interleaving's objects.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<ObjectId, ObjectName>);

impl Names {
    /// Takes down the names of an interleaving's objects.
    pub(super) fn of(interleaving: &Interleaving) -> Self {
        let objects = interleaving.objects.iter();
        Self(objects.map(|object| (object.id, object.called)).collect())
    }

    /// Returns the name of an object.
    pub(super) fn object(&self, id: ObjectId) -> String {
        let called = self.0.get(&id).map(ToString::to_string);
        called.unwrap_or_else(|| id.to_string())
    }
}

/// Returns the name of a thread, as the head of a column has it.
pub(super) fn thread(id: ThreadId) -> String {
    match id {
        ThreadId::MAIN => "main".to_owned(),
        id => format!("thread {id}"),
    }
}

/// Returns the name of a thread, with the variable that holds its handle, if the source tells it.
pub(super) fn in_full(interleaving: &Interleaving, id: ThreadId) -> String {
    let mut spawns = interleaving
        .links
        .iter()
        .filter(|link| link.spawn && link.of == id);
    let handle = spawns.find_map(|link| source::name(Created::Thread, link.location));
    match handle {
        Some(handle) if handle.elements.is_none() => format!("{} ({})", thread(id), handle.text),
        _ => thread(id),
    }
}

/// Returns the name of a thread within a sentence.
pub(super) fn thread_in_words(id: ThreadId) -> String {
    match id {
        ThreadId::MAIN => "the main thread".to_owned(),
        id => thread(id),
    }
}
