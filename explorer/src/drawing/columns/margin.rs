//! The margin of a drawing: lines that join the rows that belong together.

use crate::drawing::model::{Join, JoinKind};

/// The largest number of lines side by side: further joins are not drawn.
const MOST: usize = 3;

/// The joins that are drawn, each as a line in a track of the margin.
pub(super) struct Margin<'a> {
    tracks: Vec<Vec<&'a Join>>,
}

impl<'a> Margin<'a> {
    /// Gives each join the first track that is free from its first row to its last.
    pub(super) fn new(joins: &'a [Join]) -> Self {
        let mut tracks: Vec<Vec<&Join>> = Vec::new();
        for join in joins {
            let free = |track: &Vec<&Join>| track.iter().all(|other| other.is_apart_from(join));
            match tracks.iter().position(free) {
                Some(track) => tracks[track].push(join),
                None if tracks.len() < MOST => tracks.push(vec![join]),
                None => {}
            }
        }
        Self { tracks }
    }

    /// Returns the width of the margin, in columns of the terminal.
    pub(super) fn width(&self) -> usize {
        self.tracks.len()
    }

    /// Returns the glyph of each track beside the first line of a row.
    pub(super) fn beside(&self, row: usize) -> Vec<Option<(char, JoinKind)>> {
        self.glyphs(|join| match (join.rows.first(), join.rows.last()) {
            (Some(&first), _) if first == row => Some('┌'),
            (_, Some(&last)) if last == row => Some('└'),
            _ if join.rows.contains(&row) => Some('├'),
            _ => passes(join, row, row).then_some('│'),
        })
    }

    /// Returns the glyph of each track between the first line of a row and that of the next row.
    pub(super) fn below(&self, row: usize) -> Vec<Option<(char, JoinKind)>> {
        self.glyphs(|join| passes(join, row, row + 1).then_some('│'))
    }

    /// Returns the glyph of each track; from one that turns to the right, a line leads across the tracks
    /// beside it.
    fn glyphs(&self, glyph: impl Fn(&Join) -> Option<char>) -> Vec<Option<(char, JoinKind)>> {
        let track = |track: &Vec<&Join>| {
            track
                .iter()
                .find_map(|join| glyph(join).map(|glyph| (glyph, join.kind)))
        };
        let mut crossing = None;
        let mut glyphs: Vec<Option<(char, JoinKind)>> = self.tracks.iter().map(track).collect();
        for glyph in &mut glyphs {
            *glyph = match (*glyph, crossing) {
                (None, Some(kind)) => Some(('─', kind)),
                (Some(('│', kind)), Some(_)) => Some(('┼', kind)),
                (Some(('┌', kind)), Some(_)) => Some(('┬', kind)),
                (Some(('└', kind)), Some(_)) => Some(('┴', kind)),
                (Some(('├', kind)), Some(_)) => Some(('┼', kind)),
                (other, _) => other,
            };
            crossing = glyph.filter(|(glyph, _)| *glyph != '│').map(|(_, kind)| kind);
        }
        glyphs
    }
}

/// Returns `true` if the join goes from this row, or one before it, to that row or one after it.
fn passes(join: &Join, from: usize, to: usize) -> bool {
    let (first, last) = join.ends();
    first <= from && to <= last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(rows: &[usize]) -> Join {
        Join {
            kind: JoinKind::LostUpdate,
            rows: rows.to_vec(),
        }
    }

    fn drawn(tracks: &Margin<'_>, rows: usize) -> Vec<String> {
        let glyphs = |glyphs: Vec<Option<(char, JoinKind)>>| {
            glyphs
                .into_iter()
                .map(|glyph| glyph.map_or(' ', |(glyph, _)| glyph))
                .collect()
        };
        (0..rows)
            .flat_map(|row| [glyphs(tracks.beside(row)), glyphs(tracks.below(row))])
            .collect()
    }

    #[test]
    fn a_join_goes_from_its_first_row_to_its_last() {
        let joins = [join(&[0, 1, 3])];
        let expected = ["┌", "│", "├", "│", "│", "│", "└", " "];
        assert_eq!(drawn(&Margin::new(&joins), 4), expected);
    }

    #[test]
    fn joins_that_overlap_have_tracks_of_their_own() {
        let joins = [join(&[0, 2]), join(&[1, 3]), join(&[3, 4])];
        let expected = ["┌─", "│ ", "│┌", "││", "└┼", " │", "┌┴", "│ ", "└─", "  "];
        assert_eq!(drawn(&Margin::new(&joins), 5), expected);
        let many = [(); 5].map(|()| join(&[0, 1]));
        assert_eq!(Margin::new(&many).width(), MOST);
    }
}
