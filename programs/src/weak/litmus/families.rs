//! Programs of which the number of executions follows a formula, or was published for some sizes.

use super::notation::program;
use super::{Counted, Litmus};

/// Returns the programs, in the sizes of which the number is known.
pub(super) fn table() -> Vec<Litmus> {
    let families = [
        counters(),
        locked(),
        philosophers(),
        exchanges(),
        readers(),
        coherent(),
        last_zero(),
        indexers(),
        vec![independent_reads(), handed_over()],
        awaited(),
    ];
    families.concat()
}

/// Returns a litmus test that has as many executions under both models.
fn litmus(name: String, threads: &[String], executions: usize) -> Litmus {
    Litmus {
        name,
        program: program(threads),
        counted: Counted::Complete,
        rc11: executions,
        sc: Some(executions),
        is_small: executions <= 600 && threads.len() <= 6,
    }
}

/// One atomic that is loaded, and stored to, without a lock.
fn counters() -> Vec<Litmus> {
    let of = |threads: usize, times: usize, executions| {
        let name = format!("{threads} threads x {times} (load; store)");
        let thread = "r0 = x rlx; x = 1 rlx;".repeat(times);
        litmus(name, &vec![thread; threads], executions)
    };
    vec![
        of(2, 1, 4),
        of(2, 2, 34),
        of(2, 3, 328),
        of(2, 4, 3_334),
        of(2, 5, 34_904),
        of(2, 6, 372_436),
        // A load has as many places in each order of the stores: (k!)².
        of(3, 1, 36),
        of(4, 1, 576),
        of(3, 2, 7_134),
    ]
}

/// Additions, or critical sections: as many executions as orders of them.
fn locked() -> Vec<Litmus> {
    let of = |name: &str, section: &str, threads: usize, times: usize, executions| {
        let name = format!("{threads} threads x {times} {name}");
        litmus(name, &vec![section.repeat(times); threads], executions)
    };
    let additions = |times, executions| of("fetch_add", "r0 = add x 1 rlx;", 2, times, executions);
    let sections = |threads, times, executions| of("locked", "lock m; unlock m;", threads, times, executions);
    let mut tests = Vec::new();
    for (times, orders) in [(1, 2), (2, 6), (3, 20), (4, 70), (5, 252), (6, 924)] {
        tests.push(Litmus {
            // The oracle guesses from as many values as there are additions.
            is_small: times <= 3,
            ..additions(times, orders)
        });
        tests.push(sections(2, times, orders));
    }
    tests.extend([sections(2, 8, 12_870), sections(3, 1, 6), sections(3, 2, 90)]);
    tests
}

/// Philosophers who take the left fork, then the right: each fork goes first to either neighbour, but not all to
/// the right-hand ones; if all go to the left-hand ones, nobody eats.
fn philosophers() -> Vec<Litmus> {
    let of = |count: usize| {
        let philosopher = |left: usize| {
            let right = (left + 1) % count;
            format!("lock m{left}; lock m{right}; unlock m{right}; unlock m{left}")
        };
        let threads: Vec<String> = (0..count).map(philosopher).collect();
        Litmus {
            counted: Counted::All,
            ..litmus(format!("{count} philosophers"), &threads, (1 << count) - 1)
        }
    };
    (2..=5).map(of).collect()
}

/// Compare-exchanges that follow on one another, or compete.
fn exchanges() -> Vec<Litmus> {
    let rotation = |count: usize, executions| {
        let thread = |new: usize| format!("r0 = cas x {} {new} rlx rlx", new - 1);
        litmus(
            format!("casrot {count}"),
            &(1..=count).map(thread).collect::<Vec<_>>(),
            executions,
        )
    };
    let then_store = |count: usize, executions| {
        let thread = |number: usize| format!("r0 = cas x 0 1 rlx rlx; x = {} rel", number + 3);
        litmus(
            format!("casw {count}"),
            &(0..count).map(thread).collect::<Vec<_>>(),
            executions,
        )
    };
    let after_store = |count: usize, executions| {
        let mut threads = vec!["r0 = cas x 2 3 rlx rlx".to_owned(); count];
        threads.insert(0, "x = 2 rel".to_owned());
        litmus(format!("wcas {count}"), &threads, executions)
    };
    vec![
        rotation(2, 2),
        rotation(3, 5),
        rotation(4, 14),
        rotation(5, 43),
        then_store(2, 6),
        then_store(3, 66),
        then_store(4, 1_200),
        after_store(2, 5),
        after_store(3, 13),
        after_store(4, 33),
        after_store(5, 81),
    ]
}

