//! Lints `duplicate-enum-value` and `unlisted-value`: enums that repeat a value, and descriptions that list values
//! which the enum does not have.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::metamodel::ObjectKind;
use serde_json::{Value, json};

use super::document::{Document, Node, text};
use super::{Action, Finding, short};
use crate::instances::{canonical, shown, size};

/// The number of values that a message names.
const MAX_NAMED: usize = 10;

/// Finds enums that have a value several times.
pub(super) fn duplicate_values(document: &Document<'_>) -> Vec<Finding> {
    document.of_kind(ObjectKind::Schema).filter_map(|node| duplicates(document, node)).collect()
}

fn duplicates(document: &Document<'_>, node: &Node<'_>) -> Option<Finding> {
    let values = node.value.get("enum")?.as_array()?;
    let mut first = BTreeSet::new();
    let mut repeated = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if !document.steps.take(size(value) as u64) {
            return None;
        }
        if !first.insert(canonical(value)) {
            repeated.push((index, value));
        }
    }
    let (_, example) = repeated.first()?;
    let at = document.at(node.place).join("enum");
    let more = match repeated.len() {
        1 => String::new(),
        more => format!(", and {} others", more - 1),
    };
    Some(Finding {
        code: "duplicate-enum-value",
        message: format!("the enum has the value {} more than once{more}", shown(example)),
        help: "list each value once".to_owned(),
        // The last one first, so that the others keep their numbers.
        actions: repeated.iter().rev().map(|(index, _)| Action::remove(at.join(index))).collect(),
        at,
    })
}

/// Finds descriptions with a list of values of which the enum does not have all.
pub(super) fn unlisted_values(document: &Document<'_>) -> Vec<Finding> {
    let kinds = [ObjectKind::Schema, ObjectKind::Parameter, ObjectKind::Header];
    let nodes = document.nodes.iter().filter(|node| kinds.contains(&node.kind));
    nodes.filter_map(|node| unlisted(document, node)).collect()
}

fn unlisted(document: &Document<'_>, node: &Node<'_>) -> Option<Finding> {
    let description = text(node.value, "description")?;
    let values = described_enum(document, node)?;
    if !document.steps.take((values.len() + description.len() / 16) as u64) {
        return None;
    }
    let values: BTreeSet<&str> = values.iter().filter_map(Value::as_str).collect();
    let lists = lists(description);
    let is_removed = |bullet: &&Bullet<'_>| !values.contains(bullet.value);
    let unlisted: Vec<&Bullet<'_>> = lists
        .iter()
        .filter(|list| describes(list, &values))
        .flat_map(|list| list.iter().filter(is_removed))
        .collect();
    if unlisted.is_empty() {
        return None;
    }
    let at = document.at(node.place).join("description");
    let named: Vec<String> = unlisted.iter().map(|it| format!("`{}`", short(it.value))).collect();
    let more = if named.len() > MAX_NAMED { ", …" } else { "" };
    let named = named.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
    let without = without(description, &unlisted);
    Some(Finding {
        code: "unlisted-value",
        message: format!("the description lists values that the enum does not have: {named}{more}"),
        help: "remove them from the description, or add them to the enum".to_owned(),
        actions: vec![Action::update(at.parent(), json!({"description": without}))],
        at,
    })
}

/// Returns the enum that a description is about: that of a schema, of its items, or of the schema of a parameter.
fn described_enum<'d>(document: &Document<'d>, node: &Node<'d>) -> Option<&'d Vec<Value>> {
    let schema = match node.kind {
        ObjectKind::Schema => node.value,
        _ => node.value.get("schema")?,
    };
    let schema = document.resolved(schema);
    let values = schema.get("enum").or_else(|| document.resolved(schema.get("items")?).get("enum"));
    values?.as_array()
}

/// An item of a list in Markdown that begins with a value.
#[derive(Debug, PartialEq, Eq)]
struct Bullet<'t> {
    value: &'t str,
    /// The number of its first line.
    line: usize,
}

/// Returns whether a list describes the values of an enum: most of its items do, and the others look like values.
fn describes(list: &[Bullet<'_>], values: &BTreeSet<&str>) -> bool {
    let known = list.iter().filter(|bullet| values.contains(bullet.value)).count();
    let has = |is: fn(char) -> bool| values.iter().any(|value| value.contains(is));
    let (has_lower, has_upper) = (has(char::is_lowercase), has(char::is_uppercase));
    let lower: BTreeMap<String, ()> = values.iter().map(|it| (it.to_lowercase(), ())).collect();
    let is_like_values = |bullet: &Bullet<'_>| {
        let value = bullet.value;
        (has_lower || !value.contains(char::is_lowercase))
            && (has_upper || !value.contains(char::is_uppercase))
            && !lower.contains_key(&value.to_lowercase())
    };
    let unknown = list.iter().filter(|bullet| !values.contains(bullet.value));
    known >= 2 && known * 2 > list.len() && unknown.into_iter().all(is_like_values)
}

