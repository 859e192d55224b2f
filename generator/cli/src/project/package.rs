//! What Cargo allows in the metadata of a package.

use clientgen::{emit, name};
use semver::Version;

/// The maximum number of keywords, and of categories ("The Manifest Format" in The Cargo Book).
pub(super) const MAX_KEYWORDS: usize = 5;

/// The maximum length of a keyword.
const MAX_KEYWORD_LENGTH: usize = 20;

/// The crates that come with the compiler.
const OF_THE_COMPILER: [&str; 5] = ["alloc", "core", "proc-macro", "std", "test"];

/// Returns what is wrong with a value of a key of `[package]`, and how to correct it.
pub(super) fn fault(key: &str, value: &str) -> Option<(String, String)> {
    match key {
        "name" => crate_name(value)
            .err()
            .map(|message| (message, "choose another name, such as `acme-client`".to_owned())),
        "version" => Version::parse(value).err().map(|error| {
            let message = format!("`{value}` is not a version: {error}");
            (message, "write three numbers, such as 0.1.0 (https://semver.org)".to_owned())
        }),
        "rust-version" if !is_rust_version(value) => Some((
            format!("`{value}` is not a version of Rust"),
            "write two or three numbers, such as 1.90".to_owned(),
        )),
        "keywords" if !is_keyword(value) => Some((
            format!("`{value}` is not a keyword of a package"),
            format!(
                "a keyword has at most {MAX_KEYWORD_LENGTH} ASCII letters, digits, `-`, `_` and `+`, and \
                 begins with a letter or a digit"
            ),
        )),
        _ => None,
    }
}

/// Returns the name of a crate, if it is allowed.
pub(crate) fn crate_name(text: &str) -> Result<String, String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let starts_with_letter = text.starts_with(|c: char| c.is_ascii_lowercase());
    // Cargo rejects keywords too, and examples could not name the crate.
    if name::is_keyword(text) {
        return Err(format!("`{text}` is a keyword of Rust"));
    }
    let identifier = text.replace('-', "_");
    let mut taken = emit::dependencies().chain(OF_THE_COMPILER);
    if taken.any(|taken| taken.replace('-', "_") == identifier) {
        return Err(format!("`{text}` is the name of a crate that generated code uses"));
    }
    if starts_with_letter && text.chars().all(is_allowed) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "`{text}` is not the name of a crate: it has lower-case letters, digits, `-` and `_`, and begins \
         with a letter"
    ))
}

/// Returns whether Cargo accepts a text as `rust-version`: two or three numbers, without a pre-release.
fn is_rust_version(text: &str) -> bool {
    let dots = text.matches('.').count();
    let version = if dots == 1 { format!("{text}.0") } else { text.to_owned() };
    Version::parse(&version).is_ok_and(|version| version.pre.is_empty() && version.build.is_empty())
}

fn is_keyword(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
    text.len() <= MAX_KEYWORD_LENGTH
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(is_allowed)
}
