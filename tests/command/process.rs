//! The program and its surroundings: the environment, colours, pipes, disks and signals.

use crate::support::selvedge;
use std::io;

#[cfg(unix)]
use crate::support::Ran;
#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::process::{Child, Command};
#[cfg(unix)]
use std::thread;
#[cfg(unix)]
use std::time::{Duration, Instant};

/// Loom and shuttle would prefer each of these to their settings, or fail because of it.
#[test]
fn the_engines_environment_variables_override_nothing() {
    let program = || selvedge("check unlocked --engine loom,shuttle-random --seed 7 --format json");
    let undisturbed = program().code(0).json()["scenarios"][0]["outcomes"].clone();
    let variables = [
        ("SHUTTLE_RANDOM_SEED", "1"),
        ("SHUTTLE_RANDOM_SEED", "nonsense"),
        ("SHUTTLE_ALWAYS_PERSIST_SEED", "/nowhere/seed"),
        ("LOOM_MAX_PREEMPTIONS", "0"),
        ("LOOM_MAX_BRANCHES", "nonsense"),
        ("LOOM_MAX_PERMUTATIONS", "1"),
        ("LOOM_CHECKPOINT_FILE", "/nowhere/checkpoint"),
    ];
    for (name, value) in variables {
        let ran = program().env(name, value).code(0);
        let table = &ran.quietly().json()["scenarios"][0]["outcomes"];
        assert_eq!(*table, undisturbed, "{name}={value}");
    }
}

#[test]
fn colours_are_used_only_where_they_are_wanted() {
    let program = |more: &str| selvedge(&format!("check locked --iterations 1 --engine explorer {more}"));
    let colour = "\u{1b}[";
    program("").code(0).hides(colour); // a pipe is no terminal
    program("--color always").code(0).shows(colour);
    program("--color never")
        .env("CLICOLOR_FORCE", "1")
        .code(0)
        .hides(colour);
    program("").env("CLICOLOR_FORCE", "1").code(0).shows(colour);
    program("")
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .code(0)
        .hides(colour);
    selvedge("gil --iterations 1 --color always")
        .code(0)
        .shows(colour);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for line in [
        "check --iterations 1",
        "gil --iterations 10 --runs 1 --format json",
    ] {
        // Nobody reads from the beginning: it must not depend on who is faster.
        let (reader, writer) = io::pipe().expect("there is a pipe");
        drop(reader);
        let mut command = selvedge(line).command;
        let output = command.stdout(writer).output();
        let output = output.expect("the program can be started");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
        assert_eq!(output.status.code(), Some(4), "{line}: it was not written");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for line in [
        "check locked --iterations 1 --engine loom",
        "gil --iterations 10 --runs 1",
    ] {
        let full = fs::File::options().write(true).open("/dev/full");
        let mut command = selvedge(line).command;
        let output = command.stdout(full.expect("Linux has /dev/full")).output();
        let output = output.expect("the program can be started");
        assert_eq!(output.status.code(), Some(4), "{line}");
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "error: the result could not be written: No space left on device (os error 28)\n"
        );
    }
}

/// Ctrl-C: the explorations and the measurement would take hours; they end with their results so far.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_what_is_known_so_far() {
    for engine in ["explorer", "loom", "shuttle-dfs"] {
        let line = format!("check unlocked --threads 4 --iterations 5 --engine {engine} --time 1h");
        interrupted(&line, 3).shows("inconclusive  interrupted, after ");
    }
    interrupted("gil --iterations 1_000_000_000_000", 3)
        .shows("1,000,000,000,000  not finished")
        .shows("Interrupted. Runs that were finished: 0 of 5 at 1,000,000,000,000.")
        .hides("Counting done!");
}

/// The story breaks off with one line, wherever it is.
#[cfg(unix)]
#[test]
fn an_interrupted_story_ends_with_one_line() {
    let ran = interrupted("", 3);
    let (told, last) = ran.stdout.trim_end().rsplit_once("\n\n").expect("an empty line");
    assert!(last.starts_with("Interrupted: "), "{last}");
    assert!(
        last.ends_with(" so far, all as expected; the rest was not run."),
        "{last}"
    );
    assert_eq!(last.lines().count(), 1);
    assert!(!told.contains("interrupted"), "{told}");
    ran.hides("inconclusive").hides("Next:");
}

/// A page of half a scenario is of no use: there is none.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_page_behind() {
    let folder = std::env::temp_dir().join(format!("selvedge-interrupted-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("page.html");
    let size = "--threads 4 --iterations 5 --time 1h";
    interrupted(&format!("report unlocked {size} --html {}", file.display()), 130).quietly();
    assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 0);
    fs::remove_dir_all(folder).expect("it can be removed");
}

/// Runs the program, interrupts it as soon as it can handle that, and expects this exit code.
#[cfg(unix)]
fn interrupted(line: &str, code: i32) -> Ran {
    let program = selvedge(line).spawn();
    wait_until_interrupts_are_caught(&program);
    let kill = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(kill.expect("there is a kill").success());
    let ran = Ran::of(program, line.to_owned());
    assert_eq!(ran.code, Some(code), "{}{}", ran.stdout, ran.stderr);
    ran
}

/// Waits until the program has a handler for SIGINT, and then for some executions.
#[cfg(unix)]
fn wait_until_interrupts_are_caught(program: &Child) {
    const SIGINT: u64 = 1 << 1;
    let patience = Instant::now() + Duration::from_secs(60);
    let catches = |status: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        Some(u64::from_str_radix(mask.trim(), 16).expect("a mask") & SIGINT != 0)
    };
    loop {
        match fs::read_to_string(format!("/proc/{}/status", program.id())) {
            Ok(status) if catches(&status) == Some(true) => break,
            Ok(_) => thread::sleep(Duration::from_millis(5)),
            // On other systems than Linux, nothing shows that.
            Err(_) => return thread::sleep(Duration::from_millis(500)),
        }
        assert!(Instant::now() < patience, "it catches no interrupt");
    }
    thread::sleep(Duration::from_millis(50));
}
