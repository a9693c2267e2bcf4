//! The keys of the game.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key, by its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A digit: the thread or the alternative that is listed with it.
    Digit(u8),
    Up,
    Down,
    Enter,
    /// Takes back the last move.
    Back,
    /// Begins again.
    Again,
    /// Runs on to the end, without preemption.
    RunOn,
    PageUp,
    PageDown,
    Help,
    /// Closes what is open; if nothing is, quits the game.
    Escape,
    Quit,
    /// Stops the program until the shell lets it go on.
    Suspend,
    /// Any other key.
    Other,
}

impl Key {
    /// Returns the key of a terminal's event; `None` for the release of a key.
    pub(super) fn of(event: &KeyEvent) -> Option<Key> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        if event.modifiers.contains(KeyModifiers::CONTROL) {
            return Some(match event.code {
                KeyCode::Char('c' | 'C') => Key::Quit,
                KeyCode::Char('z' | 'Z') => Key::Suspend,
                _ => Key::Other,
            });
        }
        Some(match event.code {
            KeyCode::Char(digit @ '0'..='9') => Key::Digit(digit as u8 - b'0'),
            KeyCode::Up | KeyCode::Char('k') => Key::Up,
            KeyCode::Down | KeyCode::Char('j') => Key::Down,
            KeyCode::Enter | KeyCode::Char(' ') => Key::Enter,
            KeyCode::Backspace | KeyCode::Char('u' | 'U') => Key::Back,
            KeyCode::Char('r' | 'R') => Key::Again,
            KeyCode::Char('e' | 'E') => Key::RunOn,
            KeyCode::PageUp => Key::PageUp,
            KeyCode::PageDown => Key::PageDown,
            KeyCode::Char('?' | 'h' | 'H') | KeyCode::F(1) => Key::Help,
            KeyCode::Esc => Key::Escape,
            KeyCode::Char('q' | 'Q') => Key::Quit,
            _ => Key::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        Key::of(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_are_told_apart() {
        let plain = |code| key(code, KeyModifiers::NONE).expect("it was pressed");
        let keys = [
            (KeyCode::Char('0'), Key::Digit(0)),
            (KeyCode::Char('9'), Key::Digit(9)),
            (KeyCode::Char('u'), Key::Back),
            (KeyCode::Backspace, Key::Back),
            (KeyCode::Char('?'), Key::Help),
            (KeyCode::Esc, Key::Escape),
            (KeyCode::Char('c'), Key::Other),
            (KeyCode::Char('z'), Key::Other),
            (KeyCode::Tab, Key::Other),
        ];
        for (code, expected) in keys {
            assert_eq!(plain(code), expected, "{code:?}");
        }
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Quit));
        assert_eq!(key(KeyCode::Char('z'), KeyModifiers::CONTROL), Some(Key::Suspend));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::CONTROL), Some(Key::Other));
        assert_eq!(key(KeyCode::Char('Q'), KeyModifiers::SHIFT), Some(Key::Quit));
    }

    #[test]
    fn letting_go_of_a_key_means_nothing() {
        let mut event = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(Key::of(&event), None);
    }
}
