//! The number of executions that the explorer runs per second.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use selvedge::explorer::sync::Mutex;
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::{Explorer, Mode, thread};

/// Two threads that update a number `times` times by a load and a store: one adds 1, the other subtracts 1.
fn unlocked(times: usize) -> impl Fn() -> i64 {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [1, -1].map(|delta| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                for _ in 0..times {
                    let seen = counter.load(SeqCst);
                    counter.store(seen + delta, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    }
}

/// The same threads, with a lock around each update.
fn locked(times: usize) -> impl Fn() -> i64 {
    move || {
        let counter = Arc::new(Mutex::new(0));
        let threads = [1, -1].map(|delta| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                for _ in 0..times {
                    *counter.lock().unwrap() += delta;
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        *counter.lock().unwrap()
    }
}

fn explore(mode: Mode, body: impl Fn() -> i64 + 'static) -> u64 {
    Explorer::new()
        .mode(mode)
        .explore(body, |_| ())
        .expect("deterministic")
        .executions
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("explorer");
    group.sample_size(10);
    for times in [3, 4, 5] {
        group.throughput(Throughput::Elements(explore(Mode::Optimal, unlocked(times))));
        group.bench_function(format!("unlocked/{times}"), |bencher| {
            bencher.iter(|| explore(Mode::Optimal, unlocked(times)));
        });
    }
    for times in [5, 8] {
        group.throughput(Throughput::Elements(explore(Mode::Optimal, locked(times))));
        group.bench_function(format!("locked/{times}"), |bencher| {
            bencher.iter(|| explore(Mode::Optimal, locked(times)));
        });
    }
    for mode in [Mode::Enumeration, Mode::SleepSets, Mode::Source, Mode::Optimal] {
        group.throughput(Throughput::Elements(explore(mode, unlocked(3))));
        group.bench_function(format!("unlocked/3/{mode:?}"), |bencher| {
            bencher.iter(|| explore(mode, unlocked(3)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
