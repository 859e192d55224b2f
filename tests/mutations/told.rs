//! What is said of two documents, held against the public items of their crates.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::changes::{Impact, compare};
use clientgen::{Config, FileTree};
use tests::public_api::add;

use crate::seeds::Seed;

/// What is wrong with what is said of the way from one document to another, if both give a crate.
pub(crate) fn fault(old: &Seed, new: &Seed) -> Option<String> {
    let (old_items, new_items) = (items(old)?, items(new)?);
    let (old, new) = (surface(old)?, surface(new)?);
    if let Some(change) = compare(&new, &new).first() {
        return Some(format!("it is not as it is: {}", change.summary));
    }
    let changes = compare(&old, &new);
    let breaking = changes.iter().find(|change| change.impact == Impact::Breaking);
    let gone = old_items.difference(&new_items).next();
    let added = new_items.difference(&old_items).next();
    match (gone, breaking, added) {
        (Some(item), None, _) => {
            Some(format!("nothing is said to break, but this is gone: {item}"))
        }
        (None, Some(change), _) => {
            Some(format!("nothing is gone, but it is said: {}", change.summary))
        }
        (None, None, Some(item)) if changes.is_empty() => {
            Some(format!("nothing is said of {item}"))
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

/// The public items, each after the path of its file.
fn items(seed: &Seed) -> Option<BTreeSet<String>> {
    let files: FileTree = clientgen::generate(&seed.files, &config(seed)).files?;
    let is_emitted = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
    let mut items = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_emitted(path)) {
        let file = syn::parse_file(text).unwrap();
        let mut lines = Vec::new();
        file.items.iter().for_each(|item| add(item, &mut lines));
        let mut of = String::new();
        for line in lines {
            if !line.starts_with(' ') {
                of.clone_from(&line);
            }
            // What a variant is on the wire is no matter of the compiler.
            let line = line
                .split_once(" = ")
                .filter(|_| line.starts_with(' '))
                .map_or(&*line, |(line, _)| line);
            items.push(format!("{path} {} {}", nameless(&of), nameless(line)));
        }
    }
    let names: BTreeMap<String, String> = items.iter().filter_map(|item| alias(item)).collect();
    Some(items.iter().map(|item| spelled_out(item, &names)).collect())
}

/// A function without the names of its arguments, which callers do not write.
fn nameless(line: &str) -> String {
    let Some((function, rest)) = line.split_once('(') else { return line.to_owned() };
    let is_name = |word: &str| word.ends_with(':') && !word.ends_with("::");
    let words: Vec<&str> = rest.split(' ').filter(|word| !is_name(word)).collect();
    format!("{function}({}", words.join(" "))
}

/// Another name for a type, and the type.
fn alias(item: &str) -> Option<(String, String)> {
    let (name, of) = item.split_once("type ")?.1.split_once(" = ")?;
    Some((name.to_owned(), of.split(" type ").next()?.to_owned()))
}

/// An item with types in the place of their other names, which are the same to the compiler.
fn spelled_out(item: &str, names: &BTreeMap<String, String>) -> String {
    let mut text = item.replace("types::", "");
    for _ in 0..=names.len() {
        let words = text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
        let word = |part: &str| {
            let word = part.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
            match names.get(word) {
                Some(of) => part.replacen(word, of, 1),
                None => part.to_owned(),
            }
        };
        let next: String = words.map(word).collect();
        if next == text || next.len() > 10_000 {
            break;
        }
        text = next;
    }
    text
}
