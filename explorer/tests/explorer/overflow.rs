//! A stack overflow of the program under test is reported as what it is.
#![cfg(unix)]

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use selvedge_explorer::{Explorer, thread};

/// Set in the process that is to overflow.
const VARIABLE: &str = "SELVEDGE_TEST_OVERFLOW";

fn recurse(depth: u64) -> u64 {
    let page = std::hint::black_box([depth; 512]);
    if depth == 0 {
        0
    } else {
        recurse(depth - 1) + page[7]
    }
}

#[test]
fn overflowing() {
    if std::env::var_os(VARIABLE).is_some() {
        let body = || thread::spawn(|| recurse(1_000_000)).join().unwrap();
        Explorer::new()
            .stack_size(64 * 1024)
            .explore(body, |_| ())
            .unwrap();
    }
}

#[test]
fn a_stack_overflow_is_reported_with_its_thread() {
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this)
        .args(["--exact", "overflow::overflowing"])
        .env(VARIABLE, "1")
        .output()
        .unwrap();
    assert_eq!(output.status.signal(), Some(6), "aborted");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("stack overflow: thread 1 of the program under test"),
        "{message}"
    );
    assert!(message.contains("64 KiB"), "{message}");
}

#[test]
fn a_larger_stack_is_enough() {
    let body = || thread::spawn(|| recurse(500)).join().unwrap();
    let summary = Explorer::new().stack_size(8 << 20).explore(body, |_| ()).unwrap();
    assert_eq!((summary.executions, summary.failures), (1, 0));
}
