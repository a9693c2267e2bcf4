//! Names, as drawings and stories use them: of threads, of objects, and of numbers.

use crate::{Interleaving, ObjectId, ObjectKind, ThreadId, ThreadStatus};
use std::collections::{BTreeMap, BTreeSet};

/// The names of an interleaving's objects.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<ObjectId, String>);

impl Names {
    /// Names the objects that the interleaving uses: as the program calls them, or else by their kind; numbered where
    /// that is the same for several.
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

/// The objects that are touched, or that a thread is about to touch.
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

/// Returns the name of a thread, as a column is headed.
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

/// Returns the names, as a sentence lists them: `a, b and c`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns the text with a minus sign for the hyphen of each negative number.
pub(super) fn with_minus(text: &str) -> String {
    let mut last = ' ';
    let mut characters = text.chars().peekable();
    let mut result = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let is_sign = character == '-'
            && !last.is_alphanumeric()
            && characters.peek().is_some_and(char::is_ascii_digit);
        result.push(if is_sign { '−' } else { character });
        last = character;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_negative_numbers_have_a_minus_sign() {
        assert_eq!(
            with_minus("(-1, x-2, 3 - 4, \"-\", --5)"),
            "(−1, x-2, 3 - 4, \"-\", -−5)"
        );
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(
            [0, 1, 2, 3].map(|count| list(&names[..count])),
            ["", "a", "a and b", "a, b and c"]
        );
    }
}
