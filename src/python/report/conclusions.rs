//! The conclusions from a measurement of the GIL, in plain sentences that are true of its numbers.

use crate::numbers::{count_of, duration};
use crate::python::measurement::{Measured, Measurement, Round};
use std::time::Duration;

/// Times that differ by less than this factor count as equal.
const NOISE: f64 = 1.1;

/// A time in sequence below this is too short: to wake a thread takes up to a tenth of a millisecond, and
/// more on a busy machine.
const SHORT: Duration = Duration::from_millis(10);

/// Returns the conclusions from the largest size with a finished round; none if there is no such size.
pub fn conclusions(measurement: &Measurement) -> Vec<String> {
    let finished = |size: &&Measured| size.best().is_some();
    let Some(size) = measurement.sizes.iter().rfind(finished) else {
        return Vec::new();
    };
    let Some(best) = size.best() else {
        return Vec::new();
    };
    if measurement.plan.threads == 1 {
        return vec![
            "One thread alone has nobody to wait for, and nobody asks it for the GIL: to see more takes two of them."
                .to_owned(),
        ];
    }
    let mut conclusions = match best.in_sequence < SHORT {
        true => vec![too_short(best)],
        false => vec![under_the_gil(best), free(measurement, best)],
    };
    conclusions.push(switches(measurement, size));
    conclusions
}

fn too_short(best: Round) -> String {
    format!(
        "All of this takes only {} in sequence. In so short a time the threads hardly meet, and what the GIL costs cannot \
         be seen: count further, with `--iterations`.",
        duration(best.in_sequence)
    )
}

fn under_the_gil(best: Round) -> String {
    let ratio = best.gil_ratio();
    let (gil, in_sequence) = (duration(best.gil), duration(best.in_sequence));
    if ratio > NOISE {
        return format!(
            "Under the GIL the threads took {gil}, which is less than the {in_sequence} in sequence, although only \
             one of them counts at a time. The GIL cannot do that: this run was disturbed. Try again, with more \
             `--runs`."
        );
    }
    let comparison = match 1.0 / ratio {
        factor if factor > NOISE => format!("{factor:.2} times as long as"),
        _ => "about as long as".to_owned(),
    };
    format!(
        "The GIL is a mutex: whoever does not hold it waits, however many processors are idle. Under it the threads \
         took {gil}, {comparison} the {in_sequence} that they take one after the other."
    )
}

fn free(measurement: &Measurement, best: Round) -> String {
    let ratio = best.free_ratio();
    let took = format!("{}, {ratio:.2} times as fast as in sequence", duration(best.free));
    match measurement.processors {
        Some(1) => format!(
            "This program may use only one processor. Threads that are free share it too, and cannot be faster than \
             in sequence: what the GIL costs cannot be seen here. They took {took}."
        ),
        _ if ratio > NOISE => {
            format!("Free of the GIL the threads counted at the same time: they took {took}.")
        }
        _ => format!(
            "Free of the GIL the threads could have been faster, and in this run they were not: they took {took}. \
             Perhaps other programs keep the processors busy. What the GIL costs cannot be seen in this run."
        ),
    }
}

