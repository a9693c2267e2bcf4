//! A row of a drawing, laid out: its box, and the lines of text in it.

use super::canvas::{Anchor, Area, TextLine};
use super::colours::Colour;
use super::font::{Font, SMALL, STRONG, TEXT};
use super::paint::{Paint, Stroke};
use crate::drawing::model::{Content, Mark, Row};
use crate::drawing::width::{cut_start, printable, wrapped};

/// The space between the sides of a box and its text, in pixels.
pub(super) const PADDING: f64 = 12.0;

/// The space above the text in a box, and below it, in pixels.
const HEADROOM: f64 = 6.0;

/// The smallest space between the text of a row and its place on the same line, in pixels.
const BEFORE_PLACE: f64 = 18.0;

/// The box and the text of a row.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) area: Area,
    pub(super) lines: Vec<TextLine>,
    /// The box, if it is to be seen.
    pub(super) paint: Option<Paint>,
}

impl Card {
    /// Lays out a row, from `top` downwards.
    pub(super) fn new(row: &Row, left: f64, right: f64, top: f64) -> Self {
        let mut card = Self {
            area: Area {
                left,
                right,
                top,
                height: HEADROOM,
            },
            lines: Vec::new(),
            paint: paint(row),
        };
        card.add(&printable(&text(row)), TEXT, colour(row));
        if let (Content::Event { action, .. }, Some(first)) = (&row.content, card.lines.first_mut()) {
            let lead = first.text.find(action.verb);
            first.lead = lead.filter(|lead| *lead == 0).map_or(0, |_| action.verb.len());
        }
        if let Some(place) = &row.place {
            card.add_place(&printable(&place.to_string()));
        }
        for mark in notes(row) {
            card.add(&printable(&mark.to_string()), STRONG, colour_of_mark(mark));
        }
        card.area.height += HEADROOM;
        card
    }

    fn inner(&self) -> f64 {
        self.area.right - self.area.left - 2.0 * PADDING
    }

    /// Adds text below the rest.
    fn add(&mut self, text: &str, font: Font, colour: Colour) {
        for line in wrapped(text, font.room(self.inner()), 2) {
            let text = line.trim_start();
            self.lines.push(TextLine {
                x: self.area.left + PADDING + font.columns(line.len() - text.len()),
                top: self.area.bottom(),
                anchor: Anchor::Start,
                text: text.to_owned(),
                lead: 0,
                font,
                colour,
            });
            self.area.height += font.leading;
        }
    }

    /// Adds a place at the right, on the last line if there is room.
    fn add_place(&mut self, place: &str) {
        let place = cut_start(place, SMALL.room(self.inner()));
        let right = self.area.right - PADDING;
        let left = right - SMALL.extent(&place) - BEFORE_PLACE;
        let fits = |last: &&TextLine| last.x + last.font.extent(&last.text) <= left;
        let beside = self.lines.last().filter(fits).map(|last| last.top);
        self.lines.push(TextLine {
            x: right,
            top: beside.unwrap_or(self.area.bottom()),
            anchor: Anchor::End,
            text: place,
            lead: 0,
            font: SMALL,
            colour: Colour::Dim,
        });
        if beside.is_none() {
            self.area.height += SMALL.leading;
        }
    }
}

/// The length of the longest note that a box is made wider for, in characters: longer ones are broken into
/// lines.
const NOTE: usize = 30;

/// Returns the width at which the text of a row and its place fit on one line of its box, and a short note on
/// another.
pub(super) fn natural_width(row: &Row) -> f64 {
    let place = row.place.as_ref().map_or(0.0, |place| {
        BEFORE_PLACE + SMALL.extent(&printable(&place.to_string()))
    });
    let first = TEXT.extent(&printable(&text(row))) + place;
    let notes = notes(row).map(|mark| STRONG.extent(&printable(&mark.to_string())));
    notes
        .map(|note| note.min(STRONG.columns(NOTE)))
        .fold(first, f64::max)
        + 2.0 * PADDING
}

/// Returns the text of a row; it begins with the thread's name if the row is in no lane.
fn text(row: &Row) -> String {
    match (row.column, &row.content) {
        (None, Content::Event { .. } | Content::Link(_) | Content::Stuck(_)) => {
            format!("{}: {}", row.who, row.text())
        }
        _ => row.text(),
    }
}

/// Returns the marks that are about the row itself.
fn notes(row: &Row) -> impl Iterator<Item = &Mark> {
    let marks = row.marks.iter();
    marks.filter(|mark| !matches!(mark, Mark::Preempts { .. }))
}

fn colour(row: &Row) -> Colour {
    match row.content {
        Content::Fold { .. } | Content::Link(_) => Colour::Dim,
        Content::Stuck(_) => Colour::Bad,
        Content::Event { .. } => Colour::Text,
    }
}

fn colour_of_mark(mark: &Mark) -> Colour {
    match mark {
        Mark::Stale | Mark::Preempts { .. } | Mark::TooEarly { .. } => Colour::Warning,
        Mark::Missed | Mark::MayBeMissed => Colour::Good,
        Mark::Overwrites { .. } | Mark::MayOverwrite { .. } | Mark::Races => Colour::Bad,
    }
}

/// Returns the paint of a row's box: the more remarkable the row, the heavier.
fn paint(row: &Row) -> Option<Paint> {
    let card = |stroke| Paint {
        fill: Some(Colour::Card),
        stroke: Some(stroke),
    };
    match row.content {
        Content::Event { .. } => {
            let plain = Stroke::solid(Colour::Line, 1.0);
            let marked = notes(row)
                .last()
                .map(|mark| Stroke::solid(colour_of_mark(mark), 2.0));
            Some(card(marked.unwrap_or(plain)))
        }
        Content::Stuck(_) => Some(card(Stroke::solid(Colour::Bad, 2.0))),
        Content::Fold { .. } => Some(Paint::from(Stroke {
            dashes: Some("1 5"),
            ..Stroke::solid(Colour::Line, 1.5)
        })),
        Content::Link(_) => None,
    }
}
