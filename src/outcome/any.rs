//! An outcome whose type is known only at run time.

use std::any::{Any, type_name};
use std::cmp::Ordering;
use std::fmt;

/// An outcome whose type is forgotten: engines, verdicts and reports are compiled once for all scenarios.
///
/// Outcomes of one type compare, print and clone as the values themselves do.
pub struct AnyOutcome(Box<dyn Value>);

/// A value that can be an outcome.
trait Value: Any + Send + fmt::Debug {
    fn cloned(&self) -> Box<dyn Value>;
    fn compare(&self, other: &dyn Value) -> Ordering;
}

impl<O: Ord + Clone + fmt::Debug + Send + 'static> Value for O {
    fn cloned(&self) -> Box<dyn Value> {
        Box::new(self.clone())
    }

    fn compare(&self, other: &dyn Value) -> Ordering {
        let other: &dyn Any = other;
        self.cmp(expected::<O, _>(other.downcast_ref()))
    }
}

/// Returns the outcome, or panics because it has another type than it is taken for.
#[track_caller]
fn expected<O, T>(outcome: Option<T>) -> T {
    outcome.unwrap_or_else(|| {
        panic!(
            "an outcome of another scenario is taken for a `{}`",
            type_name::<O>()
        )
    })
}

impl AnyOutcome {
    /// Forgets the type of an outcome.
    pub fn new(outcome: impl Ord + Clone + fmt::Debug + Send + 'static) -> Self {
        AnyOutcome(Box::new(outcome))
    }

    /// Returns the outcome.
    ///
    /// # Panics
    ///
    /// If it has another type than `O`.
    #[track_caller]
    pub fn get<O: 'static>(&self) -> &O {
        let value: &dyn Any = &*self.0;
        expected::<O, _>(value.downcast_ref())
    }

    /// Returns the outcome itself.
    ///
    /// # Panics
    ///
    /// If it has another type than `O`.
    #[track_caller]
    pub fn into_inner<O: 'static>(self) -> O {
        let value: Box<dyn Any> = self.0;
        *expected::<O, Box<O>>(value.downcast().ok())
    }
}

impl Clone for AnyOutcome {
    fn clone(&self) -> Self {
        AnyOutcome(self.0.cloned())
    }
}

impl fmt::Debug for AnyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for AnyOutcome {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for AnyOutcome {}

impl PartialOrd for AnyOutcome {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AnyOutcome {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.compare(&*other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_behaves_as_the_value_does() {
        let [one, two] = [1i64, 2].map(AnyOutcome::new);
        assert!(one < two && one == one.clone() && one != two);
        assert_eq!(format!("{:?}", AnyOutcome::new(("a", -1))), r#"("a", -1)"#);
        assert_eq!((*two.get::<i64>(), one.into_inner::<i64>()), (2, 1));
    }

    #[test]
    #[should_panic(expected = "an outcome of another scenario is taken for a `u8`")]
    fn an_outcome_is_not_taken_for_another_type() {
        AnyOutcome::new(1i64).get::<u8>();
    }

    #[test]
    #[should_panic(expected = "an outcome of another scenario is taken for a `i64`")]
    fn outcomes_of_different_types_do_not_compare() {
        let _ = AnyOutcome::new(1i64) < AnyOutcome::new(1u8);
    }
}
