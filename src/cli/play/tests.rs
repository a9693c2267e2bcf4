//! Games played by pressing keys.

mod programs;
mod screens;

use super::answer::Answer;
use super::keys::Key;
use super::state::{Flow, Game, Open};
use super::view::view;
use programs::{CountsForEver, Interpreted, LooksTwice, Panics, Signals, TwoLocks};
use selvedge::Ending;
use selvedge::counter::Variant;
use selvedge::engine::{Interrupt, Playback};
use selvedge::explorer::Schedule;
use selvedge::explorer::drawing::NextStep;
use selvedge::outcome::AnyOutcome;
use selvedge::scenario::{AnyScenario, Updates};
use std::collections::BTreeMap;

fn game(scenario: impl Into<AnyScenario>) -> Game {
    Game::new(Playback::new(scenario)).expect("it can be played")
}

/// Returns the ending of the game, if it has ended; the outcome is an integer.
fn ending(game: &Game) -> Option<Ending<i64>> {
    Some(game.ending()?.map(AnyOutcome::into_inner))
}

fn updates(variant: Variant, threads: usize, iterations: u64) -> Game {
    game(Updates {
        variant,
        threads,
        iterations,
    })
}

/// Presses keys: digits, `u`, `r`, `e`, `?`, `^` and `v` for up and down, `\n` for Enter, `<` for Esc.
fn press(game: &mut Game, keys: &str) {
    for key in keys.chars() {
        let key = match key {
            '0'..='9' => Key::Digit(key as u8 - b'0'),
            'u' => Key::Back,
            'r' => Key::Again,
            'e' => Key::RunOn,
            '?' => Key::Help,
            '^' => Key::Up,
            'v' => Key::Down,
            '\n' => Key::Enter,
            '<' => Key::Escape,
            other => panic!("there is no key {other}"),
        };
        assert_eq!(game.press(key), Flow::GoesOn, "{key:?} of {keys}");
    }
}

fn schedule(game: &Game) -> String {
    Schedule(game.replay.schedule.clone()).to_string()
}

/// Returns the screen without colours and without spaces at the ends of lines.
fn shown(game: &Game, columns: usize, lines: usize) -> String {
    let lines = view(game, (columns, lines)).lines.into_iter();
    let plain = lines.map(|line| {
        anstream::adapter::strip_str(&line)
            .to_string()
            .trim_end()
            .to_owned()
            + "\n"
    });
    plain.collect()
}

