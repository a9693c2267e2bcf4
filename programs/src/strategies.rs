//! Strategies: what random programs are made of.

use crate::{Instruction, Program};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

/// Instructions that run if the value seen last is one of these.
fn if_seen(
    seen: Range<i64>,
    body: impl Strategy<Value = Vec<Instruction>>,
) -> impl Strategy<Value = Instruction> {
    (seen, body).prop_map(|(seen, body)| Instruction::IfSeen(seen, body))
}

/// Adds that see nothing, with every ordering that they can have; one that adds 0 changes nothing.
fn blind_add() -> impl Strategy<Value = Instruction> {
    let ordering = prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)];
    (0..2usize, -1..3i64, ordering)
        .prop_map(|(atomic, value, ordering)| Instruction::BlindAdd(atomic, value, ordering))
}

fn simple() -> impl Strategy<Value = Instruction> {
    use Instruction as I;
    let atomic = || 0..2usize;
    prop_oneof![
        16 => (atomic(), prop_oneof![Just(Relaxed), Just(Acquire), Just(SeqCst)])
            .prop_map(|(atomic, ordering)| I::Load(atomic, ordering)),
        16 => (atomic(), 0..3i64, prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)])
            .prop_map(|(atomic, value, ordering)| I::Store(atomic, value, ordering)),
        5 => (atomic(), 1..3i64).prop_map(|(atomic, value)| I::Add(atomic, value)),
        8 => blind_add(),
        10 => (atomic(), 0..2i64, 0..3i64)
            .prop_map(|(atomic, expected, new)| I::CompareExchange(atomic, expected, new)),
        1 => Just(I::Fence),
        1 => (0..2usize).prop_map(I::IsPoisoned),
        1 => Just(I::TryRead),
        1 => Just(I::TryWrite),
        2 => Just(I::Wait),
        1 => Just(I::WaitTimeout),
        3 => Just(I::NotifyOne),
        2 => Just(I::NotifyAll),
        4 => Just(I::CellRead),
        4 => (0..2i64).prop_map(I::CellWrite),
        1 => (2..4usize).prop_map(I::Choose),
        1 => atomic().prop_map(I::Await),
        1 => Just(I::Park),
        2 => Just(I::UnparkMain),
        1 => Just(I::Panic),
    ]
}

fn nested() -> impl Strategy<Value = Instruction> {
    use Instruction as I;
    simple().prop_recursive(2, 8, 3, |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            4 => (0..2usize, body()).prop_map(|(mutex, body)| I::Lock(mutex, body)),
            2 => (0..2usize, body()).prop_map(|(mutex, body)| I::TryLock(mutex, body)),
            2 => body().prop_map(I::Read),
            2 => body().prop_map(I::Write),
            2 => if_seen(0..3, body()),
            1 => body().prop_map(I::Spawn),
        ]
    })
}

/// Programs of two or three threads, most of them with a few instructions each.
pub fn programs() -> impl Strategy<Value = Program> {
    let body = || prop::collection::vec(nested(), 1..4);
    (
        prop::collection::vec(body().prop_map(Instruction::Spawn), 2..4),
        prop::collection::vec(nested(), 0..3),
    )
        .prop_map(|(threads, rest)| Program([threads, rest].concat()))
}

/// Programs full of choices, written down or not, and of branches on what they lead to.
pub fn choosing() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let access = || {
        prop_oneof![
            (0..2usize).prop_map(|atomic| I::Load(atomic, SeqCst)),
            (0..2usize, 1..3i64).prop_map(|(atomic, value)| I::Store(atomic, value, SeqCst)),
        ]
    };
    let instruction = || {
        prop_oneof![
            6 => access(),
            4 => (2..4usize).prop_map(I::Choose),
            5 => if_seen(0..3, prop::collection::vec(access(), 1..3)),
            3 => Just(I::Wait),
            1 => Just(I::WaitTimeout),
            3 => Just(I::NotifyOne),
            2 => Just(I::Lock(0, Vec::new())),
        ]
    };
    let body = move || prop::collection::vec(instruction(), 1..5);
    (prop::collection::vec(body().prop_map(I::Spawn), 2..5), body())
        .prop_map(|(threads, rest)| Program([threads, rest].concat()))
}

