//! The limit on the size of files: a write beyond it fails, and does not end the program.

use super::Error;

/// Makes an error of a write beyond the limit, as of one to a full disk. By default the signal that the system
/// sends ends the process, without a word.
#[cfg(unix)]
pub(super) fn make_an_error_of_it() -> Result<(), Error> {
    use signal_hook::consts::SIGXFSZ;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    // Whether the signal has come is of no interest: the write says so, too.
    let come = Arc::new(AtomicBool::new(false));
    let registered = signal_hook::flag::register(SIGXFSZ, come);
    registered.map(drop).map_err(Error::Signal)
}

/// Does nothing: here no signal is sent.
#[cfg(not(unix))]
pub(super) fn make_an_error_of_it() -> Result<(), Error> {
    Ok(())
}
