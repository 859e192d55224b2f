//! The comment that a document begins with.

use super::settings::Words;

/// How the line begins that says where a document comes from that is upstream's.
const VENDORED: &str = "# Vendored by `cargo xtask vendor` from ";
/// How it begins in a document that has words of its own.
const FACTS: &str = "# Its facts are carried over by `cargo xtask vendor` from ";
/// How the line begins that says which files that was.
const DIGEST: &str = "# SHA-256 of the ";

/// The lines that say where a document, or where its facts come from.
pub(super) fn origin(words: Words, source: &str, files: usize, digest: &str) -> String {
    let begin = match words {
        Words::Upstream => VENDORED,
        Words::Own => FACTS,
    };
    let source = source.replace(['\n', '\r'], " ");
    format!("{begin}{source}.\n{DIGEST}{files} files that were read:\n#   {digest}\n")
}

/// A document with these lines before it. A comment that it begins with stays; lines like these
/// that are in it make way for the new ones.
pub(super) fn put(origin: &str, text: &str) -> String {
    let (comment, rest) = comment(text);
    let mut kept = String::new();
    let mut lines = comment.lines();
    while let Some(line) = lines.next() {
        if line.starts_with(DIGEST) {
            lines.next();
        } else if !line.starts_with(VENDORED) && !line.starts_with(FACTS) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    format!("{kept}{origin}{rest}")
}

/// Whether a document says that its words are upstream's.
pub(super) fn is_vendored(text: &str) -> bool {
    comment(text).0.lines().any(|line| line.starts_with(VENDORED))
}

/// The comment that a text begins with, and the rest of it.
pub(super) fn comment(text: &str) -> (&str, &str) {
    let lines = text.split_inclusive('\n');
    let end = lines.take_while(|line| line.starts_with('#')).map(str::len).sum();
    text.split_at_checked(end).unwrap_or(("", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_said_once_and_other_comments_stay() {
        let theirs = origin(Words::Upstream, "api\nspecs", 2, "abc");
        let first = put(&theirs, "# Ours.\nopenapi: 3.0.0\n# inside\n");
        let expected = "# Ours.\n# Vendored by `cargo xtask vendor` from api specs.\n\
                        # SHA-256 of the 2 files that were read:\n#   abc\nopenapi: 3.0.0\n# inside\n";
        assert_eq!(first, expected);
        assert_eq!(put(&theirs, &first), first);
        assert!(is_vendored(&first));
        let own = put(&origin(Words::Own, "x", 3, "def"), &first);
        assert_eq!(own.matches("cargo xtask vendor").count(), 1);
        assert_eq!(own.matches("SHA-256").count(), 1);
        assert!(
            own.starts_with("# Ours.\n# Its facts are carried over") && !own.contains("abc"),
            "{own}"
        );
        assert!(!is_vendored(&own));
    }
}
