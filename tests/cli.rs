//! The command line, by driving the built program.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

fn selvedge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("LOOM_") || name.starts_with("SHUTTLE_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    selvedge(arguments).output().expect("the program can be started")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("the errors are UTF-8")
}

/// Runs the program, and expects this exit code.
fn run_to(code: i32, arguments: &[&str]) -> Output {
    let output = run(arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\n{}{}",
        stdout(&output),
        stderr(&output)
    );
    output
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("the output is JSON")
}

#[test]
fn check_is_as_expected_on_the_whole_catalogue() {
    let output = run_to(0, &["check", "--iterations", "1"]);
    assert!(
        stdout(&output).contains("Everything was as expected: 32 checks"),
        "{}",
        stdout(&output)
    );
    assert_eq!(stderr(&output), "", "nothing is said on standard error");
}

/// Without shuttle's search, which would not come to an end, and for a broken GIL without real threads, which might not.
#[test]
fn python_and_the_gil_are_checked_on_the_engines_that_can() {
    let names = [
        "python-3.9",
        "python-3.10-call-lock",
        "python-3.13t",
        "gil",
        "gil-timed",
        "gil-if",
    ];
    let mut arguments = vec!["check", "--threads", "2", "--iterations", "1", "--format", "json"];
    arguments.extend(names);
    let document = json(&run_to(0, &arguments));
    let engines: Vec<Vec<&str>> = document["scenarios"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|scenario| {
            let engines = scenario["engines"].as_array().expect("a list");
            engines
                .iter()
                .map(|engine| engine["engine"].as_str().expect("a name"))
                .collect()
        })
        .collect();
    let (all, timed, broken) = (
        vec!["explorer", "loom", "threads"],
        vec!["explorer", "threads"],
        vec!["explorer", "loom"],
    );
    assert_eq!(
        engines,
        [all.clone(), all.clone(), all.clone(), all, timed, broken]
    );
    let unsuitable = &document["scenarios"][4]["unsuitable"][0];
    assert_eq!(
        unsuitable["reason"],
        "loom models no time-outs, and this needs them"
    );
}

