//! The litmus tests of GenMC, with its numbers: `published.txt` holds them.

use super::notation::program;
use super::{Counted, Litmus};

/// Returns the litmus tests.
pub(super) fn table() -> Vec<Litmus> {
    let blocks = include_str!("published.txt").split("\n\n");
    blocks.filter_map(litmus).collect()
}

/// Reads the lines of one test; `None` if they are comments.
fn litmus(block: &str) -> Option<Litmus> {
    let mut lines = block
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let head: Vec<&str> = lines.next()?.split(' ').collect();
    let [name, rc11, sc] = head[..] else {
        panic!("{head:?} is no name and two numbers");
    };
    let number = |word: &str| word.parse().expect("the executions are counted");
    let threads: Vec<&str> = lines.collect();
    Some(Litmus {
        name: name.to_owned(),
        program: program(&threads),
        counted: Counted::Complete,
        rc11: number(rc11),
        sc: Some(number(sc)),
        is_small: true,
    })
}
