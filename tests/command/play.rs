//! The game without a terminal, played by the built program; its own tests play it with one.

use crate::support::selvedge;

#[test]
fn without_a_terminal_the_game_says_what_to_do_instead() {
    let ran = selvedge("play unlocked").code(2);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        (
            "",
            "error: a game needs a terminal, and neither the standard input nor the standard output is one\n\
             `selvedge show` draws interleavings without one\n"
        )
    );
}

#[test]
fn what_cannot_be_played_is_refused() {
    for (line, part) in [
        ("play", "<SCENARIO>"),
        ("play nothing", "there is no such scenario"),
        (
            "play unlocked --threads 16",
            "a whole number from 1 to 15 is needed",
        ),
        (
            "play unlocked --iterations 1001",
            "a whole number from 1 to 1000 is needed",
        ),
        (
            "play unlocked --format text --threads 0",
            "a whole number from 1 to 15 is needed",
        ),
    ] {
        selvedge(line).code(2).refuses(part);
    }
    let ran = selvedge("play unlocked --format json").code(2).json();
    let reason = "a game has no other format than the screen: leave `--format` out";
    assert_eq!(ran["error"]["message"], reason);
}

#[test]
fn the_help_tells_what_the_game_is() {
    selvedge("play --help")
        .code(0)
        .shows("you are the scheduler")
        .shows("Press ? for the keys.");
}
