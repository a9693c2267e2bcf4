//! Measures the search over execution graphs beside the search over traces.
//!
//! `cargo run --release --package selvedge-explorer --example graphs [relaxed|seqcst|locked|large] [sc|rc11]`

use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Relaxed, SeqCst};
use std::time::Instant;

use selvedge_explorer::sync::Mutex;
use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::{Explorer, MemoryModel, thread};

fn unlocked(times: usize, ordering: Ordering) -> impl Fn() -> i64 + 'static {
    move || {
        let x = Arc::new(AtomicI64::new(0));
        let threads = [1, -1].map(|delta| {
            let x = Arc::clone(&x);
            thread::spawn(move || {
                for _ in 0..times {
                    x.store(x.load(ordering) + delta, ordering);
                }
            })
        });
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it does not panic"));
        x.load(SeqCst)
    }
}

fn locked(times: usize) -> impl Fn() -> i64 + 'static {
    move || {
        let x = Arc::new(Mutex::new(0));
        let threads = [1, -1].map(|delta| {
            let x = Arc::clone(&x);
            thread::spawn(move || {
                for _ in 0..times {
                    *x.lock().expect("nobody panics") += delta;
                }
            })
        });
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it does not panic"));
        *x.lock().expect("nobody panics")
    }
}

fn measure<O: 'static>(what: &str, model: MemoryModel, body: impl Fn() -> O + 'static) {
    let begun = Instant::now();
    let summary = Explorer::new().memory_model(model).explore(body, |_| ());
    let summary = summary.expect("it repeats itself");
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{what}, {model:?}: {} executions, {:.3} s, {:.0} a second",
        summary.executions,
        seconds,
        summary.executions as f64 / seconds
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (only, search) = (arguments.next(), arguments.next());
    let wanted = |what: &str| only.as_deref().is_none_or(|only| only == what);
    let models = [
        ("sc", MemoryModel::SequentiallyConsistent),
        ("rc11", MemoryModel::Rc11),
    ];
    let models = models
        .into_iter()
        .filter(|(name, _)| search.as_deref().is_none_or(|search| search == *name));
    for (_, model) in models {
        if wanted("relaxed") {
            measure("unlocked n = 5, relaxed", model, unlocked(5, Relaxed));
        }
        if wanted("seqcst") {
            measure("unlocked n = 5, SeqCst", model, unlocked(5, SeqCst));
        }
        if wanted("locked") {
            measure("locked n = 8", model, locked(8));
        }
    }
    if only.as_deref() == Some("large") {
        measure("unlocked n = 6, relaxed", MemoryModel::Rc11, unlocked(6, Relaxed));
    }
}
