//! Drawings as SVG files, for slides and documents: a lane for each thread, time downwards, and the story
//! under it.
//!
//! A file stands alone: it needs no script, no font and no other file. It has no background of its own, and
//! is readable on light and on dark ones. Everything that colours show is also written, or has a shape.

mod canvas;
mod card;
mod colours;
mod connector;
mod font;
mod histogram;
mod layout;
mod number;
mod paint;
mod tracks;

pub use histogram::write_histogram;

use super::model::{Drawing, Row};
use super::width::{cut, printable, wrapped};
use canvas::{Anchor, Area, Canvas, TextLine, escaped};
use colours::{Colour, style_sheet};
use font::{FAMILY, FINALE, Font, HEAD, SMALL, STRONG, TEXT};
use layout::{Layout, MARGIN};
use number::Number;
use paint::{Paint, Stroke};
use std::io::{self, Write};

/// The space before the ending, and before the story, in pixels.
const BEFORE_FINALE: f64 = 24.0;
const BEFORE_STORY: f64 = 8.0;

/// Writes a drawing as an SVG file.
///
/// The same drawing gives the same bytes. Sizes are in pixels, for text that is 15 pixels high. Each column
/// of text is taken to be 0.6 times as wide as the text is high.
///
/// # Errors
///
/// Returns the error of the writer.
pub fn write(out: &mut impl Write, drawing: &Drawing) -> io::Result<()> {
    write_erased(out, drawing)
}

/// Writes a drawing, compiled once for all writers.
fn write_erased(out: &mut dyn Write, drawing: &Drawing) -> io::Result<()> {
    let layout = Layout::new(drawing);
    let mut canvas = Canvas::default();
    if !drawing.rows.is_empty() {
        draw_lanes(&mut canvas, drawing, &layout);
        draw_rows(&mut canvas, drawing, &layout);
        connector::draw(&mut canvas, &drawing.joins, &layout);
    }
    let bottom = draw_end(&mut canvas, drawing, &layout);
    let title = match &drawing.finale {
        Some(finale) => format!("One interleaving and its ending: {}", finale.text),
        None => "The beginning of an interleaving".to_owned(),
    };
    let size = (layout.width(), bottom + MARGIN);
    write_file(out, size, &title, &drawing.story.join(" "), canvas)
}

/// Writes the file of a picture, with a title and a description for those who do not see it.
fn write_file(
    out: &mut dyn Write,
    (width, height): (f64, f64),
    title: &str,
    told: &str,
    canvas: Canvas,
) -> io::Result<()> {
    let (width, height) = (Number(width), Number(height));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"selvedge\" role=\"img\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"{FAMILY}\">"
    )?;
    writeln!(out, "<title>{}</title>", escaped(title))?;
    writeln!(out, "<desc>{}</desc>", escaped(told))?;
    writeln!(out, "<style>\n{}\n</style>", style_sheet())?;
    write!(out, "{}", canvas.into_elements())?;
    writeln!(out, "</svg>")
}

/// Draws the names of the threads, and the lines down which they run, as far as their last rows.
fn draw_lanes(canvas: &mut Canvas, drawing: &Drawing, layout: &Layout) {
    for (lane, (column, head)) in drawing.columns.iter().zip(&layout.heads).enumerate() {
        let room = HEAD.room(head.right - head.left - 2.0 * card::PADDING);
        let paint = Paint {
            fill: Some(Colour::Card),
            stroke: Some(Stroke::solid(Colour::Text, 1.5)),
        };
        canvas.area(*head, paint);
        let name = cut(&printable(&column.name), room);
        let top = head.top + (head.height - HEAD.leading) / 2.0;
        canvas.text(&text_line(
            name,
            (head.middle(), top),
            Anchor::Middle,
            HEAD,
            Colour::Text,
        ));
        let rows = drawing.rows.iter().rposition(|row| row.column == Some(lane));
        draw_lifeline(canvas, *head, &layout.rows[..rows.map_or(0, |last| last + 1)]);
    }
}

