//! Ctrl-C: the first ends the exploration with what is known so far, the second ends the program.

use super::{Error, Status};
use selvedge::engine::Interrupt;
use std::thread;
use std::time::Duration;

/// How long a game may take to end by itself.
const GRACE: Duration = Duration::from_secs(1);

/// Has Ctrl-C set the interrupt that this returns.
pub(super) fn on_ctrl_c() -> Result<Interrupt, Error> {
    handle(|interrupt| {
        if interrupt.is_set() {
            std::process::exit(Status::Interrupted as i32);
        }
        interrupt.set();
    })
}

/// The same for a game, which has a second to end by itself: its terminal may have gone, and then it would wait for
/// keys for ever.
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
