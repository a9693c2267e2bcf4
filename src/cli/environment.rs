//! Keeps the engines' environment variables from overriding the arguments.

use super::Error;
use std::env;
use std::ffi::OsString;
use std::process::Command;

/// The prefixes of the variables that loom and shuttle read.
const PREFIXES: [&str; 2] = ["LOOM_", "SHUTTLE_"];

/// Starts the program again without the engines' variables, if any are set.
///
/// Loom and shuttle read them in many places, and prefer them to the settings that they are given. A process
/// cannot safely remove variables from its own environment.
pub(super) fn shed_engine_variables() -> Result<(), Error> {
    let variables: Vec<OsString> = env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            PREFIXES
                .iter()
                .any(|prefix| name.to_string_lossy().starts_with(prefix))
        })
        .collect();
    if variables.is_empty() {
        return Ok(());
    }
    let program = env::current_exe().map_err(Error::Restart)?;
    let mut again = Command::new(program);
    again.args(env::args_os().skip(1));
    for variable in &variables {
        again.env_remove(variable);
    }
    replace(&mut again)
}

/// Replaces this process with the command; returns only if that fails.
#[cfg(unix)]
fn replace(command: &mut Command) -> Result<(), Error> {
    use std::os::unix::process::CommandExt;
    Err(Error::Restart(command.exec()))
}

/// Runs the command, and exits with its exit code.
#[cfg(not(unix))]
fn replace(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(Error::Restart)?;
    std::process::exit(status.code().unwrap_or(1))
}
