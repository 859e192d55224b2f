//! The version that changes ask for, by Cargo's rules.

use super::{Action, Change, Impact};

/// Which part of a version has to grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// None: nothing has changed.
    None,
    /// Nothing is new for users.
    Patch,
    /// Something is new.
    Minor,
    /// What users wrote may not do what they meant.
    Breaking,
}

impl Bump {
    /// What changes ask for together.
    pub fn of(changes: &[Change]) -> Self {
        changes.iter().map(Self::of_one).max().unwrap_or(Self::None)
    }

    fn of_one(change: &Change) -> Self {
        match (change.impact, change.action) {
            (Impact::Breaking | Impact::Silent, _) => Self::Breaking,
            (Impact::Compatible | Impact::Behaviour, Action::Added) => Self::Minor,
            (Impact::Compatible | Impact::Behaviour, _) => Self::Patch,
        }
    }

    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Breaking => "breaking",
        }
    }
}

/// The version after another one, or nothing if that is no version. Before 1.0.0 the first number
/// that is not zero stands for what breaks, and the last one for all else.
pub fn next_version(version: &str, bump: Bump) -> Option<String> {
    let numbers: Option<Vec<u64>> = version.split('.').map(|part| part.parse().ok()).collect();
    let [major, minor, patch] = *numbers?.as_slice() else { return None };
    Some(match (bump, major, minor) {
        (Bump::None, ..) => version.to_owned(),
        (Bump::Breaking, 0, 0) | (Bump::Patch | Bump::Minor, 0, _) | (Bump::Patch, ..) => {
            format!("{major}.{minor}.{}", patch.checked_add(1)?)
        }
        (Bump::Breaking, 0, _) | (Bump::Minor, ..) => {
            format!("{major}.{}.0", minor.checked_add(1)?)
        }
        (Bump::Breaking, ..) => format!("{}.0.0", major.checked_add(1)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_grow_by_the_rules_of_cargo() {
        let cases = [
            ("0.1.0", Bump::None, Some("0.1.0")),
            ("0.1.0", Bump::Patch, Some("0.1.1")),
            ("0.1.0", Bump::Minor, Some("0.1.1")),
            ("0.1.4", Bump::Breaking, Some("0.2.0")),
            ("0.0.4", Bump::Minor, Some("0.0.5")),
            ("0.0.4", Bump::Breaking, Some("0.0.5")),
            ("1.2.3", Bump::Patch, Some("1.2.4")),
            ("1.2.3", Bump::Minor, Some("1.3.0")),
            ("1.2.3", Bump::Breaking, Some("2.0.0")),
            ("1.2", Bump::Patch, None),
            ("1.2.3-beta.1", Bump::Patch, None),
            ("0.0.18446744073709551615", Bump::Patch, None),
        ];
        for (version, bump, expected) in cases {
            assert_eq!(next_version(version, bump).as_deref(), expected, "{version} {bump:?}");
        }
    }
}
