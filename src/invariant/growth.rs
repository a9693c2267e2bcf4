//! The growth of the domains: they must hold every value that can occur.
//!
//! When a thread has done k of its n steps, an object has had k·c from it, and some partial sum of the step that it is
//! in. So its values lie between the initial one plus, over all threads, the least and the greatest of these.

use super::checker::{Domain, Object};
use super::value::Shape;

/// What the steps of so many threads do to one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    pub(super) threads: usize,
    pub(super) change: i64,
    /// The least and the greatest partial sum; 0 is one.
    pub(super) least: i64,
    pub(super) greatest: i64,
}

impl Effect {
    /// Returns the least and the greatest sum of one thread in n iterations; `None` if it has none for every n.
    fn reach(self, iterations: Option<u64>) -> Option<(i128, i128)> {
        let (change, least, greatest) = (
            i128::from(self.change),
            i128::from(self.least),
            i128::from(self.greatest),
        );
        match iterations {
            None if change == 0 => Some((least, greatest)),
            None => None,
            Some(0) => Some((0, 0)),
            Some(n) => {
                let (all, all_but_one) = (i128::from(n) * change, i128::from(n - 1) * change);
                Some((
                    all.min(all_but_one.min(0) + least),
                    all.max(all_but_one.max(0) + greatest),
                ))
            }
        }
    }
}

/// The values of a flag.
const FLAG: Shape = Shape::Range(0, 1);

/// Returns the domain that an object needs, which holds the one that it has.
///
/// # Errors
///
/// The reason, if there is none.
pub(super) fn grown(
    object: &Object,
    effects: &[Effect],
    iterations: Option<u64>,
    own_iterations: u64,
) -> Result<Domain, String> {
    let is_written = effects
        .iter()
        .any(|effect| (effect.change, effect.least, effect.greatest) != (0, 0, 0));
    // A flag has two values. If they all have been read and the sums still lie beyond, it is no sum.
    if is_written && object.shape == FLAG && object.domain != Domain::Interval(0, 1) {
        return Ok(Domain::Interval(0, 1));
    }
    let opaque = object.shape == Shape::Opaque;
    let iterations = if opaque { Some(own_iterations) } else { iterations };
    let mut ends = (i128::from(object.initial), i128::from(object.initial));
    for effect in effects {
        let Some((least, greatest)) = effect.reach(iterations) else {
            return Err(format!(
                "{} changes by {:+} in each iteration, so not every value that it takes for every n can be read; \
                 a number of the type `P::Int` need not be",
                object.name(),
                effect.change
            ));
        };
        let threads = effect.threads as i128;
        ends = (ends.0 + threads * least, ends.1 + threads * greatest);
    }
    let (first, last) = match object.shape {
        Shape::Opaque => (i64::MIN, i64::MAX),
        Shape::Range(first, last) => (first, last),
    };
    if ends.0 < i128::from(first) || ends.1 > i128::from(last) {
        return Err(format!(
            "{} may take values from {} to {}, and holds none but those from {first} to {last}",
            object.name(),
            ends.0,
            ends.1
        ));
    }
    Ok(match object.domain {
        Domain::Any => Domain::Any,
        Domain::Interval(..) if opaque && is_written => Domain::Any,
        Domain::Interval(least, greatest) => {
            Domain::Interval(least.min(ends.0 as i64), greatest.max(ends.1 as i64))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCKED: Effect = Effect {
        threads: 1,
        change: 2,
        least: 0,
        greatest: 2,
    };

    #[test]
    fn a_thread_reaches_what_its_iterations_add_up_to_and_what_lies_within_one() {
        assert_eq!(LOCKED.reach(Some(10)), Some((0, 20)));
        assert_eq!(LOCKED.reach(Some(0)), Some((0, 0)));
        assert_eq!(LOCKED.reach(None), None);
        let there_and_back = Effect {
            change: 1,
            least: -3,
            greatest: 4,
            ..LOCKED
        };
        assert_eq!(there_and_back.reach(Some(10)), Some((-3, 13)));
        let restored = Effect {
            change: 0,
            ..there_and_back
        };
        assert_eq!(restored.reach(None), Some((-3, 4)));
    }
}
