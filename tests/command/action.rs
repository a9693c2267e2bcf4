//! The composite action for GitHub: its steps, run as GitHub runs them, with a stand-in for what builds the
//! program.

use crate::support::{directory, read};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ACTION: &str = include_str!("../../.github/actions/check/action.yml");

/// Returns the script of the step with this name.
fn step(name: &str) -> String {
    let (_, step) = ACTION
        .split_once(&format!("    - name: {name}\n"))
        .expect("there is such a step");
    let step = step.split("\n    - ").next().expect("a step");
    let (_, script) = step.split_once("      run: |\n").expect("it runs something");
    script
        .lines()
        .map(|line| line.trim_start_matches("        ").to_owned() + "\n")
        .collect()
}

const STEPS: [&str; 3] = ["Name the cache", "Build", "Check"];

/// A runner of GitHub's: its directories, and what its variables say.
struct Runner {
    home: PathBuf,
    output: PathBuf,
    summary: PathBuf,
}

impl Runner {
    fn new(test: &str) -> Self {
        let directory = directory(test);
        let home = directory.join("home");
        fs::create_dir_all(home.join("bin")).expect("directories can be made");
        Self {
            home,
            output: directory.join("output"),
            summary: directory.join("summary.md"),
        }
    }

    /// Runs a step by the shell that GitHub runs it with.
    fn run(&self, name: &str, arguments: &str) -> Output {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let script = self.home.join("script.sh");
        fs::write(&script, step(name)).expect("the script can be written");
        let path = std::env::var("PATH").expect("there is a path");
        Command::new("bash")
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(&script)
            .current_dir(root)
            .env("HOME", &self.home)
            .env("PATH", format!("{}:{path}", self.home.join("bin").display()))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_ACTION_PATH", root.join(".github/actions/check"))
            .env("GITHUB_OUTPUT", &self.output)
            .env("GITHUB_STEP_SUMMARY", &self.summary)
            .env("GITHUB_WORKSPACE", root)
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("ARGUMENTS", arguments)
            .output()
            .expect("there is a bash")
    }

    /// Puts a program where the shell finds it first.
    fn stand_in(&self, name: &str, script: &str) {
        let program = self.home.join("bin").join(name);
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("it can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be made executable");
    }

    fn install(&self) {
        let bin = self.home.join(".selvedge/bin");
        fs::create_dir_all(&bin).expect("directories can be made");
        symlink(env!("CARGO_BIN_EXE_selvedge"), bin.join("selvedge")).expect("it can be linked");
    }
}

#[test]
fn every_step_of_the_action_is_a_script_without_mistakes() {
    assert_eq!(
        ACTION.matches("      run: |\n").count(),
        STEPS.len(),
        "every step is tested"
    );
    let runner = Runner::new("action-syntax");
    for name in STEPS {
        let script = step(name);
        assert!(
            !script.contains("${{"),
            "{name}: an expression could be read as a command"
        );
        let file = runner.home.join("checked.sh");
        fs::write(&file, script).expect("it can be written");
        let checked = Command::new("bash")
            .arg("-n")
            .arg(&file)
            .output()
            .expect("there is a bash");
        assert!(
            checked.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&checked.stderr)
        );
    }
}

#[test]
fn the_cache_is_named_after_the_sources_and_the_compiler() {
    let runner = Runner::new("action-cache");
    runner.stand_in("rustc", "echo 'rustc 1.90.0 (abc 2025-09-14)'");
    for _ in 0..2 {
        let ran = runner.run("Name the cache", "");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    let output = read(&runner.output);
    let [first, second] = output.lines().collect::<Vec<_>>()[..] else {
        panic!("a line each time: {output}");
    };
    assert_eq!(first, second);
    let hash = first.strip_prefix("key=selvedge-Linux-X64-rustc-1.90.0--abc-2025-09-14--");
    assert!(hash.is_some_and(|hash| hash.len() == 40), "{first}");
}

#[test]
fn the_program_is_built_from_the_sources_of_the_action() {
    let runner = Runner::new("action-build");
    runner.stand_in("cargo", "printf '%s\\n' \"$@\" > \"$HOME/arguments\"");
    assert!(runner.run("Build", "").status.success());
    let arguments = read(&runner.home.join("arguments"));
    let [install, locked, path, source, root, target] = arguments.lines().collect::<Vec<_>>()[..] else {
        panic!("six arguments: {arguments}");
    };
    assert_eq!(
        [install, locked, path, root],
        ["install", "--locked", "--path", "--root"]
    );
    assert!(Path::new(source).join("src/main.rs").is_file(), "{source}");
    assert_eq!(Path::new(target), runner.home.join(".selvedge"));
}

/// The step fails as the check does; the exit code, the annotations and the summary are there all the same.
#[test]
fn a_check_that_fails_fails_the_step_and_says_where() {
    let runner = Runner::new("action-check");
    runner.install();
    let arguments = "unlocked --as-correct\n--iterations 1 --engine explorer";
    let ran = runner.run("Check", arguments);
    assert_eq!(
        ran.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(
        errors.starts_with("::error file=src/counter/unlocked.rs,line=38,"),
        "{errors}"
    );
    assert!(read(&runner.summary).starts_with("## ❌ Selvedge"));
    let passed = runner.run(
        "Check",
        "locked --iterations 1 --engine explorer --require proved",
    );
    assert_eq!(passed.status.code(), Some(0));
    let injected = runner.run(
        "Check",
        "locked --iterations 1 --engine explorer; touch injected $(touch injected)",
    );
    assert_eq!(
        injected.status.code(),
        Some(2),
        "they are arguments, and wrong ones"
    );
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("injected").exists());
    assert_eq!(read(&runner.output), "exit-code=1\nexit-code=0\nexit-code=2\n");
}
