//! `examples/python/updates.py`, if there is a Python: the model allows each value that it sees, and calls
//! possible the same values as it does.
//!
//! No test requires a lost update: that depends on the machine.

use selvedge::python::interpreter::{Form, Generation};
use selvedge::python::{Bytecode, Program};
use selvedge::{Ending, Expectation, Scenario};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

/// Returns the path of this machine's Python; if it has no suitable one, says so and returns `None`.
fn python() -> Option<&'static str> {
    static PYTHON: LazyLock<Option<String>> = LazyLock::new(|| {
        let question = "import sys; print(sys.executable); \
                        sys.exit(sys.version_info < (3, 6) or sys.implementation.name != 'cpython')";
        let ask = Command::new("python3")
            .args(["-c", question])
            .stdin(Stdio::null())
            .output();
        let answer = ask.ok().filter(|output| output.status.success())?;
        Some(stdout(&answer).trim().to_owned())
    });
    if PYTHON.is_none() {
        // This does not use `println!`, because the output of a passing test is not shown.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: python3 is not a CPython of 3.6 or later"
        );
    }
    PYTHON.as_deref()
}

fn updates(python: &str, arguments: &[&str]) -> Output {
    Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/python/updates.py"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("Python can be started")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("the errors are UTF-8")
}

/// Runs the program, checks its exit code, and returns its document.
fn document(python: &str, code: i32, arguments: &[&str]) -> Value {
    let output = updates(python, arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    assert_eq!(stderr(&output), "", "nothing is said on standard error");
    let document: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    assert_eq!(document["schema"], 1);
    document
}

fn entries(document: &Value) -> &[Value] {
    document["results"].as_array().expect("a list of results")
}

/// Returns the generation of a Python with this version.
fn generation(version: &str, gil: bool) -> Generation {
    let mut numbers = version
        .split('.')
        .map(|number| number.parse::<u32>().expect("a number"));
    Generation::of((numbers.next().unwrap(), numbers.next().unwrap()), gil)
}

/// Returns `true` if the model allows the program to end with this value.
fn allows(program: Program, rounds: u32, value: i64) -> bool {
    let scenario = Bytecode {
        program,
        threads: 2,
        iterations: rounds.into(),
    };
    scenario.expectations().of(&Ending::Finished(value)).0 != Expectation::Forbidden
}

/// Checks every statement of an entry against the rules.
fn check(entry: &Value, rounds: u32, runs: usize) {
    let text = |name: &str| {
        entry[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} of {entry}"))
    };
    let truth = |name: &str| {
        entry[name]
            .as_bool()
            .unwrap_or_else(|| panic!("{name} of {entry}"))
    };
    let number = |name: &str| {
        entry[name]
            .as_i64()
            .unwrap_or_else(|| panic!("{name} of {entry}"))
    };
    let generation = generation(text("version"), truth("gil"));
    let program = Program {
        generation,
        form: match text("form") {
            "plain" => Form::Plain,
            "call" => Form::Call,
            form => panic!("what is {form}?"),
        },
        is_locked: truth("locked"),
    };
    assert_eq!(text("generation"), generation.to_string(), "{entry}");
    let (least, most) = (number("least"), number("most"));
    let is_bound = |inside, outside| allows(program, rounds, inside) && !allows(program, rounds, outside);
    assert!(is_bound(least, least - 1) && is_bound(most, most + 1), "{entry}");
    assert_eq!(entry["rounds"], rounds, "{entry}");
    let seen: Vec<i64> = serde_json::from_value(entry["seen"].clone()).expect("a list of numbers");
    assert_eq!(seen.len(), runs, "{entry}");
    assert!(seen.iter().all(|&x| allows(program, rounds, x)), "{entry}");
    assert!(truth("allowed"), "{entry}");
}

#[test]
fn every_python_here_does_what_the_rules_allow() {
    let Some(python) = python() else {
        return;
    };
    let document = document(python, 0, &["--json", "--rounds", "20000", "--runs", "2"]);
    let entries = entries(&document);
    assert!(
        !entries.is_empty() && entries.len().is_multiple_of(4),
        "{document}"
    );
    for programs in entries.chunks(4) {
        let kinds: Vec<_> = programs
            .iter()
            .map(|entry| (&entry["form"], &entry["locked"]))
            .collect();
        let (plain, call) = (&json!("plain"), &json!("call"));
        let (no, yes) = (&json!(false), &json!(true));
        assert_eq!(kinds, [(plain, no), (call, no), (plain, yes), (call, yes)]);
        assert!(
            programs
                .iter()
                .all(|entry| entry["python"] == programs[0]["python"]),
            "{document}"
        );
        programs.iter().for_each(|entry| check(entry, 20_000, 2));
    }
}

#[test]
fn the_table_says_what_may_be_and_what_was() {
    let Some(python) = python() else {
        return;
    };
    let output = updates(python, &["--python", python, "--rounds", "1000", "--runs", "1"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let table = stdout(&output);
    let row = |program: &str| table.lines().find(|line| line.trim_start().starts_with(program));
    let call = row("x = x + one()").expect("a row");
    assert!(
        call.contains("-1000 to 1000") && call.ends_with("  allowed"),
        "{table}"
    );
    let locked: Vec<_> = row("with lock: x += 1")
        .expect("a row")
        .split_whitespace()
        .collect();
    assert_eq!(
        locked,
        ["with", "lock:", "x", "+=", "1", "0", "0", "allowed"],
        "{table}"
    );
    assert!(table.contains("seeing only 0 proves nothing"), "{table}");
    assert!(!table.contains("NOT ALLOWED"), "{table}");
}

#[test]
fn wrong_arguments_are_named() {
    let Some(python) = python() else {
        return;
    };
    let cases: [(&[&str], &str); 5] = [
        (&["--nonsense"], "unrecognized arguments: --nonsense"),
        (
            &["--rounds", "0"],
            "argument --rounds: '0' is not a whole number from 1",
        ),
        (
            &["--runs", "many"],
            "argument --runs: 'many' is not a whole number from 1",
        ),
        (
            &["--rounds", "1000000000"],
            "argument --rounds: '1000000000' is not a whole number",
        ),
        (
            &["--python", "/nonexistent"],
            "error: /nonexistent: it cannot be started: ",
        ),
    ];
    for (arguments, reason) in cases {
        let output = updates(python, arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}\n{}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(reason),
            "{arguments:?}\n{}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

/// Fake Pythons, which give the answers that a test needs.
#[cfg(unix)]
mod fakes {
    use super::{document, entries, python, stderr, stdout, updates};
    use serde_json::Value;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A program in a directory of its own, which is deleted with it.
    struct Fake(PathBuf);

    impl Fake {
        /// Creates a Python that reports this version and that has seen `seen` in every program.
        fn new(implementation: &str, version: &str, gil: bool, seen: &str) -> Fake {
            let who = format!(
                r#""implementation": "{implementation}", "version": "{version}", "build": "a fake", "gil": {gil}"#
            );
            Fake::of(&format!(
                "for runs; do :; done\nif [ \"$runs\" = 0 ]; then seen=; else seen='{seen}'; fi\n\
                 printf '%s' '{{{who}, \"seen\": ['\"$seen\"']}}'\n"
            ))
        }

        fn of(script: &str) -> Fake {
            static FAKES: AtomicU32 = AtomicU32::new(0);
            let number = FAKES.fetch_add(1, Ordering::Relaxed);
            let directory = std::env::temp_dir().join(format!("selvedge-{}-{number}", std::process::id()));
            fs::create_dir_all(&directory).expect("a directory for the fake");
            let fake = Fake(directory);
            // Another process writes the file. If this one had it open while another test starts a process,
            // that process would inherit it for a moment, and a file that is open for writing cannot be run.
            let write = Command::new("sh")
                .args([
                    "-c",
                    "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 755 \"$1\"",
                    "sh",
                ])
                .args([text(&fake.path()), script])
                .status();
            assert!(
                write.is_ok_and(|status| status.success()),
                "the fake can be written"
            );
            fake
        }

        fn path(&self) -> PathBuf {
            self.0.join("python")
        }
    }

    impl Drop for Fake {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn text(path: &Path) -> &str {
        path.to_str().expect("a path of characters")
    }

    /// Returns, for each of the four programs, whether it may have ended at the fake's value.
    fn judged(python: &str, version: &str, gil: bool, seen: &str) -> Vec<bool> {
        let fake = Fake::new("CPython", version, gil, seen);
        let path = fake.path();
        let arguments = ["--json", "--rounds", "9", "--runs", "2", "--python", text(&path)];
        let is_bad = seen != "0, 0";
        let document = document(python, i32::from(is_bad), &arguments);
        let list: Value = serde_json::from_str(&format!("[{seen}]")).expect("a list");
        let judged = |entry: &Value| {
            assert_eq!(entry["seen"], list);
            entry["allowed"].as_bool().expect("a judgement")
        };
        entries(&document).iter().map(judged).collect()
    }

    #[test]
    fn what_the_rules_forbid_is_not_allowed() {
        let Some(python) = python() else {
            return;
        };
        // In order: x += 1, x = x + one(), and the same with a lock.
        let cases = [
            ("3.9.18", true, "0, 9", [true, true, false, false]),
            ("3.10.0", true, "0, 9", [false, true, false, false]),
            ("3.14.0", true, "-1, 0", [false, true, false, false]),
            ("3.13.0", false, "-9, 9", [true, true, false, false]),
            ("3.9.18", true, "0, 10", [false; 4]), // more than there were updates
            ("3.13.0", false, "-10, 0", [false; 4]),
            ("3.12.1", true, "0, 0", [true; 4]),
        ];
        for (version, gil, seen, allowed) in cases {
            assert_eq!(
                judged(python, version, gil, seen),
                allowed,
                "{version}, {gil}, {seen}"
            );
        }
    }

    #[test]
    fn the_table_says_what_is_not_allowed() {
        let Some(python) = python() else {
            return;
        };
        let fake = Fake::new("CPython", "3.11.7", true, "7");
        let output = updates(
            python,
            &["--rounds", "9", "--runs", "1", "--python", text(&fake.path())],
        );
        let table = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{table}{}", stderr(&output));
        let refused = |line: &&str| line.ends_with("  NOT ALLOWED");
        assert_eq!(table.lines().filter(refused).count(), 3, "{table}");
        assert!(table.contains("NOT ALLOWED: 3 of 4."), "{table}");
        assert!(!table.contains("All that was seen is allowed"), "{table}");
    }

    #[test]
    fn what_is_no_cpython_is_refused_with_the_reason() {
        let Some(python) = python() else {
            return;
        };
        let cases = [
            (
                Fake::new("PyPy", "3.10.14", true, "0"),
                "it is PyPy, and the rules are those of CPython",
            ),
            (
                Fake::of("echo hello"),
                "it does not answer as Python 3.6 or later would",
            ),
            (
                Fake::of("echo 'out of order' >&2; exit 3"),
                "it failed with code 3, and said: out of order",
            ),
        ];
        for (fake, reason) in &cases {
            let output = updates(python, &["--python", text(&fake.path())]);
            assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
            assert!(stderr(&output).contains(reason), "{}", stderr(&output));
            assert_eq!(stdout(&output), "");
        }
    }
}
