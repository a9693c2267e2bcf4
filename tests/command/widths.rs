//! Lines fit on the terminal, whatever its width.

use std::process::Command;

/// The commands whose output is text; what the story shows comes from the same writers.
const LINES: [&str; 18] = [
    "--help",
    "check --help",
    "show --help",
    "replay --help",
    "odds --help",
    "gil --help",
    "report --help",
    "play --help",
    "list",
    "check unlocked locked-twice --engine explorer,loom",
    "check unlocked --as-correct --engine explorer --quiet",
    "show data-race",
    "show gil-early-notify",
    "replay locked '1 1 2 2'",
    "odds unlocked --iterations 20",
    "odds unlocked --iterations 20 --traces",
    "check nothing",
    "replay locked '1 1 2 2 7'",
];

/// Runs a command on a terminal that is so many columns wide, and returns what it shows there; `None` if there is no
/// program that makes terminals.
fn shown(line: &str, columns: usize) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_selvedge");
    // The progress is not of interest, but errors are.
    let script = format!("stty rows 24 cols {columns}; '{program}' {line} --color always 2>&1");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &script, "/dev/null"])
        .env("TERM", "xterm-256color")
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns the lines without ANSI escapes, each as it stands in the end.
fn lines(shown: &str) -> Vec<String> {
    let plain = anstream::adapter::strip_str(shown).to_string();
    let plain = plain.replace("\r\n", "\n");
    let last = |line: &str| line.rsplit('\r').next().unwrap_or("").to_owned();
    plain.lines().map(last).collect()
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in [80, 60] {
        for line in LINES {
            let Some(shown) = shown(line, columns) else {
                println!("skipped: there is no `script`");
                return;
            };
            let lines = lines(&shown);
            assert!(lines.len() > 1, "{line}: {shown}");
            for text in lines {
                assert!(
                    text.chars().count() <= columns,
                    "{columns} columns, {line}: {text}"
                );
            }
        }
    }
}
