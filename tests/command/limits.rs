//! The limits that the system sets to a process: an error in the program's own words, or no matter at all.

use crate::support::selvedge;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the program in a shell, after this command of the shell, with its result in a file.
fn limited(limit: &str, line: &str) -> (Output, String) {
    let name = format!("{limit} {line}").replace(|character: char| !character.is_alphanumeric(), "_");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let result = File::create(&file).expect("there is a folder for it");
    let program = selvedge(line).command;
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("{limit}; exec \"$0\" \"$@\""))
        .arg(program.get_program())
        .args(program.get_args());
    let output = shell
        .stdin(Stdio::null())
        .stdout(result)
        .stderr(Stdio::piped())
        .output();
    let result = fs::read_to_string(file).expect("the result is text");
    (output.expect("there is a shell"), result)
}

/// By default the system ends a process that writes beyond the limit, without a word.
#[test]
fn a_result_beyond_the_limit_on_files_is_an_error() {
    for line in [
        "check locked --iterations 1 --engine explorer",
        "check locked --iterations 1 --engine explorer --format json",
        "show unlocked",
        "odds unlocked",
        "odds unlocked --format svg",
        "list",
        "--help",
    ] {
        let (output, result) = limited("ulimit -f 0", line);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            error, "error: the result could not be written: File too large (os error 27)\n",
            "{line}"
        );
        assert_eq!((output.status.code(), result.as_str()), (Some(4), ""), "{line}");
    }
}

/// The program's stack has a size of its own: a low limit is no matter.
#[test]
fn a_low_limit_on_stacks_is_no_matter() {
    for line in ["list", "check locked --iterations 1 --engine explorer"] {
        let (output, result) = limited("ulimit -s 64", line);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*error), (Some(0), ""), "{line}");
        assert!(result.contains("locked"), "{line}: {result}");
    }
}

/// The exit code says it all, where nothing else can.
#[test]
fn errors_that_cannot_be_written_keep_their_exit_code() {
    for (line, code) in [
        ("bogus", 2),
        ("check nothing-of-this-name", 2),
        ("replay unlocked 9", 2),
        ("check locked --iterations 1 --engine explorer", 0),
    ] {
        let full = File::options().write(true).open("/dev/full");
        let mut command = selvedge(line).command;
        command
            .stdout(Stdio::null())
            .stderr(full.expect("Linux has /dev/full"));
        let status = command.status().expect("the program can be started");
        assert_eq!(status.code(), Some(code), "{line}");
    }
}

/// Standard input may be closed, and so may standard error, if nothing goes wrong.
#[test]
fn closed_streams_that_are_not_needed_are_no_matter() {
    for close in ["exec <&-", "exec 2>&-"] {
        let (output, result) = limited(close, "check locked --iterations 1 --engine explorer");
        assert_eq!(output.status.code(), Some(0), "{close}");
        assert!(result.contains("Everything was as expected"), "{close}: {result}");
    }
}
