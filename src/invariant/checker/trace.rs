//! The record of one path.

use super::Checker;
use crate::explorer::{Flow, ObjectKind};
use crate::invariant::path::{Access, Path};
use crate::invariant::value::Value;

/// One operation of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub(super) operation: &'static str,
    pub(super) object: Option<u32>,
    pub(super) read: Option<Value>,
    pub(super) written: Option<Value>,
}

impl Checker {
    #[inline]
    pub(super) fn note(
        &mut self,
        operation: &'static str,
        object: u32,
        read: Option<Value>,
        written: Option<Value>,
    ) {
        if let Some(trace) = &mut self.path.trace {
            trace.push(Line {
                operation,
                object: Some(object),
                read,
                written,
            });
        }
    }

    /// Notes an operation on nothing that is shared.
    pub(super) fn note_alone(&mut self, operation: &'static str, read: Option<Value>) {
        if let Some(trace) = &mut self.path.trace {
            trace.push(Line {
                operation,
                object: None,
                read,
                written: None,
            });
        }
    }

    /// Returns the recorded path, with names for its objects and values.
    pub(in crate::invariant) fn recorded(&mut self, thread: usize, end: Result<Flow, String>) -> Path {
        let lines = self.path.trace.take().unwrap_or_default();
        let accesses = lines.iter().map(|line| Access {
            operation: line.operation,
            object: line.object.map(|object| self.name_of(object)),
            read: line.read.map(|value| self.shown(line.object, value)),
            written: line.written.map(|value| self.shown(line.object, value)),
        });
        let accesses = accesses.collect();
        let end = match end {
            Ok(Flow::Done) => format!("done: {}", self.changes()),
            Ok(Flow::Again) => format!("to be taken again: {}", self.changes()),
            Err(reason) => reason,
        };
        Path {
            thread,
            accesses,
            end,
        }
    }

    fn changes(&self) -> String {
        let changed = self.objects.iter().filter(|object| object.sum != 0);
        let changes: Vec<_> = changed
            .map(|object| format!("{} has changed by {:+}", object.name(), object.sum))
            .collect();
        match changes.is_empty() {
            true => "nothing has changed".to_owned(),
            false => changes.join(", "),
        }
    }

    /// Returns the name of a shared object; of a private one that it is private.
    fn name_of(&self, id: u32) -> String {
        match self.objects.get(id as usize) {
            Some(object) => object.name(),
            None => "a private object".to_owned(),
        }
    }

    fn shown(&self, id: Option<u32>, value: Value) -> String {
        let object = id.and_then(|id| self.objects.get(id as usize));
        if object.is_some_and(|object| object.kind == ObjectKind::AtomicBool) {
            return (value.offset != 0).to_string();
        }
        match (value.base, value.offset) {
            (0, offset) => offset.to_string(),
            (base, 0) => letter(base),
            (base, offset) if offset < 0 => format!("{} - {}", letter(base), offset.unsigned_abs()),
            (base, offset) => format!("{} + {offset}", letter(base)),
        }
    }
}

/// Returns a name for a number that nobody knows: a, b, c … z, a1, b1 …
fn letter(base: u32) -> String {
    let (round, index) = ((base - 1) / 26, (base - 1) % 26);
    let letter = char::from(b'a' + index as u8);
    match round {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}
