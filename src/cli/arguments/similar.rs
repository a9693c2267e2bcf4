//! Suggestions for misspelt names.

/// The least similarity of a name that is suggested, from 0 to 1: that of clap's own suggestions.
const LEAST: f64 = 0.7;

/// Returns the message that there is no such thing, with the name that is most like the text if one is.
pub(super) fn no_such(what: &str, text: &str, names: impl Iterator<Item = &'static str>) -> String {
    let rated = names.map(|name| (strsim::jaro_winkler(text, name), name));
    let best = rated
        .filter(|&(similarity, _)| similarity > LEAST)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let meant = best.map_or_else(String::new, |(_, name)| format!("did you mean `{name}`? "));
    format!("there is no such {what}; {meant}`selvedge list` shows all")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_is_much_like_it_is_suggested() {
        let message = |text| no_such("scenario", text, ["unlocked", "locked", "gil"].into_iter());
        let meant =
            |name| format!("there is no such scenario; did you mean `{name}`? `selvedge list` shows all");
        assert_eq!(message("unlokced"), meant("unlocked"));
        assert_eq!(message("Locked"), meant("locked"));
        for nothing in ["frobnicate", ""] {
            assert_eq!(
                message(nothing),
                "there is no such scenario; `selvedge list` shows all"
            );
        }
    }
}
