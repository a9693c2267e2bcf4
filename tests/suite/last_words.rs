//! A program that ends its own process on one engine: what another engine has found before is written all the
//! same, and the process has failed. Each case runs in a process of its own.

use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, MemoryModel};
use selvedge::engine::{Loom, Threads};
use selvedge::{Checker, Expectations, Scenario};
use selvedge_programs::process::{run_alone, text};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// Two threads that count. When both have counted, the second one ends the process, on one engine.
#[derive(Clone, Copy)]
struct Counts {
    on: MemoryModel,
    end: fn(),
}

/// What the main thread of the program returns on each engine that runs it to its end.
const COUNTED: i64 = 41;

impl Scenario for Counts {
    type Outcome = i64;

    fn name(&self) -> String {
        "counts".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let number = Arc::new(B::AtomicI64::new(0));
        let other = Arc::clone(&number);
        let Counts { on, end } = *self;
        let thread = B::spawn(move || {
            other.fetch_add(40, SeqCst);
            if B::MEMORY_MODEL == on {
                end();
            }
        });
        number.fetch_add(1, SeqCst);
        thread.join().unwrap();
        number.load(SeqCst)
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(COUNTED, "both have counted")
    }
}

/// Panics while it unwinds.
fn panic_twice() {
    struct Second;

    impl Drop for Second {
        fn drop(&mut self) {
            panic!("the second");
        }
    }
    let _second = Second;
    panic!("the first");
}

/// Overflows the stack.
fn overflow() {
    #[expect(unconditional_recursion, reason = "it is to overflow the stack")]
    fn recurse(page: &[u64; 512]) -> u64 {
        let next = std::hint::black_box(*page);
        recurse(&next) + next[0]
    }
    recurse(&[1; 512]);
}

/// Is ended by the system, as for a file beyond the limit.
fn exceed_the_limit_of_files() {
    let this = std::process::id().to_string();
    let status = Command::new("kill").args(["-s", "XFSZ", &this]).status();
    assert!(status.expect("there is a kill").success());
}

/// Checks the counting threads on the explorer, and then on loom, where they end the process.
fn check(end: fn()) {
    selvedge::check(Counts {
        on: MemoryModel::C11Subset,
        end,
    });
}

/// Checks that the verdict of the explorer was written, once, and which engine was running then.
#[track_caller]
fn assert_found(output: &Output, engine: &str) -> String {
    let error = text(&output.stderr);
    let running = format!("while counts ran on {engine}.\nFound before that:\n");
    assert_eq!(error.matches(&running).count(), 1, "{}\n{error}", output.status);
    // Three events at one atomic, two of them increments that the last one, a load, follows: two orders.
    let verdict = "  explorer  proved        all 2 executions, under C11: accesses that race are all SeqCst";
    assert_eq!(error.matches(verdict).count(), 1, "{error}");
    let row = error.lines().find(|line| line.trim_start().starts_with("41 "));
    assert!(row.is_some_and(|row| row.contains("required")), "{error}");
    error
}

#[track_caller]
fn assert_ended_by(output: Option<Output>, engine: &str, signal: i32) -> String {
    let Some(output) = output else {
        return String::new();
    };
    assert_eq!(output.status.signal(), Some(signal), "{}", text(&output.stderr));
    assert_found(&output, engine)
}

#[track_caller]
fn assert_exit_failed(output: Option<Output>, engine: &str) {
    let Some(output) = output else { return };
    assert_eq!(output.status.code(), Some(101), "{}", text(&output.stderr));
    let error = assert_found(&output, engine);
    let exit = "exit: a thread of the program under test has ended the process";
    assert_eq!(error.matches(exit).count(), 1, "{error}");
}

#[test]
fn what_was_found_is_written_before_an_abort() {
    let output = run_alone(|| check(|| std::process::abort()));
    assert_ended_by(output, "loom", 6);
}

/// The two panics are silent until it is clear that they abort.
#[test]
fn what_was_found_is_written_before_a_panic_in_a_destructor_while_another_unwinds() {
    let output = run_alone(|| check(panic_twice));
    if output.is_some() {
        let error = assert_ended_by(output, "loom", 6);
        for panic in ["the first", "the second"] {
            let told = format!("before the abort, a thread panicked: {panic} (last_words.rs:");
            assert_eq!(error.matches(&told).count(), 1, "{error}");
        }
    }
}

#[test]
fn what_was_found_is_written_before_a_stack_overflow() {
    let output = run_alone(|| {
        Checker::new().explorer().engine(Threads).check(Counts {
            on: MemoryModel::Hardware,
            end: overflow,
        });
    });
    if output.is_some() {
        let error = assert_ended_by(output, "threads", 6);
        assert!(error.contains("has overflowed its stack"), "{error}");
    }
}

/// Loom's stacks are those of a crate that makes a panic of an overflow: the check goes on, and fails.
#[test]
fn a_stack_overflow_on_loom_is_no_pass() {
    let output = run_alone(|| check(overflow));
    if let Some(output) = output {
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(101), "{error}");
        assert!(error.contains("has overflowed its stack"), "{error}");
        let verdicts = [
            "explorer  proved   ",
            "loom      inconclusive  the engine gave up",
        ];
        assert!(verdicts.iter().all(|verdict| error.contains(verdict)), "{error}");
    }
}

#[test]
fn what_was_found_is_written_before_the_system_ends_the_process() {
    let output = run_alone(|| check(exceed_the_limit_of_files));
    assert_ended_by(output, "loom", 25);
}

#[test]
fn an_exit_on_loom_is_a_failure_whatever_its_code() {
    let output = run_alone(|| check(|| std::process::exit(0)));
    assert_exit_failed(output, "loom");
}

#[test]
fn an_exit_on_shuttle_is_a_failure_whatever_its_code() {
    let output = run_alone(|| {
        Checker::new().explorer().shuttle_dfs().check(Counts {
            on: MemoryModel::SequentialConsistency,
            end: || {
                // The explorer has the same memory model.
                if !selvedge_explorer::in_execution() {
                    std::process::exit(0)
                }
            },
        });
    });
    assert_exit_failed(output, "shuttle-dfs");
}

#[test]
fn an_exit_of_a_real_thread_is_a_failure_whatever_its_code() {
    let output = run_alone(|| {
        Checker::new().explorer().engine(Threads).check(Counts {
            on: MemoryModel::Hardware,
            end: || std::process::exit(0),
        });
    });
    assert_exit_failed(output, "threads");
}

/// Nothing has been found before, so there is nothing but the thread and the engine to be told.
#[test]
fn an_exit_on_the_first_engine_is_a_failure_too() {
    let output = run_alone(|| {
        selvedge::check(Counts {
            on: MemoryModel::SequentialConsistency,
            end: || std::process::exit(0),
        });
    });
    if let Some(output) = output {
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(101), "{error}");
        assert!(error.contains("while counts ran on explorer.\n"), "{error}");
        assert!(!error.contains("Found before that"), "{error}");
        assert!(
            error.contains("exit: thread 1 of the program under test"),
            "{error}"
        );
    }
}

/// The words are those of explorations that run: a process that ends later has nothing to add.
#[test]
fn an_exit_after_the_check_keeps_its_code_and_says_nothing() {
    let output = run_alone(|| {
        let never = || unreachable!("no engine here has this memory model");
        Checker::new().explorer().engine(Loom::default()).check(Counts {
            on: MemoryModel::Hardware,
            end: never,
        });
        std::process::exit(0);
    });
    if let Some(output) = output {
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stderr), "");
    }
}
