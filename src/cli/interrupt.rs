//! Ctrl-C: the first one ends the exploration and keeps its results, the second one ends the program.

use super::{Error, Status};
use selvedge::engine::Interrupt;
use std::thread;
use std::time::Duration;

/// The time in which a game may end by itself.
const GRACE: Duration = Duration::from_secs(1);

/// Returns an interrupt that Ctrl-C sets.
pub(super) fn on_ctrl_c() -> Result<Interrupt, Error> {
    handle(|interrupt| {
        if interrupt.is_set() {
            std::process::exit(Status::Interrupted as i32);
        }
        interrupt.set();
    })
}

/// Returns an interrupt that Ctrl-C or a hangup sets, and ends the program one second later: if the terminal
/// is gone, the game would wait for keys for ever.
pub(super) fn on_ctrl_c_or_hangup(at_last: impl Fn() + Send + 'static) -> Result<Interrupt, Error> {
    handle(move |interrupt| {
        interrupt.set();
        thread::sleep(GRACE);
        at_last();
        std::process::exit(Status::Interrupted as i32);
    })
}

fn handle(on_signal: impl Fn(&Interrupt) + Send + 'static) -> Result<Interrupt, Error> {
    let interrupt = Interrupt::default();
    let in_handler = interrupt.clone();
    ctrlc::set_handler(move || on_signal(&in_handler)).map_err(Error::Interrupt)?;
    Ok(interrupt)
}
