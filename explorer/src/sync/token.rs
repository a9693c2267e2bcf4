//! A token that a thread waits for and takes.

use std::fmt;
use std::panic::Location;

use crate::identity::ObjectKind;
use crate::object::ObjectState;
use crate::object::park_token::ParkToken;
use crate::operation::OperationKind;
use crate::runtime::{self, Handle};

/// A token that is set or not: [parking](crate::thread::park), without the thread.
///
/// What comes before a [`set`](Self::set) happens before what comes after the [`take`](Self::take) that it lets go on.
/// Setting it twice is like setting it once. No thread returns from `take` for no reason.
pub struct Token {
    handle: Handle,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

impl Default for Token {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Token {
    /// Creates a token that is not set.
    ///
    /// # Panics
    ///
    /// Outside an execution.
    #[track_caller]
    pub fn new() -> Self {
        let initial = ObjectState::ParkToken(ParkToken::default());
        Self {
            handle: Handle::new(ObjectKind::ParkToken, initial, Location::caller()),
        }
    }

    /// Gives the token a name, by which drawings of an interleaving call it.
    pub fn named(self, name: &'static str) -> Self {
        self.handle.set_name(name);
        self
    }

    /// Sets the token.
    #[track_caller]
    pub fn set(&self) {
        runtime::perform(OperationKind::Unpark, self.handle, Location::caller());
    }

    /// Waits until the token is set, and takes it.
    #[track_caller]
    pub fn take(&self) {
        runtime::perform(OperationKind::Park, self.handle, Location::caller());
    }
}

#[cfg(test)]
mod tests {
    use super::Token;
    use crate::{Ending, Explorer, sync::Arc, thread};

    /// Explores a thread that sets a token so often, while the main thread takes it twice; returns the number of
    /// executions and of deadlocks.
    fn explored(sets: usize) -> (u64, u64) {
        let mut deadlocks = 0;
        let summary = Explorer::new().explore(
            move || {
                let token = Arc::new(Token::new());
                let theirs = Arc::clone(&token);
                let thread = thread::spawn(move || (0..sets).for_each(|_| theirs.set()));
                token.take();
                token.take();
                thread.join().unwrap();
            },
            |execution| deadlocks += u64::from(matches!(execution.ending(), Ending::Deadlock(_))),
        );
        (summary.expect("deterministic").executions, deadlocks)
    }

    #[test]
    fn setting_it_twice_counts_once() {
        assert_eq!(explored(1), (1, 1));
        // Both are set before the first is taken, or it is taken in between.
        assert_eq!(explored(2), (2, 1));
    }
}
