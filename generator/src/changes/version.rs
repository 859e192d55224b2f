//! The version that changes require, by Cargo's rules for semantic versioning.

use super::{Action, Change, Impact};

/// The part of a version that changes require to be incremented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// None, because nothing changed.
    None,
    /// The patch version: nothing was added.
    Patch,
    /// The minor version: something was added.
    Minor,
    /// The version for breaking changes.
    Breaking,
}

impl Bump {
    /// Returns the largest bump that any of the changes requires.
    pub fn of(changes: &[Change]) -> Self {
        changes.iter().map(Self::of_change).max().unwrap_or(Self::None)
    }

    fn of_change(change: &Change) -> Self {
        match (change.impact, change.action) {
            (Impact::Breaking | Impact::Silent, _) => Self::Breaking,
            (Impact::Compatible | Impact::Behaviour, Action::Added) => Self::Minor,
            (Impact::Compatible | Impact::Behaviour, _) => Self::Patch,
        }
    }

    /// Returns the name of the bump, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Breaking => "breaking",
        }
    }
}

/// Returns the version after `version`, or `None` if that is not a version of three numbers. Before
/// 1.0.0, the first nonzero number is incremented for breaking changes, and the last number for all
/// others.
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
    fn versions_follow_the_rules_of_cargo() {
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
