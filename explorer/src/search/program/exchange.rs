//! What a step of a repeated program exchanges with the search over states: the values behind its locks and
//! in its cells, and the number of its iteration.
//!
//! In other searches these stay where they are, in the memory of the execution. See [`states`](crate::states).

use crate::identity::ObjectIndex;

/// The value that an object holds beside its model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Contents {
    /// None.
    Nothing,
    /// This one, as a word.
    Word(u64),
    /// One of this type, which has no words.
    Wordless(&'static str),
    /// One to which the program has had direct access, so that it is not known.
    Borrowed,
}

/// What the step and the search have to tell each other.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// `true` in a search over states; all else is unused in other searches.
    pub(crate) is_on: bool,
    /// The number of objects that the shared state is made of, once it has been made.
    pub(crate) shared: Option<usize>,
    /// The value that the operation executed last lets its thread see.
    pub(crate) moved_in: Option<u64>,
    /// The value that the operation announced last leaves behind.
    pub(crate) moved_out: Option<u64>,
    /// The number of the iteration, if the step has been told.
    pub(crate) number: Option<u64>,
    /// `true` if the step has asked for the number, and must be told.
    pub(crate) asks: bool,
    /// `true` if the step has asked which thread it runs on.
    pub(crate) asks_for_thread: bool,
    contents: Vec<Contents>,
}

impl Exchange {
    /// Begins an execution.
    pub(crate) fn begin(&mut self) {
        self.shared = None;
        self.moved_in = None;
        self.moved_out = None;
        self.asks = false;
        self.asks_for_thread = false;
        self.contents.clear();
    }

    /// Notes the value that an object holds.
    pub(crate) fn note(&mut self, object: ObjectIndex, contents: Contents) {
        let index = usize::from(object);
        if self.contents.len() <= index {
            self.contents.resize(index + 1, Contents::Nothing);
        }
        self.contents[index] = contents;
    }

    /// Returns the value that an object holds.
    pub(crate) fn contents(&self, object: ObjectIndex) -> Contents {
        let known = self.contents.get(usize::from(object));
        known.copied().unwrap_or(Contents::Nothing)
    }
}