fn switches(measurement: &Measurement, size: &Measured) -> String {
    let interval = duration(measurement.plan.interval);
    match size.forced() {
        0 => "No thread had to drop the GIL on request: each held it from its first count to its last."
            .to_owned(),
        forced => format!(
            "A thread that has waited for the switch interval, {interval}, asks for the GIL, and the holder drops it \
             at its next look at the eval breaker: in the best run that happened {}.",
            count_of(forced, "time")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::gil::History;
    use crate::python::measurement::Plan;

    /// Returns a measurement of two threads with these times in milliseconds: in sequence, free, and under
    /// the GIL.
    fn measurement(processors: usize, [in_sequence, free, gil]: [u64; 3]) -> Measurement {
        let ms = Duration::from_millis;
        Measurement {
            plan: Plan::default(),
            processors: Some(processors),
            sizes: vec![Measured {
                iterations: 1_000,
                rounds: vec![Round {
                    in_sequence: ms(in_sequence),
                    free: ms(free),
                    gil: ms(gil),
                }],
                histories: vec![History::default(); 2],
            }],
            is_interrupted: false,
            is_debug_build: false,
        }
    }

    const MUTEX: &str =
        "The GIL is a mutex: whoever does not hold it waits, however many processors are idle. ";

    #[test]
    fn the_gil_costs_the_second_processor() {
        let [gil, free, switches] = &conclusions(&measurement(2, [400, 205, 410]))[..] else {
            panic!("three sentences")
        };
        assert_eq!(
            *gil,
            format!(
                "{MUTEX}Under it the threads took 410.0 ms, about as long as the 400.0 ms that they take one after the \
                 other."
            )
        );
        assert_eq!(
            free,
            "Free of the GIL the threads counted at the same time: they took 205.0 ms, 1.95 times as fast as in \
             sequence."
        );
        assert_eq!(
            switches,
            "No thread had to drop the GIL on request: each held it from its first count to its last."
        );
    }

    #[test]
    fn longer_than_in_sequence_is_said_in_numbers() {
        let sentences = conclusions(&measurement(2, [400, 205, 520]));
        assert!(
            sentences[0].ends_with(
                "took 520.0 ms, 1.30 times as long as the 400.0 ms that they take one after the other."
            ),
            "{}",
            sentences[0]
        );
    }

    #[test]
    fn what_is_not_seen_is_not_claimed() {
        let sentences = conclusions(&measurement(2, [400, 390, 410]));
        assert_eq!(
            sentences[1],
            "Free of the GIL the threads could have been faster, and in this run they were not: they took 390.0 ms, \
             1.03 times as fast as in sequence. Perhaps other programs keep the processors busy. What the GIL costs \
             cannot be seen in this run."
        );
    }

    #[test]
    fn faster_under_the_gil_is_a_disturbance() {
        let sentences = conclusions(&measurement(2, [400, 205, 300]));
        assert!(
            sentences[0].contains("The GIL cannot do that: this run was disturbed."),
            "{}",
            sentences[0]
        );
        assert!(!sentences[0].contains("mutex"));
    }

    #[test]
    fn a_short_time_shows_nothing() {
        let sentences = conclusions(&measurement(2, [9, 5, 9]));
        assert_eq!(sentences.len(), 2);
        assert!(
            sentences[0].starts_with("All of this takes only 9.0 ms in sequence."),
            "{}",
            sentences[0]
        );
        assert_eq!(conclusions(&measurement(2, [10, 5, 10])).len(), 3);
    }

    #[test]
    fn one_processor_cannot_show_it() {
        let sentences = conclusions(&measurement(1, [400, 402, 410]));
        assert!(
            sentences[1].starts_with("This program may use only one processor."),
            "{}",
            sentences[1]
        );
        assert!(sentences[1].ends_with("They took 402.0 ms, 1.00 times as fast as in sequence."));
    }

    #[test]
    fn one_thread_has_nobody_to_wait_for() {
        let mut alone = measurement(2, [400, 400, 400]);
        alone.plan.threads = 1;
        assert_eq!(conclusions(&alone).len(), 1);
        assert!(conclusions(&alone)[0].starts_with("One thread alone"));
    }

    #[test]
    fn nothing_is_said_of_what_was_not_finished() {
        let mut interrupted = measurement(2, [400, 205, 410]);
        let unfinished = Measured {
            iterations: 1_000_000,
            rounds: Vec::new(),
            histories: Vec::new(),
        };
        interrupted.sizes.push(unfinished.clone());
        assert!(
            conclusions(&interrupted)[0].contains("410.0 ms"),
            "the size before it counts"
        );
        interrupted.sizes = vec![unfinished];
        assert_eq!(conclusions(&interrupted), Vec::<String>::new());
    }
}
