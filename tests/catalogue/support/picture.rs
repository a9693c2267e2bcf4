//! An SVG file as a viewer lays it out: the positions and colours of its texts, boxes and lines.

use roxmltree::{Document, Node};
use std::str::Split;

/// The contents of a file.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) texts: Vec<Text>,
    pub(crate) boxes: Vec<Area>,
    pub(crate) dots: Vec<Area>,
    /// The straight pieces of lines; bends count as their corners.
    pub(crate) pieces: Vec<Area>,
    /// The colours in use, as name and light value, with `true` for text.
    pub(crate) colours: Vec<(String, String, bool)>,
    pub(crate) title: String,
    pub(crate) story: String,
    pub(crate) style: String,
}

/// A text with its area, if a character is 0.6 times as wide as high.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) area: Area,
}

/// A rectangle, from its left upper to its right lower corner.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Area {
    /// Returns the area without a border of this width.
    pub(crate) fn shrunk(self, border: f64) -> Self {
        Self {
            left: self.left + border,
            top: self.top + border,
            right: self.right - border,
            bottom: self.bottom - border,
        }
    }

    /// Returns `true` if the two areas overlap by more than their borders.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Returns `true` if the other area lies within this one.
    pub(crate) fn holds(self, other: Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

impl Picture {
    /// Reads a file; panics, with the reason, if it is not XML or has an element that no drawing has.
    pub(crate) fn read(file: &str) -> Self {
        let document = Document::parse(file).unwrap_or_else(|error| panic!("{error} in\n{file}"));
        let root = document.root_element();
        let mut picture = Self {
            width: number(root, "width"),
            height: number(root, "height"),
            texts: Vec::new(),
            boxes: Vec::new(),
            dots: Vec::new(),
            pieces: Vec::new(),
            colours: Vec::new(),
            title: String::new(),
            story: String::new(),
            style: String::new(),
        };
        let view = format!("0 0 {} {}", picture.width, picture.height);
        assert_eq!(
            (root.tag_name().name(), root.attribute("viewBox")),
            ("svg", Some(&*view))
        );
        root.children()
            .filter(Node::is_element)
            .for_each(|node| picture.add(node));
        picture
    }

    fn add(&mut self, node: Node<'_, '_>) {
        let content = || node.text().unwrap_or("").to_owned();
        match node.tag_name().name() {
            "title" => self.title = content(),
            "desc" => self.story = content(),
            "style" => self.style = content(),
            "text" => self.texts.push(text(node)),
            "rect" => {
                let (left, top) = (number(node, "x"), number(node, "y"));
                self.boxes.push(Area {
                    left,
                    top,
                    right: left + number(node, "width"),
                    bottom: top + number(node, "height"),
                });
            }
            "circle" => {
                let (x, y, r) = (number(node, "cx"), number(node, "cy"), number(node, "r"));
                self.dots.push(Area {
                    left: x - r,
                    top: y - r,
                    right: x + r,
                    bottom: y + r,
                });
            }
            "path" => self.pieces.extend(pieces(node.attribute("d").expect("data"))),
            other => panic!("{other} is nothing that a drawing has"),
        }
        for paint in ["fill", "stroke"] {
            let class = node.attribute("class").unwrap_or("").split(' ');
            let names = class.filter_map(|class| class.strip_prefix(paint)?.strip_prefix('-'));
            let value = node.attribute(paint).filter(|value| *value != "none");
            let names: Vec<&str> = names.collect();
            assert_eq!(
                names.len(),
                usize::from(value.is_some()),
                "{node:?}: a class for each colour"
            );
            if let (Some(name), Some(value)) = (names.first(), value) {
                let colour = (
                    name.to_string(),
                    value.to_owned(),
                    node.has_tag_name((SVG, "text")),
                );
                self.colours.push(colour);
            }
        }
    }
}

const SVG: &str = "http://www.w3.org/2000/svg";

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    decimal(
        node.attribute(name)
            .unwrap_or_else(|| panic!("{node:?} has a {name}")),
    )
}

/// Reads a number that has at most two decimals.
fn decimal(word: &str) -> f64 {
    let decimals = word.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    assert!(decimals <= 2, "{word}");
    word.parse().unwrap_or_else(|_| panic!("{word} is a number"))
}

fn text(node: Node<'_, '_>) -> Text {
    let parts = node.descendants().filter(|part| part.is_text());
    let text: String = parts.filter_map(|part| part.text()).collect();
    let size = number(node, "font-size");
    let columns = text.chars().map(|character| match character {
        '\u{300}'..='\u{36f}' => 0.0,
        '⺀'.. => 2.0,
        _ => 1.0,
    });
    let width = columns.sum::<f64>() * size * 0.6;
    let (x, y) = (number(node, "x"), number(node, "y"));
    let left = match node.attribute("text-anchor") {
        None => x,
        Some("middle") => x - width / 2.0,
        Some("end") => x - width,
        Some(other) => panic!("{other} is no anchor"),
    };
    let area = Area {
        left,
        top: y - 0.8 * size,
        right: left + width,
        bottom: y + 0.25 * size,
    };
    Text { text, area }
}

/// Returns the pieces of a path as the thin rectangles that hold them.
fn pieces(data: &str) -> Vec<Area> {
    let mut words = data.split(' ');
    let next = |words: &mut Split<'_, char>| decimal(words.next().expect("a number"));
    let (mut x, mut y) = (0.0, 0.0);
    let mut pieces = Vec::new();
    while let Some(command) = words.next() {
        let points = match command {
            "M" => {
                (x, y) = (next(&mut words), next(&mut words));
                vec![]
            }
            "H" => vec![(next(&mut words), y)],
            "V" => vec![(x, next(&mut words))],
            "L" => vec![(next(&mut words), next(&mut words))],
            "Q" => vec![
                (next(&mut words), next(&mut words)),
                (next(&mut words), next(&mut words)),
            ],
            "Z" => vec![],
            other => panic!("{other} is no command of a path here"),
        };
        for (to_x, to_y) in points {
            pieces.push(Area {
                left: to_x.min(x) - 1.0,
                top: to_y.min(y) - 1.0,
                right: to_x.max(x) + 1.0,
                bottom: to_y.max(y) + 1.0,
            });
            (x, y) = (to_x, to_y);
        }
    }
    pieces
}
