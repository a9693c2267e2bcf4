//! Histograms as SVG files: bars from a common line, and a line through the marks.

use super::canvas::{Anchor, Area, Canvas};
use super::colours::Colour;
use super::font::{FINALE, Font, SMALL, TEXT};
use super::layout::MARGIN;
use super::number::Number;
use super::paint::{Paint, Stroke};
use super::{draw_lines, text_line, write_file};
use crate::drawing::histogram::{Bar, Histogram};
use crate::drawing::width::{cut, printable, width};
use std::io::{self, Write};

/// The width of the picture, and the height of the bars' area, in pixels.
const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 320.0;

/// The room at the left of the bars, for the shares.
const SHARES: f64 = 64.0;

/// The space between blocks of text, and that between text and a line.
const GAP: f64 = 14.0;
const NEAR: f64 = 6.0;

/// The widest bar: a few columns do not fill the picture with colour.
const WIDEST: f64 = 56.0;

/// The greatest number of columns whose marks have dots.
const DOTS: usize = 60;

/// The greatest number of lines across, beside that at 0.
const RULES: f64 = 6.0;

/// The greatest width of a value on its axis, in characters.
const LABEL: usize = 16;

/// The colours: a mark has to stand out from the bar behind it as well as from the page.
const BAR: Colour = Colour::Line;
const MARK: Colour = Colour::Text;

/// Writes a histogram as an SVG file, like [drawings](super::write): it stands alone, and is readable on light and on
/// dark pages.
///
/// # Errors
///
/// Returns the error of the writer.
pub fn write_histogram(out: &mut impl Write, histogram: &Histogram) -> io::Result<()> {
    write_erased(out, histogram)
}

fn write_erased(out: &mut dyn Write, histogram: &Histogram) -> io::Result<()> {
    let mut canvas = Canvas::default();
    let inner = WIDTH - 2.0 * MARGIN;
    let mut top = MARGIN;
    let title = printable(&histogram.title);
    draw_lines(&mut canvas, &title, inner, &mut top, FINALE, Colour::Text);
    draw_legend(&mut canvas, histogram, &mut top);
    let plot = Plot::new(histogram, top + 2.0 * GAP + SMALL.leading);
    plot.draw_rules(&mut canvas, &histogram.shares);
    plot.draw_bars(&mut canvas, &histogram.columns);
    plot.draw_marks(&mut canvas, &histogram.columns);
    plot.draw_values(&mut canvas, histogram);
    top = plot.area.bottom() + NEAR + 2.0 * SMALL.leading + GAP;
    for note in &histogram.notes {
        draw_lines(&mut canvas, &printable(note), inner, &mut top, TEXT, Colour::Text);
    }
    let told = histogram.notes.join(" ");
    write_file(out, (WIDTH, top + MARGIN), &histogram.title, &told, canvas)
}

/// Draws a line for the bars and one for the marks, each with a sample of its colour and shape.
fn draw_legend(canvas: &mut Canvas, histogram: &Histogram, top: &mut f64) {
    const SAMPLE: f64 = 26.0;
    let text = MARGIN + SAMPLE + 2.0 * NEAR;
    for (is_bar, meaning) in [(true, &histogram.bars), (false, &histogram.marks)] {
        let middle = *top + TEXT.leading / 2.0;
        match is_bar {
            true => fill(canvas, (MARGIN, MARGIN + SAMPLE), (middle - 6.0, middle + 6.0)),
            false => {
                let (y, right) = (Number(middle), Number(MARGIN + SAMPLE));
                canvas.path(&format!("M {} {y} H {right}", Number(MARGIN)), stroke());
                canvas.dot((MARGIN + SAMPLE / 2.0, middle), 3.0, MARK);
            }
        }
        let room = TEXT.room(WIDTH - MARGIN - text);
        for line in crate::drawing::width::wrapped(&printable(meaning), room, 0) {
            canvas.text(&text_line(line, (text, *top), Anchor::Start, TEXT, Colour::Text));
            *top += TEXT.leading;
        }
    }
}

fn stroke() -> Stroke {
    Stroke::solid(MARK, 2.0)
}

/// Fills a rectangle without round corners.
fn fill(canvas: &mut Canvas, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
    let (left, right, top, bottom) = (Number(left), Number(right), Number(top), Number(bottom));
    canvas.path(
        &format!("M {left} {bottom} V {top} H {right} V {bottom} Z"),
        Paint::from(BAR),
    );
}

/// The area of the bars, and its scales.
struct Plot {
    area: Area,
    /// The share at the top.
    most: f64,
    /// The share from one line across to the next.
    rule: f64,
    /// The width of a column.
    column: f64,
}

impl Plot {
    fn new(histogram: &Histogram, top: f64) -> Self {
        let shares = histogram.columns.iter().map(|bar| bar.share.max(bar.mark));
        let highest = shares.fold(0.0, f64::max);
        let rule = nice(highest / RULES);
        let area = Area {
            left: MARGIN + SHARES,
            right: WIDTH - MARGIN,
            top,
            height: HEIGHT,
        };
        let count = histogram.columns.len().max(1) as f64;
        Self {
            area,
            most: (highest / rule).ceil().max(1.0) * rule,
            rule,
            column: (area.right - area.left) / count,
        }
    }

    fn middle(&self, index: usize) -> f64 {
        self.area.left + (index as f64 + 0.5) * self.column
    }

