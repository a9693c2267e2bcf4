//! The `selvedge` command: `selvedge --help` describes its use, and the library's documentation its parts.

mod cli;

use std::process::ExitCode;
use std::thread;

/// The stack of the command, in bytes: as much as the main thread has by default. The system's limit may be lower.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let run = || cli::run().unwrap_or_else(cli::Error::report);
    let thread = thread::Builder::new()
        .name("main".to_owned())
        .stack_size(STACK)
        .spawn(run);
    let status = match thread {
        Ok(thread) => thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        // Where no thread can be started, the main thread has to do.
        Err(_) => run(),
    };
    status.into()
}
