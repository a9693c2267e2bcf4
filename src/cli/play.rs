//! The game: the player is the scheduler.

mod answer;
mod end;
mod history;
mod keys;
mod page;
mod state;
mod suspend;
mod terminal;
mod view;

#[cfg(test)]
mod tests;

use super::arguments::{Format, PlayArguments};
use super::{Error, Status, interrupt};
use anstream::{AutoStream, ColorChoice};
use selvedge::engine::{Interrupt, Playback};
use selvedge::scenario::AnyScenario;

use state::{Flow, Game};
use std::io::{self, IsTerminal};
use terminal::{Input, Terminal};

/// Plays until the player quits.
pub(super) fn play(arguments: &PlayArguments, format: Format, color: ColorChoice) -> Result<Status, Error> {
    if format != Format::Text {
        return Err(Error::NotPlayable(
            "a game has no other format than the screen: leave `--format` out".to_owned(),
        ));
    }
    terminal_or_why()?;
    play_scenario(arguments.scenario().scenario(), color)
}

/// Returns an error with the reason if the game has no terminal.
fn terminal_or_why() -> Result<(), Error> {
    let missing = match (io::stdin().is_terminal(), io::stdout().is_terminal()) {
        (true, true) if std::env::var_os("TERM").is_some_and(|name| name == "dumb") => {
            "this terminal cannot place text on its screen (TERM is `dumb`)"
        }
        (true, true) => return Ok(()),
        (false, true) => "the standard input is not one",
        (true, false) => "the standard output is not one",
        (false, false) => "neither the standard input nor the standard output is one",
    };
    Err(Error::NotPlayable(format!(
        "a game needs a terminal, and {missing}\n`selvedge show` draws interleavings without one"
    )))
}

fn play_scenario(scenario: AnyScenario, color: ColorChoice) -> Result<Status, Error> {
    let name = scenario.name();
    let mut game = Game::new(Playback::new(scenario)).map_err(|why| {
        let smaller = "choose fewer threads or iterations";
        Error::NotPlayable(format!("{name} cannot be played: {why}\n{smaller}"))
    })?;
    let interrupt = interrupt::on_ctrl_c_or_hangup(terminal::restore)?;
    let color = match color {
        ColorChoice::Auto => AutoStream::choice(&io::stdout()),
        choice => choice,
    };
    run(
        &mut game,
        &Terminal::take(color != ColorChoice::Never)?,
        &interrupt,
    )
}

fn run(game: &mut Game, terminal: &Terminal, interrupt: &Interrupt) -> Result<Status, Error> {
    loop {
        let screen = view::view(game, terminal.size()?);
        game.scroll = game.scroll.min(screen.scrollable);
        terminal.paint(&screen.lines)?;
        if game.search(interrupt) {
            continue;
        }
        match terminal.next(interrupt)? {
            Input::Key(key) => {
                if game.press(key) == Flow::Quit {
                    return Ok(Status::AsExpected);
                }
            }
            Input::Redraw => {}
            Input::Interrupted => return Ok(Status::Interrupted),
        }
    }
}
