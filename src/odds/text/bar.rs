//! A bar of text, in eighths of a column, with a mark.

use anstyle::{AnsiColor, Style};

/// The explanation of the bars.
pub(super) const LEGEND: &str = "█ all alike, ◆ picked";

const BAR: Style = AnsiColor::Cyan.on_default();
const MARK: Style = AnsiColor::Yellow.on_default().bold();

/// The parts of a column, in eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Returns a bar as long as this share of `columns`, and a mark at another share of them.
pub(super) fn bar(length: f64, mark: f64, columns: usize) -> String {
    if columns == 0 {
        return String::new();
    }
    let eighths = (length * columns as f64 * 8.0).round() as usize;
    let mut cells: Vec<&str> = vec!["█"; eighths / 8];
    cells.extend(Some(EIGHTHS[eighths % 8]).filter(|part| !part.is_empty()));
    cells.resize(columns.max(cells.len()), " ");
    let mark = ((mark * columns as f64).round() as usize).saturating_sub(1);
    let (before, after) = (cells[..mark].concat(), cells[mark + 1..].concat());
    let after = after.trim_end();
    let after = match after {
        "" => String::new(),
        after => format!("{BAR}{after}{BAR:#}"),
    };
    format!("{BAR}{before}{BAR:#}{MARK}◆{MARK:#}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(length: f64, mark: f64, columns: usize) -> String {
        anstream::adapter::strip_str(&bar(length, mark, columns)).to_string()
    }

    #[test]
    fn a_bar_ends_in_eighths_and_the_mark_covers_one_column() {
        assert_eq!(plain(1.0, 0.5, 8), "███◆████");
        assert_eq!(plain(0.5, 1.0, 8), "████   ◆");
        assert_eq!(plain(0.5 + 3.0 / 64.0, 0.25, 8), "█◆██▍");
        assert_eq!(plain(0.0, 0.0, 8), "◆");
        assert_eq!(plain(1.0, 1.0, 0), "");
    }
}
