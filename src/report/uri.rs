//! Places in the source as the tools of a team know them: paths from the root of the repository.

use std::path::Path;

/// Returns the path of a source file as a URI: relative to the root if it lies below it, or if it is relative
/// already, as the compiler names the files of the package; else absolute.
pub(super) fn uri(file: &str, root: &Path) -> String {
    let path = Path::new(file);
    if let Ok(below) = path.strip_prefix(root) {
        return encoded(&below.to_string_lossy());
    }
    let encoded = encoded(file);
    match path.is_absolute() {
        true => format!("file:///{}", encoded.trim_start_matches('/')),
        false => encoded,
    }
}

/// Returns a path with `/` between its parts, and `%` escapes for what a URI may not have.
fn encoded(path: &str) -> String {
    let mut text = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                text.push(byte.into())
            }
            _ => text += &format!("%{byte:02X}"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_the_root_is_relative_to_it() {
        let root = Path::new("/home/me/project");
        assert_eq!(uri("/home/me/project/src/lib.rs", root), "src/lib.rs");
        assert_eq!(uri("src/counter/unlocked.rs", root), "src/counter/unlocked.rs");
        assert_eq!(uri("/home/me/other/lib.rs", root), "file:///home/me/other/lib.rs");
        assert_eq!(uri("src\\a b/ü:1.rs", root), "src/a%20b/%C3%BC%3A1.rs");
    }
}
