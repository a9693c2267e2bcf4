//! One ticket and two buyers: a check, then an act.

use selvedge_explorer::drawing::{Drawing, columns};
use selvedge_explorer::sync::{Arc, atomic::AtomicUsize};
use selvedge_explorer::{Ending, Explorer, Then, thread};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};
use std::sync::atomic::Ordering::SeqCst;

struct Tickets {
    left: AtomicUsize,
}

impl Tickets {
    /// Takes a ticket, if there is one left.
    fn take(&self) -> bool {
        let left = self.left.load(SeqCst);
        if left == 0 {
            return false;
        }
        // Another thread may take the same ticket here.
        self.left.store(left - 1, SeqCst);
        true
    }
}

/// The program under test: it returns the number of buyers who got the only ticket.
fn sell() -> usize {
    let tickets = Arc::new(Tickets {
        left: AtomicUsize::new(1).named("left"),
    });
    let buyers = [(); 2].map(|()| {
        let tickets = Arc::clone(&tickets);
        thread::spawn(move || tickets.take())
    });
    let sold = buyers.map(|buyer| buyer.join().expect("no buyer panics"));
    sold.into_iter().filter(|&got_one| got_one).count()
}

pub(crate) fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // Every interleaving that differs, exactly once.
    let mut executions = BTreeMap::new();
    let summary = Explorer::new().explore(sell, |execution| {
        *executions
            .entry(execution.ending().finished().copied())
            .or_insert(0) += 1;
    })?;
    writeln!(
        out,
        "{} executions, {:?}",
        summary.executions, summary.completeness
    )?;
    for (sold, count) in &executions {
        writeln!(out, "sold: {sold:?}, in {count} of them")?;
    }
    // The shortest interleaving in which both buyers get the ticket, as a drawing.
    let sold = |ending: &Ending<usize>| ending.finished().copied();
    let found = Explorer::new().shortest(sell, sold, &BTreeSet::from([Some(2)]))?;
    for witness in &found.witnesses {
        let replay = Explorer::new().replay(sell, &witness.schedule, Then::RunOn)?;
        let ending = replay.ending.expect("it has run to its end");
        writeln!(out)?;
        columns::write(out, &Drawing::new(&replay.interleaving, &ending), 80)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
