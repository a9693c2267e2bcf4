//! Suggestions for misspelt names.

/// The least similarity of a name that is suggested, from 0 to 1: that of clap's own suggestions.
const LEAST: f64 = 0.7;

/// Returns ``; did you mean `name`?`` with the name that is most like the text, or nothing if none is like it.
pub(super) fn did_you_mean(text: &str, names: impl Iterator<Item = &'static str>) -> String {
    let rated = names.map(|name| (strsim::jaro_winkler(text, name), name));
    let best = rated
        .filter(|&(similarity, _)| similarity > LEAST)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_is_much_like_it_is_suggested() {
        let suggestion = |text| did_you_mean(text, ["unlocked", "locked", "gil"].into_iter());
        assert_eq!(suggestion("unlokced"), "; did you mean `unlocked`?");
        assert_eq!(suggestion("Locked"), "; did you mean `locked`?");
        assert_eq!(suggestion("frobnicate"), "");
        assert_eq!(suggestion(""), "");
    }
}
