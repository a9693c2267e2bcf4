//! A program that ends the process in the middle of an exploration: it is told, and it is never a success.

use crate::support::process::{run_alone, text};
use crate::support::strict::strict;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, exit};

use selvedge_explorer::{set_last_words, thread};

/// What the process has to say if it ends.
const WORDS: &str = "what has been found so far\n";

/// Sends a signal to this process.
fn send(signal: &str) {
    let this = std::process::id().to_string();
    let status = Command::new("kill").args(["-s", signal, &this]).status();
    assert!(status.expect("there is a kill").success());
}

/// Checks that the process has failed as a test fails, that the thread is named, and how often the words are
/// written.
#[track_caller]
fn assert_exit_failed(output: Option<Output>, thread: &str, words: usize) {
    let Some(output) = output else { return };
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(101), "{}\n{error}", output.status);
    let expected = format!("exit: thread {thread} of the program under test has ended the process");
    assert_eq!(error.matches(&expected).count(), 1, "{error}");
    assert_eq!(error.matches(WORDS).count(), words, "{error}");
}

#[test]
fn an_exit_in_a_thread_of_the_program_is_a_failure_whatever_its_code() {
    let output = run_alone(|| {
        let body = || thread::spawn(|| exit(0)).join();
        let _ = strict().explore(body, |_| ());
    });
    assert_exit_failed(output, "1", 0);
}

#[test]
fn an_exit_in_the_main_thread_is_a_failure_and_the_last_words_are_written() {
    let output = run_alone(|| {
        set_last_words(Some(WORDS.to_owned()));
        let _ = strict().explore(|| exit(0), |_| ());
    });
    assert_exit_failed(output, "main", 1);
}

/// Whoever exits outside of the program under test chooses the exit code: a handler of Ctrl-C, for example.
#[test]
fn an_exit_of_another_os_thread_keeps_its_code() {
    let output = run_alone(|| {
        set_last_words(Some(WORDS.to_owned()));
        let body = || std::thread::spawn(|| exit(7)).join();
        let _ = strict().explore(body, |_| ());
    });
    if let Some(output) = output {
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{}\n{error}", output.status);
        assert_eq!(error.matches(WORDS).count(), 1, "{error}");
        assert!(!error.contains("exit: "), "{error}");
    }
}

#[test]
fn an_exit_after_the_exploration_keeps_its_code_and_says_nothing() {
    let output = run_alone(|| {
        set_last_words(Some(WORDS.to_owned()));
        strict().explore(thread::park, |_| ()).unwrap();
        set_last_words(None);
        exit(0);
    });
    if let Some(output) = output {
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{}\n{error}", output.status);
        assert!(!error.contains("exit: ") && !error.contains(WORDS), "{error}");
    }
}

/// Checks that the process ended by this signal, and that the last words are written once.
#[track_caller]
fn assert_ended_by(output: Option<Output>, signal: i32) {
    let Some(output) = output else { return };
    let error = text(&output.stderr);
    assert_eq!(output.status.signal(), Some(signal), "{}\n{error}", output.status);
    assert_eq!(error.matches(WORDS).count(), 1, "{error}");
}

/// By default the system ends the process with this signal if a file grows beyond the limit.
#[test]
fn a_signal_for_too_large_a_file_lets_the_last_words_be_written() {
    let output = run_alone(|| {
        set_last_words(Some(WORDS.to_owned()));
        let _ = strict().explore(|| send("XFSZ"), |_| ());
    });
    assert_ended_by(output, 25);
}

#[test]
fn a_signal_for_an_illegal_instruction_lets_the_last_words_be_written() {
    let output = run_alone(|| {
        set_last_words(Some(WORDS.to_owned()));
        let _ = strict().explore(|| send("ILL"), |_| ());
    });
    assert_ended_by(output, 4);
}
