//! The values of `selvedge.toml`, read and written as the command line has them.
//!
//! Each is read by the parser of the option with the same name, so that both refuse the same values in the same
//! words.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::Duration;

type Parser<T> = fn(&str) -> Result<T, String>;

/// Reads a text.
fn text<'de, T, D: Deserializer<'de>>(from: D, parse: Parser<T>) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).map(Some).map_err(Error::custom)
}

/// Reads a whole number, of any size, so that one that is too large is refused like any other.
fn number<'de, T, D: Deserializer<'de>>(from: D, parse: Parser<T>) -> Result<Option<T>, D::Error> {
    from.deserialize_any(Number(parse)).map(Some)
}

struct Number<T>(Parser<T>);

impl<T> Number<T> {
    fn parse<E: Error>(&self, number: &impl ToString) -> Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }
}

impl<T> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.parse(&number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.parse(&number)
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<T, E> {
        self.parse(&number)
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<T, E> {
        self.parse(&number)
    }
}

/// Defines the reader of a key with a whole number, by the parser of its option.
macro_rules! numbers {
    ($($name:ident: $type:ty;)*) => {
        $(pub(super) mod $name {
            use serde::Deserializer;

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<$type>, D::Error> {
                super::number(from, super::super::parse::$name)
            }
        })*
    };
}

numbers! {
    parse_executions: u64;
    parse_iterations: u64;
    parse_jobs: usize;
    parse_preemptions: u8;
    parse_seed: u64;
    parse_steps: u64;
    parse_threads: usize;
}

/// The least verdict that passes.
pub(super) mod required {
    use super::super::parse::parse_required;
    use selvedge::verdict::Strength;
    use serde::{Deserializer, Serializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Strength>, D::Error> {
        super::text(from, parse_required)
    }

    pub(crate) fn serialize<S: Serializer>(required: &Option<Strength>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&required.expect("only what is set is written"))
    }
}

/// The memory model.
pub(super) mod memory {
    use super::super::parse::parse_memory;
    use selvedge::engine::Memory;
    use serde::{Deserializer, Serializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Memory>, D::Error> {
        super::text(from, parse_memory)
    }

    pub(crate) fn serialize<S: Serializer>(memory: &Option<Memory>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&memory.expect("only what is set is written"))
    }
}

/// A time: a text such as `1m 30s`, or a whole number of seconds.
pub(super) mod time {
    use super::{Deserializer, Duration, Serializer, Time};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        from.deserialize_any(Time).map(Some)
    }

    pub(crate) fn serialize<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        let time = time.expect("only what is set is written");
        to.collect_str(&humantime::format_duration(time))
    }
}

struct Time;

impl Visitor<'_> for Time {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as \"30s\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        super::parse::parse_time(text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Duration, E> {
        self.visit_str(&seconds.to_string())
    }
}

/// A list of texts, each read by its type's `FromStr` and written by its `Display`.
pub(super) mod list {
    use super::{Deserializer, FromStr, List, PhantomData, Serializer, fmt};
    use serde::ser::SerializeSeq;

    pub(crate) fn deserialize<'de, T: FromStr<Err = String>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        from.deserialize_seq(List(PhantomData))
    }

    pub(crate) fn serialize<T: fmt::Display, S: Serializer>(list: &[T], to: S) -> Result<S::Ok, S::Error> {
        let mut elements = to.serialize_seq(Some(list.len()))?;
        for element in list {
            elements.serialize_element(&element.to_string())?;
        }
        elements.end()
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: FromStr<Err = String>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(Parsed(element)) = elements.next_element()? {
            list.push(element);
        }
        Ok(list)
    }
}

/// One element of a list.
struct Parsed<T>(T);

impl<'de, T: FromStr<Err = String>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // An error within the visitor has the place of the element, and not that of the whole list.
        from.deserialize_str(Element(PhantomData)).map(Parsed)
    }
}

struct Element<T>(PhantomData<T>);

impl<T: FromStr<Err = String>> Visitor<'_> for Element<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}
