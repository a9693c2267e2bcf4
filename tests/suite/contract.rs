//! A contract of every backend, on which generic code may rely: every engine runs it.

use selvedge::backend::{
    Atomic, AtomicInteger, Backend, ConditionVariable, Feature, Join, Lock, PlainCell, ReadWriteLock, Std,
    Unpark,
};
use selvedge::engine::{Completeness, Loom, Memory};
use selvedge::{Checker, Expectations, Scenario, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::mpsc;
use std::time::Duration;

/// A part of the contract: its name, and generic code that panics if a backend breaks it.
macro_rules! contract {
    ($name:ident, $backend:ident => $body:block) => {
        #[test]
        fn $name() {
            struct Contract;

            impl Scenario for Contract {
                type Outcome = ();

                fn name(&self) -> String {
                    stringify!($name).to_owned()
                }

                fn run<$backend: Backend>(&self) $body

                fn expectations(&self) -> Expectations<()> {
                    Expectations::new().required((), "the contract is kept")
                }
            }

            every_engine().check(Contract);
        }
    };
}

fn every_engine() -> Checker {
    Checker::new()
        .explorer()
        .loom()
        .shuttle_dfs()
        .shuttle_random(7)
        .threads()
        .executions(2_000)
}

contract!(atomic_integers_do_what_std_s_do, B => {
    let number = B::AtomicI64::new(5);
    assert_eq!(number.load(SeqCst), 5);
    number.store(-7, Release);
    assert_eq!(number.swap(3, AcqRel), -7);
    assert_eq!(number.fetch_add(4, Relaxed), 3);
    assert_eq!(number.fetch_sub(10, Relaxed), 7);
    assert_eq!(number.compare_exchange(0, 1, AcqRel, Acquire), Err(-3));
    assert_eq!(number.compare_exchange(-3, i64::MAX, AcqRel, Acquire), Ok(-3));
    assert_eq!(number.fetch_add(1, Relaxed), i64::MAX);
    assert_eq!(number.load(Relaxed), i64::MIN, "overflow wraps around");
    number.add(-1, Release);
    assert_eq!(number.load(Relaxed), i64::MAX, "here too");
    [Relaxed, Release, SeqCst].into_iter().for_each(|ordering| number.add(-2, ordering));
    assert_eq!(number.load(Relaxed), i64::MAX - 6);

    let size = B::AtomicUsize::new(0);
    assert_eq!(size.fetch_sub(1, Relaxed), 0);
    assert_eq!(size.swap(9, SeqCst), usize::MAX);
    assert_eq!(size.load(Relaxed), 9);
});

contract!(atomic_booleans_do_what_std_s_do, B => {
    let flag = B::AtomicBool::new(false);
    assert!(!flag.swap(true, AcqRel));
    assert_eq!(flag.compare_exchange(false, true, SeqCst, SeqCst), Err(true));
    flag.store(false, Relaxed);
    assert!(!flag.load(Relaxed));
});

contract!(an_object_with_a_name_is_what_it_was_without, B => {
    let number = B::AtomicI64::new(1).named("number");
    assert_eq!(number.fetch_add(1, Relaxed), 1);
    assert_eq!(number.load(Relaxed), 2);
    assert_eq!(B::AtomicUsize::new(3).named("size").load(Relaxed), 3);
    assert!(B::AtomicBool::new(true).named("flag").load(Relaxed));
    let lock = B::Mutex::new(4).named("lock");
    let condvar = B::Condvar::new().named("condition");
    condvar.notify_one();
    assert_eq!(*condvar.wait_while(lock.lock(), |number| *number == 5), 4);
    assert_eq!(*B::RwLock::new(6).named("readers and writers").read(), 6);
    assert_eq!(B::Cell::new(7).named("cell").get(), 7);
});

contract!(a_lock_gives_its_value_to_one_thread_at_a_time, B => {
    let pair = Arc::new(B::Mutex::new((0, 0)));
    let other = Arc::clone(&pair);
    let thread = B::spawn(move || {
        let mut pair = other.lock();
        pair.0 += 1;
        pair.1 += 1;
    });
    {
        let pair = pair.lock();
        assert_eq!(pair.0, pair.1, "the other thread is either done or has not begun");
    }
    thread.join().unwrap();
    assert_eq!(*pair.lock(), (1, 1));
});

contract!(a_cell_holds_what_was_written, B => {
    let cell = Arc::new(B::Cell::new('a'));
    let other = Arc::clone(&cell);
    B::spawn(move || other.set('b')).join().unwrap();
    assert_eq!(cell.get(), 'b');
});

contract!(join_returns_what_the_thread_returns, B => {
    let thread = B::spawn(|| B::spawn(|| 6).join().unwrap() * 7);
    assert_eq!(thread.join().unwrap(), 42);
});

contract!(join_returns_the_panic_of_the_thread, B => {
    let error = B::spawn(|| -> () { std::panic::panic_any("no") }).join().unwrap_err();
    assert_eq!(error.downcast_ref::<&str>(), Some(&"no"));
});

contract!(a_thread_that_yields_sees_what_the_others_do, B => {
    let flag = Arc::new(B::AtomicBool::new(false));
    let other = Arc::clone(&flag);
    let thread = B::spawn(move || other.store(true, Release));
    // The wait is bounded, because an unbounded one may never end under a scheduler that is not fair.
    for _ in 0..3 {
        if flag.load(Acquire) {
            break;
        }
        B::yield_now();
    }
    thread.join().unwrap();
    assert!(flag.load(Acquire));
});

/// Store buffering with relaxed accesses, which tells the memory models apart.
struct StoreBuffering;

impl Scenario for StoreBuffering {
    type Outcome = (i64, i64);

    fn name(&self) -> String {
        "store buffering".to_owned()
    }

    fn run<B: Backend>(&self) -> (i64, i64) {
        let x = Arc::new(B::AtomicI64::new(0));
        let y = Arc::new(B::AtomicI64::new(0));
        let (x2, y2) = (Arc::clone(&x), Arc::clone(&y));
        let thread = B::spawn(move || {
            x2.store(1, Relaxed);
            y2.load(Relaxed)
        });
        y.store(1, Relaxed);
        let here = x.load(Relaxed);
        (here, thread.join().unwrap())
    }

    fn expectations(&self) -> Expectations<(i64, i64)> {
        Expectations::new().interesting_if(|_| true, "any memory model may differ")
    }
}

/// Under sequential consistency one of the two stores comes first, so that both loads cannot see 0; loom
/// allows it, as C11 and processors do.
#[test]
fn each_engine_explores_the_memory_model_that_it_names() {
    let outcomes = |checker: Checker| -> BTreeSet<String> {
        checker
            .report(StoreBuffering)
            .rows
            .into_iter()
            .map(|row| row.outcome)
            .collect()
    };
    let consistent = BTreeSet::from(["(0, 1)", "(1, 0)", "(1, 1)"].map(str::to_owned));
    assert_eq!(outcomes(Checker::new().shuttle_dfs()), consistent);
    let sequential = Checker::new()
        .explorer()
        .memory_model(Memory::SequentialConsistency);
    assert_eq!(outcomes(sequential), consistent);
    let mut weak = consistent;
    weak.insert("(0, 0)".to_owned());
    assert_eq!(outcomes(Checker::new().loom()), weak);
    assert_eq!(outcomes(Checker::new().explorer()), weak);
}

contract!(a_readers_writer_lock_keeps_writers_from_readers, B => {
    let pair = Arc::new(B::RwLock::new((0, 0)));
    let other = Arc::clone(&pair);
    let writer = B::spawn(move || {
        let mut pair = other.write();
        pair.0 += 1;
        pair.1 += 1;
    });
    {
        let pair = pair.read();
        assert_eq!(pair.0, pair.1, "the writer is either done or has not begun");
    }
    writer.join().unwrap();
    assert_eq!(*pair.read(), (1, 1));
});

contract!(a_condition_variable_wakes_who_waits, B => {
    let shared = Arc::new((B::Mutex::new(false), B::Condvar::new()));
    let other = Arc::clone(&shared);
    let waiter = B::spawn(move || {
        let is_set = other.1.wait_while(other.0.lock(), |is_set| !*is_set);
        assert!(*is_set);
    });
    *shared.0.lock() = true;
    shared.1.notify_one();
    waiter.join().unwrap();
    shared.1.notify_all();
});

// It parks only once: shuttle lets a parked thread go on for no reason, as `std` may, and the exploration of
// a loop of parks would never end.
contract!(a_parked_thread_goes_on_when_it_is_unparked, B => {
    let thread = B::spawn(B::park);
    thread.thread().unpark();
    thread.join().unwrap();
    B::current().unpark();
    B::park();
});

/// A thread that yields between its loads, while another stores: it may see 0 every time, but loom leaves out
/// such executions once its thread has yielded.
struct YieldsBetweenLoads;

impl Scenario for YieldsBetweenLoads {
    type Outcome = [i64; 3];

    fn name(&self) -> String {
        "yields between loads".to_owned()
    }

    fn run<B: Backend>(&self) -> [i64; 3] {
        let number = Arc::new(B::AtomicI64::new(0));
        let other = Arc::clone(&number);
        let thread = B::spawn(move || other.store(1, Relaxed));
        let loads = [(); 3].map(|()| {
            let seen = number.load(Relaxed);
            B::yield_now();
            seen
        });
        thread.join().unwrap();
        loads
    }

    fn expectations(&self) -> Expectations<[i64; 3]> {
        Expectations::new()
            .required([0, 0, 0], "the store came last")
            .allowed_if(|_| true, "it came before")
    }
}

#[test]
fn loom_is_not_called_exhaustive_after_a_yield() {
    let report = Checker::new()
        .loom()
        .shuttle_dfs()
        .explorer()
        .report(YieldsBetweenLoads);
    let verdicts: Vec<_> = report
        .engines
        .iter()
        .map(|engine| engine.verdict.kind())
        .collect();
    assert_eq!(verdicts, ["inconclusive", "proved", "proved"], "{report:?}");
    let bounded = Completeness::Bounded(vec![Loom::YIELDS]);
    assert_eq!(report.engines[0].completeness, bounded);
}

/// A wait that may time out, which loom and shuttle do not have.
#[derive(Clone, Copy)]
struct TimesOut {
    says_so: bool,
    /// The value of an atomic that holds 0; while it has this value, the time-out goes unnoticed.
    unless: Option<usize>,
}

impl Scenario for TimesOut {
    type Outcome = bool;

    fn name(&self) -> String {
        "times out".to_owned()
    }

    fn run<B: Backend>(&self) -> bool {
        let lock = B::Mutex::new(0);
        let condvar = B::Condvar::new();
        let (guard, timeout) = (lock.lock(), Duration::from_millis(1));
        match self.unless {
            None => condvar.wait_timeout(guard, timeout).1,
            Some(value) => {
                let word = B::AtomicUsize::new(0);
                condvar.wait_timeout_unless(guard, timeout, &word, value).1
            }
        }
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new()
            .required(true, "nobody notifies")
            .allowed(false, "it returned for no reason")
    }

    fn needs(&self) -> &[Feature] {
        if self.says_so { &[Feature::Timeouts] } else { &[] }
    }
}

#[test]
fn a_scenario_that_needs_time_outs_is_not_offered_where_there_are_none() {
    for unless in [None, Some(1)] {
        let report = every_engine().executions(20).report(TimesOut {
            says_so: true,
            unless,
        });
        let ran: Vec<_> = report.engines.iter().map(|engine| engine.engine).collect();
        assert_eq!(ran, ["explorer", "threads"]);
        // The explorer lets a wait time out at once: no time has to pass.
        assert_eq!(report.engines[0].verdict, Verdict::Proved);
        assert!(
            !report.is_as_expected(),
            "three engines that were asked for have not run"
        );
        let reasons: Vec<_> = report
            .unsuitable
            .iter()
            .map(|engine| engine.reason.as_str())
            .collect();
        assert_eq!(
            reasons,
            [
                "loom models no time-outs, and this needs them",
                "shuttle-dfs models no time-outs, and this needs them",
                "shuttle-random models no time-outs, and this needs them"
            ]
        );
    }
}

#[test]
fn a_scenario_that_does_not_say_that_it_needs_time_outs_is_inconclusive() {
    for unless in [None, Some(1)] {
        let report = Checker::new().loom().shuttle_dfs().report(TimesOut {
            says_so: false,
            unless,
        });
        for engine in &report.engines {
            assert_eq!(engine.verdict.kind(), "inconclusive", "{engine:?}");
            assert!(
                engine
                    .verdict
                    .reason()
                    .is_some_and(|reason| reason.contains("models no time-outs"))
            );
        }
    }
}

/// A loop around waits, none of which may notice that the time is up.
struct WaitsUnnoticed;

impl Scenario for WaitsUnnoticed {
    type Outcome = bool;

    fn name(&self) -> String {
        "waits unnoticed".to_owned()
    }

    fn run<B: Backend>(&self) -> bool {
        let shared = Arc::new((B::Mutex::new(false), B::Condvar::new(), B::AtomicUsize::new(1)));
        let theirs = Arc::clone(&shared);
        let waiter = B::spawn(move || wait_unnoticed::<B>(&theirs, Duration::from_micros(1)));
        *shared.0.lock() = true;
        shared.1.notify_one();
        waiter.join().unwrap()
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new().required(false, "no time-out is noticed")
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::Timeouts]
    }
}

