//! The model of a thread's park token.
//!
//! `Park` is enabled while the token is set, and takes it; `Unpark` sets it. Setting it twice is
//! like setting it once, so `Unpark` commutes with itself. Parking does not end spuriously. `ParkOrTimeOut` is
//! always enabled: it takes the token, or fails if there is none, as the time is up.

use crate::operation::OperationResult;

/// The state of a park token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct ParkToken {
    pub(crate) set: bool,
}

impl ParkToken {
    /// Sets the token.
    pub(super) fn set(&mut self) -> OperationResult {
        self.set = true;
        OperationResult::of(0)
    }

    /// Takes the token.
    pub(super) fn take(&mut self) -> OperationResult {
        self.set = false;
        OperationResult::of(0)
    }

    /// Takes the token if it is set.
    pub(super) fn take_or_fail(&mut self) -> OperationResult {
        match self.set {
            true => self.take(),
            false => OperationResult::failed(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::ObjectState;
    use crate::operation::OperationKind::{Park, ParkOrTimeOut, Unpark};

    #[test]
    fn the_token_does_not_count() {
        let mut token = ObjectState::ParkToken(ParkToken::default());
        assert!(!token.enabled(Park, 0, 1));
        token.apply(Unpark, 2, 0);
        token.apply(Unpark, 3, 0);
        assert!(token.enabled(Park, 0, 1));
        token.apply(Park, 1, 0);
        assert!(!token.enabled(Park, 0, 1));
    }

    #[test]
    fn a_park_that_may_time_out_takes_the_token_or_fails() {
        let mut token = ObjectState::ParkToken(ParkToken::default());
        assert!(token.enabled(ParkOrTimeOut, 0, 1));
        assert!(!token.apply(ParkOrTimeOut, 1, 0).succeeded);
        token.apply(Unpark, 2, 0);
        assert!(token.apply(ParkOrTimeOut, 1, 0).succeeded);
        assert!(!token.apply(ParkOrTimeOut, 1, 0).succeeded, "it is taken");
    }
}