/// Programs of threads that wait until the time is up, unless a word holds some value, and of others that
/// change the word, notify, or do anything else.
pub fn waiting() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let change = || {
        prop_oneof![
            4 => (0..3usize, prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)])
                .prop_map(|(value, ordering)| I::SetWord(value, ordering)),
            2 => (1..3usize).prop_map(I::AddToWord),
            3 => prop_oneof![Just(1), Just(2), Just(usize::MAX)].prop_map(I::BlindAddToWord),
            2 => prop_oneof![Just(Relaxed), Just(Acquire)].prop_map(I::SeeWord),
            2 => Just(I::NotifyOne),
            2 => Just(I::NotifyAll),
        ]
    };
    let other = || {
        prop_oneof![
            6 => change(),
            2 => prop::collection::vec(change(), 0..3).prop_map(|body| I::Lock(0, body)),
            1 => if_seen(0..2, prop::collection::vec(change(), 1..3)),
            1 => prop_oneof![Just(I::WaitTimeout), Just(I::Wait), Just(I::Fence)],
            1 => prop_oneof![2 => Just(I::CellRead), 4 => Just(I::CellWrite(1)), 1 => Just(I::Panic)],
            2 => nested(),
        ]
    };
    let wait = || {
        prop_oneof![
            3 => (0..2usize).prop_map(I::WaitUnless),
            1 => Just(I::WaitUntil),
        ]
    };
    let waiter = (
        prop::collection::vec(other(), 0..2),
        wait(),
        prop::collection::vec(other(), 0..2),
    )
        .prop_map(|(before, wait, after)| I::Spawn([before, vec![wait], after].concat()));
    let waiters = prop::collection::vec(waiter, 1..3);
    let rest = prop::collection::vec(prop_oneof![8 => other(), 1 => wait()], 0..3);
    let helpers = prop::collection::vec(prop::collection::vec(other(), 1..4).prop_map(I::Spawn), 0..2);
    (waiters, helpers, rest).prop_map(|(waiters, helpers, rest)| Program([waiters, helpers, rest].concat()))
}

/// Programs of threads that wait in loops: for notifications, for tokens, and for exchanges to succeed; and
/// of others that let them go on, or do not, and try the mutex meanwhile.
pub fn looping() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let atomic = || 0..2usize;
    let wait = move || {
        prop_oneof![
            3 => atomic().prop_map(I::WaitWhile),
            2 => atomic().prop_map(I::ParkWhile),
            1 => Just(I::Wait),
            1 => Just(I::Park),
            2 => atomic().prop_map(I::SetWeakly),
            2 => (atomic(), 0..2i64, 0..3i64)
                .prop_map(|(atomic, expected, new)| I::CompareExchangeWeak(atomic, expected, new)),
        ]
    };
    let other = move || {
        prop_oneof![
            4 => (atomic(), 0..2i64).prop_map(|(atomic, value)| I::Store(atomic, value, SeqCst)),
            2 => atomic().prop_map(|atomic| I::Load(atomic, SeqCst)),
            2 => prop_oneof![Just(I::NotifyOne), Just(I::NotifyAll)],
            2 => Just(I::UnparkMain),
            2 => prop_oneof![Just(I::TryLock(0, Vec::new())), Just(I::Lock(0, Vec::new()))],
            1 => wait(),
        ]
    };
    let body = move || prop::collection::vec(other(), 1..4);
    let waiter =
        (wait(), prop::collection::vec(other(), 0..2)).prop_map(|(wait, rest)| [vec![wait], rest].concat());
    let threads = prop::collection::vec(body().prop_map(I::Spawn), 1..3);
    (threads, waiter).prop_map(|(threads, waiter)| Program([threads, waiter].concat()))
}

