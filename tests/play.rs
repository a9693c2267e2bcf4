//! The game, by driving the built program without a terminal; with one it is driven by its own tests.

use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_selvedge"))
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.expect("the program can be started");
    let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn without_a_terminal_the_game_says_what_to_do_instead() {
    let (code, stdout, stderr) = run(&["play", "unlocked"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(
        stderr,
        "error: a game needs a terminal, and the standard input and output are none\n\
         `selvedge show` draws interleavings without one\n"
    );
}

#[test]
fn what_cannot_be_played_is_refused() {
    for (arguments, part) in [
        (&["play"][..], "<SCENARIO>"),
        (&["play", "nothing"], "there is no such scenario"),
        (
            &["play", "unlocked", "--threads", "16"],
            "a whole number from 1 to 15 is needed",
        ),
        (
            &["play", "unlocked", "--iterations", "1001"],
            "a whole number from 1 to 1000 is needed",
        ),
        (
            &["play", "unlocked", "--format", "json"],
            "a game has no other format than the screen: leave `--format` out",
        ),
    ] {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.contains(part), "{arguments:?}: {stderr}");
    }
}

#[test]
fn the_help_tells_what_the_game_is() {
    let (code, stdout, _) = run(&["play", "--help"]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("you are the scheduler"), "{stdout}");
    assert!(stdout.contains("Press ? for the keys."), "{stdout}");
}
