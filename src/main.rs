//! The `selvedge` command: see `selvedge --help`, and the library's documentation for what is behind it.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(status) => status.into(),
        Err(error) => {
            error.print();
            error.status().into()
        }
    }
}
