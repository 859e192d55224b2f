//! Names that are like one that is wrong, for the help of a diagnostic.

/// How many names are worth reading.
const MOST: usize = 8;

/// How many names are compared with a wrong one, and how many bytes they can have.
const COMPARED: usize = 500;
const LONGEST: usize = 100;

/// The names that are there if they are few, else those that are most like the wrong one.
pub fn names<'n>(wrong: &str, there: &[&'n str]) -> Vec<&'n str> {
    let mut near: Vec<&str> = there.to_vec();
    if near.len() > MOST {
        // What is much longer or shorter is not like it, and a document can have very many names.
        near.retain(|name| name.len().abs_diff(wrong.len()) <= 8 && name.len() <= LONGEST);
        near.truncate(COMPARED);
        near.sort_by_cached_key(|name| distance(wrong, name));
        near.truncate(MOST / 2);
    }
    near
}

/// The name that somebody who wrote a wrong one most likely meant, if one is like it enough.
pub fn meant<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // In short names each letter counts.
    let most = if wrong.len() < 4 { 0 } else { 2 };
    let near = names.into_iter().filter(|name| name.len().abs_diff(wrong.len()) <= most);
    let near = near.map(|name| (distance(wrong, name), name)).filter(|(far, _)| *far <= most);
    near.min_by_key(|(far, _)| *far).map(|(_, name)| name)
}

/// How many letters have to be changed, added or taken out to make one text of another, whatever
/// their case (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(&other) {
            let changed = diagonal + usize::from(letter != *other);
            left = changed.min(left + 1).min(above + 1);
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
    fn a_slip_of_the_pen_is_recognised() {
        let keys = ["properties", "required", "type", "not", "if"];
        assert_eq!(meant("propertys", keys), Some("properties"));
        assert_eq!(meant("require", keys), Some("required"));
        assert_eq!(meant("TYPE", keys), Some("type"));
        assert_eq!(meant("NOT", keys), Some("not"));
        assert_eq!(meant("id", keys), None);
        assert_eq!(meant("internal", keys), None);
    }

    #[test]
    fn few_names_are_all_given_and_of_many_the_nearest() {
        assert_eq!(names("x", &["b", "a"]), ["b", "a"]);
        let many =
            ["Account", "Accounts", "Acount", "Role", "Roles", "Tag", "Tags", "User", "Users"];
        assert_eq!(names("account", &many)[..3], ["Account", "Accounts", "Acount"]);
    }
}
