//! The layout of a drawing: lanes from left to right, rows from top to bottom. Lengths are in pixels.

use super::canvas::Area;
use super::card::{Card, PADDING, natural_width};
use super::font::{HEAD, SMALL, TEXT};
use super::tracks::{Tracks, preempted};
use crate::drawing::model::{Drawing, Row};
use crate::drawing::width::printable;

/// The space around the drawing.
pub(super) const MARGIN: f64 = 16.0;

/// The height of a thread's name.
pub(super) const HEAD_HEIGHT: f64 = 34.0;

/// The space between lanes, where no line runs.
const GAP: f64 = 24.0;

/// The space between a lane and a line that runs beside it: enough for a bend and an arrowhead.
const BESIDE: f64 = 22.0;

/// The space between lines that run side by side.
const TRACK: f64 = 12.0;

/// The space between rows.
const BETWEEN: f64 = 12.0;

/// The height of the notice that a thread is preempted.
const NOTICE_HEIGHT: f64 = 22.0;

/// The smallest and the largest width of the text in a lane, in characters: if it were wider, a place would
/// be too far from its event.
const LANE: (usize, usize) = (24, 40);

/// The smallest and the largest width of the story, in characters.
const STORY: (usize, usize) = (64, 100);

/// The positions of everything in a drawing.
pub(super) struct Layout {
    /// For each thread, the box of its name.
    pub(super) heads: Vec<Area>,
    /// For each row, the notice above it that a thread is preempted, and its box.
    pub(super) rows: Vec<(Option<Area>, Card)>,
    /// For each join, the position of its trunk: the part of its line that runs down.
    pub(super) trunks: Vec<f64>,
    /// The right end of the numbers of steps.
    pub(super) numbers: f64,
    /// The width of the story.
    pub(super) story: f64,
    /// The end of the rows.
    pub(super) bottom: f64,
}

impl Layout {
    pub(super) fn new(drawing: &Drawing) -> Self {
        let tracks = Tracks::new(drawing);
        let numbers = MARGIN + numbers_width(drawing);
        let heads = heads(drawing, &tracks, numbers);
        let mut layout = Self {
            trunks: trunks(drawing, &tracks, &heads, numbers),
            rows: Vec::new(),
            numbers,
            story: 0.0,
            bottom: MARGIN,
            heads,
        };
        let across = layout.across(numbers + channel_width(&tracks, 0));
        let (least, most) = (TEXT.columns(STORY.0), TEXT.columns(STORY.1));
        layout.story = (across.right - MARGIN).clamp(least, most);
        if !drawing.rows.is_empty() {
            layout.bottom += layout.heads.first().map_or(0.0, |head| head.height);
            layout.add_rows(&drawing.rows, across);
        }
        layout
    }

    /// Returns the width of the whole drawing.
    pub(super) fn width(&self) -> f64 {
        let lanes = self.heads.last().map_or(0.0, |head| head.right);
        lanes.max(MARGIN + self.story) + MARGIN
    }

    /// Returns the area of rows across all lanes.
    fn across(&self, left: f64) -> Area {
        let alone = Area {
            left,
            right: MARGIN + TEXT.columns(STORY.0),
            top: MARGIN,
            height: 0.0,
        };
        match (self.heads.first(), self.heads.last()) {
            (Some(first), Some(last)) => Area {
                right: last.right,
                ..*first
            },
            _ => alone,
        }
    }

    fn add_rows(&mut self, rows: &[Row], across: Area) {
        for row in rows {
            let area = |lane: Option<usize>| lane.and_then(|lane| self.heads.get(lane)).copied();
            let own = area(row.column).unwrap_or(across);
            let notice = preempted(row).map(|(_, lane)| Area {
                top: self.bottom + BETWEEN,
                height: NOTICE_HEIGHT,
                ..area(lane).unwrap_or(across)
            });
            self.bottom = notice.map_or(self.bottom, Area::bottom);
            let card = Card::new(row, own.left, own.right, self.bottom + BETWEEN);
            self.bottom = card.area.bottom();
            self.rows.push((notice, card));
        }
    }
}

fn numbers_width(drawing: &Drawing) -> f64 {
    let last = drawing.rows.iter().filter_map(Row::step).max();
    last.map_or(0.0, |last| SMALL.extent(&last.to_string()))
}

/// Returns the width of a channel between lanes, or of that before the first.
fn channel_width(tracks: &Tracks, channel: usize) -> f64 {
    match tracks.count(channel) {
        0 if channel == 0 => GAP / 2.0,
        0 => GAP,
        count => 2.0 * BESIDE + (count - 1) as f64 * TRACK,
    }
}

/// Returns the boxes of the threads' names. All are as wide as the widest row needs.
fn heads(drawing: &Drawing, tracks: &Tracks, mut left: f64) -> Vec<Area> {
    let rows = drawing.rows.iter().filter(|row| row.column.is_some());
    let names = drawing
        .columns
        .iter()
        .map(|column| printable(&column.name).into_owned());
    let names = names.map(|name| HEAD.extent(&name) + 2.0 * PADDING);
    let [least, most] = [LANE.0, LANE.1].map(|count| TEXT.columns(count) + 2.0 * PADDING);
    let width = rows
        .map(natural_width)
        .chain(names)
        .fold(least, f64::max)
        .min(most);
    (0..drawing.columns.len())
        .map(|channel| {
            let from = left + channel_width(tracks, channel);
            left = from + width;
            Area {
                left: from,
                right: left,
                top: MARGIN,
                height: HEAD_HEIGHT,
            }
        })
        .collect()
}

/// Returns the positions of the trunks of the joins.
fn trunks(drawing: &Drawing, tracks: &Tracks, heads: &[Area], numbers: f64) -> Vec<f64> {
    let trunk = |join| {
        let (channel, track) = tracks.of(join);
        let left = channel.checked_sub(1).map_or(numbers, |lane| heads[lane].right);
        left + BESIDE + track as f64 * TRACK
    };
    (0..drawing.joins.len()).map(trunk).collect()
}
