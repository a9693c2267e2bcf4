//! A parser for values that have names, which completions know.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};
use selvedge::catalogue::Selection;
use std::ffi::OsStr;

/// A parser with messages of its own, and the names that it takes; it may take more than these.
#[derive(Clone)]
pub(super) struct Named<T> {
    parse: fn(&str) -> Result<T, String>,
    names: Vec<PossibleValue>,
}

impl<T> Named<T> {
    pub(super) fn new(parse: fn(&str) -> Result<T, String>, names: &[&'static str]) -> Self {
        Self::listed(parse, names.iter().map(PossibleValue::new))
    }

    /// Creates a parser with these names, of which each may have a description.
    pub(super) fn listed(
        parse: fn(&str) -> Result<T, String>,
        names: impl Iterator<Item = PossibleValue>,
    ) -> Self {
        let names = names.collect();
        Self { parse, names }
    }

    /// Creates a parser for scenarios.
    pub(super) fn scenario(parse: fn(&str) -> Result<T, String>) -> Self {
        Self::listed(
            parse,
            Selection::all().map(Selection::name).map(PossibleValue::new),
        )
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Named<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        self.parse.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names.iter().cloned()))
    }
}
