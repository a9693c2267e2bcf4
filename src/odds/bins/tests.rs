use super::*;
use crate::scenario::Size;
use std::time::Duration;

fn odds(endings: impl IntoIterator<Item = (String, &'static str)>) -> Odds {
    let endings = endings.into_iter().map(|(ending, kind)| EndingOdds {
        ending,
        kind,
        interleavings: Count::from(2_u64),
        traces: Some(Count::from(1_u64)),
        share: 0.25,
        picked: 0.5,
    });
    Odds {
        scenario: "made".to_owned(),
        size: Size {
            threads: 2,
            iterations: 1,
        },
        states: 1,
        interleavings: Count::from(2_u64),
        traces: None,
        bounds: None,
        endings: endings.collect(),
        elapsed: Duration::ZERO,
    }
}

fn values(values: impl IntoIterator<Item = i64>) -> impl Iterator<Item = (String, &'static str)> {
    values.into_iter().map(|value| (value.to_string(), "finished"))
}

fn labels(rows: &Rows) -> Vec<&str> {
    rows.rows.iter().map(|row| row.label.as_str()).collect()
}

#[test]
fn few_endings_have_a_row_each() {
    let few = odds(values([-1, 0, 2]).chain([("deadlock".to_owned(), "deadlock")]));
    let rows = rows(&few, 4);
    assert_eq!(
        (labels(&rows), rows.together),
        (vec!["−1", "0", "2", "deadlock"], None)
    );
    let follows: Vec<bool> = rows.rows.iter().map(|row| row.follows).collect();
    assert_eq!(follows, [false, true, false, false]);
}

#[test]
fn many_values_are_put_together_around_the_middle() {
    let rows = rows(&odds(values(-50..=50)), 25);
    assert_eq!((rows.rows.len(), rows.together), (21, Some(5)));
    let labels = labels(&rows);
    assert_eq!(
        (labels[0], labels[10], labels[20]),
        ("−50 to −48", "−2 to 2", "48 to 50")
    );
    assert_eq!(rows.rows[10].interleavings, Count::from(10_u64));
    assert_eq!(rows.rows[0].traces, Some(Count::from(3_u64)));
    assert_eq!((rows.rows[10].share, rows.rows[10].picked), (1.25, 2.5));
    assert!(rows.rows[1..].iter().all(|row| row.follows));
}

/// At each size: no more rows than asked for, nothing lost, and the mirror image of a bin is a bin.
#[test]
fn bins_fit_and_mirror_each_other() {
    for most in 3..30 {
        for reach in 0..120 {
            let rows = rows(&odds(values(-reach..=reach)), most);
            assert!(rows.rows.len() <= most, "{reach} in {most}: {:?}", labels(&rows));
            let mut sum = Count::ZERO;
            rows.rows.iter().for_each(|row| sum += row.interleavings);
            assert_eq!(sum, Count::from(2 * (2 * reach as u64 + 1)));
            let counts: Vec<Count> = rows.rows.iter().map(|row| row.interleavings).collect();
            let mirrored: Vec<Count> = counts.iter().rev().copied().collect();
            assert_eq!(counts, mirrored, "{reach} in {most}");
        }
        for reach in 0..120 {
            let rows = rows(&odds(values(0..=reach)), most);
            assert!(rows.rows.len() <= most, "{reach} in {most}: {:?}", labels(&rows));
        }
    }
}

#[test]
fn far_values_and_other_endings_fit_too() {
    let far = odds(values([i64::MIN, 0, i64::MAX]).chain([("panic: no".to_owned(), "panic")]));
    let found = rows(&far, 5);
    assert_eq!(found.rows.len(), 4, "{:?}", labels(&found));
    assert_eq!(labels(&found)[3], "panic: no");
    // The bin in the middle has its place between two others, so two bins are not possible.
    let one = format!("−{} to {}", i64::MIN.unsigned_abs(), i64::MAX);
    assert_eq!(labels(&rows(&far, 3)), [&*one, "panic: no"]);
    let words = (0..40).map(|number| (format!("word {number}"), "finished"));
    let found = rows(&odds(words), 25);
    assert_eq!((found.rows.len(), found.together), (25, None));
    assert_eq!(labels(&found)[23..], ["word 23", "16 others"]);
    assert_eq!(found.rows[24].interleavings, Count::from(32_u64));
}
