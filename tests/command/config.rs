//! `selvedge.toml`.

use crate::support::{directory, list, read, selvedge};
use std::fs;
use std::path::Path;

fn write(directory: &Path, text: &str) {
    fs::write(directory.join("selvedge.toml"), text).expect("the file can be written");
}

const SETTINGS: &str = r#"
scenarios = ["locked:2x1", "fetch-add:3x1"]
engine = ["explorer", "threads"]
executions = 20
require = "proved"
time = 30
output = ["junit=target/selvedge.xml"]
"#;

#[test]
fn the_file_says_what_to_check_and_where_the_result_goes() {
    let project = directory("config-project");
    write(&project, SETTINGS);
    let below = project.join("src/deep");
    fs::create_dir_all(&below).expect("directories can be made");
    for place in [&project, &below] {
        let document = selvedge("check --format json").within(place).code(0).json();
        let scenarios = list(&document["scenarios"]);
        let names: Vec<_> = scenarios.iter().map(|scenario| &scenario["scenario"]).collect();
        assert_eq!(names, ["locked", "fetch-add"]);
        assert_eq!(scenarios[1]["threads"], 3);
        assert_eq!(scenarios[0]["required"], "proved");
        let engines: Vec<_> = list(&scenarios[0]["engines"])
            .iter()
            .map(|engine| &engine["engine"])
            .collect();
        assert_eq!(engines, ["explorer", "threads"]);
        // The output is relative to the file, not to where the command runs.
        let written = project.join("target/selvedge.xml");
        assert!(read(&written).contains("tests=\"4\""));
        fs::remove_file(written).expect("it can be removed");
    }
}

#[test]
fn the_command_line_wins_over_the_file() {
    let project = directory("config-override");
    write(&project, &format!("{SETTINGS}fail-fast = true\n"));
    let in_force = |line: &str| {
        selvedge(&format!("check --print-config {line}"))
            .within(&project)
            .code(0)
            .stdout
    };
    let of_file = in_force("");
    for line in [
        "scenarios = [\"locked:2x1\", \"fetch-add:3x1\"]",
        "engine = [\"explorer\", \"threads\"]",
        "time = \"30s\"",
        "fail-fast = true",
        "output = [\"junit=target/selvedge.xml\"]",
    ] {
        assert!(of_file.lines().any(|shown| shown == line), "{line}: {of_file}");
    }
    for (arguments, line) in [
        ("unlocked", "scenarios = [\"unlocked\"]"),
        ("--threads 2", "scenarios = [\"locked:2x1\", \"fetch-add:2x1\"]"),
        (
            "--iterations 4",
            "scenarios = [\"locked:2x4\", \"fetch-add:3x4\"]",
        ),
        ("--engine loom", "engine = [\"loom\"]"),
        ("--memory-model rc11", "memory-model = \"rc11\""),
        ("--no-config", "memory-model = \"auto\""),
        ("--time 5m", "time = \"5m\""),
        ("--require sampled", "require = \"sampled\""),
        ("--fail-fast=false", "fail-fast = false"),
        ("--quiet", "quiet = true"),
        ("--seed 7", "seed = 7"),
        ("--jobs 2", "jobs = 2"),
        ("--no-config", "time = \"1m\""),
    ] {
        let shown = in_force(arguments);
        assert!(shown.lines().any(|shown| shown == line), "{arguments}: {shown}");
    }
}

/// What is printed is read again, and gives the same.
#[test]
fn the_printed_settings_are_a_file_that_means_the_same() {
    let project = directory("config-printed");
    let line = "check --print-config locked:2x3 gil --engine explorer,loom --threads 3 --iterations 1 \
                --require bounded --executions 9 --time 90s --budget 1h --jobs 3 --steps 77 --seed 5 --preemptions 2 --memory-model ra \
                --as-correct --stop-at-first --fail-fast --quiet --full --output tap=- --output json=out/a.json";
    let printed = selvedge(line).within(&project).code(0).stdout;
    let settings = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(settings(&printed).len(), 19, "every key: {printed}");
    write(&project, &printed);
    let again = selvedge("check --print-config").within(&project).code(0).stdout;
    assert_eq!(settings(&again), settings(&printed));
    let defaults = selvedge("check --print-config --no-config").code(0).stdout;
    write(&project, &defaults);
    let again = selvedge("check --print-config").within(&project).code(0).stdout;
    assert_eq!(settings(&again), settings(&defaults));
}

#[test]
fn a_mistake_in_the_file_has_its_line_and_column() {
    let project = directory("config-mistakes");
    for (text, place, what) in [
        (
            "require = \"proved\"\nrequre = 1\n",
            "line 2, column 1",
            "there is no key `requre`",
        ),
        (
            "threads = \"2\"",
            "line 1, column 11",
            "invalid type: string \"2\", expected a whole number",
        ),
        (
            "memory-model = \"tso\"",
            "line 1, column 16",
            "`auto`, `sc`, `ra` or `rc11` is needed",
        ),
        (
            "\n  threads = 65",
            "line 2, column 13",
            "a whole number from 1 to 64 is needed",
        ),
        (
            "iterations = -1",
            "line 1, column 14",
            "a whole number from 1 to 1000000000000",
        ),
        (
            "scenarios = [\"locked\", \"unlokced\"]",
            "line 1, column 24",
            "did you mean `unlocked`?",
        ),
        (
            "engine = [\"looom\"]",
            "line 1, column 11",
            "did you mean `loom`?",
        ),
        (
            "engine = \"loom\"",
            "line 1, column 10",
            "expected a list of strings",
        ),
        ("time = \"soon\"", "line 1, column 8", "write it like `30s`"),
        (
            "time = true",
            "line 1, column 8",
            "expected a time such as \"30s\"",
        ),
        (
            "require = \"maybe\"",
            "line 1, column 11",
            "`proved`, `bounded` or `sampled` is needed",
        ),
        (
            "output = [\"pdf=a\"]",
            "line 1, column 11",
            "there is no format `pdf`",
        ),
        ("quiet = 1", "line 1, column 9", "expected a boolean"),
        ("quiet = true\nquiet = true", "line 2, column 1", "duplicate key"),
        (
            "threads = 9223372036854775808",
            "line 1, column 11",
            "a whole number from 1 to 64 is needed",
        ),
        (
            "time = 1.5",
            "line 1, column 8",
            "expected a time such as \"30s\"",
        ),
        (
            "\u{feff}quiet = true\r\nthreads = 65",
            "line 2, column 11",
            "1 to 64",
        ),
        ("threads = ", "line 1, column ", ""),
    ] {
        write(&project, text);
        let ran = selvedge("check").within(&project).code(2);
        let told = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.starts_with("error: ") && told.contains("selvedge.toml, "),
            "{told}"
        );
        assert!(told.contains(place) && told.contains(what), "{text:?}: {told}");
        assert_eq!(ran.stdout, "");
    }
    let ran = selvedge("check --config nowhere.toml").within(&project).code(2);
    ran.refuses("nowhere.toml cannot be read: ");
}
