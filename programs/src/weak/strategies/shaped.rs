//! Programs of three threads with three operations each, in each of which one axiom decides much.

use super::{Step, of, spawning};
use crate::weak::{Expression, Instruction, Program, Update};
use proptest::prelude::*;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// Programs that pass messages through release sequences: there are data and a flag, and the flag is updated by
/// others, too.
pub fn release_sequences() -> impl Strategy<Value = Program> {
    let operation = || {
        prop_oneof![
            3 => store(0, Relaxed),
            3 => store(1, Release),
            1 => store(1, Relaxed),
            3 => prop_oneof![Just(Relaxed), Just(Acquire), Just(Release)].prop_flat_map(|how| update(1, how)),
            3 => load(1, Acquire),
            3 => load(0, Relaxed),
        ]
    };
    of_three([operation().boxed(), operation().boxed(), operation().boxed()])
}

/// Programs in which an acquire fence comes after a load, or a release fence before a store.
pub fn acquire_fences() -> impl Strategy<Value = Program> {
    let access = || {
        prop_oneof![
            store(0, Relaxed),
            store(1, Release),
            load(0, Relaxed),
            load(1, Relaxed),
        ]
    };
    let fence =
        || prop_oneof![2 => fence(Acquire), 1 => fence(Release), 1 => fence(AcqRel), 1 => store(1, Release)];
    of_three([access().boxed(), fence().boxed(), access().boxed()])
}

/// Programs with sequentially consistent fences between accesses.
pub fn fences() -> impl Strategy<Value = Program> {
    let access = || (0..2usize).prop_flat_map(|location| accesses(location, [Relaxed, Relaxed]));
    let fence = || prop_oneof![4 => fence(SeqCst), 1 => access()];
    of_three([access().boxed(), fence().boxed(), access().boxed()])
}

/// Programs with sequentially consistent accesses among others.
pub fn sequentially_consistent() -> impl Strategy<Value = Program> {
    let access = || {
        (0..2usize).prop_flat_map(|location| {
            prop_oneof![
                3 => accesses(location, [SeqCst, SeqCst]),
                1 => accesses(location, [Acquire, Release]),
                1 => update(location, SeqCst),
            ]
        })
    };
    of_three([access().boxed(), access().boxed(), access().boxed()])
}

/// Programs with sequentially consistent accesses and updates among others that pass messages.
pub fn sequentially_consistent_updates() -> impl Strategy<Value = Program> {
    let access = || {
        (0..2usize).prop_flat_map(|location| {
            prop_oneof![
                3 => accesses(location, [SeqCst, SeqCst]),
                2 => accesses(location, [Acquire, Release]),
                2 => update(location, SeqCst),
                1 => update(location, AcqRel),
            ]
        })
    };
    of_three([access().boxed(), access().boxed(), access().boxed()])
}

/// Programs with sequentially consistent accesses around a spawn, and around a join.
pub fn spawns() -> impl Strategy<Value = Program> {
    let access = || (0..2usize).prop_flat_map(|location| accesses(location, [SeqCst, SeqCst]));
    let thread = move || prop::collection::vec(access(), 1..4);
    let main = prop::collection::vec(access(), 4);
    (main, thread(), thread()).prop_map(|(accesses, first, second)| {
        let [before, between, after, last] = [0, 1, 2, 3].map(|index| accesses[index]);
        let [spawn, spawn_another] = [1, 2].map(Instruction::Spawn);
        let main = vec![
            before,
            spawn,
            between,
            spawn_another,
            after,
            Instruction::Join(1),
            last,
        ];
        of(vec![main, first, second])
    })
}

/// Programs of three threads that execute one of each of these, in this order.
fn of_three(operations: [BoxedStrategy<Instruction>; 3]) -> impl Strategy<Value = Program> {
    let [first, second, third] = operations;
    let thread = (first, second, third).prop_map(|(first, second, third)| vec![first, second, third]);
    prop::collection::vec(thread, 3).prop_map(|threads: Vec<Step>| {
        let nothing = (Vec::new(), Vec::new());
        spawning(threads, nothing, &[false])
    })
}

/// A load or a store, with one ordering or the other.
fn accesses(location: usize, [loading, storing]: [Ordering; 2]) -> impl Strategy<Value = Instruction> {
    prop_oneof![load(location, loading), store(location, storing)]
}

fn load(location: usize, ordering: Ordering) -> impl Strategy<Value = Instruction> {
    let register = 0..2usize;
    register.prop_map(move |register| Instruction::Load {
        register,
        location,
        ordering,
    })
}

fn store(location: usize, ordering: Ordering) -> impl Strategy<Value = Instruction> {
    (1..3u64).prop_map(move |value| Instruction::Store {
        location,
        value: Expression::Constant(value),
        ordering,
    })
}

fn update(location: usize, ordering: Ordering) -> impl Strategy<Value = Instruction> {
    (1..3u64).prop_map(move |value| Instruction::Update {
        register: 0,
        location,
        update: Update::Swap,
        operand: Expression::Constant(value),
        ordering,
    })
}

fn fence(ordering: Ordering) -> impl Strategy<Value = Instruction> {
    Just(Instruction::Fence(ordering))
}
