//! A run of the built program: its arguments, and the expected result.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The program, about to be run.
pub(crate) struct Invocation {
    pub(crate) command: Command,
    line: String,
}

/// Returns the program with the arguments of a command line without quotes.
pub(crate) fn selvedge(line: &str) -> Invocation {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.args(line.split_whitespace()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["LOOM_", "SHUTTLE_", "GITHUB_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    Invocation {
        command,
        line: line.to_owned(),
    }
}

impl Invocation {
    /// Adds an argument that may have spaces in it.
    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self.line += &format!(" '{argument}'");
        self
    }

    /// Runs it in this directory.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self.line = format!("(cd {}) {}", directory.display(), self.line);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self.line = format!("{name}={value} {}", self.line);
        self
    }

    /// Starts the program, with its output in pipes.
    pub(crate) fn spawn(mut self) -> Child {
        let command = self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program can be started")
    }

    /// Runs the program until it ends.
    pub(crate) fn run(self) -> Ran {
        let line = self.line.clone();
        Ran::of(self.spawn(), line)
    }

    /// Runs the program, and expects this exit code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Ran {
        let ran = self.run();
        assert_eq!(ran.code, Some(code), "{}{}{}", ran.line, ran.stdout, ran.stderr);
        ran
    }
}

/// A run of the program that has ended.
pub(crate) struct Ran {
    line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Waits for the end of the program.
    pub(crate) fn of(program: Child, line: String) -> Self {
        let output = program.wait_with_output().expect("the program ends");
        let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        Self {
            line: format!("selvedge {line}\n"),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Checks that this is part of the standard output.
    #[track_caller]
    pub(crate) fn shows(&self, part: &str) -> &Self {
        assert!(self.stdout.contains(part), "{part}: {}{}", self.line, self.stdout);
        self
    }

    /// Checks that this is not part of the standard output.
    #[track_caller]
    pub(crate) fn hides(&self, part: &str) -> &Self {
        assert!(
            !self.stdout.contains(part),
            "{part}: {}{}",
            self.line,
            self.stdout
        );
        self
    }

    /// Checks that standard error is empty.
    #[track_caller]
    pub(crate) fn quietly(&self) -> &Self {
        assert_eq!(self.stderr, "", "{}", self.line);
        self
    }

    /// Checks that this is part of the error, and that standard output is empty.
    #[track_caller]
    pub(crate) fn refuses(&self, part: &str) -> &Self {
        assert!(self.stderr.contains(part), "{part}: {}{}", self.line, self.stderr);
        assert_eq!(self.stdout, "", "{}", self.line);
        self
    }

    /// Returns the output as a JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.line, self.stdout))
    }
}

/// Returns an empty directory for the test of this name.
pub(crate) fn directory(test: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if directory.exists() {
        fs::remove_dir_all(&directory).expect("an earlier run's directory can be removed");
    }
    fs::create_dir_all(&directory).expect("a directory can be made");
    directory
}

/// Reads a file that the program has written.
#[track_caller]
pub(crate) fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Returns the elements of a list.
#[track_caller]
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// Returns a line without the time at its end, if it has one.
pub(crate) fn without_time(line: &str) -> String {
    match line.rfind(" (") {
        Some(at) if [" µs)", " ms)", " s)"].iter().any(|unit| line.ends_with(unit)) => {
            format!("{} (…)", &line[..at])
        }
        _ => line.to_owned(),
    }
}

/// Returns the schedules in a text, which run something again.
pub(crate) fn schedules(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .filter(|line| line.starts_with("again: selvedge replay"));
    lines
        .map(|line| line.split('\'').nth(1).expect("a schedule in quotes").to_owned())
        .collect()
}
