//! Documents changed as texts: what comes out may be neither YAML nor JSON.

use fastrand::Rng;

use crate::odd;

/// Changes a text in one to four places. Parts of another one may get into it.
pub(crate) fn mutate(text: &str, donor: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..rng.usize(1..5) {
        text = change(&text, donor, rng);
    }
    text
}

fn change(text: &str, donor: &str, rng: &mut Rng) -> String {
    let at = place(text, rng);
    let (before, after) = text.split_at(at);
    match rng.u8(..16) {
        0 => before.to_owned(),
        1 => after.to_owned(),
        2 => before.to_owned() + &donor[place(donor, rng)..],
        3 | 4 => before.to_owned() + &odd::text(rng) + after,
        5 => {
            before.to_owned()
                + after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or("")
        }
        6 | 7 => replace_word(text, rng),
        8 => before.to_owned() + &odd::one_of(&BRACKETS, rng).repeat(rng.usize(1..300)) + after,
        9 => text.replace('\n', odd::one_of::<&str>(&["\r\n", "\r", "\n\n", "\n---\n", ""], rng)),
        _ => change_lines(text, donor, rng),
    }
}

const BRACKETS: [&str; 10] = ["{", "[", "}", "]", "\"", "'", "- ", "  ", "? ", "{a: "];

/// A place between two characters.
fn place(text: &str, rng: &mut Rng) -> usize {
    let mut at = rng.usize(..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Puts another word in the place of one, everywhere or once.
fn replace_word(text: &str, rng: &mut Rng) -> String {
    let is_word = |word: &&str| !word.is_empty();
    let from = place(text, rng);
    let not_in_words = |c: char| !c.is_alphanumeric();
    let Some(word) = text[from..].split(not_in_words).find(is_word) else { return text.to_owned() };
    let to = if rng.bool() { odd::word(rng) } else { odd::text(rng) };
    match rng.bool() {
        true => text[..from].to_owned() + &text[from..].replacen(word, &to, 1),
        // A long text in the place of each `a` would be a document of gigabytes.
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
