//! The screen of the game, made from its state.

use super::end;
use super::history::History;
use super::page::{BAD, BOLD, DIM, GOOD, Line, MARKED, NOTE, PLAIN, fitted, paragraph};
use super::state::{Game, Open};
use selvedge::explorer::drawing::width::width;
use selvedge::explorer::drawing::{NextStep, Standing};
use selvedge::goal::sentence;

/// The smallest size for which the screen is made: columns, and lines.
pub(super) const LEAST: (usize, usize) = (40, 16);

/// The contents of the screen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Screen {
    /// The lines from the top, with ANSI escapes for colours; they fit the size of the screen.
    pub(super) lines: Vec<String>,
    /// The number of lines by which the history can be scrolled.
    pub(super) scrollable: usize,
}

/// Returns the screen for this number of columns and lines.
pub(super) fn view(game: &Game, (columns, lines): (usize, usize)) -> Screen {
    if columns < LEAST.0 || lines < LEAST.1 {
        return whole(too_small(columns, lines), lines);
    }
    if game.open == Open::Help {
        return whole(help(columns), lines);
    }
    let mut top = head(game, columns);
    top.push(String::new());
    let room = lines - top.len();
    match &game.replay.ending {
        Some(ending) => top.extend(fitted(end::panel(game, ending, columns), room - 3)),
        None => {
            top.extend(threads(game, columns, room / 2));
            top.push(String::new());
            top.extend(fitted(shared(game, columns), 3));
        }
    }
    top.push(String::new());
    let foot = foot(game, columns);
    let history = History::new(game, columns);
    let room = lines.saturating_sub(top.len() + foot.len());
    let (history, scrollable) = history.lines(room, game.scroll);
    top.extend(history);
    top.resize(lines - foot.len(), String::new());
    top.extend(foot);
    Screen {
        lines: top,
        scrollable,
    }
}

fn whole(text: Vec<String>, lines: usize) -> Screen {
    Screen {
        lines: fitted(text, lines),
        scrollable: 0,
    }
}

fn too_small(columns: usize, lines: usize) -> Vec<String> {
    let (least_columns, least_lines) = LEAST;
    let text = format!(
        "This window has {columns} columns and {lines} lines; the game needs {least_columns} and {least_lines}. Make \
         it larger, or leave with q."
    );
    paragraph(PLAIN, &text, columns.max(1), 0)
}

/// Returns the scenario, the cost so far, and the goal.
fn head(game: &Game, columns: usize) -> Vec<String> {
    let name = game.playback.scenario().name();
    let so_far = game.replay.interleaving.cost().to_string();
    let title = Line::new(columns)
        .add(BOLD, "You are the scheduler")
        .add(PLAIN, &format!(" of {name}"));
    let mut lines = match title.has_room_for(&so_far) {
        true => vec![title.add_right(DIM, &so_far).end()],
        false => vec![title.end(), Line::new(columns).add(DIM, &so_far).end()],
    };
    lines.extend(paragraph(MARKED, &game.goal.text, columns, 0));
    if game.replay.ending.is_none() {
        lines.extend(fitted(paragraph(DIM, &game.goal.hint, columns, 0), 2));
    }
    lines
}

/// Returns the list of threads, or of the alternatives of the marked thread's step, in at most `most` lines.
fn threads(game: &Game, columns: usize, most: usize) -> Vec<String> {
    let threads = &game.position.threads;
    let (question, lines, marked) = match game.open {
        Open::Alternatives { thread, marked } => {
            let thread = &threads[thread];
            let (text, lines) = alternatives(thread, marked, columns);
            (
                format!("{}, {text}: what does it come to?", thread.name),
                lines,
                marked,
            )
        }
        _ => {
            let name = threads
                .iter()
                .map(|thread| width(&thread.name))
                .max()
                .unwrap_or(0);
            let line = |index| thread_line(game, index, name, columns);
            let lines = (0..threads.len()).map(line).collect();
            ("Who goes next?".to_owned(), lines, game.cursor)
        }
    };
    let mut shown = paragraph(BOLD, &sentence(&question), columns, 0);
    shown.extend(around(&lines, marked, most.saturating_sub(shown.len()).max(3)));
    shown
}

/// Returns a thread's step, and a line for each of its alternatives.
fn alternatives(thread: &Standing, marked: usize, columns: usize) -> (String, Vec<String>) {
    let NextStep::Ready { text, alternatives } = &thread.next else {
        return Default::default();
    };
    let line = |(index, text): (usize, &String)| {
        let is_marked = index == marked;
        let digit = u8::try_from(index + 1).ok().filter(|&digit| digit < 10);
        let style = if is_marked { MARKED } else { PLAIN };
        listed(columns, is_marked, digit).add(style, text).end()
    };
    (text.clone(), alternatives.iter().enumerate().map(line).collect())
}

fn thread_line(game: &Game, index: usize, name: usize, columns: usize) -> String {
    let thread = &game.position.threads[index];
    let is_marked = game.open == Open::Threads && game.cursor == index;
    let (what, style) = match &thread.next {
        NextStep::Ended => ("has ended".to_owned(), DIM),
        NextStep::Waits(what) => (what.clone(), DIM),
        NextStep::Ready { text, .. } if is_marked => (text.clone(), MARKED),
        NextStep::Ready { text, .. } => (text.clone(), PLAIN),
    };
    let padding = " ".repeat(name - width(&thread.name));
    let line = listed(columns, is_marked, game.digit(index))
        .add(style, &format!("{}{padding}", thread.name))
        .add(style, &format!("  {what}"));
    let place = thread.place.as_ref().map(ToString::to_string).unwrap_or_default();
    line.add_right(DIM, &place).end()
}

