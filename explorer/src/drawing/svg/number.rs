//! Numbers, as an SVG file has them.

use std::fmt;

/// A number that is written with at most two decimals.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", (self.0 * 100.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_two_decimals() {
        let numbers = [1.0, 0.1 + 0.2, 8.4, 1.0 / 3.0, -2.004, 1e6].map(|number| Number(number).to_string());
        assert_eq!(numbers, ["1", "0.3", "8.4", "0.33", "-2", "1000000"]);
    }
}
