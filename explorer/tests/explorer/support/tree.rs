//! The tree of all interleavings of a program, and what brute force finds in it.

use std::collections::{BTreeMap, BTreeSet};

use selvedge_explorer::{
    CellAccess, Choice, Completeness, Cost, DataRace, Ending, Explorer, Interleaving, OperationKind, ThreadId,
};

use super::few::at_most;
use super::program::{Log, Program, body};

/// A node of the tree of all interleavings.
#[derive(Default)]
struct Node {
    /// All steps that can be taken here, with what they lead to.
    children: BTreeMap<Choice, usize>,
    /// If none can: how the interleaving ended, and after how many steps that was decided.
    leaf: Option<Leaf>,
}

struct Leaf {
    ending: Ending<Log>,
    /// `None` if that cannot be told from the outside.
    decided: Option<usize>,
}

/// The tree of all interleavings.
pub(crate) struct Tree(Vec<Node>);

impl Tree {
    /// Executes all interleavings; returns `None` if there are too many.
    pub(crate) fn of(program: &Program, explorer: &Explorer, limit: u64) -> Option<Self> {
        let mut tree = Self(vec![Node::default()]);
        let summary = at_most(limit, explorer)
            .explore(body(program), |execution| {
                let ending = execution.ending().clone();
                let interleaving = execution.interleaving();
                let decided = decided(&ending, &interleaving);
                tree.add(&execution.schedule(), Leaf { ending, decided });
            })
            .expect("deterministic");
        (!matches!(summary.completeness, Completeness::CutShort(_))).then_some(tree)
    }

    fn add(&mut self, schedule: &[Choice], leaf: Leaf) {
        let mut node = 0;
        for choice in schedule {
            let new = self.0.len();
            node = *self.0[node].children.entry(*choice).or_insert(new);
            if node == new {
                self.0.push(Node::default());
            }
        }
        let known = self.0[node].leaf.replace(leaf);
        assert!(known.is_none(), "an interleaving was executed twice");
    }

    /// Returns how the interleavings ended.
    pub(crate) fn endings(&self) -> impl Iterator<Item = &Ending<Log>> {
        self.0.iter().filter_map(|node| Some(&node.leaf.as_ref()?.ending))
    }

    fn can_run(&self, node: usize, thread: ThreadId) -> bool {
        self.0[node].children.keys().any(|choice| choice.thread == thread)
    }

    /// Returns the leaf to which a node leads without preemption.
    fn run_on(&self, mut node: usize, mut last: Option<ThreadId>) -> &Leaf {
        loop {
            let children = &self.0[node].children;
            let Some(first) = children.keys().next() else {
                return self.0[node].leaf.as_ref().expect("an interleaving ends here");
            };
            let thread = last.filter(|&last| self.can_run(node, last));
            let thread = thread.unwrap_or(first.thread);
            node = children[&Choice {
                thread,
                alternative: 0,
            }];
            last = Some(thread);
        }
    }

    /// Returns the least cost of each ending, and the endings of which it cannot be told.
    pub(crate) fn least<K: Ord>(
        &self,
        classify: impl Fn(&Ending<Log>) -> K,
    ) -> (BTreeMap<K, Cost>, BTreeSet<K>) {
        let (mut least, mut unclear) = (BTreeMap::new(), BTreeSet::new());
        let root = Cost {
            preemptions: 0,
            switches: 0,
            events: 0,
        };
        let mut rest = vec![(0, None::<ThreadId>, root)];
        while let Some((node, last, cost)) = rest.pop() {
            let leaf = self.run_on(node, last);
            let kind = || classify(&leaf.ending);
            match leaf.decided {
                None => drop(unclear.insert(kind())),
                Some(decided) if decided <= cost.events => {
                    let best = least.entry(kind()).or_insert(cost);
                    *best = cost.min(*best);
                }
                Some(_) => {}
            }
            for (choice, &child) in &self.0[node].children {
                let left = last.filter(|&last| last != choice.thread);
                let preempts = left.is_some_and(|left| self.can_run(node, left));
                let cost = Cost {
                    preemptions: cost.preemptions + usize::from(preempts),
                    switches: cost.switches + usize::from(left.is_some()),
                    events: cost.events + 1,
                };
                rest.push((child, Some(choice.thread), cost));
            }
        }
        (least, unclear)
    }
}

/// Returns after how many steps the ending was decided.
fn decided(ending: &Ending<Log>, interleaving: &Interleaving) -> Option<usize> {
    match ending {
        Ending::Panic(panic) => {
            let thread = panic.thread;
            let steps = interleaving.steps.iter().enumerate();
            let own = steps
                .filter(|(_, step)| step.event.thread == thread)
                .map(|(index, _)| index + 1);
            let links = interleaving.links.iter();
            let links = links.filter(|link| link.by == thread || link.spawn && link.of == thread);
            own.chain(links.map(|link| link.position)).max().or(Some(0))
        }
        Ending::DataRace(race) => second_access(race, interleaving),
        _ => Some(interleaving.steps.len()),
    }
}

/// Returns the number of the step that is the second access of the race, if only one looks like it.
fn second_access(race: &DataRace, interleaving: &Interleaving) -> Option<usize> {
    let looks_like = |access: CellAccess| {
        let kind = if access.write {
            OperationKind::CellWrite
        } else {
            OperationKind::CellRead
        };
        let steps = interleaving.steps.iter().enumerate();
        let alike = steps.filter(move |(_, step)| {
            let event = &step.event;
            let object = event.object.map(|(_, id)| id);
            (event.thread, event.operation, object, event.location)
                == (access.thread, kind, Some(race.cell), access.location)
        });
        alike.map(|(index, _)| index + 1).collect::<Vec<_>>()
    };
    match (&looks_like(race.first)[..], &looks_like(race.second)[..]) {
        (&[first], &[second]) => Some(first.max(second)),
        _ => None,
    }
}
