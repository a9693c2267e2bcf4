//! Ctrl-C: the first ends the exploration with what is known so far, the second ends the program.

use super::{Error, Status};
use selvedge::engine::Interrupt;

/// Has Ctrl-C set the interrupt that this returns.
pub(super) fn on_ctrl_c() -> Result<Interrupt, Error> {
    on_ctrl_c_or(|| ())
}

/// The same, with something to be done before a second Ctrl-C ends the program.
pub(super) fn on_ctrl_c_or(at_last: impl Fn() + Send + 'static) -> Result<Interrupt, Error> {
    let interrupt = Interrupt::default();
    let in_handler = interrupt.clone();
    ctrlc::set_handler(move || {
        if in_handler.is_set() {
            at_last();
            std::process::exit(Status::Interrupted as i32);
        }
        in_handler.set();
    })
    .map_err(Error::Interrupt)?;
    Ok(interrupt)
}
