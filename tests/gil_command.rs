//! The GIL on real threads, and `selvedge gil` by driving the built program.

use selvedge::Backend;
use selvedge::backend::{Join, Std};
use selvedge::python::gil::{
    Gil, GlobalLock, History, NoGil, Protocol, Stretch, SwitchInterval, Timeline, Turn,
};
use serde_json::Value;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

/// The first two turns that overlap.
fn overlap(histories: &[History]) -> Option<(Stretch, Stretch)> {
    let mut turns: Vec<_> = histories
        .iter()
        .flat_map(|history| history.stretches().iter().copied())
        .collect();
    assert!(turns.iter().all(|turn| turn.turns == 1), "nothing was merged");
    turns.sort_by_key(|turn| turn.from);
    turns
        .windows(2)
        .find(|pair| pair[1].from < pair[0].to)
        .map(|pair| (pair[0], pair[1]))
}

/// Has three threads look at the eval breaker until the lock has gone from one to another so many times.
fn pass_around<L: GlobalLock>(lock: L, switches: usize) -> Vec<History> {
    const THREADS: usize = 3;
    let timeline = Arc::new(Timeline::new(lock, THREADS));
    let (last, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let start = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (1..=THREADS)
        .map(|me| {
            let (timeline, last, seen) = (Arc::clone(&timeline), Arc::clone(&last), Arc::clone(&seen));
            let start = Arc::clone(&start);
            Std::spawn(move || {
                start.wait();
                let mut turn = timeline.take(me);
                while seen.load(Ordering::Relaxed) < switches {
                    if last.swap(me, Ordering::Relaxed) != me {
                        seen.fetch_add(1, Ordering::Relaxed);
                    }
                    turn.check();
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it does not panic"));
    Arc::into_inner(timeline)
        .expect("all threads have ended")
        .into_histories()
}

#[test]
fn under_the_gil_no_turn_overlaps_another() {
    let interval = SwitchInterval::Lasts(Duration::from_micros(50));
    let histories = pass_around(Gil::<Std>::new(Protocol::Faithful, interval), 100);
    assert_eq!(overlap(&histories), None);
    let turns: u64 = histories.iter().map(History::turns).sum();
    let forced: u64 = histories.iter().map(History::forced).sum();
    assert!(turns >= 100, "the lock went around: {turns}");
    assert_eq!(
        turns,
        forced + 3,
        "a turn ends because another thread asks, or for good"
    );
}

/// The broken twin: without a lock the turns overlap, and the timeline shows it.
#[test]
fn without_a_gil_turns_overlap() {
    let timeline = Timeline::new(NoGil, 2);
    let one = timeline.take(1);
    thread::sleep(Duration::from_millis(1));
    let other = timeline.take(2);
    thread::sleep(Duration::from_millis(1));
    drop((one, other));
    let histories = timeline.into_histories();
    let (first, second) = overlap(&histories).expect("both were held at once");
    assert_eq!(
        (first, second),
        (histories[0].stretches()[0], histories[1].stretches()[0])
    );
}

#[test]
fn a_thread_that_waits_for_something_else_does_not_hold_the_lock() {
    let timeline = Timeline::new(NoGil, 1);
    let mut turn = timeline.take(1);
    turn.while_waiting(|| thread::sleep(Duration::from_millis(2)));
    drop(turn);
    drop(timeline.take(1));
    let histories = timeline.into_histories();
    let [first, second, third] = histories[0].stretches() else {
        panic!("three turns: {histories:?}")
    };
    assert!(second.from - first.to >= Duration::from_millis(2));
    assert!(third.from >= second.to, "what is noted later goes on from there");
    assert_eq!(histories[0].forced(), 0, "nobody asked for it");
}

fn selvedge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.arg("gil").args(arguments).stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it is UTF-8")
}

/// Runs the program, and expects this exit code.
fn run_to(code: i32, arguments: &[&str]) -> Output {
    let output = selvedge(arguments).output().expect("the program can be started");
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    output
}

#[test]
fn a_small_measurement_is_done_and_judges_nothing() {
    let output = run_to(0, &["--iterations", "12_345", "--runs", "2"]);
    let shown = text(&output.stdout);
    assert!(
        shown.starts_with("The GIL, measured: 2 threads that count"),
        "{shown}"
    );
    assert!(shown.contains("\n       12,345  "), "{shown}");
    assert!(shown.contains("The best of 2 runs each"), "{shown}");
    assert!(shown.contains("switch interval of 5.0 ms."), "{shown}");
    assert!(
        shown.contains("\n  thread 1   ") && shown.contains("\n  thread 2   "),
        "{shown}"
    );
    assert!(shown.ends_with("\nCounting done!\n"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "a pipe is no terminal");
    assert_eq!(text(&output.stderr), "");
    assert!(text(&run_to(0, &["--iterations", "1", "--color", "always"]).stdout).contains('\u{1b}'));
}

#[test]
fn the_seed_s_size_comes_first_and_then_one_that_is_large_enough() {
    let document = json(&run_to(0, &["--runs", "1", "--format", "json"]));
    let sizes = document["sizes"].as_array().expect("a list");
    assert_eq!(sizes.len(), 2);
    assert_eq!(sizes[0]["iterations"], 1_000_000);
    let large = sizes[1]["iterations"].as_u64().expect("a number");
    assert!(large >= 1_000_000 && large.is_multiple_of(1_000_000), "{large}");
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("the output is JSON")
}

#[test]
fn the_document_has_what_was_measured() {
    let arguments = [
        "--iterations",
        "300000",
        "--threads",
        "3",
        "--runs",
        "2",
        "--interval",
        "20us",
        "--format",
        "json",
    ];
    let document = json(&run_to(0, &arguments));
    assert_eq!(document["schema"], 1);
    assert_eq!((&document["threads"], &document["runs"]), (&3.into(), &2.into()));
    assert_eq!(document["interval_seconds"], 20e-6);
    assert_eq!(document["interrupted"], false);
    assert_eq!(document["outcome"], "Counting done!");
    assert_ne!(document["conclusions"].as_array().map(Vec::len), Some(0));
    let size = &document["sizes"][0];
    let seconds = |value: &Value| value.as_f64().expect("a number");
    let rounds = size["rounds"].as_array().expect("a list");
    assert_eq!(rounds.len(), 2);
    for way in ["in_sequence_seconds", "free_seconds", "gil_seconds"] {
        let times = rounds.iter().map(|round| seconds(&round[way]));
        assert_eq!(
            seconds(&size["best"][way]),
            times.fold(f64::MAX, f64::min),
            "{way}"
        );
    }
    let holders = size["holders"].as_array().expect("a list");
    assert_eq!(holders.len(), 3);
    let sum = |field: &str| {
        holders
            .iter()
            .map(|holder| holder[field].as_u64().expect("a count"))
            .sum::<u64>()
    };
    assert_eq!(size["forced_switches"], sum("forced_switches"));
    assert_eq!(sum("turns"), sum("forced_switches") + 3);
    for holder in holders {
        let stretches = holder["stretches"].as_array().expect("a list");
        let turns: u64 = stretches
            .iter()
            .map(|stretch| stretch["turns"].as_u64().expect("a count"))
            .sum();
        assert_eq!(holder["turns"], turns);
    }
}

#[test]
fn nonsense_is_bad_usage_and_the_message_helps() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["--iterations", "0"],
            "a whole number from 1 to 1000000000000 is needed",
        ),
        (&["--iterations", "a few"], "a whole number from 1"),
        (&["--threads", "0"], "a whole number from 1 to 64 is needed"),
        (&["--threads", "65"], "a whole number from 1 to 64 is needed"),
        (&["--runs", "0"], "a whole number from 1 to 1000 is needed"),
        (
            &["--interval", "0"],
            "a thread has to wait before it asks for the GIL: at least 1us",
        ),
        (&["--interval", "999ns"], "at least 1us is needed, as in CPython"),
        (&["--interval", "soon"], "write it like"),
        (&["counting"], "unexpected argument"),
        (&["--format", "svg"], "only `show` and `replay` draw"),
    ];
    for (arguments, message) in cases {
        let output = run_to(2, arguments);
        let said = text(&output.stderr);
        assert!(said.contains(message), "{arguments:?}: {said}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn many_threads_with_the_least_interval_get_to_the_end() {
    let arguments = [
        "--iterations",
        "20000",
        "--threads",
        "64",
        "--interval",
        "1us",
        "--runs",
        "1",
    ];
    let shown = text(&run_to(0, &arguments).stdout);
    assert!(shown.contains("\n  thread 64  "), "{shown}");
    run_to(
        0,
        &[
            "--iterations",
            "5",
            "--threads",
            "1",
            "--interval",
            "18446744073709551615s",
        ],
    );
}

/// Ctrl-C: it would take hours; it ends with what is known so far.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_what_is_known_so_far() {
    let program = selvedge(&["--iterations", "1_000_000_000_000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    thread::sleep(Duration::from_millis(500));
    let kill = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(kill.expect("there is a kill").success());
    let output = program.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("1,000,000,000,000  not finished"), "{shown}");
    assert!(
        shown.contains("Interrupted. Runs that were finished: 0 of 5 at 1,000,000,000,000."),
        "{shown}"
    );
    assert!(!shown.contains("Counting done!"), "{shown}");
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut program = selvedge(&["--iterations", "50000", "--runs", "1", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    // Closed before there is anything to write: how large the document will be is up to the machine.
    drop(program.stdout.take());
    let output = program.wait_with_output().expect("the program ends");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(4), "it was not all written");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has /dev/full");
    let mut command = selvedge(&["--iterations", "10", "--runs", "1"]);
    let output = command.stdout(full).output().expect("the program can be started");
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).starts_with("error: the result could not be written:"));
}
