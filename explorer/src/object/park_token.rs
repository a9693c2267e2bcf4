//! The model of a thread's park token.
//!
//! `Park` is enabled while the token is set, and takes it; `Unpark` sets it. Setting it twice is
//! like setting it once, so `Unpark` commutes with itself. Parking does not end spuriously.

use crate::operation::{Access, OperationKind, OperationResult};

/// The state of a park token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct ParkToken {
    pub(crate) set: bool,
}

impl ParkToken {
    pub(super) fn enabled(&self, kind: OperationKind) -> bool {
        kind != OperationKind::Park || self.set
    }

    pub(super) fn access(kind: OperationKind) -> Access {
        match kind {
            OperationKind::Unpark => Access::Shared,
            _ => Access::Exclusive,
        }
    }

    pub(super) fn apply(&mut self, kind: OperationKind) -> OperationResult {
        self.set = kind == OperationKind::Unpark;
        OperationResult::of(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperationKind::{Park, Unpark};

    #[test]
    fn the_token_does_not_count() {
        let mut token = ParkToken::default();
        assert!(!token.enabled(Park));
        token.apply(Unpark);
        token.apply(Unpark);
        assert!(token.enabled(Park));
        token.apply(Park);
        assert!(!token.enabled(Park));
    }
}
