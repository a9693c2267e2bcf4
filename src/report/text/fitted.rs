//! A writer of lines that fit on a terminal.

use selvedge_explorer::drawing::width::fitted;
use std::io::{self, Write};

/// A writer that breaks lines which are too wide, at spaces. ANSI escapes take up no room.
///
/// A line is written when it has ended, or on [`flush`](Write::flush).
#[derive(Debug)]
pub struct Fitted<W> {
    output: W,
    width: usize,
    /// The beginning of a line that has not ended.
    line: Vec<u8>,
}

impl<W: Write> Fitted<W> {
    /// Creates a writer of lines of at most `width` columns.
    pub fn new(output: W, width: usize) -> Self {
        let line = Vec::new();
        Self { output, width, line }
    }

    /// Writes the beginning of a line, as far as it has come.
    fn write_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        self.output
            .write_all(fitted(&text, self.width).join("\n").as_bytes())
    }
}

impl<W: Write> Write for Fitted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(end) => {
                    self.line.extend_from_slice(end);
                    self.write_line()?;
                    self.output.write_all(b"\n")?;
                }
                None => self.line.extend_from_slice(piece),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.write_line()?;
        }
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_come_in_pieces_are_broken_where_they_are_too_wide() {
        let mut text = Vec::new();
        let mut fitted = Fitted::new(&mut text, 8);
        for piece in ["one ", "\x1b[1mtwo", "\x1b[0m three\nfour", "\n", "five"] {
            write!(fitted, "{piece}").expect("writing to memory does not fail");
        }
        fitted.flush().expect("writing to memory does not fail");
        let text = String::from_utf8(text).expect("it is UTF-8");
        assert_eq!(text, "one \x1b[1mtwo\n\x1b[0mthree\nfour\nfive");
    }
}
