//! The last line of a text: whether everything passed.

use super::{BAD, GOOD, WARNING};
use crate::numbers::count_of;
use crate::report::Report;
use crate::verdict::Verdict;

/// Returns one line that says whether everything was as expected.
pub fn summary(reports: &[Report]) -> String {
    let verdicts = || {
        reports
            .iter()
            .flat_map(|report| &report.engines)
            .map(|engine| &engine.verdict)
    };
    let count = |wanted: fn(&Verdict) -> bool| verdicts().filter(|verdict| wanted(verdict)).count();
    let checks = count_of(verdicts().count() as u64, "check");
    let unmet = reports.iter().flat_map(Report::unmet).count();
    let refuted = count(|verdict| matches!(verdict, Verdict::Refuted(_)));
    let inconclusive = count(|verdict| matches!(verdict, Verdict::Inconclusive(_)));
    let proved = count(|verdict| matches!(verdict, Verdict::Proved));
    let bounded = count(|verdict| matches!(verdict, Verdict::Bounded(_)));
    let sampled = count(|verdict| matches!(verdict, Verdict::Sampled));
    if refuted > 0 {
        let others = if inconclusive > 0 {
            format!(", {inconclusive} inconclusive")
        } else {
            String::new()
        };
        format!("{BAD}Not as expected:{BAD:#} of {checks}, {refuted} refuted{others}.")
    } else if inconclusive > 0 {
        format!("{WARNING}Inconclusive:{WARNING:#} of {checks}, {inconclusive} could not be finished.")
    } else if unmet > 0 {
        let verb = if unmet == 1 { "was" } else { "were" };
        let unmet = count_of(unmet as u64, "check");
        format!("{WARNING}Inconclusive:{WARNING:#} {unmet} that {verb} asked for could not be run.")
    } else if let Some(short) = too_weak(reports) {
        format!("{WARNING}Inconclusive:{WARNING:#} {short}.")
    } else {
        let parts = [(proved, "proved"), (bounded, "bounded"), (sampled, "sampled")];
        let parts: Vec<_> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect();
        format!(
            "{GOOD}Everything was as expected:{GOOD:#} {checks}, {}.",
            parts.join(", ")
        )
    }
}

/// Returns how many scenarios were shown to a lesser degree than is required; `None` if there is none.
fn too_weak(reports: &[Report]) -> Option<String> {
    let mut weak = reports.iter().filter(|report| !report.passes()).peekable();
    let required = weak.peek()?.required?;
    let count = count_of(weak.count() as u64, "scenario");
    Some(format!(
        "of {count}, less was shown than `{required}`, which is required"
    ))
}

/// Returns the line without ANSI escapes.
#[cfg(feature = "cli")]
pub(in crate::report) fn plain_summary(reports: &[Report]) -> String {
    anstream::adapter::strip_str(&summary(reports)).to_string()
}
