//! Ctrl-C: the first ends the exploration with what is known so far, the second ends the program.

use super::Error;
use selvedge::engine::Interrupt;

/// The exit code of a program that Ctrl-C has ended, as shells have it.
const ENDED_BY_INTERRUPT: i32 = 130;

/// Has Ctrl-C set the interrupt that this returns.
pub(super) fn on_ctrl_c() -> Result<Interrupt, Error> {
    let interrupt = Interrupt::default();
    let in_handler = interrupt.clone();
    ctrlc::set_handler(move || {
        if in_handler.is_set() {
            std::process::exit(ENDED_BY_INTERRUPT);
        }
        in_handler.set();
    })
    .map_err(Error::Interrupt)?;
    Ok(interrupt)
}
