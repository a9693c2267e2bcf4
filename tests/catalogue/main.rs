//! Tests of the catalogue: Python's programs and the GIL, explored, and every scenario, drawn.

mod bytecode;
mod columns;
mod gil;
mod graphs;
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
