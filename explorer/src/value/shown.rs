//! Values that are no number: as their `Debug` shows them.
//!
//! A recorder sees only the type of a value, which need not have a `Debug` at all. So the types that can be
//! shown are on a list, each with its function: common types of the standard library from the beginning, and
//! others once the program asks for them, by [`Mutex::shown`](crate::sync::Mutex::shown) for example.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};
use std::sync::{Mutex, PoisonError};

use crate::interned::interned;

/// The largest number of characters of a text that are kept.
const LONGEST: usize = 60;

/// A value as its `Debug` shows it, cut off after 60 characters.
///
/// Two of them are equal if their whole texts are, up to a collision of a hash of 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShownValue {
    text: &'static str,
    /// The hash of the whole text.
    hash: u64,
}

impl fmt::Display for ShownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Debug for ShownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl ShownValue {
    fn of(value: &impl fmt::Debug) -> Option<Self> {
        let mut beginning = Beginning::default();
        write!(beginning, "{value:?}").ok()?;
        if beginning.is_cut {
            beginning.text.pop();
            beginning.text.push('…');
        }
        Some(Self {
            text: interned(&beginning.text),
            hash: beginning.hasher.finish(),
        })
    }
}

/// The beginning of a text, and a hash of all of it.
#[derive(Default)]
struct Beginning {
    text: String,
    length: usize,
    is_cut: bool,
    hasher: DefaultHasher,
}

impl Write for Beginning {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.hasher.write(piece.as_bytes());
        for character in piece.chars() {
            self.is_cut |= self.length == LONGEST;
            if self.length < LONGEST {
                self.text.push(character);
                self.length += 1;
            }
        }
        Ok(())
    }
}

type Show = fn(&dyn Any) -> Option<ShownValue>;

static LIST: Mutex<BTreeMap<TypeId, Show>> = Mutex::new(BTreeMap::new());

fn show<T: fmt::Debug + 'static>(value: &dyn Any) -> Option<ShownValue> {
    ShownValue::of(value.downcast_ref::<T>()?)
}

/// Puts a type on the list.
pub(crate) fn enlist<T: fmt::Debug + 'static>() {
    let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    list.insert(TypeId::of::<T>(), show::<T>);
}

/// Returns a value as its `Debug` shows it, if its type is on the list.
pub(crate) fn shown(value: &dyn Any) -> Option<ShownValue> {
    let list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let show = list.get(&value.type_id()).copied();
    drop(list);
    // The list is free again: a `Debug` of the program may do anything.
    match show {
        Some(show) => show(value),
        None => common(value),
    }
}

/// Returns a value of a common type of the standard library as its `Debug` shows it.
fn common(value: &dyn Any) -> Option<ShownValue> {
    macro_rules! first_of {
        ($($type:ty),* $(,)?) => { None$(.or_else(|| show::<$type>(value)))* };
    }
    macro_rules! with_containers {
        ($($type:ty),* $(,)?) => {
            first_of!($($type, Option<$type>, Vec<$type>, VecDeque<$type>, ($type, $type), [$type; 2]),*)
        };
    }
    with_containers!(
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
        bool,
        char,
        f32,
        f64,
        String,
        &'static str
    )
    .or_else(|| first_of!(Option<()>, Vec<()>, Vec<Vec<usize>>, Vec<Option<usize>>))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<T: 'static>(value: T) -> Option<String> {
        shown(&value).map(|value| value.to_string())
    }

    #[test]
    fn common_types_are_shown_and_others_once_they_are_on_the_list() {
        #[derive(Debug)]
        struct Own(#[expect(dead_code, reason = "it is only shown")] u8);
        assert_eq!(text(Some(-1_i64)).as_deref(), Some("Some(-1)"));
        assert_eq!(text(vec!["a", "b"]).as_deref(), Some("[\"a\", \"b\"]"));
        assert_eq!(text("a\nb".to_owned()).as_deref(), Some("\"a\\nb\""));
        assert_eq!(text((1_usize, 2_usize)).as_deref(), Some("(1, 2)"));
        assert_eq!(text(Own(1)), None);
        enlist::<Own>();
        assert_eq!(text(Own(1)).as_deref(), Some("Own(1)"));
    }

    #[test]
    fn a_long_text_is_cut_and_still_told_apart() {
        let [one, other] =
            [1, 2].map(|last| ShownValue::of(&"x".repeat(100 + last)).expect("it can be shown"));
        assert_eq!(one.to_string().chars().count(), LONGEST);
        assert!(one.to_string().ends_with("x…"));
        assert!(one != other && one.text == other.text);
    }
}
