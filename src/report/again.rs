//! The command or the line of code that runs a witness again.

use crate::witness::Witness;

/// Returns the command for a scenario of the catalogue, and a line of code for others.
pub(super) fn again(witness: &Witness, is_catalogued: bool) -> String {
    let schedule = &witness.schedule;
    match &schedule.header {
        Some(header) if is_catalogued => format!("selvedge replay {} '{schedule}'", header.scenario),
        _ => format!("selvedge::replay(scenario, {:?})", schedule.to_string()),
    }
}
