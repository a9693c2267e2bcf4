//! The panic hook: a panic within an execution is told in the report, and not by itself.

use std::panic;
use std::sync::Once;

/// Wraps the panic hook of the process, once: panics within executions are noted and not printed; all others go to the
/// hook that was there.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            selvedge_explorer::note_panic(info);
            // A panic that cannot unwind ends the process, and with it the report.
            if !selvedge_explorer::in_execution() || aborts(info) {
                previous(info);
            }
        }));
    });
}

/// Returns `true` if the panic ends the process.
fn aborts(info: &panic::PanicHookInfo<'_>) -> bool {
    let message = info.payload().downcast_ref::<&str>().copied().unwrap_or_default();
    message.starts_with("panic in a destructor during cleanup")
        || message.starts_with("panic in a function that cannot unwind")
}
