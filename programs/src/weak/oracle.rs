//! An oracle for weak memory: all executions of a small program, by brute force.
//!
//! 1. Collect the [values] that a read may see.
//! 2. Run each thread alone, with every guess of what its reads see: these are its [paths](path).
//! 3. For every combination of paths, one for each thread, build the [graph] of their events.
//! 4. [Complete](completion) it in all ways: orders of critical sections, orders of writes, a source for each
//!    read that writes the value guessed.
//! 5. Keep those for which the [axioms] hold and in which every thread that waits does so in vain.
//!
//! Nothing here is clever, but it does not begin what cannot end well: a combination in which a value is read that
//! nobody writes, or that more read-modify-writes read than writes write, or in which nobody can wait in vain who
//! does; an order against that of a thread. And it does not complete a graph in which an axiom fails, since no axiom
//! comes to hold again.

mod axioms;
mod completion;
mod graph;
mod path;
mod values;

use crate::weak::{Execution, Program};
use completion::Completion;
use graph::Graph;
use path::{Action, End, Obstacle, Path};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// No more combinations of paths are looked at than this.
const MAX_COMBINATIONS: usize = 2_000_000;

/// No more graphs, complete or not, are looked at than this, if nothing else is said.
const MAX_GRAPHS: usize = 30_000;

/// A memory model.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Model {
    /// C++20's and Rust's memory model, without load buffering.
    Rc11,
    /// Every access is an acquire, a release, or both.
    ReleaseAcquire,
    /// All accesses happen one after the other.
    SequentiallyConsistent,
}

/// The error for a program that has too many executions, or candidates for them, to be tried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program is too large for the oracle")
    }
}

impl std::error::Error for TooLarge {}

/// Returns all executions of a program under a memory model.
///
/// # Errors
///
/// If the program is too large.
pub fn executions(program: &Program, model: Model) -> Result<BTreeSet<Execution>, TooLarge> {
    executions_within(program, model, MAX_GRAPHS)
}

/// Returns all executions of a program under a memory model, and looks at no more graphs for it, complete or not,
/// than this: at some 20,000 in a second.
///
/// # Errors
///
/// If the program is too large.
pub fn executions_within(
    program: &Program,
    model: Model,
    graphs: usize,
) -> Result<BTreeSet<Execution>, TooLarge> {
    let values = values::values(program)?;
    let threads = 0..program.threads.len();
    let paths = threads.map(|thread| path::paths(program, thread, &values));
    let paths: Vec<Vec<Path>> = paths.collect::<Result<_, _>>()?;
    let mut numbers = Numbers::default();
    let mut supplies = Vec::new();
    for paths in &paths {
        let of_thread = paths.iter().map(|path| numbers.supply(path));
        supplies.push(of_thread.collect::<Result<_, _>>()?);
    }
    let mut combinations = Combinations {
        program,
        model,
        supplies,
        found: BTreeSet::new(),
        combinations_left: MAX_COMBINATIONS,
        graphs_left: graphs,
    };
    combinations.choose(&mut Vec::new())?;
    Ok(combinations.found)
}

/// A path with the values that it reads and those that it writes, as sets of pairs of location and value.
#[derive(Clone, Copy)]
struct Supply<'a> {
    path: &'a Path,
    reads: u128,
    writes: u128,
}

/// The pairs of location and value, numbered as they are met.
#[derive(Default)]
struct Numbers(BTreeMap<(usize, u64), u32>);

impl Numbers {
    fn supply<'a>(&mut self, path: &'a Path) -> Result<Supply<'a>, TooLarge> {
        let mut supply = Supply {
            path,
            reads: 0,
            writes: 0,
        };
        for step in &path.steps {
            if let Action::Access(access) = step.action {
                let not_initial = access.read.filter(|value| *value != 0);
                supply.reads |= self.set(access.location, not_initial)?;
                supply.writes |= self.set(access.location, access.wrote)?;
            }
        }
        Ok(supply)
    }

    /// Returns the set of this pair alone, or of none.
    fn set(&mut self, location: usize, value: Option<u64>) -> Result<u128, TooLarge> {
        let Some(value) = value else { return Ok(0) };
        let next = self.0.len() as u32;
        let number = *self.0.entry((location, value)).or_insert(next);
        1u128.checked_shl(number).ok_or(TooLarge)
    }
}

