//! Screens of the game, compared with stored text.
//!
//! The stored screens are refreshed with `SELVEDGE_REFRESH=1 cargo test --bin selvedge`.

use super::super::page::{DIM, Line};
use super::super::view::{LEAST, view};
use super::*;
use selvedge::explorer::drawing::width::width;
use selvedge::scenario::Counting;
use std::path::Path;
use std::{env, fs};

/// Compares a screen with the stored one.
fn check(name: &str, game: &Game, (columns, lines): (usize, usize)) {
    let text = shown(game, columns, lines);
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/stored/play/{name}.txt"));
    if env::var_os("SELVEDGE_REFRESH").is_some() {
        fs::create_dir_all(stored.parent().expect("a directory")).expect("the directory can be created");
        fs::write(&stored, &text).expect("the screen can be stored");
    }
    let stored = fs::read_to_string(&stored).expect("the stored screen can be read");
    assert_eq!(
        text, stored,
        "if this is as it should be, run SELVEDGE_REFRESH=1 cargo test --bin selvedge"
    );
}

#[test]
fn the_game_looks_as_stored() {
    let usual = (80, 24);
    let mut game = updates(Variant::Unlocked, 2, 1);
    check("start", &game, usual);
    press(&mut game, "21");
    check("between-load-and-store", &game, usual);
    press(&mut game, "?");
    check("help", &game, usual);
    press(&mut game, "<120");
    check("searching", &game, usual);
    game.search(&Interrupt::default());
    check("lost-update", &game, usual);
    check("lost-update-least", &game, LEAST);
    check("too-small", &game, (39, 15));
    let mut game = updates(Variant::Locked, 2, 1);
    press(&mut game, "12");
    check("lock-held", &game, usual);
    check("lock-held-least", &game, LEAST);
    let mut game = updates(Variant::DataRace, 2, 1);
    press(&mut game, "121");
    check("data-race", &game, usual);
}

#[test]
fn many_threads_and_long_histories_are_scrolled() {
    let mut game = updates(Variant::Unlocked, 15, 1);
    press(&mut game, "vvvvvvvvvvv\n");
    assert_eq!(schedule(&game), "12", "a thread without a key of its own");
    check("many-threads", &game, (80, 24));
    let mut game = updates(Variant::Unlocked, 2, 4);
    press(&mut game, "12121212");
    let screen = view(&game, (80, 24));
    assert!(screen.scrollable > 3, "{screen:?}");
    for _ in 0..screen.scrollable {
        game.press(Key::PageUp);
    }
    check("scrolled-to-the-beginning", &game, (80, 24));
    for _ in 0..screen.scrollable {
        game.press(Key::PageDown);
    }
    assert_eq!(view(&game, (80, 24)), screen, "back at the end");
}

#[test]
fn a_choice_a_deadlock_and_labels_look_as_stored() {
    let mut choice = game(Signals);
    press(&mut choice, "11223v");
    check("choice", &choice, (80, 24));
    let mut deadlock = game(TwoLocks);
    press(&mut deadlock, "12");
    deadlock.search(&Interrupt::default());
    check("deadlock", &deadlock, (80, 24));
    let mut labels = game(Interpreted);
    press(&mut labels, "21");
    check("labels", &labels, (80, 24));
    let mut nothing = game(Counting {
        threads: 2,
        iterations: 1,
    });
    nothing.search(&Interrupt::default());
    check("counting", &nothing, (80, 24));
}

/// The screen never has more lines or columns than the terminal, at any size, in any game and at any point in
/// it.
#[test]
fn every_screen_fits() {
    let keys = ["", "1", "21", "2112", "2112?", "21120", "212121", "e"];
    for (threads, iterations) in [(1, 1), (2, 1), (2, 6), (3, 2), (15, 2)] {
        for variant in Variant::ALL {
            for keys in keys {
                let mut game = updates(variant, threads, iterations);
                press(&mut game, keys);
                for (columns, lines) in [
                    (1, 1),
                    (20, 30),
                    (40, 16),
                    (41, 17),
                    (80, 24),
                    (97, 33),
                    (200, 60),
                ] {
                    fits(&game, columns, lines);
                    game.message = Some("word ".repeat(60));
                    fits(&game, columns, lines);
                    game.message = None;
                }
            }
        }
    }
}

fn fits(game: &Game, columns: usize, lines: usize) {
    let screen = view(game, (columns, lines));
    assert!(
        screen.lines.len() <= lines,
        "{columns} x {lines}: {:#?}",
        screen.lines
    );
    for line in &screen.lines {
        let plain = anstream::adapter::strip_str(line).to_string();
        assert!(width(&plain) <= columns, "{columns} x {lines}: {plain}");
    }
}

#[test]
fn without_colours_nothing_is_lost() {
    let line = Line::new(10).add(DIM, "unlocked").end();
    assert_eq!(line, "\u{1b}[2munlocked\u{1b}[0m");
    let game = updates(Variant::Unlocked, 2, 1);
    assert!(
        shown(&game, 80, 24).contains("\n> 1  thread 1  load x"),
        "the mark is no colour"
    );
}
