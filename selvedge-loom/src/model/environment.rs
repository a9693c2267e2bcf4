//! Variables of the environment, and what is said on standard error.

use std::any::type_name;
use std::collections::BTreeSet;
use std::env;
use std::fmt::Display;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Mutex;

/// Returns the value of a variable, if it is set.
///
/// # Panics
///
/// If it is no such value.
pub(super) fn parsed<T: FromStr>(name: &str) -> Option<T>
where
    T::Err: Display,
{
    let text = env::var(name).ok()?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => panic!(
            "`{name}` is {text:?}, which is no `{}`: {error}",
            type_name::<T>()
        ),
    }
}

/// Says something on standard error, past the capture of the test harness.
pub(super) fn say(text: impl Display) {
    // There is nobody else to tell.
    let _ = writeln!(io::stderr().lock(), "selvedge-loom: {text}");
}

/// Says something, the first time that it is called with it.
pub(super) fn warn_once(text: &'static str) {
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if said.insert(text) {
        say(text);
    }
}

/// Returns the name of the current test, if the test harness has told.
pub(super) fn test_name() -> Option<String> {
    let current = std::thread::current();
    current.name().filter(|&name| name != "main").map(str::to_owned)
}
