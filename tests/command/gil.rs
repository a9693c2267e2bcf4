//! `selvedge gil`: the GIL, measured.

use crate::support::{list, selvedge};
use serde_json::Value;

#[test]
fn a_small_measurement_is_done_and_judges_nothing() {
    let ran = selvedge("gil --iterations 12_345 --runs 2").code(0);
    let begins = "The GIL, measured: 2 threads that count";
    assert!(ran.quietly().stdout.starts_with(begins), "{}", ran.stdout);
    ran.shows("\n       12,345  ")
        .shows("The best of 2 runs each")
        .shows("switch interval of 5.0 ms.")
        .shows("\n  thread 1   ")
        .shows("\n  thread 2   ")
        .hides("\u{1b}");
    assert!(ran.stdout.ends_with("\nCounting done!\n"), "{}", ran.stdout);
}

#[test]
fn the_seed_s_size_comes_first_and_then_one_that_is_large_enough() {
    let document = selvedge("gil --runs 1 --format json").code(0).json();
    let [first, second] = list(&document["sizes"]) else {
        panic!("two sizes: {document}")
    };
    assert_eq!(first["iterations"], 1_000_000);
    let large = second["iterations"].as_u64().expect("a number");
    assert!(large >= 1_000_000 && large.is_multiple_of(1_000_000), "{large}");
}

#[test]
fn the_document_has_what_was_measured() {
    let line = "gil --iterations 300000 --threads 3 --runs 2 --interval 20us --format json";
    let document = selvedge(line).code(0).json();
    assert_eq!(document["schema"], 1);
    assert_eq!((&document["threads"], &document["runs"]), (&3.into(), &2.into()));
    assert_eq!(document["interval_seconds"], 20e-6);
    assert_eq!(document["interrupted"], false);
    assert_eq!(document["outcome"], "Counting done!");
    assert!(!list(&document["conclusions"]).is_empty());
    let size = &document["sizes"][0];
    let seconds = |value: &Value| value.as_f64().expect("a number");
    let rounds = list(&size["rounds"]);
    assert_eq!(rounds.len(), 2);
    for way in ["in_sequence_seconds", "free_seconds", "gil_seconds"] {
        let times = rounds.iter().map(|round| seconds(&round[way]));
        let best = times.fold(f64::MAX, f64::min);
        assert_eq!(seconds(&size["best"][way]), best, "{way}");
    }
    let holders = list(&size["holders"]);
    assert_eq!(holders.len(), 3);
    let count = |value: &Value| value.as_u64().expect("a count");
    let sum = |field: &str| holders.iter().map(|holder| count(&holder[field])).sum::<u64>();
    assert_eq!(size["forced_switches"], sum("forced_switches"));
    assert_eq!(sum("turns"), sum("forced_switches") + 3);
    for holder in holders {
        let stretches = list(&holder["stretches"]).iter();
        let turns: u64 = stretches.map(|stretch| count(&stretch["turns"])).sum();
        assert_eq!(holder["turns"], turns);
    }
}

#[test]
fn many_threads_with_the_least_interval_get_to_the_end() {
    selvedge("gil --iterations 20000 --threads 64 --interval 1us --runs 1")
        .code(0)
        .shows("\n  thread 64  ");
    selvedge("gil --iterations 5 --threads 1 --interval 18446744073709551615s").code(0);
}
