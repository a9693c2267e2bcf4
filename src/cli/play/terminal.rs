//! The terminal of the game; it is restored when the game is over, however the game ends.

use super::keys::Key;
use super::suspend;
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

/// `true` while the game has the terminal.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The time between two looks for a signal.
const PATIENCE: Duration = Duration::from_millis(100);

/// The terminal, for as long as this value lives.
pub(super) struct Terminal {
    has_colours: bool,
}

/// Input from the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Key(Key),
    /// The screen must be drawn again, for example because the size has changed.
    Redraw,
    /// A signal asks the program to end.
    Interrupted,
}

impl Terminal {
    /// Takes the terminal: keys are read one by one, and the game has a screen of its own.
    ///
    /// # Errors
    ///
    /// If the terminal does not allow it.
    pub(super) fn take(has_colours: bool) -> io::Result<Self> {
        restore_before_panics();
        IS_TAKEN.store(true, Ordering::SeqCst);
        // From here on, `Drop` restores the terminal after an error.
        let terminal = Terminal { has_colours };
        enter()?;
        Ok(terminal)
    }

    /// Gives the terminal back and stops the program; takes the terminal again when the program is continued.
    fn suspend(&self) -> io::Result<()> {
        restore();
        let stopped = suspend::stop();
        IS_TAKEN.store(true, Ordering::SeqCst);
        enter()?;
        stopped
    }

    /// Returns the number of columns and lines.
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

    /// Waits for the next input.
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
                    Some(Key::Suspend) => {
                        self.suspend()?;
                        return Ok(Input::Redraw);
                    }
                    Some(key) => return Ok(Input::Key(key)),
                    None => continue,
                },
                _ => return Ok(Input::Redraw),
            }
        }
    }
}

fn enter() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        Hide,
        DisableLineWrap,
        Clear(ClearType::All)
    )
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Restores the terminal, if the game has it.
pub(super) fn restore() {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        // If the terminal is gone, there is nothing to restore.
        let _ = execute!(io::stdout(), EnableLineWrap, Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

/// Installs a panic hook that restores the terminal before the message is printed.
fn restore_before_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !in_execution() {
            restore();
        }
        previous(info);
    }));
}
