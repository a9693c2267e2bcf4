//! The states that a search has reached, each with its price, and those still to be expanded.
//!
//! A *state* is a trace (the events so far, with what happens before what) and the thread that ran last:
//! whatever the order in which the events were executed, the same can follow at the same cost. States are
//! known by a hash of 128 bits: the sum of the hashes of the events, in which their order does not show.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::paths::{Path, Paths};
use crate::cost::Cost;
use crate::identity::ThreadIndex;
use crate::operation::{Operation, Step};
use crate::search::history::{Event, NONE};
use crate::trace_hasher::TraceHasher;

/// The price of steps: preemptions first, then switches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Price {
    pub(crate) preemptions: u16,
    pub(crate) switches: u16,
}

impl Price {
    fn and(self, other: Self) -> Self {
        Self {
            preemptions: self.preemptions + other.preemptions,
            switches: self.switches + other.switches,
        }
    }

    fn cost(self, events: usize) -> Cost {
        Cost {
            preemptions: self.preemptions.into(),
            switches: self.switches.into(),
            events,
        }
    }
}

/// Returns a hash of an event of a trace: of what was done, and of all that happens before.
pub(crate) fn event_hash(event: &Event) -> u128 {
    let mut hasher = TraceHasher::new();
    (event.step.thread, event.step.alternative).hash(&mut hasher);
    (event.operation.kind, event.operation.objects).hash(&mut hasher);
    (event.result, event.clock).hash(&mut hasher);
    hasher.scrambled()
}

/// Returns the hash of a state.
fn state(trace: u128, last: ThreadIndex) -> u128 {
    const STEP: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    trace.wrapping_add(STEP.wrapping_mul(u128::from(last) + 1))
}

/// Passes on a hash that is one already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u128(&mut self, number: u128) {
        self.0 = number as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The best that is known of a state.
#[derive(Clone, Copy, Debug)]
struct Reached {
    price: Price,
    /// `true` if the states that follow have been added to the frontier, at this price.
    expanded: bool,
}

/// A state to be expanded.
#[derive(Clone, Copy, Debug)]
struct Item {
    state: u128,
    path: Path,
    events: u32,
}

/// The state of the current execution before an event.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    trace: u128,
    price: Price,
}

/// The states reached, and those of them still to be expanded.
#[derive(Debug)]
pub(crate) struct Frontier {
    paths: Paths,
    reached: HashMap<u128, Reached, BuildHasherDefault<AsItIs>>,
    /// By price; those of one price in the order in which executions share much with the one before.
    queue: BTreeMap<Price, Vec<Item>>,
    /// The beginnings of the current execution, as far as its states were new.
    beginnings: Vec<Path>,
    /// The number of beginnings that the execution was given to repeat.
    given: usize,
    points: Vec<Point>,
    /// `true` if the current execution is in a state that is expanded now.
    in_new_state: bool,
    /// The cost at and above which a state is of no use any more.
    pub(super) useless: Option<Cost>,
}

impl Frontier {
    /// Creates a frontier with the beginning of all executions.
    pub(super) fn new() -> Self {
        let root = Item {
            state: 0,
            path: NONE,
            events: 0,
        };
        Self {
            paths: Paths::default(),
            reached: HashMap::default(),
            queue: BTreeMap::from([(Price::default(), vec![root])]),
            beginnings: Vec::new(),
            given: 0,
            points: vec![Point::default()],
            in_new_state: false,
            useless: None,
        }
    }

    fn is_useless(&self, price: Price, events: usize) -> bool {
        self.useless.is_some_and(|bound| price.cost(events) >= bound)
    }

