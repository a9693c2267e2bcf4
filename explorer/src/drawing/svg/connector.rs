//! The lines that join rows: they run down beside the lanes, and turn to the boxes of their rows.

use super::canvas::{Area, Canvas};
use super::colours::Colour;
use super::layout::Layout;
use super::number::Number;
use super::paint::{Paint, Stroke};
use crate::drawing::model::{Join, JoinKind};
use std::cmp::Reverse;

/// The radius of bends.
const BEND: f64 = 9.0;

/// The largest distance between lines to the same box.
const APART: f64 = 13.0;

/// The point at which a line meets the box of a row.
#[derive(Clone, Copy, Debug)]
struct Port {
    x: f64,
    y: f64,
    /// 1 if the line comes from the left, -1 if from the right.
    direction: f64,
}

/// The shape at the end of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tip {
    Ring,
    Cross,
    Arrow,
    Dot,
}

/// Draws all joins. Each kind has a line style of its own, so that the kinds differ without colours, too.
pub(super) fn draw(canvas: &mut Canvas, joins: &[Join], layout: &Layout) {
    for (index, join) in joins.iter().enumerate() {
        let stroke = stroke(join.kind);
        let trunk = layout.trunks[index];
        let ports: Vec<Port> = (0..join.rows.len())
            .map(|position| port(joins, layout, index, position))
            .collect();
        let (first, last) = (ports[0], ports[ports.len() - 1]);
        canvas.path(&bracket(trunk, first, last), stroke);
        for port in &ports[1..ports.len() - 1] {
            canvas.path(&branch(trunk, *port), stroke);
        }
        for (position, port) in ports.iter().enumerate() {
            tip(join, position).draw(canvas, *port, stroke.colour);
        }
    }
}

fn stroke(kind: JoinKind) -> Stroke {
    match kind {
        JoinKind::LostUpdate => Stroke::solid(Colour::Warning, 2.0),
        JoinKind::DataRace => Stroke {
            dashes: Some("8 5"),
            ..Stroke::solid(Colour::Bad, 2.0)
        },
        JoinKind::Waits => Stroke {
            dashes: Some("1 5"),
            ..Stroke::solid(Colour::Warning, 2.5)
        },
    }
}

/// Returns the shape at one of the rows of a join: a ring at the read that goes stale, a cross at a store
/// that is lost, an arrow to the one that overwrites it; a dot at a thread that waits, and an arrow to the
/// event that acquired the lock; dots at the two accesses of a data race.
fn tip(join: &Join, position: usize) -> Tip {
    let is_last = position + 1 == join.rows.len();
    match join.kind {
        JoinKind::LostUpdate if position == 0 => Tip::Ring,
        JoinKind::LostUpdate if is_last => Tip::Arrow,
        JoinKind::LostUpdate => Tip::Cross,
        JoinKind::Waits if is_last => Tip::Dot,
        JoinKind::Waits => Tip::Arrow,
        JoinKind::DataRace => Tip::Dot,
    }
}

/// Returns the point at which the line of a join meets the box of one of its rows.
fn port(joins: &[Join], layout: &Layout, index: usize, position: usize) -> Port {
    let row = joins[index].rows[position];
    let area = layout.rows[row].1.area;
    let is_left = layout.trunks[index] < area.left;
    let neighbours = neighbours(joins, layout, row, is_left);
    let rank = neighbours.iter().position(|&other| other == index).unwrap_or(0);
    Port {
        x: if is_left { area.left } else { area.right },
        y: height_of(area, rank, neighbours.len()),
        direction: if is_left { 1.0 } else { -1.0 },
    }
}

/// Returns the joins that meet a row's box on one side, from top to bottom: first those that come from above,
/// last those that go on below, in an order in which they do not cross there.
fn neighbours(joins: &[Join], layout: &Layout, row: usize, is_left: bool) -> Vec<usize> {
    let area = layout.rows[row].1.area;
    let meets =
        |index: &usize| joins[*index].rows.contains(&row) && (layout.trunks[*index] < area.left) == is_left;
    let mut neighbours: Vec<usize> = (0..joins.len()).filter(meets).collect();
    neighbours.sort_by_key(|&index| {
        let distance = (layout.trunks[index] - area.middle()).abs().round() as i64;
        match joins[index].rows.as_slice() {
            [.., last] if *last == row => (0, Reverse(-distance)),
            [first, ..] if *first == row => (2, Reverse(distance)),
            _ => (1, Reverse(distance)),
        }
    });
    neighbours
}

/// Returns the height at which the line of this rank meets a box, if `count` lines do.
fn height_of(area: Area, rank: usize, count: usize) -> f64 {
    let apart = APART.min((area.height - APART) / count as f64);
    let first = area.top + area.height / 2.0 - apart * (count - 1) as f64 / 2.0;
    first + apart * rank as f64
}

/// Returns the path from one port to another, along the trunk.
fn bracket(trunk: f64, from: Port, to: Port) -> String {
    let bend = BEND.min((to.y - from.y) / 2.0);
    format!(
        "M {} {} H {} Q {trunk} {} {trunk} {} V {} {}",
        Number(from.x),
        Number(from.y),
        Number(trunk + bend * from.direction),
        Number(from.y),
        Number(from.y + bend),
        Number(to.y - bend),
        turn(trunk, to, bend),
        trunk = Number(trunk),
    )
}

/// Returns the path from the trunk to a port.
fn branch(trunk: f64, to: Port) -> String {
    format!(
        "M {} {} {}",
        Number(trunk),
        Number(to.y - BEND),
        turn(trunk, to, BEND)
    )
}

fn turn(trunk: f64, to: Port, bend: f64) -> String {
    format!(
        "Q {} {y} {} {y} H {}",
        Number(trunk),
        Number(trunk + bend * to.direction),
        Number(to.x),
        y = Number(to.y),
    )
}

impl Tip {
    fn draw(self, canvas: &mut Canvas, port: Port, colour: Colour) {
        let Port { x, y, direction } = port;
        let line = Stroke::solid(colour, 2.0);
        let ring = Paint {
            fill: Some(Colour::Card),
            stroke: Some(line),
        };
        let [left, right] = [12.0, 3.0].map(|back| Number(x - back * direction));
        let [above, below] = [4.5, -4.5].map(|up| Number(y - up));
        match self {
            Self::Ring => canvas.dot((x, y), 4.5, ring),
            Self::Dot => canvas.dot((x, y), 4.5, colour),
            Self::Cross => canvas.path(
                &format!("M {left} {above} L {right} {below} M {left} {below} L {right} {above}"),
                Stroke::solid(colour, 2.5),
            ),
            Self::Arrow => {
                let (top, bottom, back) = (Number(y - 5.0), Number(y + 5.0), Number(x - 10.0 * direction));
                let (x, y) = (Number(x), Number(y));
                canvas.path(&format!("M {x} {y} L {back} {top} L {back} {bottom} Z"), colour);
            }
        }
    }
}