/// Programs of threads that read and write under one readers-writer lock, some while they hold it already.
pub fn reading() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let plain = || {
        prop_oneof![
            3 => Just(I::Read(Vec::new())),
            3 => Just(I::Write(Vec::new())),
            2 => Just(I::TryRead),
            1 => Just(I::TryWrite),
            2 => (0..2usize).prop_map(|atomic| I::Load(atomic, SeqCst)),
            2 => (0..2usize).prop_map(|atomic| I::Store(atomic, 1, SeqCst)),
        ]
    };
    let step = move || {
        let inner = || prop::collection::vec(plain(), 0..2);
        prop_oneof![
            4 => plain(),
            3 => inner().prop_map(I::Read),
            1 => inner().prop_map(I::Write),
        ]
    };
    let body = move || prop::collection::vec(step(), 1..3);
    (
        prop::collection::vec(body().prop_map(I::Spawn), 2..4),
        prop::collection::vec(step(), 0..2),
    )
        .prop_map(|(threads, rest)| Program([threads, rest].concat()))
}

/// Programs of many threads that have little to do with one another, with branches on what they see: most of
/// what they do is independent, so their interleavings are too many to enumerate, and their traces few.
pub fn sparse() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let access = || {
        prop_oneof![
            (0..2usize).prop_map(|atomic| I::Load(atomic, SeqCst)),
            (0..2usize, 0..2i64).prop_map(|(atomic, value)| I::Store(atomic, value, SeqCst)),
        ]
    };
    let instruction = || {
        prop_oneof![
            6 => access(),
            4 => if_seen(0..2, prop::collection::vec(access(), 1..2)),
            3 => (0..2usize).prop_map(|mutex| I::Lock(mutex, Vec::new())),
            1 => Just(I::UnparkMain),
            1 => Just(I::NotifyAll),
            1 => Just(I::Wait),
            1 => (0..2usize, prop::collection::vec(access(), 1..2))
                .prop_map(|(mutex, body)| I::TryLock(mutex, body)),
        ]
    };
    let body = move || prop::collection::vec(instruction(), 1..4);
    let main = prop_oneof![
        Just(Vec::new()),
        access().prop_map(|access| vec![I::Park, access])
    ];
    (prop::collection::vec(body().prop_map(I::Spawn), 4..6), main)
        .prop_map(|(threads, rest)| Program([threads, rest].concat()))
}

/// Programs that access plain memory and hand it over, or do not: by an atomic with some ordering, a lock, a
/// fence or a token.
pub fn racing() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let access = || {
        prop_oneof![
            2 => Just(I::CellRead),
            2 => (1..3i64).prop_map(I::CellWrite),
        ]
    };
    let instruction = || {
        prop_oneof![
            6 => access(),
            3 => (prop_oneof![Just(Relaxed), Just(Release)])
                .prop_map(|ordering| I::Store(0, 1, ordering)),
            3 => (prop_oneof![Just(Relaxed), Just(Acquire)])
                .prop_map(|ordering| I::Load(0, ordering)),
            1 => Just(I::Add(0, 1)),
            2 => (prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)])
                .prop_map(|ordering| I::BlindAdd(0, 1, ordering)),
            1 => Just(I::CompareExchange(0, 0, 1)),
            1 => Just(I::Fence),
            1 => Just(I::UnparkMain),
            3 => if_seen(0..2, prop::collection::vec(access(), 1..3)),
            2 => prop::collection::vec(access(), 0..2).prop_map(|body| I::Lock(0, body)),
            1 => prop::collection::vec(access(), 0..2).prop_map(I::Read),
            1 => prop::collection::vec(access(), 0..2).prop_map(I::Write),
        ]
    };
    let body = move || prop::collection::vec(instruction(), 1..4);
    let main = prop_oneof![
        Just(Vec::new()),
        body(),
        access().prop_map(|access| vec![I::Park, access])
    ];
    let loose = (prop::collection::vec(body().prop_map(I::Spawn), 2..4), main)
        .prop_map(|(threads, rest)| Program([threads, rest].concat()));
    let ordering = || prop_oneof![Just(Relaxed), Just(Release), Just(Acquire), Just(SeqCst)];
    let sends = (access(), ordering(), 0..3).prop_map(|(access, ordering, kind)| {
        let releasing = if ordering == Acquire { Relaxed } else { ordering };
        let hand_over = match kind {
            0 => I::Store(0, 1, releasing),
            1 => I::BlindAdd(0, 1, releasing),
            _ => I::Add(0, 1),
        };
        vec![I::Spawn(vec![access, hand_over])]
    });
    let receives = (ordering(), access(), any::<bool>()).prop_map(|(ordering, access, is_fenced)| {
        let ordering = if ordering == Release { Relaxed } else { ordering };
        let fence = is_fenced.then_some(I::Fence);
        let then = fence.into_iter().chain([access]).collect();
        vec![I::Load(0, ordering), I::IfSeen(1, then)]
    });
    let rest = prop::collection::vec(
        prop::collection::vec(instruction(), 1..3).prop_map(I::Spawn),
        0..2,
    );
    let handed_over =
        (rest, sends, receives).prop_map(|(rest, sends, receives)| Program([rest, sends, receives].concat()));
    prop_oneof![2 => loose, 1 => handed_over]
}

