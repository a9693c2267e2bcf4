//! Bugs that were reported in public, each reduced to the few operations that matter, beside its fix: the
//! explorer refutes the one and proves the other.

mod data_races;
mod locks;
mod polling;
mod values;
mod waits;

use super::support::{EXPLORER, explore};
use selvedge::engine::Engine;
use selvedge::{Scenario, Verdict};

/// The number of executions within which the explorer must find out about each of them.
const EXECUTIONS: u64 = 1_000;

/// Defines a test of a reported bug: the report, the program generic over its backend (with the fix or without
/// it), what is expected of it, and the beginning of the reason for which it is refuted.
macro_rules! reported {
    (
        $name:ident, $report:literal, refuted: $refuted:literal, $outcome:ty: $expectations:expr,
        |$backend:ident, $fixed:ident| $body:block
    ) => {
        #[test]
        fn $name() {
            struct Program {
                fixed: bool,
            }

            impl selvedge::Scenario for Program {
                type Outcome = $outcome;

                fn name(&self) -> String {
                    $report.to_owned()
                }

                fn run<$backend: selvedge::backend::Backend>(&self) -> $outcome {
                    let $fixed = self.fixed;
                    $body
                }

                fn expectations(&self) -> selvedge::Expectations<$outcome> {
                    $expectations
                }

                fn needs(&self) -> &[selvedge::backend::Feature] {
                    &[selvedge::backend::Feature::Timeouts]
                }
            }

            crate::reported::tell_apart([false, true].map(|fixed| Program { fixed }), $refuted);
        }
    };
}
use reported;

/// Checks that the explorer refutes the first program, for this reason, and proves the second.
fn tell_apart<S: Scenario>([broken, fixed]: [S; 2], refuted: &str) {
    let (exploration, verdict) = explore(broken, &EXPLORER);
    match &verdict {
        Verdict::Refuted(reason) => assert!(reason.starts_with(refuted), "{reason}"),
        other => panic!("{}: {other:?}", EXPLORER.name()),
    }
    assert!(exploration.executions <= EXECUTIONS, "{}", exploration.executions);
    let (exploration, verdict) = explore(fixed, &EXPLORER);
    assert_eq!(verdict, Verdict::Proved, "{:?}", exploration.outcomes);
    assert!(exploration.executions <= EXECUTIONS, "{}", exploration.executions);
}
