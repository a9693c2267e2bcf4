//! Numbers as reports show them.

use std::time::Duration;

/// Returns a number with commas between its groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns a count with its noun, in the singular for 1.
pub fn count_of(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{} {what}s", grouped(count)),
    }
}

/// Returns a duration with as many digits as matter.
pub fn duration(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds if seconds < 0.000_999_5 => format!("{:.0} µs", seconds * 1e6),
        seconds if seconds < 0.999_95 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            ["0", "999", "1,000", "12,345", "1,234,567"],
            [0, 999, 1000, 12_345, 1_234_567].map(grouped)
        );
        assert_eq!(count_of(1, "thread"), "1 thread");
        assert_eq!(count_of(1_000, "thread"), "1,000 threads");
    }

    #[test]
    fn durations_have_the_unit_that_fits() {
        let micros = [7, 999, 1_000, 999_940, 999_960, 12_340_000].map(Duration::from_micros);
        assert_eq!(
            ["7 µs", "999 µs", "1.0 ms", "999.9 ms", "1.0 s", "12.3 s"],
            micros.map(duration)
        );
    }
}
