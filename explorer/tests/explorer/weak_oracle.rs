//! The oracle for weak memory: the published numbers of executions.

use selvedge_programs::weak::litmus::{Litmus, table};
use selvedge_programs::weak::{Model, executions};

/// Returns what is wrong about a number of executions, if something is.
fn mistake(litmus: &Litmus, model: Model, expected: usize) -> Option<String> {
    let begun = std::time::Instant::now();
    let name = &litmus.name;
    let found = match executions(&litmus.program, model) {
        Ok(executions) => litmus.counted.count(&executions),
        Err(error) => return Some(format!("{name}: {error}")),
    };
    println!("{name} {model:?}: {found}, {:?}", begun.elapsed());
    (found != expected).then(|| format!("{name} has {found} executions under {model:?}, and not {expected}"))
}

#[test]
fn the_oracle_finds_the_published_numbers() {
    let mut mistakes = Vec::new();
    for litmus in table().iter().filter(|litmus| litmus.is_small) {
        mistakes.extend(mistake(litmus, Model::Rc11, litmus.rc11));
        mistakes.extend(
            litmus
                .sc
                .and_then(|sc| mistake(litmus, Model::SequentiallyConsistent, sc)),
        );
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}
