//! Tests of the page in a real browser: it is played, stepped through, and attacked.

mod accessible;
mod game;
mod odd;
mod safe;
mod support;
mod witnesses;
