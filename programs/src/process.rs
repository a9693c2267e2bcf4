//! Tests that run in a process of their own.

use std::process::{Command, Output};

/// Set in a process that is to run one test for itself: the name of the test.
const VARIABLE: &str = "SELVEDGE_TEST_ALONE";

/// Printed by a test that has come to its end.
const END: &str = "the test has come to its end";

/// Runs the calling test in a process of its own, and checks that it comes to its end and exits with code 0.
///
/// The closure must be written in the test itself: the test is found by the closure's name.
pub fn alone<F: FnOnce()>(test: F) {
    if let Some(output) = run_alone(test) {
        let (out, error) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{}\n{out}\n{error}", output.status);
        assert!(out.contains(END), "the test did not run\n{out}\n{error}");
    }
}

/// Runs the calling test in a process of its own, and returns how that ended and what it printed; `None` in
/// that process.
///
/// The closure must be written in the test itself: the test is found by the closure's name.
pub fn run_alone<F: FnOnce()>(test: F) -> Option<Output> {
    // The name of the closure is `crate::module::test::{{closure}}`.
    let name = std::any::type_name::<F>();
    let name = name.split_once("::").expect("it is in a module").1;
    let name = name.strip_suffix("::{{closure}}").expect("it is a closure");
    if std::env::var_os(VARIABLE).is_some_and(|wanted| wanted == name) {
        test();
        println!("{END}");
        return None;
    }
    let this = std::env::current_exe().expect("a test has a program");
    let output = Command::new(this)
        .args(["--exact", name, "--nocapture"])
        .env(VARIABLE, name)
        .env("RUST_BACKTRACE", "0")
        .output();
    Some(output.expect("the program runs again"))
}

/// Returns the resident memory of this process, in bytes.
#[cfg(target_os = "linux")]
pub fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.expect("a number").parse::<u64>().expect("of KiB") * 1024
}

/// Returns printed text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
