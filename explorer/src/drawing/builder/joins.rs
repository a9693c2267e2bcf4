//! The joins of a drawing: rows that belong together.

use crate::Interleaving;
use crate::drawing::findings::Findings;
use crate::drawing::findings::deadlock::acquisitions;
use crate::drawing::findings::wakeups::too_early;
use crate::drawing::model::{Join, JoinKind, Row};

/// Returns the joins between the rows that are left after folding.
pub(super) fn joins(interleaving: &Interleaving, rows: &[Row], findings: &Findings) -> Vec<Join> {
    let row_of = |index: &usize| rows.iter().position(|row| row.step() == Some(index + 1));
    let mut joins: Vec<Join> = Vec::new();
    for lost in findings.lost.iter().chain(&findings.possibly_lost) {
        let ends = [lost.read, lost.store];
        joins.push(Join {
            kind: JoinKind::LostUpdate,
            rows: ends.iter().chain(&lost.missed).filter_map(row_of).collect(),
        });
    }
    if let Some((first, second)) = findings.race {
        joins.push(Join {
            kind: JoinKind::DataRace,
            rows: [first, second].iter().filter_map(row_of).collect(),
        });
    }
    let stuck = findings.stuck();
    for (number, thread) in stuck.iter().enumerate() {
        let waiting = rows.len() - stuck.len() + number;
        let mut causes = acquisitions(interleaving, thread);
        causes.extend(too_early(interleaving, thread));
        joins.push(Join {
            kind: JoinKind::Waits,
            rows: causes.iter().filter_map(row_of).chain([waiting]).collect(),
        });
    }
    joins.iter_mut().for_each(|join| join.rows.sort_unstable());
    joins.retain(|join| join.rows.len() > 1);
    joins.sort_by_key(|join| join.rows[0]);
    joins
}
