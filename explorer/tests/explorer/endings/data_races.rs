//! Data races, and what synchronises.

use super::*;

#[test]
fn a_data_race_names_both_accesses() {
    let write = line!() + 4;
    let body = || {
        let cell = Arc::new(Cell::new(0));
        let theirs = Arc::clone(&cell);
        let thread = thread::spawn(move || theirs.set(1));
        let seen = cell.get();
        thread.join().unwrap();
        seen
    };
    let endings = endings(body);
    assert_eq!(endings.len(), 2, "one for each order");
    for ending in &endings {
        let Ending::DataRace(race) = ending else {
            panic!("{ending:?}")
        };
        let (writer, reader) = if race.first.write {
            (race.first, race.second)
        } else {
            (race.second, race.first)
        };
        assert_eq!(
            (writer.location.line(), reader.location.line()),
            (write, write + 1)
        );
        assert!(writer.write && !reader.write && writer.location.file().ends_with("endings/data_races.rs"));
    }
}

/// Publishes a cell through a flag, with these ways to set and to see it.
fn publish(set: impl Fn(&AtomicBool) + Copy + Send + 'static, see: fn(&AtomicBool) -> bool) -> bool {
    let body = move || {
        let shared = Arc::new((Cell::new(0), AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            theirs.0.set(1);
            set(&theirs.1);
        });
        if see(&shared.1) {
            assert_eq!(shared.0.get(), 1);
        }
        thread.join().unwrap();
    };
    endings(body)
        .iter()
        .any(|ending| matches!(ending, Ending::DataRace(_)))
}

#[test]
fn only_release_and_acquire_synchronise() {
    assert!(!publish(
        |flag| flag.store(true, Release),
        |flag| flag.load(Acquire)
    ));
    assert!(!publish(
        |flag| flag.store(true, SeqCst),
        |flag| flag.load(SeqCst)
    ));
    assert!(publish(
        |flag| flag.store(true, Relaxed),
        |flag| flag.load(Acquire)
    ));
    assert!(publish(
        |flag| flag.store(true, Release),
        |flag| flag.load(Relaxed)
    ));
    // A read-modify-write continues the release sequence, a store of another value ends it.
    assert!(!publish(
        |flag| {
            flag.store(true, Release);
            flag.fetch_or(true, Relaxed);
        },
        |flag| flag.load(Acquire)
    ));
    assert!(publish(
        |flag| {
            flag.store(true, Release);
            flag.store(true, Relaxed);
        },
        |flag| flag.load(Acquire)
    ));
}

#[test]
fn fences_synchronise_relaxed_accesses() {
    let set = |flag: &AtomicBool| {
        fence(Release);
        flag.store(true, Relaxed);
    };
    let see = |flag: &AtomicBool| {
        let seen = flag.load(Relaxed);
        fence(Acquire);
        seen
    };
    assert!(!publish(set, see));
    assert!(publish(set, |flag| flag.load(Relaxed)));
    assert!(publish(|flag| flag.store(true, Relaxed), see));
}

#[test]
fn locks_joins_and_parking_synchronise() {
    let locked = || {
        let shared = Arc::new((Mutex::new(()), Cell::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _guard = shared.0.lock().unwrap();
                shared.1.set(shared.1.get() + 1);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.1.get()
    };
    assert_eq!(outcomes(locked), BTreeSet::from([2]));
    let parked = || {
        let cell = Arc::new(Cell::new(0));
        let (theirs, main) = (Arc::clone(&cell), thread::current());
        let thread = thread::spawn(move || {
            theirs.set(1);
            main.unpark();
        });
        thread::park();
        let seen = cell.get();
        thread.join().unwrap();
        seen
    };
    let (endings_of_parked, _) = endings_with(&strict(), parked);
    assert_eq!(endings_of_parked, BTreeSet::from([Ending::Finished(1)]));
    let read_locked = || {
        let shared = Arc::new((RwLock::new(()), Cell::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _guard = shared.0.read().unwrap();
                shared.1.set(1);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let all = endings(read_locked);
    assert!(
        all.iter().all(|ending| matches!(ending, Ending::DataRace(_))),
        "readers exclude nobody"
    );
}
