//! Ctrl-Z: the game stops, and goes on when the shell says so.

use std::io;

/// Stops the program, as the terminal does on Ctrl-Z unless keys are read one by one; returns when it is continued.
#[cfg(unix)]
pub(super) fn stop() -> io::Result<()> {
    signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)
}

/// Does nothing: here programs are not stopped.
#[cfg(not(unix))]
pub(super) fn stop() -> io::Result<()> {
    Ok(())
}
