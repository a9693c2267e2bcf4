//! Tests of the command line, which run the built program, and of its output in the documents.

mod check;
mod gil;
mod json;
mod lesson;
#[cfg(target_os = "linux")]
mod limits;
mod play;
mod process;
mod report;
mod show;
mod story;
mod support;
mod updates_py;
mod usage;
