//! An engine whose type is known only at run time.

use super::{Budget, Engine, Exploration};
use crate::backend::{Feature, MemoryModel};
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use std::sync::Arc;

/// An engine whose type is forgotten, so that it can be chosen at run time.
#[derive(Debug, Clone)]
pub struct AnyEngine {
    engine: Arc<dyn Engine>,
    is_optional: bool,
}

impl AnyEngine {
    /// Forgets the type of an engine.
    pub fn new(engine: impl Engine + 'static) -> Self {
        AnyEngine {
            engine: Arc::new(engine),
            is_optional: false,
        }
    }

    /// Makes the engine optional: a check passes although this engine cannot run the scenario. Otherwise an
    /// engine was asked for, and one that cannot run is no pass.
    #[must_use]
    pub fn optional(self) -> Self {
        AnyEngine {
            is_optional: true,
            ..self
        }
    }

    /// Returns `true` if a check passes although this engine cannot run the scenario.
    pub fn is_optional(&self) -> bool {
        self.is_optional
    }
}

impl Engine for AnyEngine {
    fn name(&self) -> &'static str {
        self.engine.name()
    }

    fn memory_model(&self) -> MemoryModel {
        self.engine.memory_model()
    }

    fn has_witnesses(&self) -> bool {
        self.engine.has_witnesses()
    }

    fn has_artefacts(&self) -> bool {
        self.engine.has_artefacts()
    }

    fn detects_data_races(&self) -> bool {
        self.engine.detects_data_races()
    }

    fn seed(&self) -> Option<u64> {
        self.engine.seed()
    }

    fn supports(&self, feature: Feature) -> bool {
        self.engine.supports(feature)
    }

    fn max_threads(&self) -> Option<usize> {
        self.engine.max_threads()
    }

    fn needs_steps(&self) -> bool {
        self.engine.needs_steps()
    }

    fn unsuitable(&self, scenario: &AnyScenario) -> Option<String> {
        self.engine.unsuitable(scenario)
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        self.engine.explore_any(scenario, budget)
    }
}
