//! An engine whose type is known only at run time.

use super::{Budget, Engine, Exploration};
use crate::backend::{Feature, MemoryModel};
use crate::outcome::AnyOutcome;
use crate::scenario::AnyScenario;
use std::sync::Arc;

/// An engine whose type is forgotten, so that it can be chosen at run time.
#[derive(Debug, Clone)]
pub struct AnyEngine(Arc<dyn Engine>);

impl AnyEngine {
    /// Forgets the type of an engine.
    pub fn new(engine: impl Engine + 'static) -> Self {
        AnyEngine(Arc::new(engine))
    }
}

impl Engine for AnyEngine {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn memory_model(&self) -> MemoryModel {
        self.0.memory_model()
    }

    fn has_witnesses(&self) -> bool {
        self.0.has_witnesses()
    }

    fn has_artefacts(&self) -> bool {
        self.0.has_artefacts()
    }

    fn detects_data_races(&self) -> bool {
        self.0.detects_data_races()
    }

    fn seed(&self) -> Option<u64> {
        self.0.seed()
    }

    fn supports(&self, feature: Feature) -> bool {
        self.0.supports(feature)
    }

    fn max_threads(&self) -> Option<usize> {
        self.0.max_threads()
    }

    fn unsuitable(&self, scenario: &AnyScenario) -> Option<String> {
        self.0.unsuitable(scenario)
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        self.0.explore_any(scenario, budget)
    }
}
