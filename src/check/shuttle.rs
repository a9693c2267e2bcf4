//! Checking on shuttle.

use super::Checker;
use crate::engine::{Shuttle, Strategy};

impl Checker {
    /// Adds shuttle's depth-first search.
    pub fn shuttle_dfs(self) -> Self {
        self.engine(Shuttle {
            strategy: Strategy::Dfs,
        })
    }

    /// Adds shuttle's random scheduler.
    pub fn shuttle_random(self, seed: u64) -> Self {
        self.engine(Shuttle {
            strategy: Strategy::Random { seed },
        })
    }
}
