//! The margin of a drawing: lines that join the rows that belong together.

use crate::drawing::{Join, JoinKind};

/// The most lines side by side: further joins are not drawn.
const MOST: usize = 3;

/// The joins that are drawn, each in a lane of the margin.
pub(super) struct Lanes<'a> {
    lanes: Vec<Vec<&'a Join>>,
}

impl<'a> Lanes<'a> {
    /// Gives each join the first lane that is free from its first to its last row.
    pub(super) fn new(joins: &'a [Join]) -> Self {
        let mut lanes: Vec<Vec<&Join>> = Vec::new();
        for join in joins {
            let free = |lane: &Vec<&Join>| lane.iter().all(|other| other.is_apart_from(join));
            match lanes.iter().position(free) {
                Some(lane) => lanes[lane].push(join),
                None if lanes.len() < MOST => lanes.push(vec![join]),
                None => {}
            }
        }
        Self { lanes }
    }

    /// Returns how many columns the margin takes up.
    pub(super) fn width(&self) -> usize {
        self.lanes.len()
    }

    /// Returns what stands in the margin beside the first line of a row, for each lane.
    pub(super) fn beside(&self, row: usize) -> Vec<Option<(char, JoinKind)>> {
        self.glyphs(|join| match (join.rows.first(), join.rows.last()) {
            (Some(&first), _) if first == row => Some('┌'),
            (_, Some(&last)) if last == row => Some('└'),
            _ if join.rows.contains(&row) => Some('├'),
            _ => passes(join, row, row).then_some('│'),
        })
    }

    /// Returns what stands in the margin between a row's first line and the next row's.
    pub(super) fn below(&self, row: usize) -> Vec<Option<(char, JoinKind)>> {
        self.glyphs(|join| passes(join, row, row + 1).then_some('│'))
    }

    /// Returns a glyph for each lane; from one that turns to the right, a line leads across the lanes beside it.
    fn glyphs(&self, glyph: impl Fn(&Join) -> Option<char>) -> Vec<Option<(char, JoinKind)>> {
        let lane = |lane: &Vec<&Join>| {
            lane.iter()
                .find_map(|join| glyph(join).map(|glyph| (glyph, join.kind)))
        };
        let mut crossing = None;
        let mut glyphs: Vec<Option<(char, JoinKind)>> = self.lanes.iter().map(lane).collect();
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

    fn drawn(lanes: &Lanes<'_>, rows: usize) -> Vec<String> {
        let glyphs = |glyphs: Vec<Option<(char, JoinKind)>>| {
            glyphs
                .into_iter()
                .map(|glyph| glyph.map_or(' ', |(glyph, _)| glyph))
                .collect()
        };
        (0..rows)
            .flat_map(|row| [glyphs(lanes.beside(row)), glyphs(lanes.below(row))])
            .collect()
    }

    #[test]
    fn a_join_goes_from_its_first_row_to_its_last() {
        let joins = [join(&[0, 1, 3])];
        let expected = ["┌", "│", "├", "│", "│", "│", "└", " "];
        assert_eq!(drawn(&Lanes::new(&joins), 4), expected);
    }

    #[test]
    fn joins_that_overlap_have_lanes_of_their_own() {
        let joins = [join(&[0, 2]), join(&[1, 3]), join(&[3, 4])];
        let expected = ["┌─", "│ ", "│┌", "││", "└┼", " │", "┌┴", "│ ", "└─", "  "];
        assert_eq!(drawn(&Lanes::new(&joins), 5), expected);
        let many = [(); 5].map(|()| join(&[0, 1]));
        assert_eq!(Lanes::new(&many).width(), MOST);
    }
}
