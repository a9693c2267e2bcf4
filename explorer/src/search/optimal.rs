//! Optimal DPOR: every trace exactly once, and no execution begun in vain.
//!
//! Source: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL
//! 2014, algorithm 2. The reversal of a race is inserted into the wakeup tree of the node before
//! the race's first event, unless a sleeping thread's step is a weak initial of it: then what it
//! leads to has been explored. Where the wakeup tree is empty, any thread may run on.
//!
//! # Example
//!
//! Thread `p` stores to x. Thread `q` stores to y, then loads x. There are three interleavings, but two
//! traces: only the order of `p`'s store and `q`'s load matters.
//!
//! ```text
//! first execution   node 0          node 1          node 2          the end
//!                     |-- p: x := 1 --|-- q: y := 1 --|-- q: load x --|
//! ```
//!
//! 1. Nothing is scheduled anywhere, so `p` runs, as the first thread, and then `q`.
//! 2. `p: x := 1` and `q: load x` race. The reversal is `q: y := 1`, which does not happen after the store,
//!    and then `q: load x`; see [`race`](super::race). No thread sleeps at node 0, so these two become a
//!    branch of its wakeup tree. The paper keeps `p` in this tree too; here it is the branch being explored.
//! 3. Back at node 0, `p: x := 1` falls asleep: all that begins with it has been explored.
//!
//! ```text
//! node 0   asleep: p: x := 1      wakeup tree: q: y := 1 -- q: load x
//! ```
//!
//! 4. The second execution takes `q: y := 1`, on which `p`'s store does not depend: `p` is asleep at node 1
//!    too. What was below in the tree, `q: load x`, is the wakeup tree of node 1. It wakes `p`, which runs
//!    last.
//! 5. `q: load x` and `p: x := 1` race. The reversal at node 1 is `p: x := 1` alone. But `p` sleeps there
//!    with this step, an initial of the reversal: what it leads to is the first execution. Nothing is
//!    inserted, and the search is over.
//!
//! Source-DPOR would have scheduled `q: y := 1` alone. Here nothing comes of that. But with more threads,
//! another one might then run at node 1; and if nothing wakes `p`, the execution is begun in vain.
//!
//! # Deviations
//!
//! See [`race`](super::race) for blocking operations and pending ones.
//! If several threads may run, the one that ran last does, if it can: this saves switches, and
//! gives executions with few preemptions.
//!
//! In the paper, a reversal is all of the execution that does not happen after the race's first
//! event, and every execution is searched for all its races. Here a reversal is at first only what
//! comes before the second event, and an execution is searched only for races that the one before
//! did not have. That is enough if one of its own first steps (an initial) is asleep, or if the tree
//! leads to it by steps of its own only: the same steps then lead to all longer sequences too. But a
//! step of a thread that the sequence does not have may be only a *weak* initial, asleep or anywhere on
//! the way, and something that comes later may depend on it. Such a race stays *open*: it is reversed
//! again with all that comes after, at the end of each execution that still has it. (At first only the
//! top of the tree was looked at: a random program of four threads then had 26 of its 30 traces.)
//!
//! The paper has no choices (`choose`, whom to notify). Here each alternative of a step is a step of
//! its own, and the alternatives of one choice are in *conflict*: whichever is taken, the others can
//! no longer be. Where any thread may run, all alternatives of its step are scheduled. Where a
//! wakeup tree leads to one of them, an execution also calls for the others, as a race calls for its
//! reversal: everything that does not happen after the choice, with another alternative in its stead.
//! So the paper's argument holds with conflicts among the races: take a trace that begins with no
//! step explored from a node, an explored step that stays independent of it for longest, and the
//! trace's first event that does not. Whether that event depends on the step or is another
//! alternative of it, the execution that takes the step first calls for a sequence that begins with
//! a step of the trace, or with one that stays independent of it for longer still.

use std::marker::PhantomData;

use super::history::NONE;
use super::next::{Next, Stop};
use super::program::Program;
use super::race::{Race, RaceDetector, Reversal};
use super::rules::Rules;
use super::split::Item;
use super::strategy::Strategy;
use super::tree::Tree;
use crate::operation::Step;

/// The search with wakeup trees and sleep sets.
#[derive(Debug)]
pub(super) struct Optimal<R> {
    tree: Tree,
    /// The races whose reversals only weak initials lead to so far, in the order of their second events.
    open_races: Vec<Race>,
    /// A buffer for reversals.
    buffer: Vec<Step>,
    /// The part of the search to explore, if it is not all of it.
    item: Option<Item>,
    rules: PhantomData<R>,
}

impl<R: Rules> Optimal<R> {
    /// Creates a search at its root.
    pub(super) fn new() -> Self {
        Self {
            tree: Tree::new(),
            open_races: Vec::new(),
            buffer: Vec::new(),
            item: None,
            rules: PhantomData,
        }
    }

    /// Creates a search of what is below an item alone; see [`split`](super::split).
    pub(super) fn below(item: Item) -> Self {
        Self {
            item: Some(item),
            ..Self::new()
        }
    }

    /// Takes the next step that leads to the item, if there is one.
    #[cold]
    fn lead_to_item(&mut self, program: &mut Program) -> Option<Next> {
        let Item { steps, sleepers, .. } = self.item.as_ref()?;
        let step = steps.get(program.position)?;
        let next = self.tree.take_scheduled(program, *step, NONE);
        if program.position == steps.len() {
            self.tree.put_to_sleep(sleepers);
        }
        Some(next)
    }

