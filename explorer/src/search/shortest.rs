//! The search for short interleavings: the cheapest states are expanded first.
//!
//! An execution repeats the steps to a state that is to be expanded, and then runs on without preemption. In
//! each new state on its way, the steps that it does not take are added to the frontier. The front of it, and
//! the reason why it finds the shortest witnesses, is `Explorer::shortest`.

mod frontier;
mod paths;

use super::next::{Next, Stop};
use super::program::Program;
use super::replay::runs_on;
use super::strategy::Strategy;
use crate::cost::Cost;
use crate::identity::ThreadIndex;
use crate::object::threads_in;
use crate::operation::Step;
use frontier::{Frontier, Price, event_hash};

/// The search of all states, in the order of what it costs to reach them.
#[derive(Debug)]
pub(crate) struct ShortestFirst {
    frontier: Frontier,
}

impl ShortestFirst {
    /// Creates a search whose first execution expands the initial state.
    pub(crate) fn new() -> Self {
        let mut frontier = Frontier::new();
        frontier
            .begin_next()
            .expect("the initial state is to be expanded");
        Self { frontier }
    }

    /// Returns the number of events of the current execution up to its first new state.
    pub(crate) fn first_new(&self) -> usize {
        self.frontier.first_new()
    }

    /// Returns the cost of the first so many events of the current execution.
    pub(crate) fn cost(&self, events: usize) -> Cost {
        self.frontier.cost(events)
    }

    /// Leaves out, from now on, what costs as much as this.
    pub(crate) fn leave_out(&mut self, cost: Option<Cost>) {
        self.frontier.useless = cost;
    }

    /// Adds all steps from here but one to the frontier.
    fn offer_all_but(&mut self, taken: &Step, program: &mut Program, enabled: u32) {
        let node = program.position;
        for thread in threads_in(enabled) {
            let operation = program.threads[usize::from(thread)].pending;
            let first = program.history.step(&operation, thread, 0);
            let price = price(program, thread);
            for alternative in 0..program.history.alternatives(&operation) {
                let step = Step { alternative, ..first };
                if step.same_step(taken) {
                    continue;
                }
                let mut clock = program.threads[usize::from(thread)].clock;
                program.history.execute(&operation, step, &mut clock);
                let hash = event_hash(&program.history.events[node]);
                program.history.undo();
                self.frontier.offer(node, &operation, step, price, hash);
            }
        }
    }

    /// Executes a step, and tells the frontier to which state it leads.
    fn go_to(&mut self, program: &mut Program, step: Step) -> Next {
        let node = program.position;
        let price = price(program, step.thread);
        program.execute(step);
        self.frontier.arrive(node, &program.history.events[node], price);
        Next::Run(step.thread)
    }
}

impl Strategy for ShortestFirst {
    fn next(&mut self, program: &mut Program) -> Next {
        let node = program.position;
        if let Some((operation, step)) = self.frontier.given(node) {
            let pending = program.enabled(step.thread);
            if !pending.is_some_and(|pending| pending.same(&operation)) {
                return program.has_not_announced(step.thread, operation);
            }
            return self.go_to(program, step);
        }
        let enabled = program.enabled_threads();
        if enabled == 0 {
            return Next::Stop(Stop::Complete);
        }
        if node >= program.step_limit {
            return Next::Stop(Stop::StepLimit);
        }
        let thread = runs_on(program, enabled);
        let pending = &program.threads[usize::from(thread)].pending;
        let alternative = program.alternative_by_index(pending, 0);
        let step = program.history.step(pending, thread, alternative);
        if self.frontier.is_in_new_state() {
            self.offer_all_but(&step, program, enabled);
        }
        self.go_to(program, step)
    }

    fn wakes(&self) -> bool {
        true
    }

    fn backtrack(&mut self, program: &mut Program) -> bool {
        let Some(common) = self.frontier.begin_next() else {
            return false;
        };
        while program.history.events.len() > common {
            program.take_back();
        }
        true
    }
}

/// Returns the price of letting this thread go next: a switch or not, a preemption or not.
fn price(program: &Program, thread: ThreadIndex) -> Price {
    let last = program.thread_before(program.position);
    let Some(last) = last.filter(|&last| last != thread) else {
        return Price::default();
    };
    Price {
        preemptions: program.enabled(last).is_some().into(),
        switches: 1,
    }
}
