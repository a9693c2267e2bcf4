//! Drawings for a terminal: a column for each thread, time downwards, and the story under it.

mod margin;
mod style;

use super::model::{Content, Drawing, JoinKind, Mark, Row};
use super::width::{cut, cut_start, printable, width, wrapped};
use margin::Margin;
use std::io::{self, Write};
use style::Style::{self, Bad, Bold, Dim, Good, Plain, Warning};

/// The smallest width of a column: below it, the drawing becomes a list.
const LEAST_COLUMN: usize = 22;

/// The largest width of a column: above it, a place is too far from its event.
const GREATEST_COLUMN: usize = 44;

/// The smallest width of a drawing.
const LEAST: usize = 30;

/// The largest width of the lines of the story.
const GREATEST_STORY: usize = 100;

/// The space between columns.
const GAP: usize = 2;

/// Writes a drawing in lines of at most `width` columns of the terminal; a width below 30 counts as 30.
///
/// Colours are ANSI escapes: where they are not wanted, give it a writer that removes them. Where there is no
/// room for a column for each thread, each line begins with the thread's name instead.
///
/// # Errors
///
/// Returns the error of the writer.
pub fn write(out: &mut impl Write, drawing: &Drawing, width: usize) -> io::Result<()> {
    write_erased(out, drawing, width)
}

