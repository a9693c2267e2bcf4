//! Tests of the command line, by driving the built program, and of what it prints in the documents.

mod check;
mod gil;
mod json;
mod lesson;
mod play;
mod process;
mod show;
mod story;
mod support;
mod updates_py;
mod usage;
