//! docs/gil.md: each output in it is printed by the program, and the model allows each value that it reports.

use crate::support::{selvedge, without_time};
use selvedge::python::interpreter::{Form, Generation};
use selvedge::python::{Bytecode, Program};
use selvedge::{Ending, Expectation, Scenario};
use std::fs;
use std::path::PathBuf;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/gil.md")
}

fn lesson() -> String {
    fs::read_to_string(path()).expect("docs/gil.md")
}

/// Returns the output of the program, without times.
fn output(line: &str) -> String {
    let ran = selvedge(line).run();
    ran.quietly();
    let lines = ran.stdout.lines().map(without_time);
    lines.collect::<Vec<_>>().join("\n")
}

const BLOCK: &str = "```console\n$ selvedge ";

/// Refreshed with `SELVEDGE_REFRESH=1 cargo test --test command`.
#[test]
fn every_output_is_what_the_program_prints() {
    let lesson = lesson();
    let mut blocks = lesson.split(BLOCK);
    let mut refreshed = blocks.next().expect("there is a beginning").to_owned();
    let mut commands = 0;
    for block in blocks {
        let (block, rest) = block.split_once("```").expect("a block ends");
        let command = block.lines().next().expect("a command");
        refreshed += &format!("{BLOCK}{command}\n{}\n```{rest}", output(command).trim_end());
        commands += 1;
    }
    assert_eq!(commands, 8);
    if std::env::var_os("SELVEDGE_REFRESH").is_some() {
        fs::write(path(), &refreshed).expect("the lesson can be written");
    }
    assert_eq!(
        refreshed,
        self::lesson(),
        "if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --test command"
    );
}

#[test]
fn the_model_allows_all_that_the_lesson_says_was_seen() {
    let mut judged = 0;
    for row in lesson().lines().filter(|line| line.starts_with("| 3.")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let version: Vec<u32> = cells[0]
            .split('.')
            .map(|part| part.parse().expect("a number"))
            .collect();
        let kinds = [
            (Form::Plain, false),
            (Form::Call, false),
            (Form::Plain, true),
            (Form::Call, true),
        ];
        for ((form, is_locked), cell) in kinds.into_iter().zip([cells[1], cells[2], cells[3], cells[3]]) {
            let scenario = Bytecode {
                program: Program {
                    generation: Generation::of((version[0], version[1]), true),
                    form,
                    is_locked,
                },
                threads: 2,
                iterations: 300_000,
            };
            for seen in cell.split(", ") {
                let seen: i64 = seen.parse().expect("a number");
                let expectation = scenario.expectations().of(&Ending::Finished(seen)).0;
                assert_ne!(expectation, Expectation::Forbidden, "{row}: {seen}");
                judged += 1;
            }
        }
    }
    assert_eq!(judged, 8 * (3 + 3 + 1 + 1));
}
