//! What components are called.
//!
//! The stage `bundle` names what comes from other files after its file, and if that name is taken,
//! with its folder before it, or with a number. Here such a name becomes one that reads like a
//! type: `search-export.yaml` becomes `SearchExport`, and a response in `404.yaml` `NotFound`. A
//! schema whose file has no name that one could say, as `1.yaml`, is named after its title. Titles do
//! not come first because they are sentences as often as names, and a crate that is generated from
//! upstream's files has the names of the files as well.
//!
//! What the root document names itself keeps its name. The table `names` of the settings has the
//! last word, and makes components of schemas that have none of their own.

mod lift;
mod rename;

use std::collections::{BTreeMap, BTreeSet};

use clientgen::diagnostics::Diagnostics;
use clientgen::metamodel::{Kind, SECTIONS};
use clientgen::pointer::Pointer;
use serde_json::Value;

use super::settings::File;
use rename::Renames;

/// The names of the components of each section.
pub(super) type Names = BTreeMap<&'static str, BTreeSet<String>>;

/// The names that a document gives its components itself.
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

/// Gives the components of a document their names, but not those that the root has named.
pub(super) fn settle(document: &mut Value, root: &Names) {
    let mut renames = Renames::new();
    for (kind, section) in SECTIONS.iter().filter(|(kind, _)| *kind != Kind::SecurityScheme) {
        let all = of(document).remove(section).unwrap_or_default();
        let own = |name: &&String| root.get(section).is_some_and(|own| own.contains(*name));
        let wanted = |name: &str| {
            let component = Pointer::root().join("components").join(section).join(name);
            let title = component.find(document).and_then(|node| node.get("title")?.as_str());
            like_a_type(name, title, *kind, section)
        };
        // First what can stay as it is, so that a new file takes no name from an old one.
        let (kept, mut others): (Vec<&String>, Vec<&String>) =
            all.iter().partition(|name| own(name) || wanted(name) == **name);
        // A file that has the name has more right to it than one whose title says it.
        others.sort_by_key(|name| !begins_with_letter(&camel(name)));
        let mut taken: BTreeSet<String> = kept.into_iter().cloned().collect();
        for old in others {
            let new = free(&wanted(old), &taken);
            taken.insert(new.clone());
            renames.insert((*section, old.clone()), new);
        }
    }
    rename::apply(document, &renames);
}

/// Does what the table `names` of the settings says. What it cannot do is reported.
pub(super) fn apply_table(
    document: &mut Value,
    settings: &File<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut renames = Renames::new();
    let mut lifts: Vec<Lift> = Vec::new();
    let mut given: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (at, name) in &settings.settings.names {
        let mut fault = |span, message: String, help: &str| {
            settings.report("vendor-names", span, message, help.to_owned(), diagnostics);
        };
        let pointer = at.get_ref().strip_prefix('#').and_then(Pointer::parse);
        let node = pointer.as_ref().and_then(|pointer| Some((pointer, pointer.find(document)?)));
        let kind = pointer.as_ref().and_then(lift::kind_at).filter(|kind| kind.section().is_some());
        let (Some((pointer, node)), Some(kind)) = (node, kind) else {
            let message = format!(
                "`{}` leads to nothing in the vendored document that can be a component",
                at.get_ref()
            );
            fault(
                &at.span(),
                message,
                "say where the node stands now, as in `#/components/schemas/A/properties/b`, or take the line out",
            );
            continue;
        };
        let section = kind.section().unwrap_or_default();
        if !is_key(name.get_ref()) {
            fault(
                &name.span(),
                format!("`{}` is no name of a component", name.get_ref()),
                "write it with letters, digits, `.`, `-` and `_`",
            );
        } else if !given.insert((section, name.get_ref()))
            || taken(document, section, name.get_ref(), pointer)
        {
            fault(
                &name.span(),
                format!("another component has the name `{}`", name.get_ref()),
                "choose one that is free",
            );
        } else if let [_, _, old] = pointer.tokens() {
            renames.insert((section, old.clone()), name.get_ref().clone());
        } else if node.get("$ref").is_some() {
            fault(
                &at.span(),
                format!("`{}` is a reference", at.get_ref()),
                "name what it leads to",
            );
        } else {
            lifts.push((pointer.clone(), section, name.get_ref().clone(), at.span()));
        }
    }
    lift_all(document, lifts, settings, diagnostics);
    rename::apply(document, &renames);
}

/// A node that is to become a component: where it stands, the section, the name, and where the table
/// says so.
type Lift = (Pointer, &'static str, String, std::ops::Range<usize>);

fn lift_all(
    document: &mut Value,
    mut lifts: Vec<Lift>,
    settings: &File<'_>,
    diagnostics: &mut Diagnostics,
) {
    // From the inside to the outside, so that each node is still where the table says.
    lifts.sort_by_key(|(pointer, ..)| std::cmp::Reverse(pointer.tokens().len()));
    for (pointer, section, name, span) in lifts {
        if !lift::apply(document, &pointer, section, &name) {
            let message = format!("`{pointer}` says the same as another node that is named here");
            let help =
                "name one of them: all that say the same become the same component".to_owned();
            settings.report("vendor-names", &span, message, help, diagnostics);
        }
    }
}

fn taken(document: &Value, section: &str, name: &str, pointer: &Pointer) -> bool {
    let component = Pointer::root().join("components").join(section).join(name);
    component != *pointer && component.find(document).is_some()
}

/// A name as it is, or with the first number that makes it free.
pub(super) fn free(name: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|number: usize| format!("{name}{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_else(|| name.to_owned())
}

/// The name of a component that reads like that of a type.
fn like_a_type(name: &str, title: Option<&str>, kind: Kind, section: &str) -> String {
    if let (Kind::Response, Some(phrase)) = (kind, phrase(name)) {
        return phrase.to_owned();
    }
    let of_title = || title.map(camel).filter(|title| begins_with_letter(title));
    let of_file = Some(camel(name)).filter(|name| begins_with_letter(name));
    of_file.or_else(of_title).unwrap_or_else(|| {
        let section = section.strip_suffix('s').unwrap_or(section);
        format!("{}{}", camel(section), camel(name))
    })
}

fn begins_with_letter(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Words put together, each with a capital. What is within a word stays as it is.
fn camel(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter_map(|word| {
            Some(format!("{}{}", word.get(..1)?.to_ascii_uppercase(), word.get(1..)?))
        })
        .collect()
}

/// Whether a text can be a key of `components` (OpenAPI 3.0, Components Object).
fn is_key(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

/// What a status means, for those that documents speak of (RFC 9110, 15).
fn phrase(status: &str) -> Option<&'static str> {
    Some(match status {
        "200" => "Ok",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "NoContent",
        "304" => "NotModified",
        "400" => "BadRequest",
        "401" => "Unauthorized",
        "403" => "Forbidden",
        "404" => "NotFound",
        "405" => "MethodNotAllowed",
        "406" => "NotAcceptable",
        "409" => "Conflict",
        "410" => "Gone",
        "412" => "PreconditionFailed",
        "413" => "ContentTooLarge",
        "415" => "UnsupportedMediaType",
        "422" => "UnprocessableContent",
        "429" => "TooManyRequests",
        "500" => "InternalServerError",
        "501" => "NotImplemented",
        "502" => "BadGateway",
        "503" => "ServiceUnavailable",
        "504" => "GatewayTimeout",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