/// One store, and loads in threads of their own that see it or not.
fn readers() -> Vec<Litmus> {
    let of = |count: usize| {
        let mut threads = vec!["r0 = x acq".to_owned(); count];
        threads.insert(0, "x = 42 rel".to_owned());
        litmus(format!("readers {count}"), &threads, 1 << count)
    };
    [2, 8, 13].map(of).into()
}

/// Two threads that store to one atomic each and look at the others, and threads that store to these.
fn coherent() -> Vec<Litmus> {
    let of = |count: usize, rc11, sc| {
        let looks = |value: usize, at: &str| format!("x = {value} rel; r0 = {at} acq; r1 = x acq");
        let store = |value: usize| format!("y = {value} rel; z = {value} rel");
        let mut threads = vec![looks(1, "y"), looks(2, "z")];
        threads.extend((0..count - 1).map(store));
        Litmus {
            sc: Some(sc),
            is_small: count <= 3,
            ..litmus(format!("CoA {count}"), &threads, rc11)
        }
    };
    vec![of(1, 4, 4), of(2, 16, 15), of(3, 144, 130), of(4, 2_304, 2_028)]
}

/// A thread looks for the last zero of an array, while others store a number greater by 1 than the one before.
fn last_zero() -> Vec<Litmus> {
    let of = |count: usize, executions| {
        let look = |index: usize| match index {
            0 => "r0 = a0 acq".to_owned(),
            _ => format!("r0 = a{index} acq; if r0 not 0 then {};", 2 * index - 1),
        };
        let mut threads = vec![(0..=count).rev().map(look).collect::<String>()];
        threads.extend((1..=count).map(|index| format!("r0 = a{} acq; a{index} = r0+1 rel", index - 1)));
        Litmus {
            is_small: false,
            ..litmus(format!("lastzero {count}"), &threads, executions)
        }
    };
    vec![of(5, 64), of(10, 3_328), of(15, 147_456)]
}

/// Threads that put four values each into a hash table, where the first collisions are those of 12 threads.
fn indexers() -> Vec<Litmus> {
    let of = |count: usize, executions| {
        let put = |value: usize| {
            let [first, second, third] = [0, 1, 2].map(|more| (value * 7 + more) % 128);
            format!(
                "r0 = cas h{first} 0 {value} rlx rlx; if r0 not 0 then 3; r0 = cas h{second} 0 {value} rlx rlx; \
                 if r0 not 0 then 1; r0 = cas h{third} 0 {value} rlx rlx;"
            )
        };
        let thread = |number: usize| (0..4).map(|time| put(11 * time + number)).collect::<String>();
        litmus(
            format!("indexer {count}"),
            &(0..count).map(thread).collect::<Vec<_>>(),
            executions,
        )
    };
    vec![of(11, 1), of(12, 8), of(13, 64)]
}

/// All but the execution in which the readers see the stores in different orders.
fn independent_reads() -> Litmus {
    let threads = [
        "x = 1 sc",
        "y = 1 sc",
        "r0 = x sc; r1 = y sc",
        "r0 = y sc; r1 = x sc",
    ];
    litmus("IRIW+sc".to_owned(), &threads.map(str::to_owned), 15)
}

/// A relaxed store is seen by whoever locks next: an unlock synchronises with the next lock.
fn handed_over() -> Litmus {
    let threads = ["lock m; x = 1 rlx; unlock m", "lock m; r0 = x rlx; unlock m"];
    litmus("MP+locked".to_owned(), &threads.map(str::to_owned), 2)
}

/// A loop that polls does so in vain only if the last store is not what it waits for.
fn awaited() -> Vec<Litmus> {
    let of = |name: &str, stores: &str, executions| Litmus {
        counted: Counted::All,
        ..litmus(
            name.to_owned(),
            &[stores, "r0 = await x is 1 acq"].map(str::to_owned),
            executions,
        )
    };
    vec![
        of("await", "x = 1 rel", 1),
        of("await, missed or not", "x = 1 rel; x = 2 rel", 2),
    ]
}
