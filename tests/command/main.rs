//! Tests of the command line, which run the built program, and of its output in the documents.

#[cfg(unix)]
mod action;
mod check;
mod ci;
mod config;
mod documents;
mod gate;
mod gil;
mod json;
mod lesson;
#[cfg(target_os = "linux")]
mod limits;
mod manual;
mod odds;
mod places;
mod play;
mod process;
mod report;
mod show;
mod story;
mod support;
mod updates_py;
mod usage;
mod widths;
