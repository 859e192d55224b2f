//! The reported changes between two documents, compared to the public items of their crates.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::changes::{Impact, compare};
use clientgen::{Config, FileTree};
use tests::public_api::add;

use crate::seeds::Seed;

/// Returns a fault in the reported changes from one document to another, if both give a crate.
pub(crate) fn fault(old: &Seed, new: &Seed) -> Option<String> {
    let (old_items, new_items) = (items(old)?, items(new)?);
    let (old, new) = (surface(old)?, surface(new)?);
    if let Some(change) = compare(&new, &new).first() {
        return Some(format!("a document differs from itself: {}", change.summary));
    }
    let changes = compare(&old, &new);
    let breaking = changes.iter().find(|change| change.impact == Impact::Breaking);
    let removed = old_items.difference(&new_items).next();
    let added = new_items.difference(&old_items).next();
    match (removed, breaking, added) {
        (Some(item), None, _) => {
            Some(format!("no breaking change is reported, but this is removed: {item}"))
        }
        (None, Some(change), _) => {
            Some(format!("nothing is removed, but this is reported: {}", change.summary))
        }
        (None, None, Some(item)) if changes.is_empty() => {
            Some(format!("this is added and not reported: {item}"))
        }
        _ => None,
    }
}

fn config(seed: &Seed) -> Config {
    let mut config = Config::new(seed.document.clone(), "example");
    config.overlays.extend(seed.overlay.clone());
    config
}

fn surface(seed: &Seed) -> Option<clientgen::changes::Surface> {
    clientgen::describe(&seed.files, &config(seed)).surface
}

/// Returns the public items, each with the path of its file.
fn items(seed: &Seed) -> Option<BTreeSet<String>> {
    let files: FileTree = clientgen::generate(&seed.files, &config(seed)).files?;
    let is_emitted = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
    let mut items = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_emitted(path)) {
        let file = syn::parse_file(text).unwrap();
        let mut lines = Vec::new();
        file.items.iter().for_each(|item| add(item, &mut lines));
        let mut parent = String::new();
        for line in lines {
            if !line.starts_with(' ') {
                parent.clone_from(&line);
            }
            // The compiler does not check the wire name of a variant.
            let line = line
                .split_once(" = ")
                .filter(|_| line.starts_with(' '))
                .map_or(&*line, |(line, _)| line);
            let (parent, line) = (without_argument_names(&parent), without_argument_names(line));
            items.push(format!("{path} {parent} {line}"));
        }
    }
    let aliases: BTreeMap<String, String> = items.iter().filter_map(|item| alias(item)).collect();
    Some(items.iter().map(|item| resolve_aliases(item, &aliases)).collect())
}

/// Removes the names of a function's arguments, which callers do not write.
fn without_argument_names(line: &str) -> String {
    let Some((function, rest)) = line.split_once('(') else { return line.to_owned() };
    let is_name = |word: &str| word.ends_with(':') && !word.ends_with("::");
    let words: Vec<&str> = rest.split(' ').filter(|word| !is_name(word)).collect();
    format!("{function}({}", words.join(" "))
}

/// Returns the name and the target of a type alias.
fn alias(item: &str) -> Option<(String, String)> {
    let (name, target) = item.split_once("type ")?.1.split_once(" = ")?;
    Some((name.to_owned(), target.split(" type ").next()?.to_owned()))
}

/// Replaces type aliases with their targets, which are the same to the compiler.
fn resolve_aliases(item: &str, aliases: &BTreeMap<String, String>) -> String {
    let mut resolved = item.replace("types::", "");
    for _ in 0..=aliases.len() {
        let words = resolved.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
        let replaced = |part: &str| {
            let word = part.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
            match aliases.get(word) {
                Some(target) => part.replacen(word, target, 1),
                None => part.to_owned(),
            }
        };
        let next: String = words.map(replaced).collect();
        if next == resolved || next.len() > 10_000 {
            break;
        }
        resolved = next;
    }
    resolved
}
