//! Replaces the block of a Markdown file that this command owns.

use std::fs;
use std::path::Path;

/// The comment before the block.
const BEGIN: &str = "<!-- corpus: begin -->";
/// The comment after the block.
const END: &str = "<!-- corpus: end -->";

/// Replaces the text between the two comments.
pub(crate) fn write(path: &Path, block: &str) -> Result<(), String> {
    let failed = |message: String| format!("{}: {message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let new = replace(&text, block).ok_or_else(|| {
        failed(format!(
            "the table has no place in the file: add `{BEGIN}` and `{END}` on separate lines"
        ))
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
