//! The variable or the field for which something is created, as far as the source leaves no doubt.
//!
//! From the call that creates it, such as `Mutex::new(0)`, the search goes outwards, and at each step the
//! expression must be one of these:
//!
//! - the value of `let x = …`, of `static X: T = …`, or of the field `x: …` of a struct: this gives the name;
//! - an element of an array or a tuple: the name of that, and the index;
//! - all that a call is given which only wraps it, such as `Arc::new(…)`: the name of the call's result;
//! - the body of the closure in `[(); 3].map(|()| …)`: the name of the array. Which element it is follows
//!   from the order in which they are created.
//!
//! Anything else, such as an argument of another function or a macro, has no name.

use super::Created;
use super::tokens::Tokens;
use crate::identity::ObjectKind;

/// The calls that only wrap what they are given.
const WRAPPERS: [(&str, &str); 9] = [
    ("Arc", "new"),
    ("Rc", "new"),
    ("Box", "new"),
    ("Box", "leak"),
    ("Pin", "new"),
    ("Box", "pin"),
    ("CachePadded", "new"),
    ("Arc", "from"),
    ("ManuallyDrop", "new"),
];

/// A name that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) name: String,
    /// The number of elements, if the expression is evaluated once for each element.
    pub(super) elements: Option<usize>,
}

impl Found {
    fn named(name: &str) -> Option<Self> {
        let elements = None;
        let name = name.to_owned();
        (name != "_").then_some(Self { name, elements })
    }

    /// Returns the name of a part; `None` if the whole is itself an element that is known only by its turn.
    fn part(self, part: &str) -> Option<Self> {
        let name = self.name + part;
        self.elements.is_none().then_some(Self { name, elements: None })
    }
}

/// An expression: its first token and its last.
type Span = (usize, usize);

/// Returns the name of what is created by the call that begins at this line and column.
pub(super) fn of(tokens: &Tokens<'_>, created: Created, at: (u32, u32)) -> Option<Found> {
    let first = tokens.at(at)?;
    let (path, open) = path_from(tokens, first)?;
    if tokens.text(open) != "(" || !creates(&path, created) {
        return None;
    }
    let mut last = tokens.pair(open)?;
    while tokens.text(last + 1) == "." && tokens.text(last + 2) == "shown" {
        last = tokens.pair(last + 3)?;
    }
    name_of(tokens, (first, last))
}

/// Returns the words of the path that begins at a token, without its generic arguments, and the token after
/// it.
fn path_from<'a>(tokens: &Tokens<'a>, first: usize) -> Option<(Vec<&'a str>, usize)> {
    let mut path = vec![tokens.word(first)?];
    let mut next = first + 1;
    while tokens.text(next) == ":" && tokens.text(next + 1) == ":" {
        next += 2;
        match tokens.word(next) {
            Some(word) => {
                path.push(word);
                next += 1;
            }
            None => next = after_generics(tokens, next)?,
        }
    }
    Some((path, next))
}

/// Returns the token after `<…>`.
fn after_generics(tokens: &Tokens<'_>, first: usize) -> Option<usize> {
    let mut depth = 0;
    for index in tokens.siblings(first, first + 64) {
        depth += match tokens.text(index) {
            "<" => 1,
            ">" => -1,
            "" | ";" => return None,
            _ => 0,
        };
        if depth == 0 {
            return (index > first).then_some(index + 1);
        }
    }
    None
}