/// Draws the line down which a thread runs, in pieces between the boxes on it.
fn draw_lifeline(canvas: &mut Canvas, head: Area, rows: &[(Option<Area>, card::Card)]) {
    let areas = rows
        .iter()
        .flat_map(|(notice, card)| notice.iter().chain([&card.area]));
    let x = Number(head.middle());
    let mut from = head.bottom();
    for area in areas.filter(|area| area.left < head.right && head.left < area.right) {
        let data = format!("M {x} {} V {}", Number(from), Number(area.top));
        canvas.path(&data, Stroke::solid(Colour::Line, 1.5));
        from = area.bottom();
    }
}

fn draw_rows(canvas: &mut Canvas, drawing: &Drawing, layout: &Layout) {
    for (row, (notice, card)) in drawing.rows.iter().zip(&layout.rows) {
        if let Some(notice) = notice {
            draw_notice(canvas, row, *notice);
        }
        if let Some(paint) = card.paint {
            canvas.area(card.area, paint);
        }
        card.lines.iter().for_each(|line| canvas.text(line));
        if let (Some(step), Some(first)) = (row.step(), card.lines.first()) {
            let at = (layout.numbers, first.top);
            canvas.text(&text_line(step.to_string(), at, Anchor::End, SMALL, Colour::Dim));
        }
    }
}

/// Draws that a thread is preempted: a broken line across its lane.
fn draw_notice(canvas: &mut Canvas, row: &Row, area: Area) {
    let text = match tracks::preempted(row) {
        Some((thread, None)) => format!("{thread} is preempted"),
        _ => "preempted".to_owned(),
    };
    let text = cut(
        &printable(&text),
        STRONG.room(area.right - area.left - 8.0 * card::PADDING),
    );
    let half = STRONG.extent(&text) / 2.0 + card::PADDING;
    let stroke = Stroke {
        dashes: Some("6 6"),
        ..Stroke::solid(Colour::Warning, 2.0)
    };
    let y = Number(area.top + area.height / 2.0);
    for (from, to) in [
        (area.left, area.middle() - half),
        (area.middle() + half, area.right),
    ] {
        canvas.path(&format!("M {} {y} H {}", Number(from), Number(to)), stroke);
    }
    let at = (area.middle(), area.top);
    canvas.text(&text_line(text, at, Anchor::Middle, STRONG, Colour::Warning));
}

/// Draws the ending and the story; returns the height at which they end.
fn draw_end(canvas: &mut Canvas, drawing: &Drawing, layout: &Layout) -> f64 {
    let mut top = match drawing.rows.is_empty() {
        true => layout.bottom,
        false => layout.bottom + BEFORE_FINALE,
    };
    if let Some(finale) = &drawing.finale {
        let colour = if finale.is_failure {
            Colour::Bad
        } else {
            Colour::Text
        };
        let text = printable(&finale.text);
        draw_lines(canvas, &text, layout.story, &mut top, FINALE, colour);
        top += BEFORE_STORY;
    }
    let story = drawing.story.join(" ");
    draw_lines(
        canvas,
        &printable(&story),
        layout.story,
        &mut top,
        TEXT,
        Colour::Text,
    );
    top
}

/// Draws text in lines of at most this width, from `top` on, and moves `top` below them.
fn draw_lines(canvas: &mut Canvas, text: &str, width: f64, top: &mut f64, font: Font, colour: Colour) {
    for line in wrapped(text, font.room(width), 0) {
        canvas.text(&text_line(line, (MARGIN, *top), Anchor::Start, font, colour));
        *top += font.leading;
    }
}

fn text_line(text: String, (x, top): (f64, f64), anchor: Anchor, font: Font, colour: Colour) -> TextLine {
    TextLine {
        x,
        top,
        anchor,
        text,
        lead: 0,
        font,
        colour,
    }
}
