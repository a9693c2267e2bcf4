//! Large counts and small odds, as text shows them.

use super::{Count, EndingOdds};
use selvedge_explorer::drawing::with_minus;

/// Returns a count in at most so many columns, if that is possible: in full, or rounded as a power of ten.
pub(super) fn count(count: Count, columns: usize) -> String {
    let digits = count.to_string();
    let full = grouped(&digits);
    if full.len() <= columns {
        return full;
    }
    let rounded = scientific(&digits, 2, " × ");
    match rounded.chars().count() <= columns {
        true => rounded,
        false => scientific(&digits, 1, "×"),
    }
}

/// Returns digits with commas between groups of three.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns a number, given by its digits, rounded to so many decimals.
fn scientific(digits: &str, decimals: usize, times: &str) -> String {
    // The digits that stay, and one more to round by; a number has fewer than 300, so 2^64 is not reached.
    let head = &digits[..digits.len().min(decimals + 2)];
    let exponent = digits.len() - 1;
    let missing = (decimals + 2 - head.len()) as u32;
    let number: u64 = head.parse::<u64>().expect("these are digits") * 10_u64.pow(missing);
    let rounded = (number + 5) / 10;
    let one = 10_u64.pow(decimals as u32);
    let (rounded, exponent) = match rounded == 10 * one {
        true => (one, exponent + 1),
        false => (rounded, exponent),
    };
    let (whole, part) = (rounded / one, rounded % one);
    format!("{whole}.{part:0decimals$}{times}10^{exponent}")
}

/// Returns odds in percent; those that are neither 0 nor 1 are not rounded to it.
pub(super) fn percent(odds: f64) -> String {
    match odds * 100.0 {
        0.0 => "0%".to_owned(),
        100.0 => "100%".to_owned(),
        percent if percent < 0.005 => "<0.01%".to_owned(),
        // Sums of many small numbers may be a little less than 1.
        percent if percent >= 100.0 - 1e-9 => "100%".to_owned(),
        percent if percent >= 99.995 => ">99.99%".to_owned(),
        percent => format!("{percent:.2}%"),
    }
}

/// Returns a sentence about the ending that has the most interleavings.
pub(super) fn most_frequent(ending: &EndingOdds) -> String {
    format!(
        "The most frequent is {}: {} if all interleavings are alike, {} if threads are picked.",
        with_minus(&ending.ending),
        percent(ending.share),
        percent(ending.picked)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_do_not_fit_are_rounded() {
        let large = Count::from(12_353_273_443_680_512_716_u64);
        assert_eq!(count(large, 26), "12,353,273,443,680,512,716");
        assert_eq!(count(large, 25), "1.24 × 10^19");
        assert_eq!(count(large, 11), "1.2×10^19");
        assert_eq!(count(Count::from(9_996_000_u64), 8), "1.0×10^7");
        assert_eq!(count(Count::from(9_994_999_u64), 8), "1.0×10^7");
        assert_eq!(count(Count::from(9_994_u64), 4), "1.0×10^4");
        assert_eq!(count(Count::from(9_449_u64), 4), "9.4×10^3");
        assert_eq!(count(Count::from(99_950_000_000_000_u64), 12), "1.00 × 10^14");
        assert_eq!(count(Count::from(6_u64), 1), "6");
    }

    #[test]
    fn odds_are_not_rounded_to_never_or_always() {
        let odds = [0.0, 1e-30, 0.00005, 1.0 / 3.0, 0.99994, 0.99996, 1.0 - 1e-15, 1.0];
        assert_eq!(
            odds.map(percent),
            [
                "0%", "<0.01%", "0.01%", "33.33%", "99.99%", ">99.99%", "100%", "100%"
            ]
        );
    }
}
