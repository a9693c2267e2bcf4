//! Loops that poll, as published code has them.

use super::reported;
use selvedge::Expectations;
use selvedge::backend::{Atomic, Join};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

// A bounded queue polls three places: its stamp, its head and its tail. This one forgets one of them.
reported!(three_places_are_polled, "concurrent-queue, bounded", refuted: "Finished", bool:
    Expectations::new().required(true, "all are set"),
    |B, fixed| {
        let flags = Arc::new([(); 3].map(|()| B::AtomicBool::new(false)));
        let shared = Arc::clone(&flags);
        let thread = B::spawn(move || {
            for flag in shared.iter() {
                flag.store(true, Release);
            }
        });
        let polled = if fixed { 3 } else { 2 };
        while !flags[..polled].iter().fold(true, |all, flag| all & flag.load(Acquire)) {
            B::yield_now();
        }
        let are_set = flags[2].load(Relaxed);
        thread.join().unwrap();
        are_set
    }
);