/// Programs about which there is much to tell: updates of one atomic, and waits of all kinds, with and without
/// a limit of time.
pub fn telling() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let update = || {
        prop_oneof![
            4 => Just(I::Load(0, SeqCst)),
            4 => (0..3i64).prop_map(|value| I::Store(0, value, SeqCst)),
            3 => (0..2i64, 0..3i64).prop_map(|(expected, new)| I::CompareExchange(0, expected, new)),
            1 => (1..3i64).prop_map(|value| I::Add(0, value)),
            2 => (1..3i64).prop_map(|value| I::BlindAdd(0, value, SeqCst)),
        ]
    };
    let wait = || {
        prop_oneof![
            2 => Just(I::Wait),
            2 => Just(I::WaitTimeout),
            3 => Just(I::NotifyOne),
            1 => Just(I::NotifyAll),
            2 => Just(I::UnparkMain),
        ]
    };
    let lock =
        || (0..2usize, prop::collection::vec(update(), 0..2)).prop_map(|(mutex, body)| I::Lock(mutex, body));
    let thread =
        |instruction: BoxedStrategy<Instruction>| prop::collection::vec(instruction, 1..5).prop_map(I::Spawn);
    let updates = move || thread(prop_oneof![6 => update(), 1 => lock()].boxed());
    let waits = move || thread(prop_oneof![5 => wait(), 1 => lock(), 1 => update()].boxed());
    let park = prop::collection::vec(
        prop_oneof![3 => Just(I::Park), 1 => update(), 1 => Just(I::NotifyOne)],
        0..3,
    );
    prop_oneof![
        prop::collection::vec(updates(), 2..4).prop_map(Program),
        (prop::collection::vec(waits(), 2..4), park)
            .prop_map(|(threads, rest)| Program([threads, rest].concat())),
    ]
}

/// Straight-line programs that never block: up to three threads of loads, stores and adds that see nothing.
pub fn straight_line() -> impl Strategy<Value = Program> {
    let access = (0..3usize, 0..3).prop_map(|(atomic, kind)| match kind {
        0 => Instruction::Load(atomic, SeqCst),
        1 => Instruction::Store(atomic, 1, SeqCst),
        _ => Instruction::BlindAdd(atomic, 1, SeqCst),
    });
    let body = prop::collection::vec(access, 0..4).prop_map(Instruction::Spawn);
    prop::collection::vec(body, 2..4).prop_map(Program)
}

