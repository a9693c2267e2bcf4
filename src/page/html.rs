//! The page as one HTML file: the template, with the style, the script and the data put in.

use super::model::Document;
use std::io;

const TEMPLATE: &str = include_str!("template.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(
    include_str!("script/walk.js"),
    include_str!("script/drawing.js"),
    include_str!("script/panels.js"),
    include_str!("script/main.js"),
);

/// Returns the page.
///
/// # Errors
///
/// If the data cannot be serialised, which is a fault of this crate.
pub(super) fn html(document: &Document) -> io::Result<String> {
    let data = serde_json::to_string(document)?;
    let mut html = String::with_capacity(TEMPLATE.len() + STYLE.len() + SCRIPT.len() + data.len());
    // Only the template is searched for places, and not what is put into them.
    for part in TEMPLATE.split_inclusive("}}") {
        let (before, place) = part.split_once("{{").unwrap_or((part, ""));
        html += before;
        match place {
            "" => {}
            "style}}" => html += STYLE,
            "script}}" => html += SCRIPT,
            "data}}" => html += &within_script(&data),
            "version}}" => html += env!("CARGO_PKG_VERSION"),
            unknown => {
                return Err(io::Error::other(format!(
                    "the template has no place for {unknown}"
                )));
            }
        }
    }
    Ok(html)
}

/// Returns JSON that an HTML parser takes for the text of a script, whatever is in it.
///
/// In JSON, `<` stands only in strings, where an escape means the same. Without it there is neither `</script`
/// nor `<!--`.
fn within_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_the_script_that_it_is_in() {
        let hostile = serde_json::to_string("</script><script>alert(1)</script><!--\"").expect("a string");
        let safe = within_script(&hostile);
        assert!(!safe.contains('<'), "{safe}");
        let read: String = serde_json::from_str(&safe).expect("it is JSON still");
        assert_eq!(read, "</script><script>alert(1)</script><!--\"");
    }

    #[test]
    fn neither_style_nor_script_contains_what_ends_them() {
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
        let document = Document {
            version: "{{data}}",
            levels: Vec::new(),
        };
        let html = html(&document).expect("the template is complete");
        assert!(
            html.contains(r#"{"version":"{{data}}","levels":[]}"#),
            "what is put in is not searched"
        );
    }
}
