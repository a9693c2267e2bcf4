//! The tracks of the lines that join rows: they run in channels beside and between the lanes, past everything
//! else.

use crate::drawing::model::{Drawing, Join, Mark, Row};

/// The channel of each join, and its track in that channel.
pub(super) struct Tracks {
    /// For each channel, from the left, the joins in each track. Channel `n` is left of lane `n`.
    channels: Vec<Vec<Vec<usize>>>,
}

impl Tracks {
    /// Gives each join a track that is free from its first to its last row, in the channel from which the
    /// ways to its rows are the shortest.
    pub(super) fn new(drawing: &Drawing) -> Self {
        let count = drawing.columns.len().max(1);
        let mut channels: Vec<Vec<Vec<usize>>> = vec![Vec::new(); count];
        for (index, join) in drawing.joins.iter().enumerate() {
            let channel = (0..count)
                .filter(|&channel| channel == 0 || is_free(drawing, join))
                .min_by_key(|&channel| cost(drawing, join, channel))
                .unwrap_or(0);
            let tracks = &mut channels[channel];
            let free = |track: &Vec<usize>| {
                track
                    .iter()
                    .all(|&other| drawing.joins[other].is_apart_from(join))
            };
            match tracks.iter().position(free) {
                Some(track) => tracks[track].push(index),
                None => tracks.push(vec![index]),
            }
        }
        Self { channels }
    }

    /// Returns the number of tracks of a channel.
    pub(super) fn count(&self, channel: usize) -> usize {
        self.channels.get(channel).map_or(0, Vec::len)
    }

    /// Returns the channel of a join, and its track in it.
    pub(super) fn of(&self, join: usize) -> (usize, usize) {
        let tracks = self.channels.iter().enumerate();
        tracks
            .flat_map(|(channel, tracks)| tracks.iter().enumerate().map(move |track| (channel, track)))
            .find(|(_, (_, joins))| joins.contains(&join))
            .map(|(channel, (track, _))| (channel, track))
            .expect("each join was given a track")
    }
}

/// Returns `true` if no row that a join passes is across all lanes.
fn is_free(drawing: &Drawing, join: &Join) -> bool {
    let (first, last) = join.ends();
    let rows = &drawing.rows[first..=last];
    rows.iter().all(|row| row.column.is_some())
        && !rows[1..]
            .iter()
            .any(|row| preempted(row).is_some_and(|(_, column)| column.is_none()))
}

/// Returns the number of lanes that the ways from a channel to the rows of a join cross.
fn cost(drawing: &Drawing, join: &Join, channel: usize) -> usize {
    let lanes = join.rows.iter().filter_map(|&row| drawing.rows[row].column);
    lanes
        .map(|lane| match lane < channel {
            true => channel - 1 - lane,
            false => lane - channel,
        })
        .sum()
}

/// Returns the thread that is preempted before a row, by its name, and its lane.
pub(super) fn preempted(row: &Row) -> Option<(&str, Option<usize>)> {
    row.marks.iter().find_map(|mark| match mark {
        Mark::Preempts { thread, column } => Some((thread.as_str(), *column)),
        _ => None,
    })
}