/// Returns `true` if a call of this path creates an object of this kind, and not a user's type around one.
fn creates(path: &[&str], created: Created) -> bool {
    let kind = match created {
        Created::Thread => return path.last() == Some(&"spawn"),
        Created::Object(kind) => kind,
    };
    let [.., owner, function] = path else {
        return false;
    };
    let is_owner = match kind {
        ObjectKind::AtomicSigned
        | ObjectKind::AtomicUnsigned
        | ObjectKind::AtomicBool
        | ObjectKind::AtomicPtr => owner.starts_with("Atomic"),
        ObjectKind::Mutex => *owner == "Mutex",
        ObjectKind::RwLock => *owner == "RwLock",
        ObjectKind::Condvar => *owner == "Condvar",
        ObjectKind::Cell => matches!(*owner, "Cell" | "UnsafeCell"),
        ObjectKind::ParkToken => matches!(*owner, "Token" | "Notify"),
    };
    is_owner && matches!(*function, "new" | "default" | "from")
}

/// Returns the name of the value of an expression.
fn name_of(tokens: &Tokens<'_>, (first, last): Span) -> Option<Found> {
    if !matches!(tokens.text(last + 1), "," | ";" | ")" | "]" | "}") {
        return None;
    }
    let before = first.checked_sub(1)?;
    match tokens.text(before) {
        "&" => name_of(tokens, (before, last)),
        "=" => match variable(tokens, before)? {
            pattern if tokens.text(pattern) == "(" => None,
            name => Found::named(tokens.word(name)?),
        },
        ":" => field(tokens, before),
        "(" if is_call(tokens, before) => argument(tokens, (first, last)),
        "(" | "[" | "," => element(tokens, (first, last)),
        "|" => closure(tokens, (first, last)),
        _ => None,
    }
}

/// Returns the token after `let`, `let mut`, `static` or `static mut`, given the `=` that ends the pattern.
fn variable(tokens: &Tokens<'_>, equals: usize) -> Option<usize> {
    let mut index = equals;
    for _ in 0..64 {
        index = index.checked_sub(1)?;
        match tokens.text(index) {
            "let" | "static" => {
                let name = index + 1 + usize::from(tokens.text(index + 1) == "mut");
                let end = tokens.pair(name).unwrap_or(name) + 1;
                let is_type = tokens.text(end) == ":" && tokens.text(end + 1) != ":";
                return (end == equals || is_type).then_some(name);
            }
            ";" | "{" | "}" | "(" | "[" | "=" => return None,
            ")" | "]" => index = tokens.pair(index)?,
            _ => {}
        }
    }
    None
}

/// Returns the name of the field before this colon, in the literal of a struct.
fn field(tokens: &Tokens<'_>, colon: usize) -> Option<Found> {
    let name = colon.checked_sub(1)?;
    let opener = tokens.opener(colon)?;
    let is_first = opener + 1 == name;
    let is_field = tokens.text(opener) == "{" && (is_first || matches!(tokens.before(name, 1), "," | "]"));
    let is_struct = opener.checked_sub(1).is_some_and(|path| {
        tokens
            .word(path)
            .is_some_and(|word| !matches!(word, "else" | "loop" | "unsafe" | "move"))
            || tokens.text(path) == ">"
    });
    let found = Found::named(tokens.word(name)?)?;
    (is_field && is_struct).then_some(found)
}

/// Returns `true` if a bracket opens the arguments of a call, and not a group or a tuple.
fn is_call(tokens: &Tokens<'_>, open: usize) -> bool {
    let before = open.checked_sub(1);
    let is_word = before
        .and_then(|before| tokens.word(before))
        .is_some_and(|word| !is_keyword(word));
    is_word || matches!(tokens.before(open, 1), ">" | ")" | "]" | "!" | "?")
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "return" | "in" | "match" | "if" | "else" | "while" | "mut" | "move" | "break"
    )
}

/// Returns the name of the result of a call that only wraps its argument.
fn argument(tokens: &Tokens<'_>, (first, last): Span) -> Option<Found> {
    let open = first - 1;
    let close = tokens.pair(open)?;
    let is_alone = last + 1 == close || (tokens.text(last + 1) == "," && last + 2 == close);
    let path = path_to(tokens, open)?;
    let function = tokens.before(open, 1);
    let wraps = match (path + 1 == open, function) {
        (true, "Some" | "Ok") => true,
        (true, _) => false,
        (false, _) => WRAPPERS.contains(&(tokens.before(open, 4), function)),
    };
    (is_alone && wraps).then(|| name_of(tokens, (path, close)))?
}

