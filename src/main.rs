//! The `selvedge` command: see `selvedge --help`, and the library's documentation for what is behind it.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().unwrap_or_else(cli::Error::report).into()
}
