//! The command or the line of code that runs a witness again.

use crate::witness::Witness;

/// Returns the command for a scenario of the catalogue, and a line of code for others; `None` if no interleaving ends
/// like the witness.
pub(super) fn again(witness: &Witness, is_catalogued: bool) -> Option<String> {
    let schedule = &witness.schedule;
    if schedule.is_weak() {
        return None;
    }
    Some(match &schedule.header {
        Some(header) if is_catalogued => format!("selvedge replay {} '{schedule}'", header.scenario),
        _ => format!("selvedge::replay(scenario, {:?})", schedule.to_string()),
    })
}
