//! The names of components.
//!
//! The stage `bundle` names a component after its file; if the name is used, it adds the folder or a
//! number. This module converts such names to type names: `search-export.yaml` becomes `SearchExport`,
//! and a response in `404.yaml` becomes `NotFound`. A schema whose file name has no letter at its begin,
//! such as `1.yaml`, is named after its title. Titles do not have priority, because many are sentences,
//! and because a crate generated from upstream's files is named after the files too.
//!
//! Components of the root file keep their names. The table `names` of the settings overrides all names,
//! and turns inline schemas into components.

mod lift;
mod rename;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use clientgen::diagnostics::Diagnostics;
use clientgen::metamodel::{ObjectKind, SECTIONS, reason_phrase};
use clientgen::pointer::Pointer;
use serde_json::Value;
use toml::Spanned;

use super::settings::File;
use rename::Renames;

/// The names of the components of each section.
pub(super) type Names = BTreeMap<&'static str, BTreeSet<String>>;

/// Returns the names of the components of a document.
pub(super) fn of(document: &Value) -> Names {
    let names = |section: &str| {
        let components = document.get("components").and_then(|all| all.get(section));
        components
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    SECTIONS.iter().map(|(_, section)| (*section, names(section))).collect()
}

/// Renames the components of a document, except those of the root file.
pub(super) fn rename_components(document: &mut Value, root: &Names) {
    let mut renames = Renames::new();
    for (kind, section) in SECTIONS.iter().filter(|(kind, _)| *kind != ObjectKind::SecurityScheme) {
        let all = of(document).remove(section).unwrap_or_default();
        let is_of_root =
            |name: &&String| root.get(section).is_some_and(|names| names.contains(*name));
        let preferred = |name: &str| {
            let component = Pointer::root().join("components").join(section).join(name);
            let title = component.find(document).and_then(|node| node.get("title")?.as_str());
            type_name(name, title, *kind, section)
        };
        // Unchanged names have priority, so that a new file does not take the name of an old one.
        let (kept, mut others): (Vec<&String>, Vec<&String>) =
            all.iter().partition(|name| is_of_root(name) || preferred(name) == **name);
        // File names have priority over titles.
        others.sort_by_key(|name| !begins_with_letter(&upper_camel(name)));
        let mut used: BTreeSet<String> = kept.into_iter().cloned().collect();
        for old in others {
            let new = unused(&preferred(old), &used);
            used.insert(new.clone());
            renames.insert((*section, old.clone()), new);
        }
    }
    rename::apply(document, &renames);
}

/// Applies the table `names` of the settings. Reports invalid entries.
pub(super) fn apply_table(
    document: &mut Value,
    settings: &File<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut renames = Renames::new();
    let mut lifts: Vec<Lift> = Vec::new();
    let mut assigned: BTreeSet<(&'static str, &str)> = BTreeSet::new();
    for entry in &settings.settings.names {
        match Naming::of_entry(document, entry, &mut assigned) {
            Ok(Naming::Rename(section, old)) => {
                renames.insert((section, old), entry.1.get_ref().clone());
            }
            Ok(Naming::Lift(lift)) => lifts.push(lift),
            Err(Fault { span, message, help }) => {
                settings.report("vendor-names", &span, message, help.to_owned(), diagnostics);
            }
        }
    }
    lift_all(document, lifts, settings, diagnostics);
    rename::apply(document, &renames);
}

/// The meaning of an entry of the table.
enum Naming {
    /// Renames the component with this section and name.
    Rename(&'static str, String),
    Lift(Lift),
}

/// A node to turn into a component: its location, the section, the name, and the span in the table.
type Lift = (Pointer, &'static str, String, Range<usize>);

/// A fault in an entry of the table.
struct Fault {
    span: Range<usize>,
    message: String,
    help: &'static str,
}

impl Naming {
    /// Checks an entry. `assigned` are the names of earlier entries.
    fn of_entry<'t>(
        document: &Value,
        (at, name): (&Spanned<String>, &'t Spanned<String>),
        assigned: &mut BTreeSet<(&'static str, &'t str)>,
    ) -> Result<Self, Fault> {
        let (location, name_span, name) = (at.get_ref(), name.span(), name.get_ref());
        let fault = |span, message, help| Err(Fault { span, message, help });
        let pointer = location.strip_prefix('#').and_then(Pointer::parse);
        let node = pointer.as_ref().and_then(|pointer| Some((pointer, pointer.find(document)?)));
        let section = pointer.as_ref().and_then(lift::kind_at).and_then(ObjectKind::section);
        let (Some((pointer, node)), Some(section)) = (node, section) else {
            let message = format!(
                "`{location}` is not a node of the vendored document that can be a component"
            );
            let help = "use the current location of the node, such as `#/components/schemas/A/properties/b`, or remove the line";
            return fault(at.span(), message, help);
        };
        if !is_key(name) {
            let message = format!("`{name}` is not a valid name of a component");
            return fault(name_span, message, "use letters, digits, `.`, `-` and `_` only");
        }
        if !assigned.insert((section, name)) || is_used(document, section, name, pointer) {
            let message = format!("another component has the name `{name}`");
            return fault(name_span, message, "choose a name that is not used");
        }
        if let [_, _, old] = pointer.tokens() {
            return Ok(Self::Rename(section, old.clone()));
        }
        if node.get("$ref").is_some() {
            return fault(at.span(), format!("`{location}` is a reference"), "name its target");
        }
        Ok(Self::Lift((pointer.clone(), section, name.clone(), at.span())))
    }
}

fn lift_all(
    document: &mut Value,
    mut lifts: Vec<Lift>,
    settings: &File<'_>,
    diagnostics: &mut Diagnostics,
) {
    // Inner nodes first, so that the locations of outer nodes stay valid.
    lifts.sort_by_key(|(pointer, ..)| std::cmp::Reverse(pointer.tokens().len()));
    for (pointer, section, name, span) in lifts {
        if !lift::apply(document, &pointer, section, &name) {
            let message = format!("`{pointer}` is equal to another node in this table");
            let help = "name one of them: equal nodes become the same component".to_owned();
            settings.report("vendor-names", &span, message, help, diagnostics);
        }
    }
}

fn is_used(document: &Value, section: &str, name: &str, pointer: &Pointer) -> bool {
    let component = Pointer::root().join("components").join(section).join(name);
    component != *pointer && component.find(document).is_some()
}

/// Returns a name that is not used: the given one, or the given one with the first possible number.
pub(super) fn unused(name: &str, used: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|number: usize| format!("{name}{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !used.contains(name)).unwrap_or_else(|| name.to_owned())
}

/// Returns the type name for a component.
fn type_name(name: &str, title: Option<&str>, kind: ObjectKind, section: &str) -> String {
    if let (ObjectKind::Response, Some(phrase)) = (kind, reason_phrase(name)) {
        return phrase.to_owned();
    }
    let from_title = || title.map(upper_camel).filter(|title| begins_with_letter(title));
    let from_file = Some(upper_camel(name)).filter(|name| begins_with_letter(name));
    from_file.or_else(from_title).unwrap_or_else(|| {
        let section = section.strip_suffix('s').unwrap_or(section);
        format!("{}{}", upper_camel(section), upper_camel(name))
    })
}

fn begins_with_letter(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Converts a text to UpperCamelCase. Keeps the case inside words.
fn upper_camel(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter_map(|word| {
            Some(format!("{}{}", word.get(..1)?.to_ascii_uppercase(), word.get(1..)?))
        })
        .collect()
}

/// Returns whether a text is a valid key in `components` (OpenAPI 3.0.3, Components Object).
fn is_key(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

#[cfg(test)]
mod tests;