#[test]
fn a_python_program_is_drawn_by_its_bytecodes_and_runs_again() {
    let shown = stdout(&run_to(0, &["show", "python-3.9", "--outcome", "1"]));
    for part in [
        "load x = 0               LOAD_GLOBAL",
        "STORE_GLOBAL",
        "eval breaker",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let [schedule] = &schedules(&shown)[..] else {
        panic!("one schedule: {shown}");
    };
    let again = stdout(&run_to(0, &["replay", "python-3.9", schedule]));
    assert!(again.starts_with("python-3.9 2×1 ends at 1:"), "{again}");
    let claimed = run_to(
        1,
        &[
            "check",
            "python-3.10-call",
            "--as-correct",
            "--engine",
            "explorer",
        ],
    );
    assert!(
        stdout(&claimed).contains("an update was lost"),
        "{}",
        stdout(&claimed)
    );
}

#[test]
fn a_refuted_claim_has_an_exit_code_of_its_own_and_says_what_is_wrong() {
    for engine in ["explorer", "loom", "shuttle-dfs", "shuttle-random"] {
        let output = run_to(
            1,
            &["check", "unlocked", "locked", "--as-correct", "--engine", engine],
        );
        assert!(
            stdout(&output).contains("is forbidden: an update was lost"),
            "{}",
            stdout(&output)
        );
        assert!(
            stdout(&output).contains("Not as expected: of 2 checks, 1 refuted."),
            "{}",
            stdout(&output)
        );
    }
    let output = run_to(
        1,
        &[
            "check",
            "unlocked",
            "--as-correct",
            "--engine",
            "loom",
            "--format",
            "json",
        ],
    );
    assert_eq!(json(&output)["as_expected"], false);
    // A refutation outweighs what could not be finished.
    run_to(
        1,
        &[
            "check",
            "unlocked",
            "--as-correct",
            "--engine",
            "shuttle-dfs",
            "--executions",
            "900",
        ],
    );
}

#[test]
fn inconclusive_has_an_exit_code_of_its_own() {
    run_to(
        0,
        &[
            "check",
            "locked",
            "--engine",
            "loom",
            "--time",
            "18446744073709551615s 900ms",
        ],
    );
    let limits = [
        ["--executions", "1"],
        ["--executions", "0"],
        ["--time", "1ns"],
        ["--time", "0"],
        ["--steps", "3"],
    ];
    for limit in limits {
        let mut arguments = vec!["check", "unlocked", "--engine", "loom,shuttle-dfs"];
        arguments.extend(limit);
        let output = run_to(3, &arguments);
        assert!(
            stdout(&output).contains("Inconclusive: of 2 checks, 2 could not be finished."),
            "{}",
            stdout(&output)
        );
    }
    run_to(
        3,
        &[
            "check",
            "locked-twice",
            "--iterations",
            "1",
            "--engine",
            "loom",
            "--preemptions",
            "0",
        ],
    );
}

#[test]
fn a_million_operations_are_too_many_to_explore_and_it_says_so() {
    let output = run_to(
        3,
        &[
            "check",
            "locked",
            "--engine",
            "loom,shuttle-dfs",
            "--iterations",
            "1000000",
            "--time",
            "1s",
        ],
    );
    assert!(stdout(&output).contains("step limit"), "{}", stdout(&output));
}

#[test]
fn nonsense_is_bad_usage_and_the_message_helps() {
    let cases: &[(&[&str], &str)] = &[
        (&["frobnicate"], "unrecognized subcommand"),
        (
            &["check", "unlokced"],
            "there is no such scenario; there are unlocked, data-race, locked",
        ),
        (
            &["check", "--engine", "spin"],
            "possible values: explorer, explorer-source",
        ),
        (
            &["check", "--threads", "0"],
            "a whole number from 1 to 64 is needed",
        ),
        (
            &["check", "--threads", "65"],
            "a whole number from 1 to 64 is needed",
        ),
        (
            &["check", "--threads", "two"],
            "a whole number from 1 to 64 is needed",
        ),
        (
            &["check", "--iterations", "0"],
            "a whole number from 1 to 1000000000000 is needed",
        ),
        (
            &["check", "--iterations", "99999999999999999999"],
            "a whole number from 1",
        ),
        (&["check", "--iterations=-1"], "a whole number from 1"),
        (
            &["check", "--steps", "0"],
            "a whole number from 1 to 1000000 is needed",
        ),
        (&["check", "--executions", "many"], "invalid digit"),
        (&["check", "--executions=-1"], "invalid digit"),
        (&["check", "--time", "soon"], "write it like `30s`"),
        (&["check", "--time=-1s"], "write it like `30s`"),
        (&["check", "--seed", "0x7"], "invalid digit"),
        (&["check", "--preemptions", "256"], "256 is not in 0..=255"),
        (&["--format", "xml"], "possible values: text, json"),
        (&["--color", "pink"], "possible values: auto, always, never"),
        (
            &["check", "unlocked", "--engine", "loom", "--threads", "5"],
            "loom models at most 4 threads",
        ),
    ];
    for (arguments, message) in cases {
        let output = run_to(2, arguments);
        assert!(
            stderr(&output).contains(message),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

#[test]
fn an_engine_that_cannot_run_a_scenario_says_why_while_the_others_run_it() {
    let output = run_to(
        0,
        &[
            "check",
            "locked",
            "--engine",
            "loom,threads",
            "--threads",
            "5",
            "--executions",
            "2",
        ],
    );
    assert!(
        stdout(&output).contains("loom     not run       loom models at most 4 threads"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn json_is_one_document_with_a_version() {
    let arguments = [
        "check",
        "unlocked",
        "locked",
        "--iterations",
        "1",
        "--format",
        "json",
        "--seed",
        "7",
    ];
    let output = run_to(
        0,
        &[&arguments[..], &["--engine", "loom,shuttle-dfs,shuttle-urw"]].concat(),
    );
    let document = json(&output);
    assert_eq!(document["schema"], 1);
    assert_eq!(document["as_expected"], true);
    let unlocked = &document["scenarios"][0];
    assert_eq!(
        (
            &unlocked["scenario"],
            &unlocked["threads"],
            &unlocked["iterations"]
        ),
        (&"unlocked".into(), &2.into(), &1.into())
    );
    let outcomes: Vec<_> = unlocked["outcomes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| &row["outcome"])
        .collect();
    assert_eq!(outcomes, ["-1", "0", "1"]);
    let engines = unlocked["engines"].as_array().expect("a list");
    let verdicts: Vec<_> = engines
        .iter()
        .map(|engine| engine["verdict"].as_str().expect("a word"))
        .collect();
    assert_eq!(verdicts, ["bounded", "proved", "sampled"]);
    assert_eq!(
        (&engines[1]["seed"], &engines[2]["seed"]),
        (&Value::Null, &7.into())
    );
    // The counts of an engine's column add up to its executions.
    for (index, engine) in engines.iter().enumerate() {
        let rows = unlocked["outcomes"].as_array().expect("a list").iter();
        let sum: u64 = rows
            .map(|row| row["counts"][index].as_u64().expect("a count"))
            .sum();
        assert_eq!(engine["executions"], sum);
    }
}

#[test]
fn json_documents_every_field_that_it_has() {
    let manual =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).expect("docs/json.md");
    let output = run_to(
        0,
        &[
            "check",
            "counting",
            "--engine",
            "threads",
            "--executions",
            "1",
            "--format",
            "json",
        ],
    );
    let gil = run_to(
        0,
        &["gil", "--iterations", "1000", "--runs", "1", "--format", "json"],
    );
    let mut fields = Vec::new();
    for output in [output, gil] {
        collect_fields(&json(&output), &mut fields);
    }
    for field in fields {
        assert!(
            manual.contains(&format!("`{field}`")),
            "docs/json.md does not mention `{field}`"
        );
    }
}

fn collect_fields(value: &Value, fields: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                fields.push(name.clone());
                collect_fields(value, fields);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_fields(value, fields)),
        _ => {}
    }
}

#[test]
fn list_names_every_scenario_and_engine() {
    let text = stdout(&run_to(0, &["list"]));
    let document = json(&run_to(0, &["list", "--format", "json"]));
    for kind in ["scenarios", "engines"] {
        for entry in document[kind].as_array().expect("a list") {
            assert!(text.contains(entry["name"].as_str().expect("a name")), "{entry}");
        }
    }
    assert_eq!(document["scenarios"].as_array().map(Vec::len), Some(25));
    assert_eq!(document["engines"].as_array().map(Vec::len), Some(10));
}

#[test]
fn help_documents_the_exit_codes() {
    for arguments in [&["--help"][..], &["check", "--help"]] {
        let help = stdout(&run_to(0, arguments));
        for line in [
            "0  everything was as expected",
            "1  refuted",
            "2  bad usage",
            "3  inconclusive",
            "4  the result",
        ] {
            assert!(help.contains(line), "{line}: {help}");
        }
    }
}

/// Loom and shuttle would take each of these over what they are told, or stumble over it.
#[test]
fn the_engines_environment_variables_override_nothing() {
    let arguments = [
        "check",
        "unlocked",
        "--engine",
        "loom,shuttle-random",
        "--seed",
        "7",
        "--format",
        "json",
    ];
    let table = |output: &Output| json(output)["scenarios"][0]["outcomes"].clone();
    let undisturbed = table(&run_to(0, &arguments));
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
        let output = selvedge(&arguments)
            .env(name, value)
            .output()
            .expect("the program can be started");
        assert_eq!(
            output.status.code(),
            Some(0),
            "{name}={value}: {}",
            stderr(&output)
        );
        assert_eq!(table(&output), undisturbed, "{name}={value}");
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn colours_are_used_only_where_they_are_wanted() {
    let arguments = ["check", "locked", "--iterations", "1", "--engine", "shuttle-dfs"];
    let is_coloured = |command: &mut Command| {
        stdout(&command.output().expect("the program can be started")).contains('\u{1b}')
    };
    assert!(!is_coloured(&mut selvedge(&arguments)), "a pipe is no terminal");
    assert!(is_coloured(selvedge(&arguments).args(["--color", "always"])));
    assert!(!is_coloured(
        selvedge(&arguments)
            .args(["--color", "never"])
            .env("CLICOLOR_FORCE", "1")
    ));
    assert!(!is_coloured(selvedge(&arguments).env("NO_COLOR", "1")));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut program = selvedge(&["check", "--iterations", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut line = String::new();
    let mut reader = BufReader::new(program.stdout.take().expect("it is piped"));
    reader.read_line(&mut line).expect("there is a first line");
    drop(reader);
    let output = program.wait_with_output().expect("the program ends");
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(4), "it was not all written");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has /dev/full");
    let mut command = selvedge(&["check", "locked", "--iterations", "1", "--engine", "loom"]);
    let output = command.stdout(full).output().expect("the program can be started");
    assert_eq!(output.status.code(), Some(4));
    assert!(
        stderr(&output).starts_with("error: the result could not be written:"),
        "{}",
        stderr(&output)
    );
}

/// Ctrl-C: the exploration would take hours; it ends with what is known so far.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_what_is_known_so_far() {
    for engine in ["explorer", "loom", "shuttle-dfs"] {
        let arguments = [
            "check",
            "unlocked",
            "--threads",
            "4",
            "--iterations",
            "5",
            "--engine",
            engine,
            "--time",
            "1h",
        ];
        let program = selvedge(&arguments)
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
        assert_eq!(output.status.code(), Some(3), "{engine}: {}", stderr(&output));
        assert!(
            stdout(&output).contains("inconclusive  interrupted, after "),
            "{engine}: {}",
            stdout(&output)
        );
    }
}

/// What differs from run to run: times, and what real threads do.
fn normalised(story: &str) -> String {
    let mut lines = Vec::new();
    for line in story.lines() {
        let line = match line.trim_start() {
            text if text.starts_with("unlocked    Result:") => "  unlocked    Result: …".to_owned(),
            text if text.starts_with("measured") => "           measured      …".to_owned(),
            _ => match line.rfind(" (") {
                Some(at) if [" µs)", " ms)", " s)"].iter().any(|unit| line.ends_with(unit)) => {
                    line[..at].to_owned() + " (…)"
                }
                _ => line.to_owned(),
            },
        };
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// Refreshed with `SELVEDGE_REFRESH=1 cargo test --test cli`.
#[test]
fn the_story_is_the_stored_one_and_the_readme_s() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = run_to(0, &[]);
    assert_eq!(stderr(&output), "");
    let told = normalised(&stdout(&output));
    let stored = root.join("tests/stored/story.txt");
    if std::env::var_os("SELVEDGE_REFRESH").is_some() {
        fs::write(&stored, &told).expect("the stored story can be written");
    }
    let stored = fs::read_to_string(&stored).expect("the stored story can be read");
    assert_eq!(
        told, stored,
        "if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test cli"
    );
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    let quoted = readme
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    assert_eq!(normalised(quoted.expect("README.md quotes the story")), stored);
}

/// The story's last line counts the verdicts; the document has them.
#[test]
fn the_story_as_json_has_the_same_checks() {
    let document = json(&run_to(0, &["--format", "json"]));
    assert_eq!(document["as_expected"], true);
    let scenarios = document["scenarios"].as_array().expect("a list");
    let verdicts: Vec<_> = scenarios
        .iter()
        .flat_map(|scenario| scenario["engines"].as_array().expect("a list"))
        .map(|engine| engine["verdict"].as_str().expect("a word"))
        .collect();
    let count = |kind| verdicts.iter().filter(|&&verdict| verdict == kind).count();
    let told = stdout(&run_to(0, &[]));
    let last = format!(
        "Everything was as expected: {} checks, {} proved, {} bounded, {} sampled.",
        verdicts.len(),
        count("proved"),
        count("bounded"),
        count("sampled")
    );
    assert_eq!(told.lines().last(), Some(&*last));
    let seed = |scenario: &&Value| scenario["scenario"] == "locked" && scenario["iterations"] == 1_000_000;
    let seed = scenarios.iter().find(seed).expect("the seed's program");
    assert_eq!(seed["outcomes"][0]["outcome"], "0");
}

#[test]
fn show_draws_the_shortest_way_to_each_outcome() {
    let output = stdout(&run_to(0, &["show", "unlocked"]));
    for outcome in ["-1", "0", "1"] {
        assert!(
            output.contains(&format!("How it comes to {outcome}:\n")),
            "{output}"
        );
    }
    assert!(output.contains("and thread 1's update was lost."), "{output}");
    assert!(output.contains("1 preemption, 3 switches, 5 events: no interleaving that ends so has fewer"));
    assert!(
        output
            .lines()
            .all(|line| line.chars().count() <= 80 || line.starts_with("  ")),
        "{output}"
    );
    let one = stdout(&run_to(0, &["show", "unlocked", "--outcome", "-1"]));
    assert!(
        one.contains("How it comes to -1:") && !one.contains("How it comes to 1:"),
        "{one}"
    );
    let larger = stdout(&run_to(
        0,
        &["show", "unlocked", "--iterations", "3", "--outcome=-3"],
    ));
    assert!(
        larger.contains("1 preemption, 3 switches, 13 events: no"),
        "{larger}"
    );
    let output = run_to(2, &["show", "locked", "--outcome", "1"]);
    assert!(
        stderr(&output).contains("locked at size 2×1 does not end at 1; the explorer has seen 0 (proved)"),
        "{}",
        stderr(&output)
    );
}

/// Returns the schedules that a text says run something again.
fn schedules(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .filter(|line| line.starts_with("again: selvedge replay"));
    lines
        .map(|line| line.split('\'').nth(1).expect("a schedule in quotes").to_owned())
        .collect()
}

#[test]
fn every_schedule_that_is_printed_runs_again_and_ends_alike() {
    for scenario in [
        "unlocked",
        "data-race",
        "locked",
        "locked-twice",
        "compare-exchange",
        "counting",
    ] {
        let document = json(&run_to(0, &["show", scenario, "--format", "json"]));
        let rows = document["scenarios"][0]["outcomes"].as_array().expect("outcomes");
        assert!(!rows.is_empty());
        for row in rows {
            let witness = &row["witness"];
            let schedule = witness["schedule"].as_str().expect("a schedule");
            let again = json(&run_to(0, &["replay", scenario, schedule, "--format", "json"]));
            assert_eq!(again["outcome"], row["outcome"], "{schedule}");
            assert_eq!(again["witness"]["events"], witness["events"], "{schedule}");
            assert_eq!(again["witness"]["story"], witness["story"], "{schedule}");
            assert_eq!(witness["minimal"], true);
            assert_eq!(
                again["witness"]["minimal"], false,
                "a replay does not look for others"
            );
        }
    }
    let drawn = stdout(&run_to(0, &["show", "unlocked", "--outcome", "1"]));
    let [schedule] = &schedules(&drawn)[..] else {
        panic!("{drawn}")
    };
    assert_eq!(
        *schedule,
        format!("unlocked 2×1 v{}: 1 2 2 1 main", env!("CARGO_PKG_VERSION"))
    );
    let typed = stdout(&run_to(0, &["replay", "unlocked", "1 2x2"]));
    assert!(
        typed.starts_with("unlocked 2×1 ends at 1:\n"),
        "it runs on without preemption: {typed}"
    );
}

#[test]
fn a_refutation_is_drawn_and_runs_again() {
    for engine in ["explorer", "loom", "shuttle-random"] {
        let arguments = [
            "check",
            "unlocked",
            "--as-correct",
            "--iterations",
            "1",
            "--engine",
            engine,
        ];
        let output = stdout(&run_to(1, &arguments));
        let by = if engine == "explorer" {
            ""
        } else {
            ", as the explorer shows it"
        };
        assert!(
            output.contains(&format!("How it comes to -1{by}:\n")),
            "{engine}: {output}"
        );
        for schedule in schedules(&output) {
            let again = stdout(&run_to(0, &["replay", "unlocked", &schedule]));
            assert!(again.contains("update was lost."), "{again}");
        }
    }
    let expected = stdout(&run_to(
        0,
        &["check", "unlocked", "--iterations", "1", "--engine", "explorer"],
    ));
    assert!(
        !expected.contains("How it comes to"),
        "nothing is refuted: {expected}"
    );
}

#[test]
fn a_schedule_that_does_not_fit_says_where_and_why() {
    let says = |arguments: &[&str], what: &str| {
        let output = run_to(2, arguments);
        assert!(
            stderr(&output).contains(what),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "");
    };
    says(
        &["replay", "unlocked", "1 3"],
        "step 2 of the schedule, `3`, cannot be executed: ",
    );
    says(
        &["replay", "unlocked", "1 1 1"],
        "this thread has ended; what can be: thread 2 (load",
    );
    says(
        &["replay", "locked", "1 2"],
        "step 2 of the schedule, `2`, cannot be executed: ",
    );
    says(
        &["replay", "unlocked", "unlocked 2×1 v0.0.0: 1"],
        "the schedule is of version 0.0.0",
    );
    says(
        &[
            "replay",
            "locked",
            &format!("unlocked 2×1 v{}: 1", env!("CARGO_PKG_VERSION")),
        ],
        "is of `unlocked`",
    );
    let sized = format!("unlocked 2×1 v{}: 1", env!("CARGO_PKG_VERSION"));
    says(
        &["replay", "unlocked", &sized, "--iterations", "2"],
        "the schedule is of size 2×1",
    );
    says(&["replay", "unlocked", "one"], "a step begins with a thread");
    says(
        &["replay", "unlocked", "nonsense: 1"],
        "is no header of a schedule",
    );
    says(&["replay", "unlocked", "1×99999999999999"], "1×99999999999999");
    let sizeless = format!("unlocked 0×0 v{}: 1", env!("CARGO_PKG_VERSION"));
    says(&["replay", "unlocked", &sizeless], "no scenario of size 0×0");
    says(
        &["replay", "unlocked", "1", "--threads", "20"],
        "at most 15 threads beside the main one",
    );
    says(&["replay", "unlocked"], "<SCHEDULE>");
}

#[test]
fn a_picture_is_of_one_outcome() {
    let picture = stdout(&run_to(
        0,
        &["show", "unlocked", "--outcome", "-1", "--format", "svg"],
    ));
    assert_eq!(
        picture,
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored/drawings/unlocked.svg"))
            .expect("the stored picture"),
        "the README shows what the command draws"
    );
    let again = stdout(&run_to(0, &["replay", "unlocked", "2 1 1 2", "--format", "svg"]));
    assert_eq!(again, picture);
    let several = run_to(2, &["show", "unlocked", "--format", "svg"]);
    assert!(
        stderr(&several).contains("choose an outcome by `--outcome`, of -1, 0, 1"),
        "{}",
        stderr(&several)
    );
    assert_eq!(stdout(&several), "");
    for arguments in [
        &["--format", "svg"][..],
        &["list", "--format", "svg"],
        &["check", "--format", "svg"],
        &["gil", "--format", "svg"],
    ] {
        let output = run_to(2, arguments);
        assert!(
            stderr(&output).contains("only `show` and `replay` draw"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn what_shuttle_has_run_it_runs_again() {
    for engine in ["shuttle-dfs", "shuttle-random", "shuttle-pct", "shuttle-urw"] {
        for scenario in ["unlocked", "locked-twice", "wrong-lock"] {
            let arguments = [
                "check",
                scenario,
                "--as-correct",
                "--iterations",
                "1",
                "--engine",
                engine,
            ];
            let document = json(&run_to(1, &[&arguments[..], &["--format", "json"]].concat()));
            let rows = document["scenarios"][0]["outcomes"].as_array().expect("outcomes");
            let seen: Vec<_> = rows
                .iter()
                .filter(|row| row["counts"][0].as_u64() > Some(0))
                .collect();
            assert!(seen.len() > 1, "{engine}: {rows:?}");
            for row in seen {
                let schedule = row["shuttle_schedule"].as_str().expect("a schedule");
                let replay = [
                    "replay", scenario, schedule, "--engine", "shuttle", "--format", "json",
                ];
                assert_eq!(json(&run_to(0, &replay))["outcome"], row["outcome"], "{schedule}");
            }
        }
    }
    let drawn = run_to(
        1,
        &[
            "check",
            "unlocked",
            "--as-correct",
            "--iterations",
            "1",
            "--engine",
            "shuttle-dfs",
        ],
    );
    assert!(
        stdout(&drawn)
            .contains("as shuttle ran it: selvedge replay unlocked --engine shuttle 'unlocked 2×1 v")
    );
    let misfit = run_to(2, &["replay", "unlocked", "1 7", "--engine", "shuttle"]);
    assert!(
        stderr(&misfit).contains("step 2 of the schedule, thread 7: it cannot go on there"),
        "{}",
        stderr(&misfit)
    );
}
