//! Suggestions of similar names, for the help of a diagnostic.

/// The number of names up to which all of them are suggested.
const MAX_ALL: usize = 8;

/// The number of similar names that are suggested of more.
const MAX_SIMILAR: usize = 4;

/// The number of names that are compared, and the length of each in bytes: a document can have very
/// many names.
const MAX_COMPARED: usize = 500;
const MAX_NAME_BYTES: usize = 100;

/// The difference in length, in bytes, from which names are not similar.
const MAX_LENGTH_DIFFERENCE: usize = 8;

/// Returns all existing names if they are few, otherwise those most similar to an unknown name.
pub fn similar<'n>(unknown: &str, existing: &[&'n str]) -> Vec<&'n str> {
    let mut names: Vec<&str> = existing.to_vec();
    if names.len() > MAX_ALL {
        names.retain(|name| {
            name.len().abs_diff(unknown.len()) <= MAX_LENGTH_DIFFERENCE
                && name.len() <= MAX_NAME_BYTES
        });
        names.truncate(MAX_COMPARED);
        names.sort_by_cached_key(|name| distance(unknown, name));
        names.truncate(MAX_SIMILAR);
    }
    names
}

/// Returns the name of which an unknown name is most likely a misspelling, if there is one.
pub fn intended<'n>(unknown: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // In a short name each letter counts; only its case may differ.
    let max_distance = if unknown.len() < 4 { 0 } else { 2 };
    let names = names.into_iter().filter(|name| name.len().abs_diff(unknown.len()) <= max_distance);
    let candidates = names.map(|name| (distance(unknown, name), name));
    let (_, name) = candidates
        .filter(|(distance, _)| *distance <= max_distance)
        .min_by_key(|(distance, _)| *distance)?;
    Some(name)
}

/// Returns the Levenshtein distance between two names, ignoring case.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(&other) {
            let replaced = diagonal + usize::from(letter != *other);
            left = replaced.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_recognized() {
        let keys = ["properties", "required", "type", "not", "if"];
        assert_eq!(intended("propertys", keys), Some("properties"));
        assert_eq!(intended("require", keys), Some("required"));
        assert_eq!(intended("TYPE", keys), Some("type"));
        assert_eq!(intended("NOT", keys), Some("not"));
        assert_eq!(intended("id", keys), None);
        assert_eq!(intended("internal", keys), None);
    }

    #[test]
    fn few_names_are_all_suggested_and_of_many_the_most_similar() {
        assert_eq!(similar("x", &["b", "a"]), ["b", "a"]);
        let many =
            ["Account", "Accounts", "Acount", "Role", "Roles", "Tag", "Tags", "User", "Users"];
        assert_eq!(similar("account", &many)[..3], ["Account", "Accounts", "Acount"]);
    }
}