/// The combinations of paths, and what was found in them.
struct Combinations<'a> {
    program: &'a Program,
    model: Model,
    /// The paths of each thread.
    supplies: Vec<Vec<Supply<'a>>>,
    found: BTreeSet<Execution>,
    combinations_left: usize,
    graphs_left: usize,
}

impl<'a> Combinations<'a> {
    /// Chooses a path for the next thread, and so on for all.
    fn choose(&mut self, chosen: &mut Vec<Supply<'a>>) -> Result<(), TooLarge> {
        if chosen.len() == self.supplies.len() {
            return self.complete(chosen);
        }
        for index in 0..self.supplies[chosen.len()].len() {
            chosen.push(self.supplies[chosen.len()][index]);
            self.choose(chosen)?;
            chosen.pop();
        }
        Ok(())
    }

    /// Completes the graphs of a combination in all ways.
    fn complete(&mut self, chosen: &[Supply<'a>]) -> Result<(), TooLarge> {
        self.combinations_left = self.combinations_left.checked_sub(1).ok_or(TooLarge)?;
        let reads = chosen.iter().fold(0, |all, supply| all | supply.reads);
        let writes = chosen.iter().fold(0, |all, supply| all | supply.writes);
        if reads & !writes != 0 {
            return Ok(());
        }
        let paths: Vec<&Path> = chosen.iter().map(|supply| supply.path).collect();
        if !threads_fit(&paths) || !updates_fit(&paths) {
            return Ok(());
        }
        let graph = Graph::new(self.program, &paths).ok_or(TooLarge)?;
        let objects = [self.program.locations, self.program.mutexes];
        let (found, left) = (&mut self.found, &mut self.graphs_left);
        Completion::new(graph, &paths, objects, self.model, found, left).decide(0)
    }
}

/// Returns `true` if those threads ran that were spawned, those have ended that were joined, and a thread that waits
/// for another, or for a mutex, can do so in vain.
fn threads_fit(paths: &[&Path]) -> bool {
    let actions = || paths.iter().flat_map(|path| &path.steps).map(|step| step.action);
    let is_spawned =
        |child| actions().any(|action| matches!(action, Action::Spawn(spawned) if spawned == child));
    let is_finished = |thread: usize| paths[thread].end == End::Finished;
    let fits = |(thread, path): (usize, &&Path)| match path.end {
        End::Absent => !is_spawned(thread),
        _ if thread > 0 && !is_spawned(thread) => false,
        End::Finished => true,
        End::Stuck(Obstacle::Join(other)) => !is_finished(other),
        End::Stuck(Obstacle::Lock(mutex)) => paths.iter().any(|path| path.holds(mutex)),
        End::Stuck(Obstacle::Await { .. }) => true,
    };
    let joins_fit = actions().all(|action| match action {
        Action::Join(thread) => is_finished(thread),
        _ => true,
    });
    joins_fit && paths.iter().enumerate().all(fits)
}

/// Returns `true` if each read-modify-write can have a source that is no other's.
fn updates_fit(paths: &[&Path]) -> bool {
    let mut sources = BTreeMap::<(usize, u64), usize>::new();
    let mut needed = BTreeMap::<(usize, u64), usize>::new();
    for step in paths.iter().flat_map(|path| &path.steps) {
        let Action::Access(access) = step.action else {
            continue;
        };
        let Some(wrote) = access.wrote else { continue };
        *sources.entry((access.location, wrote)).or_default() += 1;
        if let Some(read) = access.read {
            *needed.entry((access.location, read)).or_default() += 1;
        }
    }
    needed.iter().all(|(pair @ (_, value), count)| {
        let initial = usize::from(*value == 0);
        *count <= initial + sources.get(pair).copied().unwrap_or(0)
    })
}