    fn height(&self, share: f64) -> f64 {
        self.area.bottom() - share / self.most * self.area.height
    }

    /// Draws the lines across, with their shares, and the meaning of these.
    fn draw_rules(&self, canvas: &mut Canvas, meaning: &str) {
        let count = (self.most / self.rule).round() as u32;
        for index in 0..=count {
            let share = f64::from(index) * self.rule;
            let y = self.height(share);
            let data = format!(
                "M {} {} H {}",
                Number(self.area.left),
                Number(y),
                Number(self.area.right)
            );
            let stroke = Stroke::solid(Colour::Line, if index == 0 { 1.5 } else { 0.5 });
            canvas.path(&data, stroke);
            let at = (self.area.left - NEAR, y - SMALL.leading / 2.0);
            canvas.text(&text_line(
                percent(share, self.rule),
                at,
                Anchor::End,
                SMALL,
                Colour::Dim,
            ));
        }
        let at = (MARGIN, self.area.top - NEAR - SMALL.leading * 1.5);
        let meaning = cut(&printable(meaning), SMALL.room(WIDTH - 2.0 * MARGIN));
        canvas.text(&text_line(meaning, at, Anchor::Start, SMALL, Colour::Dim));
    }

    fn draw_bars(&self, canvas: &mut Canvas, columns: &[Bar]) {
        let half = (self.column * 0.8).min(WIDEST) / 2.0;
        for (index, bar) in columns.iter().enumerate().filter(|(_, bar)| bar.share > 0.0) {
            let middle = self.middle(index);
            let sides = (middle - half, middle + half);
            fill(canvas, sides, (self.height(bar.share), self.area.bottom()));
        }
    }

    /// Draws the line through the marks, and dots where there is room for them.
    fn draw_marks(&self, canvas: &mut Canvas, columns: &[Bar]) {
        let mut data = String::new();
        for (index, bar) in columns.iter().enumerate() {
            let command = match bar.follows && index > 0 {
                true => "L",
                false => "M",
            };
            let (x, y) = (Number(self.middle(index)), Number(self.height(bar.mark)));
            data += &format!(" {command} {x} {y}");
        }
        if data.contains('L') {
            canvas.path(data.trim_start(), stroke());
        }
        if columns.len() <= DOTS || !data.contains('L') {
            for (index, bar) in columns.iter().enumerate() {
                canvas.dot((self.middle(index), self.height(bar.mark)), 3.0, MARK);
            }
        }
    }

    /// Draws as many values as there is room for, among them 0 if there is one, and the meaning of all.
    fn draw_values(&self, canvas: &mut Canvas, histogram: &Histogram) {
        let top = self.area.bottom() + NEAR;
        let labels: Vec<String> = histogram
            .columns
            .iter()
            .map(|bar| cut(&printable(&bar.label), LABEL))
            .collect();
        let stride = stride(&labels, SMALL, self.column);
        let zero = labels.iter().position(|label| label == "0").unwrap_or(0);
        for (index, label) in labels.iter().enumerate() {
            if index.abs_diff(zero).is_multiple_of(stride) {
                let at = (self.middle(index), top);
                canvas.text(&text_line(label.clone(), at, Anchor::Middle, SMALL, Colour::Dim));
            }
        }
        let at = (self.area.middle(), top + SMALL.leading);
        let meaning = cut(
            &printable(&histogram.values),
            SMALL.room(WIDTH - 2.0 * MARGIN - SHARES),
        );
        canvas.text(&text_line(meaning, at, Anchor::Middle, SMALL, Colour::Dim));
    }
}

/// Returns how many columns there are from one label to the next, so that none runs into another: 1, 2 or 5 times a
/// power of ten.
fn stride(labels: &[String], font: Font, column: f64) -> usize {
    let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    let needed = font.columns(widest + 2) / column;
    nice(needed.max(1.0)).round() as usize
}

/// Returns the least number that is not smaller, of those that are 1, 2 or 5 times a power of ten; of 0, a hundredth.
fn nice(number: f64) -> f64 {
    if number <= 0.0 {
        return 0.01;
    }
    let power = 10_f64.powf(number.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= number * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// Returns a share in percent, with as many decimals as multiples of `rule` need.
fn percent(share: f64, rule: f64) -> String {
    // A power of ten may be a little less than it should be.
    let decimals = (-(rule * 100.0).log10() - 1e-9).ceil().max(0.0) as usize;
    format!("{:.decimals$}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_numbers() {
        let numbers = [0.0, 0.0083, 0.01, 0.011, 0.2, 0.21, 0.6, 1.0, 7.0, 11.0];
        let steps = numbers.map(|number| percent(nice(number), nice(number)));
        let expected = [
            "1%", "1%", "1%", "2%", "20%", "50%", "100%", "100%", "1000%", "2000%",
        ];
        assert_eq!(steps, expected);
        assert_eq!(percent(0.003, 0.001), "0.3%");
        assert_eq!(percent(0.0002, 0.0002), "0.02%");
    }

    #[test]
    fn labels_keep_apart() {
        let labels = |count: usize| vec!["-100".to_owned(); count];
        // Six characters of 7.5 pixels.
        assert_eq!(stride(&labels(10), SMALL, 45.0), 1);
        assert_eq!(stride(&labels(10), SMALL, 44.0), 2);
        assert_eq!(stride(&labels(100), SMALL, 7.0), 10);
    }
}
