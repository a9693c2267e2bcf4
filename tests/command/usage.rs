//! Wrong arguments, the list and the help.

use crate::support::{list, selvedge};

#[test]
fn nonsense_is_bad_usage_and_the_message_helps() {
    let cases = [
        ("frobnicate", "unrecognized subcommand"),
        (
            "check unlokced",
            "there is no such scenario; did you mean `unlocked`? `selvedge list` shows all",
        ),
        (
            "check --engine spin",
            "possible values: explorer, explorer-source",
        ),
        (
            "check --memory-model tso",
            "`auto`, `sc`, `ra` or `rc11` is needed",
        ),
        ("check --threads 0", "a whole number from 1 to 64 is needed"),
        ("check --threads 65", "a whole number from 1 to 64 is needed"),
        ("check --threads two", "a whole number from 1 to 64 is needed"),
        (
            "check --iterations 0",
            "a whole number from 1 to 1000000000000 is needed",
        ),
        (
            "check --iterations 99999999999999999999",
            "a whole number from 1 to 1000000000000 is needed",
        ),
        (
            "check --iterations=-1",
            "a whole number from 1 to 1000000000000 is needed",
        ),
        ("check --jobs 0", "a whole number from 1 to 1024 is needed"),
        ("check --jobs all", "a whole number from 1 to 1024 is needed"),
        ("check --steps 0", "a whole number from 1 to 1000000 is needed"),
        ("check --executions many", "a whole number from 0 to"),
        ("check --executions=-1", "a whole number from 0 to"),
        ("check --time soon", "write it like `30s`"),
        ("check --time=-1s", "write it like `30s`"),
        ("check --seed 0x7", "a whole number from 0 to"),
        (
            "check --preemptions 256",
            "a whole number from 0 to 255 is needed",
        ),
        (
            "check locked:2",
            "comes its size, threads and operations, such as `2x3`",
        ),
        ("check locked:0x1", "the number of threads in"),
        ("check --require certain", "`proved`, `bounded` or `sampled` is"),
        (
            "check --output xml=a",
            "the formats are text, json, junit, sarif, github",
        ),
        ("check --output junit", "such as `junit=target/selvedge.xml`"),
        ("check --output junit=", "after `junit=` comes a file"),
        (
            "check --output tap=- --output markdown=-",
            "standard output can have one format",
        ),
        (
            "check --output tap=a --output json=a",
            "would overwrite each other",
        ),
        ("check --output tap=- --format text", "leave one of them out"),
        ("--format xml", "possible values: text, json"),
        ("--color pink", "possible values: auto, always, never"),
        (
            "check unlocked --engine loom --threads 5",
            "loom models at most 4 threads",
        ),
        (
            "gil --iterations 0",
            "a whole number from 1 to 1000000000000 is needed",
        ),
        (
            "gil --iterations few",
            "a whole number from 1 to 1000000000000 is needed",
        ),
        ("gil --threads 0", "a whole number from 1 to 64 is needed"),
        ("gil --threads 65", "a whole number from 1 to 64 is needed"),
        ("gil --runs 0", "a whole number from 1 to 1000 is needed"),
        (
            "gil --interval 0",
            "a thread has to wait before it asks for the GIL: at least 1us",
        ),
        ("gil --interval 999ns", "at least 1us is needed, as in CPython"),
        ("gil --interval soon", "write it like"),
        ("gil counting", "unexpected argument"),
        ("--format svg", "only `show`, `replay` and `odds` draw"),
        ("list --format svg", "only `show`, `replay` and `odds` draw"),
        ("check --format svg", "only `show`, `replay` and `odds` draw"),
        ("gil --format svg", "only `show`, `replay` and `odds` draw"),
    ];
    for (line, message) in cases {
        selvedge(line).code(2).refuses(message);
    }
}

#[test]
fn list_names_every_scenario_and_engine() {
    let text = selvedge("list").code(0);
    let document = selvedge("list --format json").code(0).json();
    for (kind, count) in [("scenarios", 27), ("engines", 12)] {
        let entries = list(&document[kind]);
        assert_eq!(entries.len(), count, "{kind}");
        for entry in entries {
            text.shows(entry["name"].as_str().expect("a name"));
        }
    }
}

#[test]
fn help_documents_the_exit_codes() {
    for line in ["--help", "check --help"] {
        let help = selvedge(line).code(0);
        for code in [
            "0  everything was as expected",
            "1  refuted",
            "2  bad usage",
            "3  inconclusive",
            "4  the result",
        ] {
            help.shows(code);
        }
    }
}
