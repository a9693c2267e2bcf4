//! The values that an oracle guesses from.

use super::TooLarge;
use super::path::{Action, paths};
use crate::weak::{Instruction, Program};
use std::collections::BTreeSet;

/// Returns for each location the values that some store may write, and the initial one.
///
/// In each round the threads run alone and read what was written in earlier ones. An execution writes its values
/// one after the other, so there are as many rounds as stores, and one more that finds nothing new: what it would
/// add cannot be read from a store of the program.
pub(super) fn values(program: &Program) -> Result<Vec<BTreeSet<u64>>, TooLarge> {
    let mut values = vec![BTreeSet::from([0]); program.locations];
    for _ in 0..=stores(program) {
        let known = values.clone();
        for thread in 0..program.threads.len() {
            for path in paths(program, thread, &known)? {
                for step in path.steps {
                    if let Action::Access(access) = step.action {
                        values[access.location].extend(access.wrote);
                    }
                }
            }
        }
        if values == known {
            break;
        }
    }
    Ok(values)
}

fn stores(program: &Program) -> usize {
    let is_store = |instruction: &&Instruction| {
        matches!(
            instruction,
            Instruction::Store { .. } | Instruction::Update { .. } | Instruction::CompareExchange { .. }
        )
    };
    program.threads.iter().flatten().filter(is_store).count()
}
