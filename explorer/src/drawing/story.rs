//! The story of an interleaving: what happened, in a few plain sentences.

mod atomicity_violation;
mod data_race;
mod deadlock;
mod lock_turns;
mod lost_update;
mod no_lost_update;
mod panic;

use super::findings::Findings;
use crate::{Ending, Interleaving};

/// Returns the story in sentences: at least one if the execution has ended.
pub(super) fn story(interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let sentences = match &findings.ending {
        None => lost_update::sentences(interleaving, findings),
        Some(Ending::DataRace(race)) => data_race::sentences(interleaving, race, findings),
        Some(Ending::Deadlock(threads)) => deadlock::sentences(interleaving, threads, &findings.names),
        Some(Ending::Panic(panic)) => panic::sentences(interleaving, panic, findings),
        Some(Ending::StepLimit) => vec![format!(
            "after {} steps the execution was not followed further: it may go on for ever",
            interleaving.steps.len()
        )],
        Some(Ending::Finished(())) => match lost_update::sentences(interleaving, findings) {
            lost if lost.is_empty() => no_lost_update::sentences(interleaving, findings),
            lost => lost,
        },
    };
    sentences
        .iter()
        .map(|sentence| capitalised(sentence) + ".")
        .collect()
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
