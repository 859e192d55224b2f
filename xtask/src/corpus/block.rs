//! The block of a Markdown file that this command writes.

use std::fs;
use std::path::Path;

/// The comment before the block.
const BEGIN: &str = "<!-- corpus: begin -->";
/// The comment behind it.
const END: &str = "<!-- corpus: end -->";

/// Puts a text between the two comments, and leaves everything else as it is.
pub(crate) fn put(path: &Path, block: &str) -> Result<(), String> {
    let failed = |message: String| format!("{}: {message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let new = replace(&text, block).ok_or_else(|| {
        failed(format!("the block has no place: write `{BEGIN}` and `{END}` on lines of their own"))
    })?;
    if new == text { Ok(()) } else { crate::atomic::write(path, &new) }
}

fn replace(text: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", block.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_block_changes() {
        let text = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let once = replace(&text, "new\n").unwrap();
        assert_eq!(once, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n"));
        assert_eq!(replace(&once, "new").unwrap(), once);
        assert_eq!(replace("a\n", "new"), None);
    }
}
