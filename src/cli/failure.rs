//! Errors for programs: where the result is one JSON document, an error is one, too.

use super::{Error, Status};
use selvedge::report::json::SCHEMA;
use serde_json::json;
use std::io::{self, Write};

/// Returns `true` if the arguments ask for JSON on standard output, whether or not they make sense otherwise.
pub(super) fn is_json_wanted() -> bool {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let is = |index: usize, wanted: &str| arguments.get(index).is_some_and(|argument| argument == wanted);
    (0..arguments.len()).any(|index| {
        is(index, "--format=json")
            || is(index, "--format") && is(index + 1, "json")
            || is(index, "--output=json=-")
            || is(index, "--output") && is(index + 1, "json=-")
    })
}

/// Writes the error as a JSON document on standard output, and returns the exit code. Help that was asked for
/// is not an error, and what could not be written there is told on standard error.
pub(super) fn report(error: Error) -> Status {
    let status = error.status();
    match error {
        Error::Arguments(_) if status == Status::AsExpected => return error.report(),
        Error::Output(_) => return error.report(),
        _ => {}
    }
    let document = json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "error": { "message": error.message(), "exit_code": status as u8 },
    });
    let mut output = io::stdout().lock();
    match writeln!(output, "{document:#}").and_then(|()| output.flush()) {
        Ok(()) => status,
        Err(error) => Error::Output(error).report(),
    }
}