    /// Reverses the races of the execution that has just ended.
    fn reverse_races(&mut self, program: &Program) {
        let Self {
            tree,
            open_races,
            buffer,
            item,
            ..
        } = self;
        let item = item.as_ref();
        let pending = program.history.events.len();
        let mut detector = RaceDetector::<R>::new(program, buffer);
        // 1. The races that are new. A race of an operation that is still pending never stays open: the
        //    execution has nothing after it that could be added.
        detector.of_execution(|reversal| {
            let race = reversal.race();
            if !insert::<R>(tree, item, reversal) && race.second < pending && R::OPEN_RACES {
                // The alternatives of one choice are reversals of the same race.
                if open_races.last() != Some(&race) {
                    open_races.push(race);
                }
            }
        });
        // 2. The open races once more, now with all that comes after.
        if open_races.is_empty() {
            return;
        }
        open_races.retain(|race| {
            let mut settled = true;
            detector.of_race(*race, |reversal| settled &= insert::<R>(tree, item, reversal));
            !settled
        });
    }

    /// Schedules the other alternatives of the choices in the execution that has just ended, where
    /// they are neither scheduled nor asleep.
    fn branch_choices(&mut self, program: &Program) {
        let Self {
            tree, buffer, item, ..
        } = self;
        for (node, event) in program.history.events.iter().enumerate() {
            for alternative in 0..tree.alternatives(node) {
                let step = Step {
                    alternative,
                    ..event.step
                };
                if step != event.step && !tree.is_scheduled_or_explored(node, &step) {
                    // What comes later and does not happen after the choice can follow any alternative.
                    let later = &program.history.events[node + 1..];
                    let beside = later.iter().filter(|later| !event.happens_before(&later.clock));
                    buffer.clear();
                    buffer.push(step);
                    buffer.extend(beside.map(|event| event.step));
                    insert::<R>(
                        tree,
                        item.as_ref(),
                        Reversal {
                            first: node,
                            second: node,
                            steps: buffer,
                            own: 1,
                        },
                    );
                }
            }
        }
    }
}

impl<R: Rules> Strategy for Optimal<R> {
    fn next(&mut self, program: &mut Program) -> Next {
        if self.item.is_some()
            && let Some(next) = self.lead_to_item(program)
        {
            return next;
        }
        let next = self.tree.next_running_on(program);
        let in_vain = next == Next::Stop(Stop::Blocked);
        assert!(
            !(R::SOUND && in_vain) || self.item.is_some(),
            "no execution is begun in vain"
        );
        next
    }

    fn finish(&mut self, program: &Program) {
        self.reverse_races(program);
        if self.tree.had_choice() && R::ALL_ALTERNATIVES {
            self.branch_choices(program);
        }
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        let more = self.tree.backtrack(program);
        let left = program.history.events.len();
        while self.open_races.pop_if(|race| race.second >= left).is_some() {}
        more
    }

    fn share_done(&self) -> f64 {
        self.tree.share_done()
    }

    fn check_invariants(&self, program: &Program) {
        let events = program.history.events.len();
        let known = |race: &Race| race.first < race.second && race.second < events;
        assert!(self.open_races.iter().all(known));
        assert!(self.open_races.is_sorted_by_key(|race| race.second));
        if R::SOUND {
            self.tree.check_invariants(program);
            if self.item.is_none() {
                self.tree.check_wakeup_trees();
            }
        }
    }
}

/// Inserts a reversal into the wakeup tree of the node before the race; the sequence is used up.
///
/// Returns `true` if the race is settled: if one of its own steps, an initial of the sequence, is asleep; or if its
/// own steps are now all the way that the tree leads to it.
fn insert<R: Rules>(tree: &mut Tree, item: Option<&Item>, reversal: Reversal<'_>) -> bool {
    let Reversal {
        first: node,
        steps,
        own,
        ..
    } = reversal;
    // 0. Above an item all is scheduled already.
    if item.is_some_and(|item| node < item.steps.len()) {
        return true;
    }
    // 1. A sleeper that is a weak initial of the sequence: what the sequence leads to has been explored.
    //    Below an item, it must be an initial.
    let sleepers = tree.sleepers(node).iter();
    let covering = sleepers.filter_map(|sleeper| sleeper.covers(steps)).min();
    if let Some(index) = covering
        && (index < steps.len() || item.is_none() || !R::INITIALS_BELOW_ITEMS)
    {
        return index < own;
    }
    // 2. Else the tree leads to it already, or gets one more leaf.
    tree.insert(node, steps, own)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering::SeqCst;

    use crate::sync::atomic::AtomicI64;
    use crate::{Explorer, Schedule, thread};

    #[test]
    fn the_example_has_two_executions() {
        let body = || {
            let [x, y] = [(); 2].map(|()| Arc::new(AtomicI64::new(0)));
            let stored = Arc::clone(&x);
            thread::spawn(move || stored.store(1, SeqCst));
            thread::spawn(move || {
                y.store(1, SeqCst);
                x.load(SeqCst);
            });
        };
        let mut schedules = Vec::new();
        let summary = Explorer::new().explore(body, |execution| {
            schedules.push(Schedule(execution.schedule()).to_string());
        });
        assert_eq!(schedules, ["1 2 2", "2 2 1"]);
        assert_eq!(summary.expect("deterministic").blocked, 0);
    }
}
