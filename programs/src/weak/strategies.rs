//! Strategies: what random programs for weak memory are made of.