    /// Begins to expand a state of the least price; returns how many events to keep of the last execution, or
    /// `None` if nothing useful is left.
    pub(super) fn begin_next(&mut self) -> Option<usize> {
        let (item, price) = self.pop()?;
        let last: Vec<Path> = std::mem::take(&mut self.beginnings);
        self.paths.beginnings(item.path, &mut self.beginnings);
        let pairs = last.iter().zip(&self.beginnings);
        let common = pairs.take_while(|(left, right)| left == right).count();
        self.given = self.beginnings.len();
        self.points.truncate(common + 1);
        // A state all of whose path is repeated is not arrived at again.
        self.in_new_state = common == self.given;
        self.reached.insert(
            item.state,
            Reached {
                price,
                expanded: true,
            },
        );
        Some(common)
    }

    /// Takes an item of the least price that is still worth expanding.
    fn pop(&mut self) -> Option<(Item, Price)> {
        loop {
            let mut least = self.queue.first_entry()?;
            let price = *least.key();
            let Some(item) = least.get_mut().pop() else {
                least.remove();
                continue;
            };
            let best = self.reached.get(&item.state);
            let stale = best.is_some_and(|best| best.price < price || best.expanded);
            if !stale && !self.is_useless(price, item.events as usize) {
                return Some((item, price));
            }
        }
    }

    /// Returns the step that leads on to the state to be expanded, if it is not reached yet.
    pub(crate) fn given(&self, node: usize) -> Option<(Operation, Step)> {
        (node < self.given).then(|| self.paths.last(self.beginnings[node]))
    }

    /// Returns `true` if what the current execution does not do next is to be offered.
    pub(crate) fn is_in_new_state(&self) -> bool {
        self.in_new_state
    }

    /// Adds a step that the current execution could take, to a state with this event more.
    pub(crate) fn offer(
        &mut self,
        node: usize,
        operation: &Operation,
        step: Step,
        price: Price,
        event: u128,
    ) {
        let here = self.points[node];
        let price = here.price.and(price);
        let state = state(here.trace.wrapping_add(event), step.thread);
        let known = self.reached.get(&state).is_some_and(|best| best.price <= price);
        if known || self.is_useless(price, node + 1) {
            return;
        }
        self.reached.insert(
            state,
            Reached {
                price,
                expanded: false,
            },
        );
        let before = self.beginnings.last().copied().unwrap_or(NONE);
        let path = self.paths.add(before, operation, step);
        let events = node as u32 + 1;
        self.queue
            .entry(price)
            .or_default()
            .push(Item { state, path, events });
    }

    /// Notes that the current execution has taken a step.
    pub(crate) fn arrive(&mut self, node: usize, event: &Event, price: Price) {
        let here = self.points[node];
        let price = here.price.and(price);
        let mut point = Point { trace: 0, price };
        if node < self.given || self.in_new_state {
            point.trace = here.trace.wrapping_add(event_hash(event));
        }
        self.points.push(point);
        if node >= self.given && self.in_new_state {
            self.enter(node, event, point);
        } else if node + 1 == self.given {
            self.in_new_state = true;
        }
    }

    /// Goes on to a state beyond the given one, if it is new or was reached at a higher price.
    fn enter(&mut self, node: usize, event: &Event, point: Point) {
        let state = state(point.trace, event.step.thread);
        let best = self.reached.get(&state);
        let known = best.is_some_and(|best| match best.price == point.price {
            true => best.expanded,
            false => best.price < point.price,
        });
        if known || self.is_useless(point.price, node + 1) {
            self.in_new_state = false;
            return;
        }
        let reached = Reached {
            price: point.price,
            expanded: true,
        };
        self.reached.insert(state, reached);
        let before = self.beginnings.last().copied().unwrap_or(NONE);
        let path = self.paths.add(before, &event.operation, event.step);
        self.beginnings.push(path);
    }

    /// Returns the number of events of the current execution up to its first new state.
    pub(super) fn first_new(&self) -> usize {
        self.given
    }

    /// Returns the cost of the first so many events of the current execution.
    pub(super) fn cost(&self, events: usize) -> Cost {
        self.points[events].price.cost(events)
    }
}
