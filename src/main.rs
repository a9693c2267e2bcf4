//! The `selvedge` command: `selvedge --help` describes its use, and the library's documentation its parts.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().unwrap_or_else(cli::Error::report).into()
}
