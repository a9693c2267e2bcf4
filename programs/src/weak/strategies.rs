//! Strategies: what random programs for weak memory are made of.
//!
//! The main thread spawns all others first, then may do something itself, and joins some or all of them. What an
//! axiom is about is rare among all programs, so there are [programs in the shape of each](shaped).

pub mod shaped;

use crate::weak::{Condition, Expression, Instruction, Program, Update};
use proptest::prelude::*;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// Instructions that belong together: a critical section, or a branch.
type Step = Vec<Instruction>;

/// Programs with operations of all kinds: three or four threads with the main one.
pub fn any() -> impl Strategy<Value = Program> {
    programs(
        prop_oneof![
            24 => access(),
            3 => fence(),
            1 => await_value(),
            3 => plain(),
            1 => choose(),
        ]
        .boxed(),
    )
}

/// Programs of atomics, fences and mutexes: those of which a sequentially consistent search, too, knows all.
pub fn atomics_and_mutexes() -> impl Strategy<Value = Program> {
    programs(prop_oneof![12 => access(), 1 => fence()].boxed())
}

/// Programs of locks within locks, which may block each other, or are never unlocked.
pub fn locks() -> impl Strategy<Value = Program> {
    let section = || (0..3usize, vec_of(access(), 0..2)).prop_map(locked);
    let nested = move || {
        (
            0..3usize,
            vec_of(prop_oneof![2 => section(), 1 => access()], 1..3),
        )
            .prop_map(locked)
    };
    let thread = move || {
        let held = (0..3usize, prop::bool::weighted(0.1)).prop_map(|(mutex, is_held)| match is_held {
            true => vec![Instruction::Lock(mutex)],
            false => Vec::new(),
        });
        let steps = prop_oneof![3 => nested(), 1 => vec_of(section(), 2..3)];
        (steps, held).prop_map(|(steps, held)| [steps, held].concat())
    };
    let main = (vec_of(section(), 0..2), Just(Vec::new()));
    (prop::collection::vec(thread(), 2..4), main, joins())
        .prop_map(|(threads, main, joins)| spawning(threads, main, &joins))
}

/// Programs that choose, and do one thing or another.
pub fn choices() -> impl Strategy<Value = Program> {
    let chosen = (0..2usize, 2..4u8, 0..2u64, vec_of(access(), 1..2)).prop_map(
        |(register, alternatives, value, then)| {
            let choose = Instruction::Choose {
                register,
                alternatives,
            };
            [vec![choose], conditional(register, Condition::Is(value), then)].concat()
        },
    );
    programs(prop_oneof![12 => access(), 2 => chosen, 1 => choose()].boxed())
}

/// Programs of steps, of which some are within a critical section or under a condition.
fn programs(simple: BoxedStrategy<Step>) -> impl Strategy<Value = Program> {
    let inner = simple.clone();
    let section = (0..2usize, vec_of(inner.clone(), 0..3)).prop_map(locked);
    let branch = (0..2usize, condition(), vec_of(inner, 1..3))
        .prop_map(|(register, condition, then)| conditional(register, condition, then));
    let step = prop_oneof![12 => simple, 1 => section, 1 => branch].boxed();
    let threads = |count, most: usize| prop::collection::vec(vec_of(step.clone(), 2..most), count..=count);
    let threads = prop_oneof![3 => threads(2, 6), 2 => threads(3, 4)];
    let main = (vec_of(step.clone(), 0..2), vec_of(step.clone(), 0..2));
    (threads, main, joins()).prop_map(|(threads, main, joins)| spawning(threads, main, &joins))
}

/// Returns the program whose main thread spawns these threads, does something, joins some, and does more.
fn spawning(threads: Vec<Step>, (before, after): (Step, Step), joins: &[bool]) -> Program {
    let spawns = (1..=threads.len()).map(Instruction::Spawn);
    let is_joined = |thread: &usize| joins[(thread - 1) % joins.len()];
    let joined = (1..=threads.len()).filter(is_joined).map(Instruction::Join);
    let main = spawns.chain(before).chain(joined).chain(after).collect();
    of([vec![main], threads].concat())
}

/// Returns the program of these threads, with as many objects as they name.
fn of(threads: Vec<Step>) -> Program {
    use Instruction as I;
    let count = |number: fn(&Instruction) -> Option<usize>| {
        let highest = threads.iter().flatten().filter_map(number).max();
        highest.map_or(0, |highest| highest + 1)
    };
    Program {
        locations: count(|instruction| match instruction {
            I::Load { location, .. }
            | I::Store { location, .. }
            | I::Update { location, .. }
            | I::CompareExchange { location, .. }
            | I::Await { location, .. } => Some(*location),
            _ => None,
        }),
        cells: count(|instruction| match instruction {
            I::Read { cell, .. } | I::Write { cell, .. } => Some(*cell),
            _ => None,
        }),
        mutexes: count(|instruction| match instruction {
            I::Lock(mutex) | I::Unlock(mutex) => Some(*mutex),
            _ => None,
        }),
        threads,
    }
}

