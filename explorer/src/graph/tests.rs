//! Tests of the search on programs that are data: against an oracle that shares no code with it, and against
//! figures that others have published.

mod driver;
mod litmus;
mod machine;
