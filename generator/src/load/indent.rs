//! Repairs YAML in which a bracket is closed at the indentation of its key.

/// Indents each line that begins with a closing bracket, so that it is to the right of the key of the
/// flow collection. Changes nothing else, and adds no lines.
pub(super) fn indent_closing_lines(text: &str) -> String {
    let mut repaired = String::with_capacity(text.len() + 64);
    // The columns of the keys of open brackets, and of the open block scalar.
    let mut open_brackets: Vec<usize> = Vec::new();
    let mut open_scalar: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let indent = line.len() - line.trim_start_matches(' ').len();
        open_scalar = open_scalar.filter(|key| content.is_empty() || indent > *key);
        if open_scalar.is_none() {
            if content.starts_with([']', '}']) {
                let key = open_brackets.pop().unwrap_or(indent);
                repaired.push_str(&" ".repeat((key + 1).saturating_sub(indent)));
            }
            if content.ends_with(['[', '{']) {
                open_brackets.push(key_column(line));
            }
            open_scalar = begins_block_scalar(content).then(|| key_column(line));
        }
        repaired.push_str(line);
    }
    repaired
}

/// Returns the column, from zero, of the key on a line. The key can follow the dashes of sequences.
fn key_column(line: &str) -> usize {
    let mut rest = line.trim_start_matches(' ');
    let mut column = line.len() - rest.len();
    let last_colon = line.rfind(':');
    while let Some(item) = rest.strip_prefix("- ") {
        let item = item.trim_start_matches(' ');
        let item_column = line.len() - item.len();
        if last_colon.is_none_or(|colon| colon < item_column) {
            break;
        }
        rest = item;
        column = item_column;
    }
    column
}

/// Returns whether a line ends with the header of a block scalar, as in `description: |-`.
fn begins_block_scalar(content: &str) -> bool {
    let end = content.rsplit(' ').next().unwrap_or_default();
    let indicators = end.strip_prefix(['|', '>']);
    indicators
        .is_some_and(|indicators| indicators.chars().all(|c| matches!(c, '+' | '-' | '0'..='9')))
        && (end.len() == content.len() || content.contains(": ") || content.starts_with("- "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_close_a_bracket_move_behind_its_key() {
        for (text, moved) in [
            ("a: [\n1\n]\nb: 2\n", "a: [\n1\n ]\nb: 2\n"),
            ("x:\n  a: {\n  b: 1\n  }\n", "x:\n  a: {\n  b: 1\n   }\n"),
            ("- a: [\n  {\n}, 1\n]\n", "- a: [\n  {\n   }, 1\n   ]\n"),
            ("a: [\n  ]\n", "a: [\n  ]\n"),
            ("]\n", " ]\n"),
            // What looks like it in a block scalar is text, up to the next key.
            ("a: |\n  [\n  ]\nb: [\n]\n", "a: |\n  [\n  ]\nb: [\n ]\n"),
            ("a: |\n\n  [\n  ]\n", "a: |\n\n  [\n  ]\n"),
            ("a: |\n  x\n]\n", "a: |\n  x\n ]\n"),
        ] {
            assert_eq!(indent_closing_lines(text), moved, "{text}");
        }
    }

    #[test]
    fn a_key_may_stand_behind_dashes() {
        for (line, column) in [
            ("  a: [", 2),
            ("- a: {", 2),
            ("- - a: [", 4),
            ("- [", 0),
            ("- : [", 2),
            ("  -  a: [", 5),
        ] {
            assert_eq!(key_column(line), column, "{line}");
        }
    }

    #[test]
    fn a_block_scalar_begins_at_the_end_of_a_line() {
        for line in ["a: |", "a: >-", "a: |2+", "|", "- |", "- a: >"] {
            assert!(begins_block_scalar(line), "{line}");
        }
        for line in ["a: b", "a: |x", "a |", "- b", "a: b|", ""] {
            assert!(!begins_block_scalar(line), "{line}");
        }
    }
}