/// Waits until the mutex holds `true`; returns `true` if a time-out was noticed.
fn wait_unnoticed<B: Backend>(
    shared: &(B::Mutex<bool>, B::Condvar, B::AtomicUsize),
    timeout: Duration,
) -> bool {
    let (mut guard, mut noticed) = (shared.0.lock(), false);
    while !*guard {
        let timed_out;
        (guard, timed_out) = shared.1.wait_timeout_unless(guard, timeout, &shared.2, 1);
        noticed |= timed_out;
    }
    noticed
}

#[test]
fn a_time_out_goes_unnoticed_while_the_word_holds_the_value() {
    let report = Checker::new()
        .explorer()
        .threads()
        .executions(500)
        .report(WaitsUnnoticed);
    assert_eq!(report.engines[0].verdict, Verdict::Proved, "no bound: {report:?}");
    assert!(report.is_as_expected(), "{report:?}");
}

/// The time is up while another thread holds the mutex: when that thread notifies, no thread is waiting.
#[test]
fn on_real_threads_an_unnoticed_time_out_misses_no_notification() {
    let shared = Arc::new((Lock::new(false), ConditionVariable::<Std>::new(), Atomic::new(1)));
    let theirs = Arc::clone(&shared);
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(wait_unnoticed::<Std>(&theirs, Duration::from_millis(1))));
    std::thread::sleep(Duration::from_millis(20));
    {
        let mut guard = Lock::lock(&shared.0);
        std::thread::sleep(Duration::from_millis(20));
        *guard = true;
        ConditionVariable::<Std>::notify_one(&shared.1);
    }
    assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Ok(false));
}
