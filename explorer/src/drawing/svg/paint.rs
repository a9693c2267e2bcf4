//! The paint of a shape: its attributes in the file.

use super::colours::Colour;
use super::number::Number;
use std::fmt;

/// The filling of a shape, and its outline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) fill: Option<Colour>,
    pub(super) stroke: Option<Stroke>,
}

/// The stroke of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub(super) colour: Colour,
    pub(super) width: f64,
    /// The lengths of dashes and gaps; `None` for a solid line.
    pub(super) dashes: Option<&'static str>,
}

impl Stroke {
    /// Creates a solid line.
    pub(super) const fn solid(colour: Colour, width: f64) -> Self {
        Self {
            colour,
            width,
            dashes: None,
        }
    }
}

impl From<Colour> for Paint {
    fn from(colour: Colour) -> Self {
        Self {
            fill: Some(colour),
            stroke: None,
        }
    }
}

impl From<Stroke> for Paint {
    fn from(stroke: Stroke) -> Self {
        Self {
            fill: None,
            stroke: Some(stroke),
        }
    }
}

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fill = self.fill.map(|colour| format!("fill-{}", colour.name()));
        let stroke = self
            .stroke
            .map(|stroke| format!("stroke-{}", stroke.colour.name()));
        let classes: Vec<String> = fill.into_iter().chain(stroke).collect();
        write!(f, "class=\"{}\"", classes.join(" "))?;
        write!(f, " fill=\"{}\"", self.fill.map_or("none", Colour::light))?;
        let Some(stroke) = self.stroke else {
            return Ok(());
        };
        let width = Number(stroke.width);
        write!(
            f,
            " stroke=\"{}\" stroke-width=\"{width}\"",
            stroke.colour.light()
        )?;
        match stroke.dashes {
            Some(dashes) => write!(f, " stroke-dasharray=\"{dashes}\" stroke-linecap=\"round\""),
            None => Ok(()),
        }
    }
}
