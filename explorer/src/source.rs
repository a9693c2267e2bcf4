//! The program's source, read for the names that the programmer wrote.
//!
//! An object without a name is best called as the source calls it: by the field or the variable that it was
//! created for. The place of its creation is known, so its source can be read, if the file is still there.
//! Nothing else depends on that. A name is taken only from a few patterns that leave no doubt (see
//! [`binding`]), and only from a file that has not changed since the program was built.

mod binding;
mod file;
mod tokens;

use std::collections::HashMap;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use crate::identity::ObjectKind;
use crate::interned::interned;

/// A thing that the program creates, and that a variable or a field may hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Created {
    /// An object of this kind.
    Object(ObjectKind),
    /// A thread: its handle.
    #[cfg_attr(not(feature = "drawing"), expect(dead_code, reason = "only drawings tell it"))]
    Thread,
}

/// A name in the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SourceName {
    /// The variable or the field, with an index if it is an element: `head`, `next[1]`, `shared.0`.
    pub(crate) text: &'static str,
    /// The number of elements, if this one place creates all elements of what the name stands for.
    pub(crate) elements: Option<usize>,
}

/// The names by place: the address of a location stands for it, because it is faster to compare.
type Known = HashMap<(usize, Created), Option<SourceName>>;

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// Returns the name in the source of what is created at this place, if it can be told.
pub(crate) fn name(created: Created, location: &'static Location<'static>) -> Option<SourceName> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    let key = (std::ptr::from_ref(location).addr(), created);
    *known.entry(key).or_insert_with(|| read(created, location))
}

/// Returns the text of a source file, by its path as the compiler has it: if it is there, and older than the
/// running program. Files of the standard library are not looked for.
pub fn source_text(path: &str) -> Option<String> {
    let is_own = !is_library(path);
    is_own.then(|| file::read(path)).flatten()
}

/// Returns `true` for a place in the standard library, which says nothing about the program.
pub(crate) fn is_in_library(location: &Location<'_>) -> bool {
    is_library(location.file())
}

fn is_library(path: &str) -> bool {
    let file = path.replace('\\', "/");
    file.starts_with("/rustc/") || file.contains("/rustlib/src/rust/library/")
}

fn read(created: Created, location: &Location<'_>) -> Option<SourceName> {
    if is_in_library(location) {
        return None;
    }
    let text = file::read(location.file())?;
    let tokens = tokens::Tokens::of(&text)?;
    let found = binding::of(&tokens, created, (location.line(), location.column()))?;
    Some(SourceName {
        text: interned(&found.name),
        elements: found.elements,
    })
}
