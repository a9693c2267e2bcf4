//! The number of executions that the explorer runs per second, and of states that it sees.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use selvedge::explorer::states::{Counting, Repeated, States};
use selvedge::explorer::sync::Mutex;
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::{Explorer, Flow, Mode, StepFn, thread};

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

/// The same threads, by additions that tell them nothing: these commute.
fn adding(times: usize) -> impl Fn() -> i64 {
    move || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [1, -1].map(|delta| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                for _ in 0..times {
                    counter.add(delta, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    }
}

fn explore(mode: Mode, body: impl Fn() -> i64 + 'static) -> u64 {
    Explorer::new()
        .mode(mode)
        .explore(body, |_| ())
        .expect("deterministic")
        .executions
}

/// The same threads, as repeated programs: without a lock, and with one.
fn repeated_unlocked(times: u64) -> Repeated<AtomicI64, i64> {
    let add: StepFn<AtomicI64> = |number, _| {
        number.store(number.load(SeqCst) + 1, SeqCst);
        Flow::Done
    };
    let subtract: StepFn<AtomicI64> = |number, _| {
        number.store(number.load(SeqCst) - 1, SeqCst);
        Flow::Done
    };
    let empty = Repeated::new(
        || AtomicI64::new(0),
        |number: &AtomicI64| number.load(SeqCst),
        times,
    );
    empty.thread(add).thread(subtract)
}

fn repeated_locked(times: u64) -> Repeated<Mutex<i64>, i64> {
    let add: StepFn<Mutex<i64>> = |number, _| {
        *number.lock().unwrap() += 1;
        Flow::Done
    };
    let subtract: StepFn<Mutex<i64>> = |number, _| {
        *number.lock().unwrap() -= 1;
        Flow::Done
    };
    let empty = Repeated::new(
        || Mutex::new(0),
        |number: &Mutex<i64>| *number.lock().unwrap(),
        times,
    );
    empty.thread(add).thread(subtract)
}

fn sweep<S>(counting: Counting, program: &Repeated<S, i64>) -> u64 {
    let swept = States::new().counting(counting).explore(program);
    swept.expect("the program is accepted").states
}

fn bench_states(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("states");
    group.sample_size(10);
    for counting in [
        Counting::Nothing,
        Counting::Interleavings,
        Counting::Traces,
        Counting::Odds,
    ] {
        let program = repeated_unlocked(15);
        group.throughput(Throughput::Elements(sweep(counting, &program)));
        group.bench_function(format!("unlocked/15/{counting:?}"), |bencher| {
            bencher.iter(|| sweep(counting, &program));
        });
    }
    for (name, program) in [
        ("locked/1000", repeated_locked(1_000)),
        ("locked/300", repeated_locked(300)),
    ] {
        group.throughput(Throughput::Elements(sweep(Counting::Nothing, &program)));
        group.bench_function(name, |bencher| {
            bencher.iter(|| sweep(Counting::Nothing, &program));
        });
    }
    let program = repeated_unlocked(50);
    group.throughput(Throughput::Elements(sweep(Counting::Nothing, &program)));
    group.bench_function("unlocked/50", |bencher| {
        bencher.iter(|| sweep(Counting::Nothing, &program));
    });
    group.finish();
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
    group.throughput(Throughput::Elements(explore(Mode::Optimal, adding(1_000))));
    group.bench_function("adding/1000", |bencher| {
        bencher.iter(|| explore(Mode::Optimal, adding(1_000)));
    });
    for mode in [Mode::Enumeration, Mode::SleepSets, Mode::Source, Mode::Optimal] {
        group.throughput(Throughput::Elements(explore(mode, unlocked(3))));
        group.bench_function(format!("unlocked/3/{mode:?}"), |bencher| {
            bencher.iter(|| explore(mode, unlocked(3)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench, bench_states);
criterion_main!(benches);
