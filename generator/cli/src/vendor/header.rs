//! The header of a document: a comment with its origin.

use super::settings::Prose;
use crate::terminal::counted;

/// The begin of the origin line, if the prose is upstream's.
const VENDORED: &str = "# Vendored by `clientgen vendor` from ";
/// The begin of the origin line, if the document has its own prose.
const FACTS: &str = "# Its facts are carried over by `clientgen vendor` from ";
/// The begin of the line with the number of files. The digest follows on the next line.
const DIGEST: &str = "# SHA-256 of the ";

/// Returns the lines with the origin of a document or of its facts.
pub(super) fn origin(prose: Prose, source: &str, files: usize, digest: &str) -> String {
    let begin = match prose {
        Prose::Upstream => VENDORED,
        Prose::Own => FACTS,
    };
    let source = source.replace(['\n', '\r'], " ");
    let files = counted(files, "file");
    format!("{begin}{source}.\n{DIGEST}{files} that were read:\n#   {digest}\n")
}

/// Returns a document with these lines in its header. Replaces old lines of the origin and keeps other
/// comments.
pub(super) fn with_origin(origin: &str, text: &str) -> String {
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

/// Returns whether the header says that the document has upstream's prose.
pub(super) fn is_vendored(text: &str) -> bool {
    comment(text).0.lines().any(|line| line.starts_with(VENDORED))
}

/// Splits a text into the comment at its begin and the rest.
pub(super) fn comment(text: &str) -> (&str, &str) {
    let lines = text.split_inclusive('\n');
    let end = lines.take_while(|line| line.starts_with('#')).map(str::len).sum();
    text.split_at_checked(end).unwrap_or(("", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_replaced_and_other_comments_are_kept() {
        let theirs = origin(Prose::Upstream, "api\nspecs", 2, "abc");
        let first = with_origin(&theirs, "# Ours.\nopenapi: 3.0.0\n# inside\n");
        let expected = "# Ours.\n# Vendored by `clientgen vendor` from api specs.\n\
                        # SHA-256 of the 2 files that were read:\n#   abc\nopenapi: 3.0.0\n# inside\n";
        assert_eq!(first, expected);
        assert_eq!(with_origin(&theirs, &first), first);
        assert!(is_vendored(&first));
        let own = with_origin(&origin(Prose::Own, "x", 3, "def"), &first);
        assert_eq!(own.matches("clientgen vendor").count(), 1);
        assert_eq!(own.matches("SHA-256").count(), 1);
        assert!(
            own.starts_with("# Ours.\n# Its facts are carried over") && !own.contains("abc"),
            "{own}"
        );
        assert!(!is_vendored(&own));
    }
}
