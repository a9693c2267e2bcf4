//! The tree of all interleavings of a program, and what brute force finds in it.

use std::collections::BTreeMap;

use selvedge_explorer::{Choice, Completeness, Cost, DataRace, Ending, Explorer, Interleaving, ThreadId};

use super::few::at_most;
use super::program::{Log, Program, body};
use super::synchronised::least_races;

/// A node of the tree of all interleavings.
#[derive(Default)]
struct Node {
    /// All steps that can be taken here, with what they lead to.
    children: BTreeMap<Choice, usize>,
    /// If none can: how the interleaving ended, and after how many steps that was decided.
    leaf: Option<Leaf>,
    /// The least data race of the steps up to here, if the last of them has made it that.
    race: Option<DataRace>,
}

struct Leaf {
    ending: Ending<Log>,
    decided: usize,
}

/// The tree of all interleavings.
pub(crate) struct Tree(Vec<Node>);

impl Tree {
    /// Executes all interleavings; returns `None` if there are too many.
    ///
    /// A thread that has stopped in a loop goes on after a change, as it does within a bound of preemptions. Else the
    /// tree would not have the interleavings in which it stops before a change; it would look as if the thread
    /// could not take the turn at the end of which it stops, and so as if nobody preempted it who goes before that.
    pub(crate) fn of(program: &Program, explorer: &Explorer, limit: u64) -> Option<Self> {
        let mut tree = Self(vec![Node::default()]);
        let explorer = explorer.clone().preemption_bound(Some(usize::MAX));
        let summary = at_most(limit, &explorer)
            .explore(body(program), |execution| {
                let ending = execution.ending().clone();
                let interleaving = execution.interleaving();
                let decided = decided(&ending, &interleaving);
                let races = least_races(&interleaving);
                let named = match &ending {
                    Ending::DataRace(race) => Some(&**race),
                    _ => None,
                };
                assert_eq!(
                    named,
                    races.last().map(|(_, race)| race),
                    "the least data race is named"
                );
                tree.add(&execution.schedule(), races, Leaf { ending, decided });
            })
            .expect("deterministic");
        (!matches!(summary.completeness, Completeness::CutShort(_))).then_some(tree)
    }

    fn add(&mut self, schedule: &[Choice], races: Vec<(usize, DataRace)>, leaf: Leaf) {
        let mut node = 0;
        let mut races = races.into_iter().peekable();
        for (index, choice) in schedule.iter().enumerate() {
            let new = self.0.len();
            node = *self.0[node].children.entry(*choice).or_insert(new);
            if node == new {
                self.0.push(Node::default());
            }
            if let Some((_, race)) = races.next_if(|(events, _)| *events == index + 1) {
                self.0[node].race = Some(race);
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
            node = children[&Choice::new(thread, 0)];
            last = Some(thread);
        }
    }

    /// Returns the least cost of each ending, over all beginnings of all interleavings.
    pub(crate) fn least<K: Ord>(&self, classify: impl Fn(&Ending<Log>) -> K) -> BTreeMap<K, Cost> {
        let mut least = BTreeMap::new();
        let root = Cost {
            preemptions: 0,
            switches: 0,
            events: 0,
        };
        let mut rest = vec![(0, None::<ThreadId>, root)];
        let mut shows = |ending: &Ending<Log>, cost: Cost| {
            let best = least.entry(classify(ending)).or_insert(cost);
            *best = cost.min(*best);
        };
        while let Some((node, last, cost)) = rest.pop() {
            if let Some(race) = &self.0[node].race {
                shows(&Ending::DataRace(Box::new(*race)), cost);
            }
            let leaf = self.run_on(node, last);
            if !matches!(leaf.ending, Ending::DataRace(_)) && leaf.decided <= cost.events {
                shows(&leaf.ending, cost);
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
        least
    }
}

/// Returns after how many steps the ending was decided; that of a data race is asked of each step.
fn decided(ending: &Ending<Log>, interleaving: &Interleaving) -> usize {
    let Ending::Panic(panic) = ending else {
        return interleaving.steps.len();
    };
    let thread = panic.thread;
    let steps = interleaving.steps.iter().enumerate();
    let own = steps
        .filter(|(_, step)| step.event.thread == thread)
        .map(|(index, _)| index + 1);
    let links = interleaving.links.iter();
    let links = links.filter(|link| link.by == thread || link.spawn && link.of == thread);
    own.chain(links.map(|link| link.position)).max().unwrap_or(0)
}
