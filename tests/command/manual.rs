//! Completions, the manual page, and help.

use crate::support::selvedge;

#[test]
fn completions_know_the_commands_the_scenarios_and_the_engines() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = selvedge(&format!("completions {shell}")).code(0);
        for part in ["replay", "shuttle-dfs", "require", "proved"] {
            ran.quietly().shows(part);
        }
    }
    for shell in ["bash", "zsh"] {
        selvedge(&format!("completions {shell}"))
            .code(0)
            .shows("gil-early-notify");
    }
    selvedge("completions tcsh")
        .code(2)
        .refuses("possible values: bash, elvish, fish");
}

/// The page of the program refers to one of each command, and each of these is there.
#[test]
fn there_is_a_manual_page_of_the_program_and_of_each_command() {
    let page = selvedge("man").code(0);
    page.quietly()
        .shows(".TH selvedge 1")
        .shows("Exit codes:\n  0  everything was");
    let commands = page
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("selvedge\\-")?.strip_suffix("(1)"));
    let commands: Vec<&str> = commands.collect();
    assert_eq!(
        commands,
        [
            "list",
            "check",
            "show",
            "replay",
            "odds",
            "gil",
            "report",
            "play",
            "completions",
            "man"
        ]
    );
    for command in commands {
        let page = selvedge(&format!("man {command}")).code(0);
        page.quietly()
            .shows(&format!(".TH selvedge-{command} 1"))
            .shows(".SH SYNOPSIS");
    }
    let page = selvedge("man check").code(0);
    for option in ["require", "output", "print\\-config", "budget", "fail\\-fast"] {
        page.shows(&format!("\\-\\-{option}"));
    }
    selvedge("man chekc")
        .code(2)
        .refuses("a similar value exists: 'check'");
}

/// A command names a format only if it has it.
#[test]
fn help_names_the_formats_that_the_command_has() {
    for command in ["show", "replay", "odds"] {
        selvedge(&format!("{command} -h")).code(0).shows("svg");
    }
    for command in ["", "list", "check", "gil"] {
        let help = selvedge(&format!("{command} -h")).code(0);
        help.hides("svg").shows("json");
    }
    for command in ["play", "completions", "man"] {
        selvedge(&format!("{command} -h")).code(0).hides("--format");
    }
}

#[test]
fn help_fits_on_a_narrow_terminal() {
    for command in [
        "",
        "list",
        "check",
        "show",
        "replay",
        "odds",
        "gil",
        "play",
        "completions",
        "man",
    ] {
        for flag in ["-h", "--help"] {
            let help = selvedge(&format!("{command} {flag}")).code(0);
            let wide = help.stdout.lines().find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{command} {flag}");
        }
    }
}

#[test]
fn a_schedule_may_come_in_one_argument_or_in_several() {
    let whole = selvedge("replay unlocked").arg("2 1 1 2").code(0).stdout;
    for line in ["2 1 1 2", "2,1,1,2", "2, 1 1,2", "--threads 2 2 1×2 2"] {
        assert_eq!(
            selvedge(&format!("replay unlocked {line}")).code(0).stdout,
            whole,
            "{line}"
        );
    }
    let header = concat!("unlocked 2×1 v", env!("CARGO_PKG_VERSION"), ": 2 1 1 2");
    assert_eq!(
        selvedge(&format!("replay unlocked {header}")).code(0).stdout,
        whole
    );
    selvedge("replay unlocked 1 two")
        .code(2)
        .refuses("'1 two' is no schedule: step 2 of the schedule, `two`");
    selvedge("replay unlocked").code(2).refuses("<SCHEDULE>");
}
