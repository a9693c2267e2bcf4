//! The levels of the course: the scenarios of a lesson of an hour, in order, with what to try and what they
//! teach.

use super::{Guide, Level};
use crate::catalogue::{Catalogued, Selection};

/// One level of the course, at any size.
struct Lesson {
    scenario: &'static str,
    title: &'static str,
    tries: &'static [&'static str],
    teaches: &'static [&'static str],
}

const LESSONS: [Lesson; 10] = [
    Lesson {
        scenario: "unlocked",
        title: "Lose an update",
        tries: &[
            "One thread adds 1 to x, the other subtracts 1. Each first loads x, and then stores what it has computed.",
            "Let one thread load. Before it stores, let the other thread do all of its work. Then let the first one \
             store.",
        ],
        teaches: &[
            "This is a lost update: a thread stores a value that it has computed from an old one, and overwrites what \
             the other thread stored in between.",
            "It is a race condition: the result depends on which thread goes when. No single step is wrong.",
            "Most interleavings of a real program may end well. That a test passes proves nothing.",
        ],
    },
    Lesson {
        scenario: "locked",
        title: "One lock around the update",
        tries: &[
            "Try to break it. Let one thread take the lock, and then try to let the other one in.",
            "Look at the numbers: of all interleavings, how many end anywhere but at 0?",
        ],
        teaches: &[
            "Between lock and unlock is the critical section. Only one thread at a time can be in it, so nothing comes \
             between its load and its store.",
            "The threads can still take their turns in either order. A lock does not say who comes first.",
        ],
    },
    Lesson {
        scenario: "wrong-lock",
        title: "A lock of one's own",
        tries: &[
            "Each thread takes a lock, as it should. Lose an update anyway.",
            "Look at the shared state: who holds which lock?",
        ],
        teaches: &[
            "A lock keeps out only those who take the same lock. Two locks make no critical section.",
            "The lock and the data belong together: in Rust a Mutex contains what it guards, so that this mistake is \
             hard to make.",
        ],
    },
    Lesson {
        scenario: "locked-twice",
        title: "A lock around each access",
        tries: &[
            "Each access to x is under the one lock that all threads share. Lose an update anyway.",
            "Find the moment at which the lock is free, and a thread relies on what it has seen before.",
        ],
        teaches: &[
            "There is no data race here, and still there is a race condition: the update as a whole is not in one \
             critical section.",
            "A lock has to be held for as long as a thread relies on what it has read. A tool that looks only for data \
             races finds nothing here.",
        ],
    },
    Lesson {
        scenario: "compare-exchange",
        title: "No lock, and no update lost",
        tries: &[
            "Make a thread's compare_exchange fail: let the other thread store between the load and the exchange.",
            "Then try to lose an update.",
        ],
        teaches: &[
            "A compare-exchange stores only if the value is still the one that the thread expects. It compares and \
             stores in one step: nothing can come between.",
            "If it fails, the thread has lost time, but no update. It tries again with the value that is there now.",
        ],
    },
    Lesson {
        scenario: "data-race",
        title: "A data race",
        tries: &[
            "Try to end without a data race. Does it help to let one thread finish before the other begins?",
            "Compare this level with the first one: the steps are the same.",
        ],
        teaches: &[
            "A data race is two accesses to plain memory, at least one of them a write, that nothing orders. That one \
             came first this time does not order them.",
            "In Rust, C and C++ a program with a data race has no meaning at all: anything may happen. The first level \
             has no data race, because its accesses are atomic; it only loses updates.",
        ],
    },
    Lesson {
        scenario: "python-3.9",
        title: "x += 1 under Python's GIL",
        tries: &[
            "The Global Interpreter Lock lets only one thread run at a time. Lose an update of x += 1 anyway.",
            "Watch for the eval breaker: there the thread gives the GIL back, and takes it again.",
        ],
        teaches: &[
            "x += 1 is several bytecodes. The GIL makes each of them safe, and says nothing about what happens between \
             them.",
            "The GIL protects the interpreter, and not your data.",
        ],
    },
    Lesson {
        scenario: "python-3.10",
        title: "The same in Python 3.10",
        tries: &["Try to lose an update now."],
        teaches: &[
            "Since Python 3.10 a thread gives up the GIL only at jumps and calls. There is none in x += 1, so no update \
             is lost; with a call in it, one can be.",
            "A program that is right by such a detail breaks with the next version. Take a lock.",
        ],
    },
    Lesson {
        scenario: "gil-early-notify",
        title: "A GIL that can stop for ever",
        tries: &[
            "Here the GIL itself is taken apart: a mutex, a flag and a condition variable. In this one a thread notifies \
             too early. Bring the program to a deadlock.",
            "Let one thread have the GIL, do its work and notify, and then let the other one look.",
        ],
        teaches: &[
            "A notification is not kept: it wakes a thread that waits already, or nobody.",
            "First change what the others wait for, and then notify; both under the mutex.",
        ],
    },
    Lesson {
        scenario: "gil",
        title: "The GIL, as CPython has it",
        tries: &["Bring this one to a deadlock, too. Or let the explorer tell you whether it can be done."],
        teaches: &[
            "The same parts in the right order: of all interleavings, none stops for ever, and none lets two threads in.",
            "That is what a proof by exploring can give: not that it went well so far, but that there is no other way \
             for this size.",
        ],
    },
];

/// Returns the scenarios of the course, in order.
pub fn selections() -> impl Iterator<Item = Selection> {
    LESSONS
        .iter()
        .filter_map(|lesson| Selection::named(lesson.scenario))
}

/// Returns the level of a scenario, with its lesson if the course has one.
pub fn level(sized: Catalogued) -> Level {
    let level = Level::new(sized.scenario()).sized(sized.size());
    let name = level.name();
    match LESSONS.iter().find(|lesson| lesson.scenario == name) {
        Some(lesson) => level.guided(guide(lesson)),
        None => level,
    }
}

fn guide(lesson: &Lesson) -> Guide {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    Guide {
        title: lesson.title.to_owned(),
        tries: owned(lesson.tries),
        teaches: owned(lesson.teaches),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counter::Variant;
    use crate::python::gil::Protocol;

    #[test]
    fn the_course_begins_with_the_counters_in_the_order_of_the_lessons_and_ends_with_the_gil() {
        let counters = [
            Variant::Unlocked,
            Variant::Locked,
            Variant::WrongLock,
            Variant::LockedTwice,
            Variant::CompareExchange,
            Variant::DataRace,
        ];
        let selections: Vec<Selection> = selections().collect();
        assert_eq!(selections.len(), LESSONS.len(), "each lesson has its scenario");
        assert_eq!(selections[..6], counters.map(Selection::Updates));
        assert_eq!(selections[9], Selection::Turns(Protocol::Faithful));
        for lesson in &LESSONS {
            assert!(
                !lesson.tries.is_empty() && !lesson.teaches.is_empty(),
                "{}",
                lesson.title
            );
        }
    }
}