/// Returns the first token of the path of words that ends before this token.
fn path_to(tokens: &Tokens<'_>, end: usize) -> Option<usize> {
    let mut first = end.checked_sub(1)?;
    tokens.word(first)?;
    while tokens.before(first, 1) == ":" && tokens.before(first, 2) == ":" {
        first = first.checked_sub(3)?;
        tokens.word(first)?;
    }
    (tokens.before(first, 1) != ".").then_some(first)
}

/// Returns the name of an element of an array or of a tuple, or of what is in brackets alone.
fn element(tokens: &Tokens<'_>, (first, last): Span) -> Option<Found> {
    let open = tokens.opener(first)?;
    let close = tokens.pair(open)?;
    let signs = || tokens.siblings(open + 1, close).map(|index| tokens.text(index));
    // Within generic arguments there are commas too.
    if signs().any(|sign| matches!(sign, "<" | ";")) {
        return None;
    }
    let number = tokens
        .siblings(open + 1, first)
        .filter(|&index| tokens.text(index) == ",")
        .count();
    match tokens.text(open) {
        "[" => {
            let is_vec = tokens.before(open, 1) == "!" && tokens.before(open, 2) == "vec";
            let is_array = matches!(tokens.before(open, 1), "=" | ":" | "(" | "[" | "," | "&" | "|");
            let start = if is_vec { open - 2 } else { open };
            let whole = || name_of(tokens, (start, close))?.part(&format!("[{number}]"));
            (is_vec || is_array).then(whole)?
        }
        "(" if is_call(tokens, open) => None,
        "(" if signs().any(|sign| sign == ",") => tuple(tokens, (open, close), number),
        "(" if last + 1 == close => name_of(tokens, (open, close)),
        _ => None,
    }
}

/// Returns the name of a part of a tuple, which may be taken apart at once: `let (a, b) = (…, …)`.
fn tuple(tokens: &Tokens<'_>, (open, close): Span, number: usize) -> Option<Found> {
    let pattern = (tokens.before(open, 1) == "=").then(|| variable(tokens, open - 1));
    let Some(pattern) = pattern.flatten().filter(|&pattern| tokens.text(pattern) == "(") else {
        return name_of(tokens, (open, close))?.part(&format!(".{number}"));
    };
    if tokens.text(close + 1) != ";" {
        return None;
    }
    let end = tokens.pair(pattern)?;
    let parts: Vec<usize> = tokens.siblings(pattern + 1, end).collect();
    let part = parts
        .split(|&index| tokens.text(index) == ",")
        .nth(number)
        .unwrap_or_default();
    match *part {
        [name] => Found::named(tokens.word(name)?),
        [mutable, name] if tokens.text(mutable) == "mut" => Found::named(tokens.word(name)?),
        _ => None,
    }
}

/// Returns the name of the array or the vector each element of which the body of a closure makes.
fn closure(tokens: &Tokens<'_>, (first, last): Span) -> Option<Found> {
    let open = tokens.opener(first)?;
    let close = tokens.pair(open)?;
    let bars = open + 1 + usize::from(tokens.text(open + 1) == "move");
    let mut inner = tokens.siblings(bars + 1, first - 1);
    let is_body = tokens.text(bars) == "|" && inner.all(|index| tokens.text(index) != "|");
    let maps = tokens.before(open, 1) == "map" && tokens.before(open, 2) == ".";
    if !is_body || !maps || last + 1 != close {
        return None;
    }
    let end = open.checked_sub(3)?;
    let start = tokens.pair(end)?;
    let (count, whole) = match tokens.text(start) {
        "[" if !is_call(tokens, start) => (array_length(tokens, (start, end))?, close),
        "(" if !is_call(tokens, start) => (range_length(tokens, (start, end))?, collected(tokens, close)?),
        _ => return None,
    };
    let outer = name_of(tokens, (start, whole))?;
    let elements = outer.elements.is_none().then_some(count);
    elements.map(|count| Found {
        elements: Some(count),
        ..outer
    })
}

