//! The panel that is shown when no thread can go on.

use super::answer::Answer;
use super::page::{BAD, BOLD, DIM, GOOD, NOTE, PLAIN, paragraph};
use super::state::Game;
use selvedge::Expectation;
use selvedge::explorer::drawing::Drawing;
use selvedge::explorer::{Ending, Schedule};
use selvedge::goal::{described, says, sentence, stopped};
use selvedge::outcome::AnyOutcome;
use selvedge::scenario::AnyScenario;

/// The greatest width of text, because longer lines are hard to read.
const WIDEST: usize = 100;

/// Returns the lines of the panel: the ending, its expectation, the story, and the shortest way.
pub(super) fn panel(game: &Game, ending: &Ending<AnyOutcome>, columns: usize) -> Vec<String> {
    let width = columns.min(WIDEST);
    let scenario = game.playback.scenario();
    let drawing = Drawing::described(&game.replay.interleaving, ending, |outcome| {
        scenario.describe(outcome)
    });
    let Some(known) = game.ending() else {
        return Vec::new();
    };
    let is_reached = game.goal.is_reached(&known);
    let (expectation, reason) = scenario.expectations().of(&known);
    let result = match (is_reached, expectation) {
        (true, Expectation::Forbidden) => "You have broken it!",
        (true, _) => "You have done it!",
        (false, _) => "Not this time.",
    };
    let style = match (is_reached, ending.is_failure()) {
        (_, true) => BAD,
        (true, false) => GOOD,
        (false, false) => BOLD,
    };
    let finale = format!("The end: {} {result}", stopped(&how(scenario, &known)));
    let mut lines = paragraph(style, &finale, width, 2);
    let why = format!("{} {}", says(expectation), stopped(&reason));
    lines.extend(paragraph(NOTE, &comparison(game, is_reached), width, 0));
    lines.push(String::new());
    lines.extend(paragraph(PLAIN, &drawing.story.join(" "), width, 0));
    lines.extend(paragraph(DIM, &why, width, 2));
    lines
}

/// Returns the ending in a few words.
fn how(scenario: &AnyScenario, ending: &selvedge::Ending<AnyOutcome>) -> String {
    match ending {
        selvedge::Ending::Finished(_) => format!("outcome: {}", described(scenario, ending)),
        cut if cut.is_cut_short() => format!("cut off at the {}", cut.kind()),
        failure => failure.kind().to_owned(),
    }
}

/// Returns a comparison of the player's way with the shortest one.
fn comparison(game: &Game, is_reached: bool) -> String {
    let mine = game.replay.interleaving.cost();
    let took = format!("You took {mine}.");
    let rest = match (game.answer(), is_reached) {
        (None, _) => "Looking for the shortest way …".to_owned(),
        (Some(Answer::Nobody), _) => {
            "No other ending is possible: every interleaving ends like this.".to_owned()
        }
        (Some(Answer::Unknown(why)), _) => sentence(&format!("the shortest way is not known: {why}")),
        (
            Some(Answer::Way {
                cost, is_shortest, ..
            }),
            true,
        ) if mine <= *cost => {
            let own = Schedule(game.replay.schedule.clone());
            let praise = if *is_shortest {
                "It cannot be done with less."
            } else {
                "No shorter way was found in time."
            };
            format!("{praise} Your schedule: {own}")
        }
        (
            Some(Answer::Way {
                cost,
                schedule,
                is_shortest,
                ..
            }),
            true,
        ) => {
            let how = if *is_shortest { "The shortest way" } else { "A way" };
            format!("{how} there takes {cost}: {schedule}")
        }
        (
            Some(Answer::Way {
                cost, schedule, to, ..
            }),
            false,
        ) => format!("It can be done: {schedule} ends at {to}, and takes {cost}."),
    };
    format!("{took} {rest}")
}