/// Returns the screen in one line, after the shortest way has been found.
fn finished(game: &mut Game) -> String {
    assert!(game.search(&Interrupt::default()), "it has ended");
    let screen = shown(game, 100, 40);
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_update_is_lost_by_pressing_keys() {
    let mut game = updates(Variant::Unlocked, 2, 1);
    press(&mut game, "2112");
    assert_eq!(game.ending(), None, "the main thread has yet to look");
    press(&mut game, "0");
    assert_eq!(ending(&game), Some(Ending::Finished(-1)));
    let end = finished(&mut game);
    for part in [
        "1 preemption, 3 switches, 5 events Try to end anywhere but at 0. The end: outcome: −1. You have done it!",
        "You took 1 preemption, 3 switches, 5 events. It cannot be done with less. Your schedule: 2 1 1 2 main ",
        "Thread 2 did not look again: it stored −1 over it (unlocked.rs:38), and thread 1's update was lost. The \
         scenario says that this can happen: updates were lost. So far",
    ] {
        assert!(end.contains(part), "{part}\n{end}");
    }
}

#[test]
fn a_detour_is_told_the_shortest_way() {
    let mut game = updates(Variant::Unlocked, 2, 1);
    press(&mut game, "12120");
    assert_eq!(ending(&game), Some(Ending::Finished(-1)));
    let end = finished(&mut game);
    let part = "You took 2 preemptions, 4 switches, 5 events. The shortest way there takes 1 preemption, 3 \
                switches, 5 events: 2 1 1 2 main ";
    assert!(end.contains(part), "{end}");
}

#[test]
fn who_interferes_with_nobody_is_told_how_it_is_done() {
    let mut game = updates(Variant::Unlocked, 2, 1);
    press(&mut game, "e");
    assert_eq!(
        (schedule(&game), ending(&game)),
        ("1 1 2 2 main".to_owned(), Some(Ending::Finished(0)))
    );
    let end = finished(&mut game);
    assert!(end.contains("The end: outcome: 0. Not this time."), "{end}");
    let part = "It can be done: 2 1 1 2 main ends at −1, and";
    assert!(end.contains(part), "{end}");
}

/// Returns every ending, with the sequences of digits that lead to it.
fn every_ending(mut game: Game) -> BTreeMap<Ending<i64>, Vec<String>> {
    fn go_on(game: &mut Game, keys: &str, endings: &mut BTreeMap<Ending<i64>, Vec<String>>) {
        if let Some(ending) = ending(game) {
            endings.entry(ending).or_default().push(keys.to_owned());
            return;
        }
        for index in 0..game.position.threads.len() {
            let digit = game.digit(index).expect("there are few threads");
            let steps = game.replay.schedule.len();
            press(game, &digit.to_string());
            if game.replay.schedule.len() > steps {
                go_on(game, &format!("{keys}{digit}"), endings);
                press(game, "u");
            }
            assert_eq!(game.replay.schedule.len(), steps, "{keys} {digit}");
        }
    }
    let mut endings = BTreeMap::new();
    go_on(&mut game, "", &mut endings);
    endings
}

#[test]
fn the_lock_cannot_be_broken_and_what_has_none_can() {
    // A thread that has the lock keeps it until it has finished: only the order of the two threads can
    // differ.
    let locked = every_ending(updates(Variant::Locked, 2, 1));
    let orders = ["112200", "221100"].map(str::to_owned).to_vec();
    assert_eq!(locked, BTreeMap::from([(Ending::Finished(0), orders)]));
    // Of the 6 interleavings of two loads and two stores, 2 have no load between another's load and store. Of
    // the others, 2 end with thread 1's store, and 2 with thread 2's.
    let unlocked = every_ending(updates(Variant::Unlocked, 2, 1));
    let counts: BTreeMap<_, _> = unlocked
        .iter()
        .map(|(ending, keys)| (ending.clone(), keys.len()))
        .collect();
    let expected = [-1, 0, 1].map(|outcome| (Ending::Finished(outcome), 2));
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(unlocked[&Ending::Finished(0)], ["11220", "22110"]);
}

#[test]
fn nobody_is_blamed_for_not_breaking_the_lock() {
    let mut game = updates(Variant::Locked, 2, 1);
    press(&mut game, "12");
    let said = game.message.clone().expect("there is something to say");
    assert_eq!(
        said,
        "Thread 2 cannot go on: it waits to lock count, held by thread 1."
    );
    assert_eq!(schedule(&game), "1", "nothing has happened");
    press(&mut game, "e");
    let end = finished(&mut game);
    assert!(
        end.contains("No other ending is possible: every interleaving ends like this. "),
        "{end}"
    );
    assert_eq!(game.answer(), Some(&Answer::Nobody));
}

#[test]
fn a_step_back_restores_all_that_was() {
    for (keys, last) in [
        ("", "2"),
        ("2", "1"),
        ("211", "2"),
        ("21", "e"),
        ("v", "1"),
        ("2112", "0"),
    ] {
        let mut game = updates(Variant::Unlocked, 2, 1);
        press(&mut game, keys);
        game.message = None;
        let before = (
            schedule(&game),
            game.position.clone(),
            game.cursor,
            shown(&game, 90, 30),
        );
        press(&mut game, last);
        assert_ne!(schedule(&game), before.0, "{keys} {last}");
        press(&mut game, "u");
        let after = (
            schedule(&game),
            game.position.clone(),
            game.cursor,
            shown(&game, 90, 30),
        );
        assert_eq!(after, before, "{keys} {last}");
    }
    let mut game = updates(Variant::Unlocked, 2, 1);
    press(&mut game, "1212uuu");
    assert_eq!((schedule(&game), &game.message), ("1".to_owned(), &None));
    press(&mut game, "uu");
    let said = "This is the beginning: there is nothing to take back.";
    assert_eq!(game.message.as_deref(), Some(said));
    press(&mut game, "12r");
    assert_eq!(schedule(&game), "");
    press(&mut game, "u");
    assert_eq!(
        game.message.as_deref(),
        Some(said),
        "who begins again takes nothing back"
    );
}

#[test]
fn a_step_with_a_choice_asks_what_it_comes_to() {
    let mut game = game(Signals);
    // A wait may return for no reason, so it asks, too: Enter lets it wait for a notification.
    press(&mut game, "11\n22\n3");
    assert_eq!(game.open, Open::Alternatives { thread: 2, marked: 0 });
    let NextStep::Ready { alternatives, .. } = &game.position.threads[2].next else {
        panic!("thread 3 can go on");
    };
    assert_eq!(alternatives, &["wake thread 1", "wake thread 2"]);
    press(&mut game, "<");
    assert_eq!((game.open, schedule(&game).as_str()), (Open::Threads, "1 1 2 2"));
    press(&mut game, "39");
    assert_eq!(
        game.message.as_deref(),
        Some("Choose what the step comes to, or press Esc.")
    );
    press(&mut game, "v\n");
    assert_eq!(
        (game.open, schedule(&game).as_str()),
        (Open::Threads, "1 1 2 2 3:1")
    );
    press(&mut game, "1");
    let said = "Thread 1 cannot go on: it waits to be notified by bell.";
    assert_eq!(game.message.as_deref(), Some(said));
    press(&mut game, "2e");
    assert_eq!(ending(&game), Some(Ending::Finished(2)));
    press(&mut game, "uu^\n");
    assert_eq!(
        schedule(&game),
        "1 1 2 2 3:1 2",
        "thread 2, above the marked thread 3, has gone on"
    );
}

#[test]
fn a_deadlock_is_an_end_too() {
    let mut game = game(TwoLocks);
    press(&mut game, "12");
    assert_eq!(ending(&game), Some(Ending::Deadlock));
    let end = finished(&mut game);
    for part in [
        "The end: deadlock. You have broken it! You took 1 preemption, 1 switch, 2 events. It cannot be done with \
         less. Your schedule: 1 2 ",
        "So each waits for the other, and none of them can ever go on.",
        "The scenario says that this must not happen: threads wait for one another, and none can go on.",
    ] {
        assert!(end.contains(part), "{part}\n{end}");
    }
    press(&mut game, "1");
    let said = "This is the end. r begins again, u takes back the last move.";
    assert_eq!(game.message.as_deref(), Some(said));
}

#[test]
fn a_panic_is_an_end_and_says_nothing_by_itself() {
    let mut game = game(Panics);
    press(&mut game, "21e");
    let Some(Ending::Panic(message)) = game.ending() else {
        panic!("{:?}", game.ending());
    };
    assert!(
        message.starts_with("the value has changed (programs.rs:"),
        "{message}"
    );
    let end = finished(&mut game);
    assert!(end.contains("The end: panic. You have broken it!"), "{end}");
}

#[test]
fn what_never_ends_is_not_played() {
    let why = Game::new(Playback::new(CountsForEver)).map(|_| ());
    let why = why.expect_err("it never ends");
    assert_eq!(
        why,
        "after 10,000 steps it had not ended: it takes too many, or goes on for ever"
    );
    // A thread that spins stops once it repeats itself, and the other thread ends its loop.
    let mut game = game(LooksTwice);
    press(&mut game, "12e");
    assert!(
        matches!(game.ending(), Some(Ending::Finished(_))),
        "{:?}",
        game.ending()
    );
}

#[test]
fn keys_that_mean_nothing_are_answered() {
    let mut game = updates(Variant::Unlocked, 2, 1);
    press(&mut game, "7");
    assert_eq!(game.message.as_deref(), Some("No thread has the key 7."));
    game.press(Key::Other);
    assert_eq!(
        game.message.as_deref(),
        Some("That key means nothing here; ? shows those that do.")
    );
    press(&mut game, "0");
    assert_eq!(
        game.message.as_deref(),
        Some("Main cannot go on: it waits for thread 1 to end.")
    );
    press(&mut game, "?<");
    assert_eq!(game.open, Open::Threads);
    press(&mut game, "ee");
    assert_eq!(game.message.as_deref(), Some("This is the end already."));
    assert_eq!(game.press(Key::Quit), Flow::Quit);
    assert_eq!(game.press(Key::Escape), Flow::Quit);
    press(&mut game, "?");
    assert_eq!(game.press(Key::Quit), Flow::Quit, "even from the help");
}
