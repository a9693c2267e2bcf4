//! Names for objects, as everything calls them that is drawn, told or reported.

use std::collections::HashMap;
use std::fmt;
use std::panic::Location;

use crate::identity::{ObjectId, ObjectKind, ThreadId};
use crate::interned::interned;
use crate::place::file_name;
use crate::source::{self, Created};

/// The name of an object: as the program calls it, or as its source does, or by its kind and place.
///
/// It is the first of these that is known:
///
/// 1. the name that the program gave it by `named`;
/// 2. the field or the variable for which it was created, if the source is at hand and leaves no doubt, such
///    as `head`, `next[1]` or `shared.0`;
/// 3. its kind and the place of its creation, such as `mutex at queue.rs:12`.
///
/// Objects that would be called the same are numbered: `x 1` and `x 2` if the program has named both, and
/// `head (1st)` and `head (2nd)` otherwise. So no two objects of an execution have the same name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName(&'static str);

impl ObjectName {
    /// Returns the name as text.
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// Writes a space and the name after the object's kind, unless the name begins with it: ` mutex head`,
    /// ` mutex at queue.rs:12`. A park token is called by its thread elsewhere, and here not at all.
    pub(crate) fn write_with(&self, kind: ObjectKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = kind.to_string();
        match self.0.strip_prefix(&told) {
            _ if kind == ObjectKind::ParkToken => Ok(()),
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => write!(f, " {self}"),
            _ => write!(f, " {told} {self}"),
        }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

/// An object, as far as its name depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nameable {
    pub(crate) id: ObjectId,
    pub(crate) kind: ObjectKind,
    /// The name that the program gave it.
    pub(crate) given: Option<&'static str>,
    pub(crate) created_at: &'static Location<'static>,
    /// `true` if this execution has created it, and not only an earlier one.
    pub(crate) exists: bool,
}

/// A name that several objects may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Base {
    text: &'static str,
    /// `true` if it was given by the program, or is a bare kind: then a number is enough.
    is_plain: bool,
    /// The number of elements, if one place in the source creates them all.
    elements: Option<usize>,
}

impl Nameable {
    fn base(&self) -> Base {
        let plain = |text| Base {
            text,
            is_plain: true,
            elements: None,
        };
        if let Some(given) = self.given {
            return plain(given);
        }
        match (
            self.kind,
            source::name(Created::Object(self.kind), self.created_at),
        ) {
            (ObjectKind::ParkToken, _) if self.id.number == ObjectId::TOKEN => match self.id.creator {
                ThreadId::MAIN => plain("main"),
                creator => plain(interned(&format!("thread {creator}"))),
            },
            (_, Some(name)) => Base {
                text: name.text,
                is_plain: false,
                elements: name.elements,
            },
            (kind, None) if source::is_in_library(self.created_at) => plain(interned(&kind.to_string())),
            (kind, None) => {
                let (file, line) = (file_name(self.created_at.file()), self.created_at.line());
                Base {
                    text: interned(&format!("{kind} at {file}:{line}")),
                    is_plain: false,
                    elements: None,
                }
            }
        }
    }
}

/// Returns the names of an execution's objects, in the same order.
pub(crate) fn names(objects: &[Nameable]) -> Vec<ObjectName> {
    let bases: Vec<Base> = objects.iter().map(Nameable::base).collect();
    let mut namesakes = HashMap::<&str, Vec<usize>>::new();
    let counts = |object: &Nameable| object.exists && object.id.number != ObjectId::TOKEN;
    for (index, base) in bases
        .iter()
        .enumerate()
        .filter(|(index, _)| counts(&objects[*index]))
    {
        namesakes.entry(base.text).or_default().push(index);
    }
    let mut names: Vec<ObjectName> = bases.iter().map(|base| ObjectName(base.text)).collect();
    for same in namesakes.values_mut() {
        same.sort_unstable_by_key(|&index| objects[index].id);
        let is_whole = creates_all(objects, &bases, same);
        for (number, &index) in same.iter().enumerate() {
            let text = bases[index].text;
            names[index] = ObjectName(match (same.len(), bases[index].is_plain) {
                _ if is_whole => interned(&format!("{text}[{number}]")),
                (1, _) => text,
                (_, true) => interned(&format!("{text} {}", number + 1)),
                (_, false) => interned(&format!("{text} ({})", ordinal(number + 1))),
            });
        }
    }
    names
}

/// Returns `true` if these objects are all elements of one array, in order: one thread has created them at one
/// place, once.
fn creates_all(objects: &[Nameable], bases: &[Base], same: &[usize]) -> bool {
    let first = &objects[same[0]];
    same.iter().all(|&index| {
        let other = &objects[index];
        bases[index].elements == Some(same.len())
            && std::ptr::eq(other.created_at, first.created_at)
            && other.id.creator == first.id.creator
    })
}

/// Returns a number as an ordinal: `1st`, `2nd`.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_are_as_in_english() {
        let numbers = [1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111];
        let expected = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th",
        ];
        assert_eq!(numbers.map(ordinal), expected);
    }
}