/// Writes a drawing, compiled once for all writers.
fn write_erased(out: &mut dyn Write, drawing: &Drawing, width: usize) -> io::Result<()> {
    let page = Page::new(drawing, width.max(LEAST));
    if !drawing.rows.is_empty() {
        page.write_head(out)?;
        for index in 0..drawing.rows.len() {
            page.write_row(out, index)?;
        }
        writeln!(out)?;
    }
    if let Some(finale) = &drawing.finale {
        let style = if finale.is_failure { Bad } else { Bold };
        for line in wrapped(&printable(&finale.text), page.width, 2) {
            writeln!(out, "{style}{line}{style:#}")?;
        }
        writeln!(out)?;
    }
    if !drawing.story.is_empty() {
        let story = drawing.story.join(" ");
        for line in wrapped(&printable(&story), page.width.min(GREATEST_STORY), 0) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The rows of a drawing as lines of text, the same as [`write()`] writes, without the finale and the story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines {
    /// The heads of the columns; empty where there are none.
    pub head: Vec<String>,
    /// The lines under them.
    pub rows: Vec<String>,
}

impl Lines {
    /// Lays out the rows of a drawing in lines of at most `width` columns of the terminal, with ANSI escapes
    /// for colours; a width below 30 counts as 30.
    pub fn new(drawing: &Drawing, width: usize) -> Self {
        let page = Page::new(drawing, width.max(LEAST));
        let lines = |write: &dyn Fn(&mut Vec<u8>) -> io::Result<()>| {
            let mut text = Vec::new();
            write(&mut text).expect("a vector can always be written to");
            let text = String::from_utf8_lossy(&text);
            text.lines().map(str::to_owned).collect()
        };
        Lines {
            head: lines(&|text| page.write_head(text)),
            rows: lines(&|text| (0..drawing.rows.len()).try_for_each(|index| page.write_row(text, index))),
        }
    }
}

/// A drawing, laid out on lines of a certain width.
struct Page<'a> {
    drawing: &'a Drawing,
    margin: Margin<'a>,
    width: usize,
    /// The width of the numbers of steps.
    numbers: usize,
    /// The width of a column; `None` for a list.
    column: Option<usize>,
}

/// A piece of text in a column, or across all of them.
struct Cell {
    column: Option<usize>,
    text: String,
    style: Style,
    /// A second piece of text, at the right, and dim.
    place: String,
}

impl<'a> Page<'a> {
    fn new(drawing: &'a Drawing, width: usize) -> Self {
        let steps = drawing.rows.iter().filter_map(Row::step);
        let mut page = Self {
            drawing,
            margin: Margin::new(&drawing.joins),
            width,
            numbers: steps.max().unwrap_or(0).to_string().len().max(2),
            column: None,
        };
        let threads = drawing.columns.len().max(1);
        let room = (page.body() + GAP) / threads;
        page.column = (room >= LEAST_COLUMN + GAP).then(|| (room - GAP).min(GREATEST_COLUMN));
        page
    }

    /// Returns the width of the step number and the margin, left of the columns.
    fn indent(&self) -> usize {
        match self.margin.width() {
            0 => self.numbers + 2,
            lines => self.numbers + 1 + lines + 2,
        }
    }

    /// Returns the width that the columns share.
    fn body(&self) -> usize {
        self.width - self.indent()
    }

    fn write_head(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(column) = self.column else {
            return Ok(());
        };
        let names = self.drawing.columns.iter();
        let names: Vec<String> = names
            .map(|thread| cut(&printable(&thread.name), column))
            .collect();
        let pad = |text: &str| text.to_owned() + &" ".repeat(column - width(text));
        let heads: Vec<String> = names.iter().map(|name| pad(name)).collect();
        let rules: Vec<String> = names.iter().map(|_| "─".repeat(column)).collect();
        if !names.is_empty() {
            let indent = " ".repeat(self.indent());
            writeln!(out, "{indent}{Bold}{}{Bold:#}", heads.join("  ").trim_end())?;
            writeln!(out, "{indent}{Dim}{}{Dim:#}", rules.join("  "))?;
        }
        Ok(())
    }

    fn write_row(&self, out: &mut dyn Write, index: usize) -> io::Result<()> {
        let row = &self.drawing.rows[index];
        if let Some(cell) = self.preemption(row) {
            self.write_line(out, None, self.between(index.checked_sub(1)), &cell)?;
        }
        for (line, cell) in self.cells(row).iter().enumerate() {
            let margin = match line {
                0 => self.margin.beside(index),
                _ => self.margin.below(index),
            };
            self.write_line(out, row.step().filter(|_| line == 0), margin, cell)?;
        }
        Ok(())
    }

    fn between(&self, above: Option<usize>) -> Vec<Option<(char, JoinKind)>> {
        match above {
            Some(row) => self.margin.below(row),
            None => vec![None; self.margin.width()],
        }
    }

    /// Returns the width of a cell, and its column.
    fn room(&self, row: &Row) -> (usize, Option<usize>) {
        match (self.column, row.column) {
            (Some(width), Some(column)) => (width, Some(column)),
            _ => (self.body(), None),
        }
    }

    fn preemption(&self, row: &Row) -> Option<Cell> {
        row.marks.iter().find_map(|mark| {
            let Mark::Preempts { thread, column } = mark else {
                return None;
            };
            let column = column.filter(|_| self.column.is_some());
            let text = match column {
                Some(_) => "╌╌ preempted ╌╌".to_owned(),
                None => cut(&printable(&format!("╌╌ {thread} is preempted ╌╌")), self.body()),
            };
            Some(Cell {
                column,
                text,
                style: Warning,
                place: String::new(),
            })
        })
    }

    /// Returns the lines of a row, without its preemption.
    fn cells(&self, row: &Row) -> Vec<Cell> {
        let (room, column) = self.room(row);
        let cell = |text: String, style: Style| Cell {
            column,
            text,
            style,
            place: String::new(),
        };
        let style = style_of(row);
        let lines = wrapped(&printable(&self.text(row)), room, 2).into_iter();
        let mut cells: Vec<Cell> = lines.map(|line| cell(line, style)).collect();
        if let Some(place) = &row.place {
            let place = cut_start(&printable(&place.to_string()), room);
            let used = cells.last().map_or(room, |last| width(&last.text));
            if used + 2 + width(&place) > room {
                cells.push(cell(" ".repeat(2.min(room - width(&place))), style));
            }
            cells.last_mut().expect("there is one now").place = place;
        }
        for mark in row
            .marks
            .iter()
            .filter(|mark| !matches!(mark, Mark::Preempts { .. }))
        {
            let note = wrapped(&printable(&format!("^ {mark}")), room - 2, 2).into_iter();
            cells.extend(note.map(|line| cell(format!("  {line}"), style_of_mark(mark))));
        }
        cells
    }

    /// Returns the text of a row; it begins with the thread's name if the row is in no column.
    fn text(&self, row: &Row) -> String {
        let is_across = row.column.is_none() && matches!(row.content, Content::Fold { .. });
        match self.room(row).1 {
            None if !is_across => format!("{}: {}", row.who, row.text()),
            _ => row.text(),
        }
    }

    fn write_line(
        &self,
        out: &mut dyn Write,
        step: Option<usize>,
        margin: Vec<Option<(char, JoinKind)>>,
        cell: &Cell,
    ) -> io::Result<()> {
        let number = step.map_or_else(String::new, |step| step.to_string());
        write!(out, "{Dim}{number:>width$}{Dim:#} ", width = self.numbers)?;
        for glyph in &margin {
            match glyph {
                Some((glyph, kind)) => {
                    let style = style_of_join(*kind);
                    write!(out, "{style}{glyph}{style:#}")?;
                }
                None => write!(out, " ")?,
            }
        }
        let offset = cell.column.unwrap_or(0) * (self.column.unwrap_or(0) + GAP);
        let joins = margin.iter().flatten().any(|(glyph, _)| *glyph != '│');
        let lead = match (margin.is_empty(), joins) {
            (true, _) => " ".repeat(1 + offset),
            (false, true) => "─".repeat(1 + offset) + " ",
            (false, false) => " ".repeat(2 + offset),
        };
        let style = cell.style;
        let space = " ".repeat(self.space_before_place(cell));
        write!(out, "{Dim}{lead}{Dim:#}{style}{}{style:#}", cell.text)?;
        writeln!(out, "{space}{Dim}{}{Dim:#}", cell.place)
    }

    /// Returns the space between the text and its place, which stands at the right end of a column, or close
    /// to a text across all columns.
    fn space_before_place(&self, cell: &Cell) -> usize {
        if cell.place.is_empty() || cell.text.trim().is_empty() {
            return 0;
        }
        let room = self.column.filter(|_| cell.column.is_some()).unwrap_or(0);
        room.saturating_sub(width(&cell.text) + width(&cell.place)).max(2)
    }
}

fn style_of(row: &Row) -> Style {
    match &row.content {
        Content::Fold { .. } | Content::Link(_) => Dim,
        Content::Stuck(_) => Bad,
        Content::Event { .. } => row.marks.iter().map(style_of_mark).next_back().unwrap_or(Plain),
    }
}

fn style_of_mark(mark: &Mark) -> Style {
    match mark {
        Mark::Preempts { .. } => Plain,
        Mark::Stale | Mark::MayBeMissed | Mark::MayOverwrite { .. } | Mark::TooEarly { .. } => Warning,
        Mark::Missed => Good,
        Mark::Overwrites { .. } | Mark::Races => Bad,
    }
}

fn style_of_join(kind: JoinKind) -> Style {
    match kind {
        JoinKind::LostUpdate | JoinKind::Waits => Warning,
        JoinKind::DataRace => Bad,
    }
}
