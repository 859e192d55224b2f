//! Mutations of documents as strings. The result need not be valid YAML or JSON.

use fastrand::Rng;

use crate::unusual;

/// Applies one to four changes to a string. Parts of `donor` may be inserted.
pub(crate) fn mutate(text: &str, donor: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..rng.usize(1..5) {
        text = change(&text, donor, rng);
    }
    text
}

fn change(text: &str, donor: &str, rng: &mut Rng) -> String {
    let at = boundary(text, rng);
    let (before, after) = text.split_at(at);
    match rng.u8(..16) {
        0 => before.to_owned(),
        1 => after.to_owned(),
        2 => before.to_owned() + &donor[boundary(donor, rng)..],
        3 | 4 => before.to_owned() + &unusual::string(rng) + after,
        5 => {
            before.to_owned()
                + after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or("")
        }
        6 | 7 => replace_word(text, rng),
        8 => before.to_owned() + &unusual::one_of(&BRACKETS, rng).repeat(rng.usize(1..300)) + after,
        9 => {
            text.replace('\n', unusual::one_of::<&str>(&["\r\n", "\r", "\n\n", "\n---\n", ""], rng))
        }
        _ => change_lines(text, donor, rng),
    }
}

const BRACKETS: [&str; 10] = ["{", "[", "}", "]", "\"", "'", "- ", "  ", "? ", "{a: "];

/// Returns a random position between two characters.
fn boundary(text: &str, rng: &mut Rng) -> usize {
    let mut at = rng.usize(..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Replaces a word, once or everywhere.
fn replace_word(text: &str, rng: &mut Rng) -> String {
    let is_word = |word: &&str| !word.is_empty();
    let from = boundary(text, rng);
    let not_in_words = |c: char| !c.is_alphanumeric();
    let Some(word) = text[from..].split(not_in_words).find(is_word) else { return text.to_owned() };
    let to = if rng.bool() { unusual::keyword(rng) } else { unusual::string(rng) };
    match rng.bool() {
        true => text[..from].to_owned() + &text[from..].replacen(word, &to, 1),
        // Replacing each `a` with a long string would create a document of gigabytes.
        false => text.replace(word, to.get(..40).unwrap_or(&to)),
    }
}

fn change_lines(text: &str, donor: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return donor.to_owned();
    }
    let (one, other) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
    let end = (one + rng.usize(1..10)).min(lines.len());
    match rng.u8(..6) {
        0 => drop(lines.drain(one..end)),
        1 => lines.swap(one, other),
        2 => {
            let copied = lines[one..end].to_vec();
            drop(lines.splice(other..other, copied));
        }
        3 => {
            let from = rng.usize(..=donor.lines().count());
            let copied: Vec<String> = donor.lines().skip(from).take(9).map(str::to_owned).collect();
            drop(lines.splice(one..one, copied));
        }
        4 => lines[one..end].iter_mut().for_each(|line| line.insert_str(0, "  ")),
        _ => {
            for line in &mut lines[one..end] {
                *line = line.strip_prefix("  ").unwrap_or(line).to_owned();
            }
        }
    }
    lines.join("\n") + "\n"
}