/// Programs that only add to one number, or look at it: at most this many threads, with at most as many
/// instructions as the second number says if there are two of them, and else with one each.
pub fn updates(threads: usize, most: usize) -> impl Strategy<Value = Program> {
    let instruction = || {
        prop_oneof![
            Just(Instruction::Add(0, 1)),
            Just(Instruction::Add(0, -1)),
            Just(Instruction::Load(0, SeqCst))
        ]
    };
    let thread = move |most| prop::collection::vec(instruction(), 1..=most).prop_map(Instruction::Spawn);
    prop_oneof![
        prop::collection::vec(thread(most), 2..=2),
        prop::collection::vec(thread(1), 2..=threads),
    ]
    .prop_map(Program)
}

/// Programs that every family of primitives can run and every engine can explore: two threads with up to two
/// steps each, or three with one. A step may be a branch, a lock within a lock, a panic, or a thread of its
/// own.
pub fn portable() -> impl Strategy<Value = Program> {
    let body = |most| prop::collection::vec(portable_step(), 1..=most).prop_map(|steps| steps.concat());
    let thread = move |most| body(most).prop_map(Instruction::Spawn);
    prop_oneof![
        prop::collection::vec(thread(2), 2..=2),
        prop::collection::vec(thread(1), 3..=3),
    ]
    .prop_map(Program)
}

/// Programs as [`portable`] ones, for families of primitives that have attempts to lock, which most of them make.
pub fn attempting() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let number = || 0..2usize;
    let attempt = || {
        prop_oneof![
            3 => number().prop_map(|mutex| vec![I::TryLock(mutex, Vec::new())]),
            1 => number().prop_map(|mutex| vec![I::Lock(mutex, vec![I::TryLock(1 - mutex, Vec::new())])]),
            1 => number().prop_map(|mutex| vec![I::Lock(mutex, vec![I::TryLock(mutex, Vec::new())])]),
            1 => Just(vec![I::TryRead]),
            1 => Just(vec![I::Write(vec![I::TryRead])]),
            1 => Just(vec![I::TryWrite]),
            1 => Just(vec![I::Read(vec![I::TryWrite])]),
        ]
    };
    let step = move || prop_oneof![attempt(), portable_step()];
    let thread = move |most| {
        let steps = prop::collection::vec(step(), 1..=most);
        steps.prop_map(|steps| I::Spawn(steps.concat()))
    };
    prop_oneof![
        prop::collection::vec(thread(2), 2..=2),
        prop::collection::vec(thread(1), 3..=3),
    ]
    .prop_map(Program)
}

fn portable_step() -> impl Strategy<Value = Vec<Instruction>> {
    use Instruction as I;
    let number = || 0..2usize;
    let see = |atomic, value, then| vec![I::Load(atomic, SeqCst), I::IfSeen(value, vec![then])];
    let step = prop_oneof![
        3 => number().prop_map(|atomic| vec![I::Load(atomic, SeqCst)]),
        3 => (number(), 1..3i64).prop_map(|(atomic, value)| vec![I::Store(atomic, value, SeqCst)]),
        2 => number().prop_map(|atomic| vec![I::Add(atomic, 1)]),
        1 => number().prop_map(|atomic| vec![I::BlindAdd(atomic, 1, SeqCst)]),
        2 => (number(), 0..2i64, 1..3i64)
            .prop_map(|(atomic, current, new)| vec![I::CompareExchange(atomic, current, new)]),
        2 => (number(), 0..2i64)
            .prop_map(move |(atomic, value)| see(atomic, value, I::Store(1 - atomic, 7, SeqCst))),
        1 => number().prop_map(move |atomic| see(atomic, 1, I::Panic)),
        2 => number().prop_map(|mutex| vec![I::Lock(mutex, Vec::new())]),
        2 => number().prop_map(|mutex| vec![I::Lock(mutex, vec![I::Lock(1 - mutex, Vec::new())])]),
        2 => Just(vec![I::Read(Vec::new())]),
        2 => Just(vec![I::Write(Vec::new())]),
    ];
    (step, prop::bool::weighted(0.1)).prop_map(|(step, is_spawned)| match is_spawned {
        true => vec![I::Spawn(step)],
        false => step,
    })
}
