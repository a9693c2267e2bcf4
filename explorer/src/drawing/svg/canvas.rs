//! The elements of an SVG file: text, boxes and lines, as XML.

use super::colours::Colour;
use super::font::Font;
use super::number::Number;
use super::paint::Paint;
use std::fmt::{self, Write};

/// The elements that have been drawn so far.
#[derive(Default)]
pub(super) struct Canvas {
    elements: String,
}

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct TextLine {
    pub(super) x: f64,
    /// The top of the line.
    pub(super) top: f64,
    /// The part of the text that is at `x`.
    pub(super) anchor: Anchor,
    pub(super) text: String,
    /// The number of bytes at the beginning that are bold, whatever the font.
    pub(super) lead: usize,
    pub(super) font: Font,
    pub(super) colour: Colour,
}

/// The part of a text that is at its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn bottom(self) -> f64 {
        self.top + self.height
    }

    pub(super) fn middle(self) -> f64 {
        f64::midpoint(self.left, self.right)
    }
}

impl Canvas {
    /// Returns the elements, one to a line.
    pub(super) fn into_elements(self) -> String {
        self.elements
    }

    pub(super) fn text(&mut self, line: &TextLine) {
        const BOLD: &str = " font-weight=\"bold\"";
        let font = line.font;
        let anchor = match line.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (lead, rest) = line.text.split_at(line.lead);
        let lead = match lead {
            "" => String::new(),
            lead => format!("<tspan{BOLD}>{}</tspan>", escaped(lead)),
        };
        self.element(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{anchor} {}>{lead}{}</text>",
            Number(line.x),
            Number(line.top + font.baseline()),
            Number(font.size),
            if font.is_bold { BOLD } else { "" },
            Paint::from(line.colour),
            escaped(rest),
        ));
    }

    /// Draws a rectangle with round corners.
    pub(super) fn area(&mut self, area: Area, paint: Paint) {
        self.element(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" {paint}/>",
            Number(area.left),
            Number(area.top),
            Number(area.right - area.left),
            Number(area.height),
        ));
    }

    /// Draws a line or a shape, given as the data of a path.
    pub(super) fn path(&mut self, data: &str, paint: impl Into<Paint>) {
        let paint = paint.into();
        self.element(format_args!("<path d=\"{data}\" {paint}/>"));
    }

    pub(super) fn dot(&mut self, (x, y): (f64, f64), radius: f64, paint: impl Into<Paint>) {
        let (x, y, r, paint) = (Number(x), Number(y), Number(radius), paint.into());
        self.element(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {paint}/>"));
    }

    fn element(&mut self, element: fmt::Arguments<'_>) {
        let _ = writeln!(self.elements, "{element}");
    }
}

/// Returns the text escaped for XML, with spaces for control characters, which XML cannot hold.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            '"' => escaped += "&quot;",
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_escaped_or_replaced() {
        assert_eq!(
            escaped("Vec<&\"x\">\u{1b}[1m\n\u{ffff}−'"),
            "Vec&lt;&amp;&quot;x&quot;&gt; [1m \u{fffd}−'"
        );
    }
}
