//! Programs with few interleavings, told from others without executing all that is too much.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use selvedge_explorer::{Explorer, Mode, Progress};

/// No estimate is believed before so many executions.
const AT_LEAST: u64 = 100;

/// No estimate is believed that says less than so many times the limit.
const TOO_MANY: f64 = 20.0;

/// No more executions are given up than so many times the limit.
const MANY_IN_VAIN: u64 = 20;

/// Returns an explorer of all interleavings that is cut short if there are more than this limit: after as
/// many executions, or as soon as the estimate leaves no doubt; or if it gives up many more than this limit.
pub(crate) fn at_most(limit: u64, explorer: &Explorer) -> Explorer {
    let explorer = explorer.clone().mode(Mode::Enumeration).executions(Some(limit));
    cut_short_if(&explorer, move |progress| {
        let estimate = progress.estimated_executions.unwrap_or(0.0);
        let too_many = progress.executions >= AT_LEAST && estimate > TOO_MANY * limit as f64;
        too_many || is_in_vain(progress, limit)
    })
}

/// Returns an explorer that is cut short if it gives up many more executions than this limit.
pub(crate) fn few_in_vain(limit: u64, explorer: &Explorer) -> Explorer {
    cut_short_if(explorer, move |progress| is_in_vain(progress, limit))
}

fn is_in_vain(progress: &Progress, limit: u64) -> bool {
    progress.given_up > MANY_IN_VAIN * limit
}

/// Returns an explorer that is cut short as soon as its progress has once been so.
fn cut_short_if(
    explorer: &Explorer,
    is_hopeless: impl Fn(&Progress) -> bool + Send + Sync + 'static,
) -> Explorer {
    let hopeless = Arc::new(AtomicBool::new(false));
    let interrupt = Some(Arc::clone(&hopeless));
    explorer
        .clone()
        .interrupt(interrupt)
        .progress(Duration::ZERO, move |progress| {
            hopeless.fetch_or(is_hopeless(progress), Relaxed);
        })
}