/// Returns which threads are joined: mostly all.
fn joins() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(prop::bool::weighted(0.8), 3)
}

fn vec_of(step: impl Strategy<Value = Step>, count: std::ops::Range<usize>) -> impl Strategy<Value = Step> {
    prop::collection::vec(step, count).prop_map(|steps| steps.concat())
}

fn locked((mutex, body): (usize, Step)) -> Step {
    [
        vec![Instruction::Lock(mutex)],
        body,
        vec![Instruction::Unlock(mutex)],
    ]
    .concat()
}

fn conditional(register: usize, condition: Condition, then: Step) -> Step {
    let skip = then.len();
    let branch = Instruction::If {
        register,
        condition,
        skip,
    };
    [vec![branch], then].concat()
}

/// Accesses to one of three atomics, most to the first two.
fn access() -> impl Strategy<Value = Step> {
    prop_oneof![5 => load(), 5 => store(), 1 => update(), 1 => compare_exchange()]
        .prop_map(|access| vec![access])
}

fn location() -> impl Strategy<Value = usize> {
    prop_oneof![6 => Just(0usize), 4 => Just(1usize), 1 => Just(2usize)]
}

fn load_ordering() -> impl Strategy<Value = Ordering> {
    prop_oneof![Just(Relaxed), Just(Acquire), Just(SeqCst)]
}

fn store_ordering() -> impl Strategy<Value = Ordering> {
    prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)]
}

fn update_ordering() -> impl Strategy<Value = Ordering> {
    prop_oneof![
        Just(Relaxed),
        Just(Acquire),
        Just(Release),
        Just(AcqRel),
        Just(SeqCst)
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    prop_oneof![
        6 => (0..3u64).prop_map(Expression::Constant),
        1 => (0..2usize).prop_map(Expression::Register),
        1 => (0..2usize).prop_map(|register| Expression::Plus(register, 1)),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        (0..3u64).prop_map(Condition::Is),
        (0..2u64).prop_map(Condition::IsNot),
    ]
}

fn load() -> impl Strategy<Value = Instruction> {
    (0..2usize, location(), load_ordering()).prop_map(|(register, location, ordering)| Instruction::Load {
        register,
        location,
        ordering,
    })
}

fn store() -> impl Strategy<Value = Instruction> {
    (location(), expression(), store_ordering()).prop_map(|(location, value, ordering)| Instruction::Store {
        location,
        value,
        ordering,
    })
}

fn update() -> impl Strategy<Value = Instruction> {
    let kind = prop_oneof![Just(Update::Swap), Just(Update::Add), Just(Update::Or)];
    (0..2usize, location(), kind, expression(), update_ordering()).prop_map(
        |(register, location, update, operand, ordering)| Instruction::Update {
            register,
            location,
            update,
            operand,
            ordering,
        },
    )
}

fn compare_exchange() -> impl Strategy<Value = Instruction> {
    let values = (expression(), expression());
    (0..2usize, location(), values, update_ordering(), load_ordering()).prop_map(
        |(register, location, (expected, new), success, failure)| Instruction::CompareExchange {
            register,
            location,
            expected,
            new,
            success,
            failure,
        },
    )
}

fn fence() -> impl Strategy<Value = Step> {
    prop_oneof![Just(Acquire), Just(Release), Just(AcqRel), Just(SeqCst)]
        .prop_map(|ordering| vec![Instruction::Fence(ordering)])
}

fn await_value() -> impl Strategy<Value = Step> {
    (0..2usize, location(), condition(), load_ordering()).prop_map(|(register, location, until, ordering)| {
        vec![Instruction::Await {
            register,
            location,
            until,
            ordering,
        }]
    })
}

/// Accesses to one of two objects in plain memory.
fn plain() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..2usize, 0..2usize).prop_map(|(register, cell)| vec![Instruction::Read { register, cell }]),
        (0..2usize, expression()).prop_map(|(cell, value)| vec![Instruction::Write { cell, value }]),
    ]
}

fn choose() -> impl Strategy<Value = Step> {
    (0..2usize, 2..4u8).prop_map(|(register, alternatives)| {
        vec![Instruction::Choose {
            register,
            alternatives,
        }]
    })
}
