//! The shortest way to the player's ending, or to the goal.

use selvedge::Ending;
use selvedge::engine::{Interrupt, Playback};
use selvedge::explorer::{Cost, Schedule, Shortest, Then};
use selvedge::goal::{Goal, described};
use selvedge::outcome::AnyOutcome;
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest time that is spent on the search for the shortest way.
const PATIENCE: Duration = Duration::from_secs(2);

/// The result of the search: the shortest way to the player's ending if that reaches the goal, else to the
/// goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// This interleaving.
    Way {
        cost: Cost,
        schedule: Schedule,
        /// The ending in words.
        to: String,
        /// `true` if no other way costs less.
        is_shortest: bool,
    },
    /// There is none.
    Nobody,
    /// The search did not finish, for this reason.
    Unknown(String),
}

/// Searches for the shortest way.
pub(super) fn find(
    playback: &Playback,
    goal: &Goal,
    mine: &Ending<AnyOutcome>,
    interrupt: &Interrupt,
) -> Answer {
    let is_reached = goal.is_reached(mine);
    let is_wanted = |ending: &Ending<AnyOutcome>| match is_reached {
        true => ending == mine,
        false => goal.is_reached(ending),
    };
    match playback
        .within(PATIENCE, interrupt)
        .shortest(is_wanted, &BTreeSet::from([true]))
    {
        Ok(found) => answer(playback, found),
        Err(error) => Answer::Unknown(error.to_string()),
    }
}

fn answer(playback: &Playback, found: Shortest<bool>) -> Answer {
    let Some(witness) = found.witnesses.into_iter().next() else {
        return match found.minimal {
            true => Answer::Nobody,
            false => Answer::Unknown("there are too many interleavings to try them all now".to_owned()),
        };
    };
    let replay = playback.follow(&witness.schedule, Then::RunOn);
    let ending = replay.ok().and_then(|replay| replay.ending);
    Answer::Way {
        cost: witness.cost,
        schedule: Schedule(witness.schedule),
        to: ending.map_or_else(String::new, |ending| {
            described(playback.scenario(), &Playback::ending(&ending))
        }),
        is_shortest: found.minimal,
    }
}
