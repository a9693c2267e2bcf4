//! The GIL and what runs under it: exact counts, whole outcome sets, and broken twins that are refuted for their reason.

use selvedge::backend::{Atomic, Backend, Feature, Join};
use selvedge::check::{self, Witnessing};
use selvedge::engine::{AnyEngine, Budget, Completeness, Engine, Exploration, Explorer};
use selvedge::explorer::Mode;
use selvedge::gil::{AnySwitch, Gil, GlobalLock, NoGil, Protocol, SwitchInterval, Turn};
use selvedge::interpreter::{Form, Generation, Instruction, Sign};
use selvedge::scenario::{Bytecode, ClaimedCorrect, Program, Turned, Turns};
use selvedge::{Ending, Expectations, Report, Scenario, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use Protocol::{EarlyNotify, Faithful, IfForWhile, NoForcedSwitching};
use SwitchInterval::{Endless, Over};

const LASTS: SwitchInterval = Turns::SWITCH_INTERVAL;

fn explore_by<S: Scenario>(mode: Mode, scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    let engine = Explorer {
        mode,
        ..Explorer::default()
    };
    let scenario = Arc::new(scenario);
    let exploration = engine.explore(&scenario, &Budget::default());
    let verdict = Verdict::of(&exploration, &scenario.expectations(), &engine, |ending| {
        ending
            .clone()
            .map(|outcome| scenario.describe(&outcome))
            .to_string()
    });
    (exploration, verdict)
}

fn explore<S: Scenario>(scenario: S) -> (Exploration<S::Outcome>, Verdict) {
    explore_by(Mode::Optimal, scenario)
}

fn turns(protocol: Protocol, interval: SwitchInterval, threads: usize, iterations: u64) -> Turns {
    Turns {
        protocol,
        interval,
        threads,
        iterations,
    }
}

fn all_counted(turns: u64) -> BTreeSet<Turned> {
    BTreeSet::from([Turned {
        turns,
        passed_over: 0,
    }])
}

/// Mutual exclusion (no data race on what the turns count in, and no turn lost), no deadlock and so no lost wakeup, and
/// nobody who asked passed over, in every interleaving.
#[test]
fn the_protocol_is_proved_for_two_threads_and_for_three() {
    // No count here can be derived by hand; the next test has three searches agree on them.
    for (interval, threads, iterations, executions) in [
        (Endless, 2, 2, 1_144),
        (Over, 2, 2, 1_596),
        (LASTS, 2, 2, 37_696),
        (Endless, 3, 1, 1_344),
        (Over, 3, 1, 1_416),
        (LASTS, 3, 1, 409_200),
    ] {
        let (exploration, verdict) = explore(turns(Faithful, interval, threads, iterations));
        let what = format!("{interval:?}, {threads} × {iterations}");
        assert_eq!(verdict, Verdict::Proved, "{what}");
        assert_eq!(exploration.completeness, Completeness::Exhaustive, "{what}");
        let all = all_counted(threads as u64 * iterations);
        assert_eq!(exploration.outcomes.outcomes(), all, "{what}");
        assert_eq!(
            (exploration.executions, exploration.blocked),
            (executions, 0),
            "{what}"
        );
    }
}

#[test]
fn three_searches_find_the_same_number_of_traces() {
    for (interval, executions) in [(Endless, 16), (Over, 16), (LASTS, 48)] {
        let mut counts = BTreeSet::new();
        for mode in [Mode::Optimal, Mode::Source, Mode::SleepSets] {
            let (exploration, verdict) = explore_by(mode, turns(Faithful, interval, 2, 1));
            assert_eq!(verdict, Verdict::Proved, "{interval:?} {mode:?}");
            counts.insert(exploration.executions);
        }
        assert_eq!(counts, BTreeSet::from([executions]), "{interval:?}");
    }
    for interval in [Endless, Over] {
        let [optimal, source] = [Mode::Optimal, Mode::Source].map(|mode| {
            let (exploration, _) = explore_by(mode, turns(Faithful, interval, 2, 2));
            (exploration.executions, exploration.outcomes.outcomes())
        });
        assert_eq!(optimal, source, "{interval:?}");
    }
}

/// What the verdict says of a protocol that is claimed to be correct.
fn refutation(scenario: Turns) -> String {
    match explore(ClaimedCorrect(scenario)).1 {
        Verdict::Refuted(reason) => reason,
        verdict => panic!("{scenario:?}: {verdict:?}"),
    }
}

#[test]
fn without_forced_switching_the_holder_takes_it_back_at_once() {
    for interval in [Over, LASTS] {
        let scenario = turns(NoForcedSwitching, interval, 2, 2);
        assert_eq!(
            refutation(scenario),
            "4 turns, 1 passed over is forbidden: who had asked was passed over"
        );
        assert_eq!(
            explore(scenario).1,
            Verdict::Proved,
            "and that is all that it does"
        );
    }
    // It takes somebody who asks: without an interval nobody does.
    let (exploration, _) = explore(turns(NoForcedSwitching, Endless, 2, 2));
    assert_eq!(exploration.outcomes.outcomes(), all_counted(4));
}

#[test]
fn a_notify_before_the_state_change_is_a_lost_wakeup() {
    for (interval, threads) in [(Endless, 2), (Over, 2), (Endless, 3)] {
        let scenario = turns(EarlyNotify, interval, threads, 1);
        assert!(
            refutation(scenario).starts_with("deadlock is forbidden"),
            "{interval:?}"
        );
        assert_eq!(
            explore(scenario).1,
            Verdict::Proved,
            "and that is all that it does"
        );
    }
    let story = story_of(turns(EarlyNotify, Endless, 2, 1));
    assert!(
        story.contains("waits to be notified by cond (take_gil), but the notification by thread")
            && story.contains("came before (drop_gil), and notifications are not kept"),
        "{story}"
    );
}

/// Time-outs hide the mistake: who has missed the notification looks again after an interval. CPython would only be
/// slow.
#[test]
fn a_time_out_makes_up_for_a_lost_wakeup() {
    let (exploration, verdict) = explore(turns(EarlyNotify, LASTS, 2, 1));
    assert_eq!(verdict, Verdict::Proved);
    assert_eq!(exploration.outcomes.outcomes(), all_counted(2));
}

#[test]
fn an_if_in_place_of_a_while_lets_two_threads_in() {
    for (interval, threads, iterations) in [(Endless, 2, 2), (LASTS, 2, 1), (Endless, 3, 1), (Over, 3, 1)] {
        let scenario = turns(IfForWhile, interval, threads, iterations);
        assert!(
            refutation(scenario).starts_with("data race is forbidden"),
            "{scenario:?}"
        );
        assert_eq!(explore(scenario).1.kind(), "proved", "{scenario:?}");
    }
    // With one turn each, two threads cannot show it: nobody takes the GIL a second time. Nor if whoever waits has
    // asked: then whoever drops it waits for the switch.
    for (interval, iterations) in [(Endless, 1), (Over, 2)] {
        let (exploration, _) = explore(ClaimedCorrect(turns(IfForWhile, interval, 2, iterations)));
        assert_eq!(exploration.outcomes.outcomes(), all_counted(2 * iterations));
        assert_eq!(exploration.outcomes.total(), exploration.executions);
    }
}

/// The story of the one ending that is not as a correct protocol's.
fn story_of(scenario: Turns) -> String {
    let engine = [AnyEngine::Explorer(Explorer::default())];
    let claimed = Arc::new(ClaimedCorrect(scenario));
    let report: Report = check::explore(&claimed, &engine, &Witnessing::Refutations, |_| Budget::default());
    let witness = report.rows.iter().find_map(|row| row.witness.as_ref());
    let witness = witness.expect("it was refuted").as_ref().expect("it was found");
    witness.drawing.story.join(" ")
}

fn program(generation: Generation, form: Form, is_locked: bool) -> Program {
    Program {
        generation,
        form,
        is_locked,
    }
}

fn bytecode(program: Program, threads: usize, iterations: u64) -> Bytecode {
    Bytecode {
        program,
        threads,
        iterations,
    }
}

#[test]
fn every_python_program_ends_where_it_may_and_nowhere_else() {
    use Form::{Call, Plain};
    use Generation::{BetweenBytecodes, JumpsAndCalls, NoGil};
    let anywhere = |n: i64| (-n..=n).collect::<BTreeSet<_>>();
    let at_zero = |_| BTreeSet::from([0]);
    // Under the GIL a thread's run falls into parts, between which another one may have its turn; all that counts is
    // in what order the parts of two threads come, and there are C(2k, k) orders of k parts and k. Without a lock: two
    // parts for each update if there is a look between its load and its store, else one. Without a GIL: the traces of
    // the unlocked counter, and C(2n, n) orders of n critical sections and n.
    type Outcomes<'a> = &'a dyn Fn(i64) -> BTreeSet<i64>;
    let rows: [(Generation, Form, bool, Outcomes<'_>, [u64; 2]); 12] = [
        (BetweenBytecodes, Plain, false, &anywhere, [6, 70]),
        (BetweenBytecodes, Call, false, &anywhere, [6, 70]),
        (BetweenBytecodes, Plain, true, &at_zero, [56, 2_268]),
        (BetweenBytecodes, Call, true, &at_zero, [56, 2_268]),
        (JumpsAndCalls, Plain, false, &at_zero, [2, 6]),
        (JumpsAndCalls, Call, false, &anywhere, [6, 70]),
        (JumpsAndCalls, Plain, true, &at_zero, [6, 70]),
        (JumpsAndCalls, Call, true, &at_zero, [8, 150]),
        (NoGil, Plain, false, &anywhere, [4, 34]),
        (NoGil, Call, false, &anywhere, [4, 34]),
        (NoGil, Plain, true, &at_zero, [2, 6]),
        (NoGil, Call, true, &at_zero, [2, 6]),
    ];
    for (generation, form, locked, outcomes, executions) in rows {
        for (n, executions) in [1, 2].into_iter().zip(executions) {
            let scenario = bytecode(program(generation, form, locked), 2, n);
            let (exploration, verdict) = explore(scenario);
            let what = format!("{} {n}", scenario.name());
            assert_eq!(verdict, Verdict::Proved, "{what}");
            assert_eq!(exploration.outcomes.outcomes(), outcomes(n as i64), "{what}");
            assert_eq!(
                (exploration.executions, exploration.blocked),
                (executions, 0),
                "{what}"
            );
            let claimed = explore(ClaimedCorrect(scenario)).1;
            assert_eq!(
                claimed == Verdict::Proved,
                scenario.program.is_correct(),
                "{what}"
            );
        }
    }
}

/// The same threads under a lock of another kind.
struct Under {
    bytecode: Bytecode,
    interval: SwitchInterval,
}

impl Scenario for Under {
    type Outcome = i64;

    fn name(&self) -> String {
        format!("{} under the protocol", self.bytecode.name())
    }

    fn run<B: Backend>(&self) -> i64 {
        self.bytecode
            .run_under::<B, _>(Gil::<B>::new(Faithful, self.interval))
    }

    fn expectations(&self) -> Expectations<i64> {
        self.bytecode.expectations()
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::Timeouts]
    }
}

/// `AnySwitch` shows what the protocol allows, no more and no less.
#[test]
fn under_the_protocol_itself_the_programs_end_alike() {
    use Form::{Call, Plain};
    for (generation, form, locked, interval, executions) in [
        (Generation::BetweenBytecodes, Plain, false, Over, 544),
        (Generation::BetweenBytecodes, Plain, false, LASTS, 7_744),
        (Generation::BetweenBytecodes, Call, false, LASTS, 7_744),
        (Generation::JumpsAndCalls, Plain, false, LASTS, 48),
        (Generation::JumpsAndCalls, Call, false, LASTS, 7_744),
        (Generation::JumpsAndCalls, Plain, true, Over, 1_596),
        (Generation::JumpsAndCalls, Call, true, Over, 2_372),
    ] {
        let bytecode = bytecode(program(generation, form, locked), 2, 1);
        let (under_effect, _) = explore(bytecode);
        let (exploration, verdict) = explore(Under { bytecode, interval });
        let what = format!("{} {interval:?}", bytecode.name());
        assert_eq!(verdict, Verdict::Proved, "{what}");
        assert_eq!(
            exploration.outcomes.outcomes(),
            under_effect.outcomes.outcomes(),
            "{what}"
        );
        assert_eq!(exploration.executions, executions, "{what}");
    }
}

/// The plain program as a naive interpreter runs it, which looks at the eval breaker after every bytecode that has a
/// look after it, and takes no two of these looks as one.
struct Naive {
    generation: Generation,
}

impl Naive {
    fn thread<B: Backend, L: GlobalLock>(&self, number: usize, lock: &L, x: &B::AtomicI64) {
        let sign = if number == 1 { Sign::Plus } else { Sign::Minus };
        let mut turn = lock.take(number);
        let (mut loaded, mut result) = (0, 0);
        for instruction in Instruction::body(Form::Plain, sign, false) {
            match instruction {
                Instruction::LoadGlobalX => loaded = x.load(SeqCst),
                Instruction::BinaryOp(sign) => result = sign.apply(loaded, 1),
                Instruction::StoreGlobalX => x.store(result, SeqCst),
                _ => {}
            }
            if self.generation.checks_after(instruction) {
                turn.check();
            }
        }
    }

    fn run_under<B: Backend, L: GlobalLock>(&self, lock: L) -> i64 {
        let (lock, x) = (Arc::new(lock), Arc::new(B::AtomicI64::new(0)));
        let threads = [1, 2].map(|number| {
            let (lock, x) = (Arc::clone(&lock), Arc::clone(&x));
            let naive = Naive { ..*self };
            B::spawn(move || naive.thread::<B, L>(number, &lock, &x))
        });
        for thread in threads {
            thread.join().unwrap();
        }
        x.load(SeqCst)
    }
}

impl Scenario for Naive {
    type Outcome = i64;

    fn name(&self) -> String {
        "naive".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        match self.generation {
            Generation::NoGil => self.run_under::<B, _>(NoGil),
            _ => self.run_under::<B, _>(AnySwitch::<B>::new()),
        }
    }

    fn expectations(&self) -> Expectations<i64> {
        let program = program(self.generation, Form::Plain, false);
        bytecode(program, 2, 1).expectations()
    }
}

#[test]
fn looks_that_are_taken_as_one_could_not_be_told_apart() {
    // Between bytecodes: looks after 4 of the 5 bytecodes make 5 parts, so C(10, 5) orders; a look at the jump makes 2.
    for (generation, executions) in [
        (Generation::BetweenBytecodes, 252),
        (Generation::JumpsAndCalls, 6),
        (Generation::NoGil, 4),
    ] {
        let (exploration, verdict) = explore(Naive { generation });
        assert_eq!(verdict, Verdict::Proved, "{generation}");
        assert_eq!(exploration.executions, executions, "{generation}");
    }
}

/// What was seen of CPython 3.11 and of 3.9, with 300,000 rounds, and what never was.
#[test]
fn the_model_allows_what_was_seen() {
    let judge = |generation, form, value| {
        let scenario = bytecode(program(generation, form, false), 2, 300_000);
        scenario.expectations().of(&Ending::Finished(value)).0.to_string()
    };
    for seen in [-64_210, 51_454, -20_877, 0] {
        assert_eq!(judge(Generation::JumpsAndCalls, Form::Call, seen), "required");
    }
    for seen in [-117_639, -282_357, 81_930] {
        assert_eq!(judge(Generation::BetweenBytecodes, Form::Plain, seen), "required");
    }
    assert_eq!(judge(Generation::JumpsAndCalls, Form::Plain, 0), "required");
    assert_eq!(judge(Generation::JumpsAndCalls, Form::Plain, 1), "forbidden");
    assert_eq!(judge(Generation::JumpsAndCalls, Form::Call, 300_001), "forbidden");
}
