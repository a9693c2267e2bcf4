//! Pieces of text that drawings and stories share: lists, numbers, values and messages.

use crate::Value;

/// The longest message that is shown whole, in characters.
const LONGEST_MESSAGE: usize = 160;

/// Returns the names, as a sentence lists them: `a, b and c`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns a value as a drawing shows it.
pub(super) fn value(value: Value) -> String {
    with_minus(&value.to_string())
}

/// Returns the text with a minus sign for the hyphen of each negative number. ANSI escapes are left as they are.
pub fn with_minus(text: &str) -> String {
    let mut last = ' ';
    let mut is_escape = false;
    let mut characters = text.chars().peekable();
    let mut result = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let is_sign = character == '-'
            && !last.is_alphanumeric()
            && characters.peek().is_some_and(char::is_ascii_digit);
        result.push(if is_sign { '−' } else { character });
        match character {
            '\x1b' => is_escape = true,
            _ if is_escape => is_escape = !character.is_ascii_alphabetic(),
            _ => last = character,
        }
    }
    result
}

/// Returns the message of a panic on one line, cut off if it is very long.
pub(super) fn on_one_line(message: &str) -> String {
    let lines = message.lines();
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    let message = with_minus(&lines.join("; "));
    match message.chars().count() > LONGEST_MESSAGE {
        true => message.chars().take(LONGEST_MESSAGE - 1).chain(['…']).collect(),
        false => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_negative_numbers_have_a_minus_sign() {
        assert_eq!(
            with_minus("(-1, x-2, 3 - 4, \"-\", --5)"),
            "(−1, x-2, 3 - 4, \"-\", -−5)"
        );
        assert_eq!(
            with_minus("\x1b[1m-1\x1b[0m x\x1b[1m-2"),
            "\x1b[1m−1\x1b[0m x\x1b[1m-2"
        );
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(
            [0, 1, 2, 3].map(|count| list(&names[..count])),
            ["", "a", "a and b", "a, b and c"]
        );
    }

    #[test]
    fn a_message_is_put_on_one_line_and_cut_off() {
        assert_eq!(on_one_line("left:\n\n   -1\n right:  2"), "left:; −1; right: 2");
        let long = on_one_line(&"x".repeat(161));
        assert_eq!((long.chars().count(), long.chars().last()), (160, Some('…')));
        assert_eq!(on_one_line(&"x".repeat(160)), "x".repeat(160));
    }
}
