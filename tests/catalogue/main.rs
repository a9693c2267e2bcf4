//! Tests of the catalogue: Python's programs and the GIL, explored, and every scenario, drawn.
//!
//! Nothing in it depends on `--cfg loom`, so there is nothing to test again with that.

#![cfg(not(loom))]

mod bytecode;
mod columns;
mod gil;
mod graphs;
mod jobs;
mod labels;
mod page;
mod shown;
mod smallest;
mod spurious;
mod support;
mod svg;
mod timeline;
mod values;
mod widths;
