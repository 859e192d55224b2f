//! Lines that close a bracket too far to the left.

/// Indents the lines that begin with the end of a list or an object, so that they stand to the
/// right of the key that it belongs to. Nothing else changes, and no line is added.
pub(super) fn closing_lines(text: &str) -> String {
    let mut mended = String::with_capacity(text.len() + 64);
    let mut opened: Vec<usize> = Vec::new();
    let mut scalar: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let indent = line.len() - line.trim_start_matches(' ').len();
        // The lines of a block scalar are text, whatever they look like.
        scalar = scalar.filter(|key| content.is_empty() || indent > *key);
        if scalar.is_none() && content.starts_with([']', '}']) {
            let key = opened.pop().unwrap_or(indent);
            mended.push_str(&" ".repeat((key + 1).saturating_sub(indent)));
        }
        if scalar.is_none() && content.ends_with(['[', '{']) {
            opened.push(key_column(line));
        }
        if scalar.is_none() && begins_scalar(content) {
            scalar = Some(key_column(line));
        }
        mended.push_str(line);
    }
    mended
}

/// The column of the key on a line, which may stand behind the dashes of lists.
fn key_column(line: &str) -> usize {
    let mut rest = line.trim_start_matches(' ');
    let mut dash = line.len() - rest.len();
    let last_colon = line.rfind(':');
    while let Some(item) = rest.strip_prefix("- ") {
        let item = item.trim_start_matches(' ');
        let column = line.len() - item.len();
        if last_colon.is_none_or(|colon| colon < column) {
            break;
        }
        rest = item;
        dash = column;
    }
    dash
}

/// Whether a line ends with `|` or `>` and so begins a block scalar, as in `description: |-`.
fn begins_scalar(content: &str) -> bool {
    let end = content.rsplit(' ').next().unwrap_or_default();
    let rest = end.strip_prefix(['|', '>']);
    rest.is_some_and(|rest| rest.chars().all(|c| matches!(c, '+' | '-' | '0'..='9')))
        && (end.len() == content.len() || content.contains(": ") || content.starts_with("- "))
}
