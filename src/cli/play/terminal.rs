//! The terminal while the game is on it; it is as it was before when the game is over, however that comes about.

use super::keys::Key;
use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{self, Event};
use crossterm::style::Print;
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap, EndSynchronizedUpdate,
    EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{execute, queue};
use selvedge::engine::Interrupt;
use selvedge::explorer::in_execution;
use std::io::{self, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Whether the terminal is the game's.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// How often a signal is looked for.
const PATIENCE: Duration = Duration::from_millis(100);

/// The terminal, for as long as this lives.
pub(super) struct Terminal {
    has_colours: bool,
}

/// What comes from the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Key(Key),
    /// It has another size, or something else to draw again for.
    Redraw,
    /// A signal asks the program to end.
    Interrupted,
}

impl Terminal {
    /// Takes the terminal: keys come one by one, and the screen is another one.
    ///
    /// # Errors
    ///
    /// If the terminal refuses.
    pub(super) fn take(has_colours: bool) -> io::Result<Self> {
        restore_before_panics();
        IS_TAKEN.store(true, Ordering::SeqCst);
        // From here on, whatever goes wrong is undone when this is dropped.
        let terminal = Terminal { has_colours };
        terminal::enable_raw_mode()?;
        execute!(
            io::stdout(),
            EnterAlternateScreen,
            Hide,
            DisableLineWrap,
            Clear(ClearType::All)
        )?;
        Ok(terminal)
    }

    /// How many columns and lines it has.
    pub(super) fn size(&self) -> io::Result<(usize, usize)> {
        let (columns, lines) = terminal::size()?;
        Ok((columns.into(), lines.into()))
    }

    /// Paints the whole screen.
    pub(super) fn paint(&self, lines: &[String]) -> io::Result<()> {
        let mut output = io::stdout().lock();
        queue!(output, BeginSynchronizedUpdate)?;
        for (number, line) in lines.iter().enumerate() {
            let line = match self.has_colours {
                true => line.clone(),
                false => anstream::adapter::strip_str(line).to_string(),
            };
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            queue!(
                output,
                MoveTo(0, number),
                Clear(ClearType::CurrentLine),
                Print(line)
            )?;
        }
        queue!(output, Clear(ClearType::FromCursorDown), EndSynchronizedUpdate)?;
        output.flush()
    }

    /// Waits for what comes next.
    pub(super) fn next(&self, interrupt: &Interrupt) -> io::Result<Input> {
        loop {
            if interrupt.is_set() {
                return Ok(Input::Interrupted);
            }
            if !event::poll(PATIENCE)? {
                continue;
            }
            match event::read()? {
                Event::Key(event) => match Key::of(&event) {
                    Some(key) => return Ok(Input::Key(key)),
                    None => continue,
                },
                _ => return Ok(Input::Redraw),
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back as it was, if it is taken.
pub(super) fn restore() {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        // If the terminal is gone, there is nothing to give back.
        let _ = execute!(io::stdout(), EnableLineWrap, Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

/// Has a panic of our own give the terminal back before its message is printed.
fn restore_before_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !in_execution() {
            restore();
        }
        previous(info);
    }));
}