/// Returns the number of elements of an array, written as `[x; 3]` or element by element.
fn array_length(tokens: &Tokens<'_>, (open, close): Span) -> Option<usize> {
    let signs: Vec<(usize, &str)> = tokens
        .siblings(open + 1, close)
        .map(|index| (index, tokens.text(index)))
        .collect();
    let commas = signs.iter().filter(|(_, sign)| *sign == ",").count();
    match signs.iter().find(|(_, sign)| matches!(*sign, "<" | ";")) {
        Some((repeat, ";")) if repeat + 2 == close => tokens.text(repeat + 1).parse().ok(),
        Some(_) => None,
        None if signs.is_empty() => Some(0),
        None => Some(commas + usize::from(signs.last().is_some_and(|(_, last)| *last != ","))),
    }
}

/// Returns the length of a range from 0, written as `(0..3)`.
fn range_length(tokens: &Tokens<'_>, (open, close): Span) -> Option<usize> {
    let texts: Vec<&str> = (open + 1..close).map(|index| tokens.text(index)).collect();
    match texts[..] {
        ["0", ".", ".", count] => count.parse().ok(),
        _ => None,
    }
}

/// Returns the last token of `.collect()` after this one.
fn collected(tokens: &Tokens<'_>, close: usize) -> Option<usize> {
    if tokens.text(close + 1) != "." || tokens.text(close + 2) != "collect" {
        return None;
    }
    let (_, open) = path_from(tokens, close + 2)?;
    let end = tokens.pair(open)?;
    (end == open + 1).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the name of each mutex that a text creates after an `@`, in order.
    fn names(text: &str) -> Vec<Option<String>> {
        let (source, marks) = (text.replace('@', ""), text.match_indices('@').enumerate());
        let tokens = Tokens::of(&source).expect("its brackets match");
        let starts = marks.map(|(earlier, (at, _))| (at - earlier) as u32 + 1);
        let named = |column| of(&tokens, Created::Object(ObjectKind::Mutex), (1, column));
        let shown = |found: Found| match found.elements {
            Some(elements) => format!("{} of {elements}", found.name),
            None => found.name,
        };
        starts.map(|at| named(at).map(shown)).collect()
    }

    fn check(text: &str, expected: &[&str]) {
        let expected: Vec<Option<String>> = expected
            .iter()
            .map(|&name| (name != "-").then(|| name.to_owned()))
            .collect();
        assert_eq!(names(text), expected, "{text}");
    }

    #[test]
    fn variables_and_fields_give_names() {
        check("let a = @Mutex::new(0);", &["a"]);
        check(
            "let mut a: Mutex<(u8, u8)> = @sync::Mutex::<i32>::new((0, 1));",
            &["a"],
        );
        check("static A: B::Mutex<i32> = @B::Mutex::from(0);", &["A"]);
        check("f(); { x } let a = &@Mutex::default(); g()", &["a"]);
        check(
            "Queue { head: @Mutex::new(0), tail: @Mutex::new(0) }",
            &["head", "tail"],
        );
        check("Queue::<B> { #[cfg(x)] head: @Mutex::new(0) }", &["head"]);
        check("Some(Self { a, b: @Mutex::new(0), ..rest() })", &["b"]);
    }

    #[test]
    fn wrappers_arrays_and_tuples_are_passed() {
        check("let a = Arc::new(@Mutex::new(Job::Free).shown());", &["a"]);
        check("let a = Arc::new(@Mutex::new(0));", &["a"]);
        check("let a = Some(Arc::new((@Mutex::new(0))));", &["a"]);
        check(
            "let a = std::sync::Arc::new((@Mutex::new(f(1, 2)), @Mutex::new(0),));",
            &["a.0", "a.1"],
        );
        check(
            "S { next: [@Mutex::new(0), @Mutex::new(0)] }",
            &["next[0]", "next[1]"],
        );
        check(
            "let a = vec![(0, @Mutex::new(0)), (1, @Mutex::new(0))];",
            &["a[0].1", "a[1].1"],
        );
        check(
            "let (a, mut b) = (@Mutex::new(0), Arc::new(@Mutex::new(0)));",
            &["a", "b"],
        );
        check(
            "let ((a, _), _) = ((@Mutex::new(0), 1), @Mutex::new(0));",
            &["-", "-"],
        );
    }

    #[test]
    fn elements_that_one_place_creates_are_counted() {
        check("let a = [(); 3].map(|()| @Mutex::new(0));", &["a of 3"]);
        check("let a = [1, -1,].map(|x| Arc::new(@Mutex::new(x)));", &["a of 2"]);
        check(
            "S { a: Arc::new([(); 2].map(move |()| @Mutex::new(0))) }",
            &["a of 2"],
        );
        check(
            "let a: Vec<_> = (0..4).map(|_| @Mutex::new(0)).collect();",
            &["a of 4"],
        );
        check(
            "let a = (0..4).map(|_| @Mutex::new(0)).collect::<Vec<Mutex<_>>>();",
            &["a of 4"],
        );
        check("let a = (7, [(); 2].map(|()| @Mutex::new(0)));", &["a.1 of 2"]);
        check(
            "let a = [(); 2].map(|()| [(); 2].map(|()| @Mutex::new(0)));",
            &["-"],
        );
        check("let a = [(); 2].map(|()| (@Mutex::new(0), 1));", &["-"]);
        check("let a = (0..n).map(|_| @Mutex::new(0)).collect();", &["-"]);
        check("let a = x.map(|_| @Mutex::new(0));", &["-"]);
    }

    /// Whatever leaves a doubt has no name: a wrong one would mislead.
    #[test]
    fn what_is_not_sure_has_no_name() {
        for text in [
            "let a = f(@Mutex::new(0));",
            "let a = f(1, @Mutex::new(0));",
            "let a = @Mutex::new(0).lock();",
            "let a = [@Mutex::new(0)].len();",
            "let a = [f::<u8, u8>(), @Mutex::new(0)];",
            "let a = if x { @Mutex::new(0) } else { b };",
            "let a = @Queue::new(0);",
            "let a = @Mutex::with(0);",
            "let a = @mutex!(0);",
            "let _ = @Mutex::new(0);",
            "let S { a } = @Mutex::new(0);",
            "let a = x == @Mutex::new(0);",
            "a = @Mutex::new(0);",
            "self.a = @Mutex::new(0);",
            "let f = |x| @Mutex::new(x);",
            "let a = x.new(@Mutex::new(0));",
            "let a = Queue::new(@Mutex::new(0));",
            "match x { a => @Mutex::new(0), }",
            "return @Mutex::new(0);",
            "let a = x[@Mutex::new(0)];",
            "let a; b = @Mutex::new(0);",
            "let a = b = @Mutex::new(0);",
        ] {
            check(text, &["-"]);
        }
    }

    #[test]
    fn kinds_are_told_apart() {
        let tokens = Tokens::of("let a = B::AtomicI64::new(0); let t = B::spawn(f);").expect("they match");
        let found = |created, column| of(&tokens, created, (1, column)).map(|found| found.name);
        let signed = Created::Object(ObjectKind::AtomicSigned);
        assert_eq!(found(signed, 9).as_deref(), Some("a"));
        assert_eq!(found(Created::Object(ObjectKind::Mutex), 9), None);
        assert_eq!(found(Created::Thread, 39).as_deref(), Some("t"));
        assert_eq!(found(Created::Thread, 9), None);
    }
}