/// Returns the lists of a description whose items begin with a value.
fn lists(description: &str) -> Vec<Vec<Bullet<'_>>> {
    let mut lists = vec![Vec::new()];
    for (line, text) in description.lines().enumerate() {
        match item(text) {
            Some(item) => {
                let list = lists.last_mut();
                list.into_iter().for_each(|list| {
                    list.extend(value_of(item).map(|value| Bullet { value, line }));
                });
            }
            // A paragraph ends a list. Indented lines belong to an item.
            None if !text.trim().is_empty() && !text.starts_with([' ', '\t']) => {
                lists.push(Vec::new());
            }
            None => {}
        }
    }
    lists
}

/// Returns the text of an item of a list.
fn item(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(['*', '-', '+', '•'])?;
    rest.strip_prefix([' ', '\t']).map(str::trim)
}

/// Returns the value that an item begins with: code, or the first word before a colon, a dash, or the end.
fn value_of(item: &str) -> Option<&str> {
    let bold = item.strip_prefix("**").and_then(|rest| rest.split_once("**"));
    let (quoted, after) = match bold {
        Some((bold, after)) => (bold, Some(after)),
        None => (item, None),
    };
    for quote in ['`', '"', '\''] {
        if let Some((value, _)) = quoted.strip_prefix(quote).and_then(|it| it.split_once(quote)) {
            return is_value(value).then_some(value);
        }
    }
    let end = quoted.find([' ', ':', '=', ',', '(']).unwrap_or(quoted.len());
    let (word, rest) = quoted.split_at_checked(end)?;
    let rest = rest.trim_start();
    let is_end = after.is_some() && rest.trim_matches(':').is_empty();
    let is_separated = rest.is_empty() || rest.starts_with([':', '-', '=', '–', '—', '(']);
    ((is_end || is_separated) && is_value(word)).then_some(word)
}

fn is_value(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 100
        && word.chars().all(|c| c.is_alphanumeric() || "_-./".contains(c))
}

/// Returns a description without some items of its lists.
fn without(description: &str, bullets: &[&Bullet<'_>]) -> String {
    let removed: BTreeSet<usize> = bullets.iter().map(|bullet| bullet.line).collect();
    let mut kept = String::new();
    let mut is_removed = false;
    for (number, line) in description.split_inclusive('\n').enumerate() {
        let text = line.trim_end();
        if item(text).is_some() || !text.starts_with([' ', '\t']) {
            is_removed = removed.contains(&number);
        }
        if !is_removed {
            kept.push_str(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<&str> {
        lists(text).into_iter().flatten().map(|bullet| bullet.value).collect()
    }

    #[test]
    fn items_begin_with_values() {
        let text = "Which.\n* A - first\n* `B`: second\n- **C** third\n- **D:** fourth\n+ E\n* \"F\" x\n* G (old)";
        assert_eq!(values(text), ["A", "B", "C", "D", "E", "F", "G"]);
        assert!(values("* Some words without a value\n* `a b`\n*A - b\n1. A\n- ").is_empty());
    }

    #[test]
    fn only_lists_of_the_values_count() {
        let all = BTreeSet::from(["ONE", "TWO", "THREE"]);
        let removed = |text: &str| {
            let lists = lists(text);
            let lists = lists.iter().filter(|list| describes(list, &all)).flatten();
            lists.filter(|one| !all.contains(one.value)).count()
        };
        assert_eq!(removed("* ONE - a\n* TWO - b\n* FOUR - c"), 1);
        assert_eq!(removed("* ONE\n* TWO\n\nOthers:\n* FOUR\n* FIVE"), 0);
        assert_eq!(removed("* ONE\n* FOUR\n* FIVE"), 0);
        assert_eq!(removed("* ONE - a\n* TWO - b\n* four - c"), 0);
        assert_eq!(removed("* ONE - a\n* TWO - b\n* Three - c"), 0);
    }

    #[test]
    fn an_item_is_removed_with_its_lines() {
        let text = "Which:\n* ONE - a\n* FOUR - b\n  and more\n\n* TWO - c\n\nEnd.";
        let lists = lists(text);
        let four: Vec<_> = lists.iter().flatten().filter(|one| one.value == "FOUR").collect();
        assert_eq!(without(text, &four), "Which:\n* ONE - a\n\n* TWO - c\n\nEnd.");
    }
}