/// Returns the beginning of a line of a list: the mark, if it is marked, and its key.
fn listed(columns: usize, is_marked: bool, digit: Option<u8>) -> Line {
    let (mark, style) = if is_marked { (">", MARKED) } else { (" ", BOLD) };
    let digit = digit.map_or_else(|| " ".to_owned(), |digit| digit.to_string());
    Line::new(columns)
        .add(style, &format!("{mark} {digit}"))
        .add(PLAIN, "  ")
}

/// Returns as many lines as fit, the marked one among them; the first and the last show if some are left out.
fn around(lines: &[String], marked: usize, most: usize) -> Vec<String> {
    if lines.len() <= most {
        return lines.to_vec();
    }
    let first = marked.saturating_sub(most / 2).min(lines.len() - most);
    let mut shown = lines[first..first + most].to_vec();
    let more = |count: usize, way: &str| format!("{DIM}     … {count} more {way}{DIM:#}");
    if first > 0 {
        shown[0] = more(first + 1, "above");
    }
    if first + most < lines.len() {
        shown[most - 1] = more(lines.len() - first - most + 1, "below");
    }
    shown
}

/// Returns the objects with their states.
fn shared(game: &Game, columns: usize) -> Vec<String> {
    let objects = &game.position.objects;
    let text = match objects.is_empty() {
        true => "Nothing is shared.".to_owned(),
        false => format!("Shared: {}", objects.join("; ")),
    };
    paragraph(PLAIN, &text, columns, 8)
}

/// Returns the message and the keys.
fn foot(game: &Game, columns: usize) -> Vec<String> {
    let race = game.replay.interleaving.race.is_some() && game.replay.ending.is_none();
    let mut lines = match (&game.message, race) {
        (Some(message), _) => fitted(paragraph(NOTE, message, columns, 0), 2),
        (None, true) => paragraph(
            BAD,
            "A data race has happened: that is how it will end.",
            columns,
            0,
        ),
        (None, false) => vec![String::new()],
    };
    lines.extend(fitted(paragraph(DIM, &keys(game), columns, 0), 2));
    lines
}

/// Returns the keys that have a meaning now.
fn keys(game: &Game) -> String {
    let digits = |last: usize| match last.min(9) {
        1 => "1".to_owned(),
        last => format!("1-{last}"),
    };
    match (game.open, &game.replay.ending) {
        (Open::Alternatives { thread, .. }, _) => {
            let digits = match &game.position.threads[thread].next {
                NextStep::Ready { alternatives, .. } => digits(alternatives.len()),
                _ => String::new(),
            };
            format!("{digits} or ↑↓ Enter: choose · Esc: another thread · ? help · q quit")
        }
        (_, Some(_)) => "r play again · u take back · PgUp PgDn scroll · ? help · q quit".to_owned(),
        _ => {
            let digits = match game.position.threads.len() {
                1 => "0".to_owned(),
                threads => digits(threads - 1) + ", 0",
            };
            format!("{digits} or ↑↓ Enter: go · u back · r again · e run on · ? help · q quit")
        }
    }
}

const HELP: [(&str, &str); 10] = [
    ("1 to 9, 0", "let that thread take its step; 0: main"),
    ("↑ ↓ Enter", "mark a thread, and let it take its step"),
    ("u, Backspace", "take back the last move"),
    ("r", "begin again"),
    ("e", "run on to the end, without preemption"),
    ("PgUp PgDn", "scroll the history"),
    ("?", "this help"),
    ("Esc", "leave what is open, at last the game"),
    ("q, Ctrl-C", "quit"),
    ("Ctrl-Z", "stop the program; the shell's `fg` lets it go on"),
];

const ABOUT: &str = "A processor may leave one thread and go on with another between any two steps. Here you decide \
                     that, step by step. Leaving a thread that could go on is a preemption; going on with another \
                     for whatever reason is a switch. Watch what a thread has loaded, and what the others make of \
                     it before it stores.";

fn help(columns: usize) -> Vec<String> {
    let mut lines = vec![
        Line::new(columns).add(BOLD, "You are the scheduler").end(),
        String::new(),
    ];
    let indent = HELP.iter().map(|(key, _)| width(key)).max().unwrap_or(0) + 2;
    for (key, meaning) in HELP {
        let mut meaning = paragraph(PLAIN, meaning, columns - indent, 0).into_iter();
        let padding = " ".repeat(indent - width(key));
        let first = meaning.next().unwrap_or_default();
        lines.push(format!("{BOLD}{key}{BOLD:#}{padding}{first}"));
        lines.extend(meaning.map(|line| " ".repeat(indent) + &line));
    }
    lines.push(String::new());
    lines.extend(paragraph(PLAIN, ABOUT, columns.min(80), 0));
    lines.push(String::new());
    lines.push(Line::new(columns).add(GOOD, "Any key: back to the game").end());
    lines
}
