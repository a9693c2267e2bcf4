//! Budgets, bounds and nondeterminism.

use super::*;

#[test]
fn nondeterminism_is_explained() {
    let turn = StdCell::new(0);
    let counter = std::rc::Rc::new(AtomicLine::default());
    let line = std::rc::Rc::clone(&counter);
    let body = move || {
        turn.set(turn.get() + 1);
        let value = Arc::new(AtomicI64::new(0));
        let theirs = Arc::clone(&value);
        if turn.get() < 3 {
            line.0.set(line!() + 1);
            value.load(SeqCst);
        } else {
            value.store(1, SeqCst);
        }
        let thread = thread::spawn(move || theirs.store(2, SeqCst));
        value.store(3, SeqCst);
        thread.join().unwrap();
        value.fetch_add(1, SeqCst);
        choose(3);
    };
    let error = Explorer::new().explore(body, |_| ()).unwrap_err();
    assert_eq!((error.step, error.thread.to_string().as_str()), (0, "main"));
    let Observation::Announced {
        operation, location, ..
    } = &*error.before
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*operation, location.line()),
        (OperationKind::Load(SeqCst), counter.0.get())
    );
    let Observation::Announced {
        operation, location, ..
    } = &*error.now
    else {
        panic!("{error}")
    };
    assert_eq!(*operation, OperationKind::Store(SeqCst, 1));
    assert_eq!(location.line(), counter.0.get() + 2);
    assert!(error.to_string().contains("does not repeat itself"), "{error}");
}

#[derive(Default)]
struct AtomicLine(StdCell<u32>);

#[test]
fn budgets_cut_an_exploration_short() {
    let few = explore(&Explorer::new().executions(Some(10)), counter(3));
    assert_eq!(
        (few.executions, few.completeness),
        (10, Completeness::CutShort(Cut::Executions))
    );
    let enough = explore(&Explorer::new().executions(Some(328)), counter(3));
    assert_eq!(
        (enough.executions, enough.completeness),
        (328, Completeness::Exhaustive)
    );
    let late = explore(&Explorer::new().time(Some(Duration::ZERO)), counter(3));
    assert_eq!(
        (late.executions, late.completeness),
        (1, Completeness::CutShort(Cut::Time))
    );
    let flag = std::sync::Arc::new(StdAtomicBool::new(true));
    let interrupted = explore(&Explorer::new().interrupt(Some(flag)), counter(3));
    assert_eq!(interrupted.completeness, Completeness::CutShort(Cut::Interrupted));
}

#[test]
fn progress_is_reported_with_an_estimate() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let theirs = std::sync::Arc::clone(&seen);
    let explorer = Explorer::new().progress(Duration::ZERO, move |progress| {
        theirs.lock().unwrap().push(progress.share_done)
    });
    explore(&explorer, counter(4));
    let shares = seen.lock().unwrap();
    assert_eq!(shares.len(), 3334 / 64);
    assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
    assert!(shares.last() > shares.first());
}

#[test]
fn a_preemption_bound_leaves_out_interleavings() {
    // One increment in each of two threads: 6 interleavings, of which 2 have no preemption, and 2
    // have one.
    let bounded = |bound| explore(&Explorer::new().preemption_bound(Some(bound)), counter(1));
    assert_eq!(bounded(0).executions, 2);
    assert_eq!(bounded(0).completeness.to_string(), "bounded by preemptions");
    assert_eq!(bounded(1).executions, 4);
    assert_eq!(
        (bounded(2).executions, bounded(2).completeness),
        (6, Completeness::Exhaustive)
    );
    let all = explore(&Explorer::new().mode(Mode::Enumeration), counter(1));
    assert_eq!(all.executions, 6);
}

#[test]
fn hundreds_of_operations_do_not_overflow_a_stack() {
    let body = || {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || (0..500).for_each(|_| *theirs.lock().unwrap() += 1));
        (0..500).for_each(|_| *lock.lock().unwrap() += 1);
        thread.join().unwrap();
        assert_eq!(*lock.lock().unwrap(), 1000);
    };
    let summary = explore(&Explorer::new().executions(Some(200)), body);
    assert_eq!((summary.executions, summary.failures), (200, 0));
}

#[test]
fn explorations_run_in_parallel_on_many_os_threads() {
    let run = || explore(&Explorer::new(), counter(3)).executions;
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(run)).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 328);
    }
}

#[test]
fn primitives_outside_an_execution_say_so() {
    let panic = std::panic::catch_unwind(|| Mutex::new(0)).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("outside an execution"), "{message}");
}
