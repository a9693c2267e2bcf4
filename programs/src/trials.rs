//! Trying a property on many random values, and shrinking one that fails.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::any::Any;
use std::cell::Cell;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Shrinking ends after so many steps.
const MAX_STEPS: usize = 10_000;

/// At most so many values are passed over for each that is to be tried.
const MOST_PASSED_OVER: u64 = 20;

thread_local! {
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Returns `true` while this thread tries a property: a panic then is a value that fails, and will be
/// reported.
pub fn is_trying() -> bool {
    TRYING.get()
}

/// Returns the number of interleavings above which a program is passed over: by default this one, or what
/// `SELVEDGE_RANDOM_INTERLEAVINGS` says.
///
/// # Panics
///
/// If the variable is no number.
pub fn max_interleavings(default: u64) -> u64 {
    number("SELVEDGE_RANDOM_INTERLEAVINGS").unwrap_or(default)
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is {value:?}, and no number")),
    )
}

/// A number of random values to be tried.
///
/// They are the same in every run. `SELVEDGE_RANDOM_PROGRAMS` sets how many are tried, whatever the test asks
/// for, and another `SELVEDGE_RANDOM_SEED` gives others.
#[derive(Debug, Clone, Copy)]
pub struct Trials {
    count: u64,
    seed: u64,
}

/// A value for which a property does not hold.
#[derive(Debug)]
pub struct Failure<T> {
    /// The smallest such value that was found.
    pub minimal: T,
    /// The message with which the property panicked.
    pub message: String,
    /// The number of values for which the property held before.
    pub passed: u64,
}

impl Trials {
    /// As many trials as this.
    ///
    /// # Panics
    ///
    /// If an environment variable is no number.
    pub fn new(count: u64) -> Self {
        Self {
            count: number("SELVEDGE_RANDOM_PROGRAMS").unwrap_or(count),
            seed: number("SELVEDGE_RANDOM_SEED").unwrap_or(1),
        }
    }

    /// Tries the property until it has held so many times.
    ///
    /// The property panics if it does not hold, and returns `false` for a value that is passed over and not
    /// counted.
    ///
    /// # Panics
    ///
    /// With the smallest value that fails, if one does; and if nearly all values are passed over.
    pub fn hold<T: Display>(self, strategy: &impl Strategy<Value = T>, property: impl FnMut(&T) -> bool) {
        if let Some(failure) = self.failure(strategy, property) {
            let Failure {
                minimal,
                message,
                passed,
            } = failure;
            panic!(
                "{message}\n\nThe smallest program found that fails (after {passed} that do not):\n\n{minimal}"
            );
        }
    }

    /// Tries the property as [`hold`](Self::hold) does; returns the smallest value that fails, if one does.
    ///
    /// # Panics
    ///
    /// If nearly all values are passed over.
    pub fn failure<T>(
        self,
        strategy: &impl Strategy<Value = T>,
        mut property: impl FnMut(&T) -> bool,
    ) -> Option<Failure<T>> {
        let seed: Vec<u8> = self.seed.to_le_bytes().iter().copied().cycle().take(32).collect();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let (mut passed, mut passed_over) = (0, 0);
        while passed < self.count {
            assert!(
                passed_over <= MOST_PASSED_OVER * self.count,
                "{passed_over} values were passed over, and {passed} tried"
            );
            let tree = strategy
                .new_tree(&mut runner)
                .expect("the strategies reject nothing");
            match attempt(&mut property, &tree.current()) {
                Ok(true) => passed += 1,
                Ok(false) => passed_over += 1,
                Err(message) => return Some(shrink(tree, property, message, passed)),
            }
        }
        println!("{passed} values were tried, and {passed_over} passed over");
        None
    }
}

/// Makes a failing value smaller for as long as it fails.
fn shrink<V: ValueTree>(
    mut tree: V,
    mut property: impl FnMut(&V::Value) -> bool,
    message: String,
    passed: u64,
) -> Failure<V::Value> {
    let mut smallest = Failure {
        minimal: tree.current(),
        message,
        passed,
    };
    let mut goes_on = tree.simplify();
    for _ in 0..MAX_STEPS {
        if !goes_on {
            break;
        }
        let value = tree.current();
        goes_on = match attempt(&mut property, &value) {
            Ok(_) => tree.complicate(),
            Err(message) => {
                smallest.minimal = value;
                smallest.message = message;
                tree.simplify()
            }
        };
    }
    smallest
}

/// Tries the property on one value; returns the message with which it panics, if it does.
fn attempt<T>(property: &mut impl FnMut(&T) -> bool, value: &T) -> Result<bool, String> {
    TRYING.set(true);
    let tried = catch_unwind(AssertUnwindSafe(|| property(value)));
    TRYING.set(false);
    tried.map_err(|payload| text(&*payload).to_owned())
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
