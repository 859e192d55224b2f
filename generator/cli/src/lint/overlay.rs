//! Formats overlay actions that correct findings, ready to paste.

use clientgen::escape::{self, is_hidden};
use clientgen::pointer::Pointer;
use serde_json::Value;

/// Returns an action that updates a node.
pub(super) fn update(at: &Pointer, update: &Value) -> String {
    format!("add this to an overlay:\n  - target: {}\n    update: {update}", json_path(at))
}

/// Returns an action that removes a node.
pub(super) fn remove(at: &Pointer) -> String {
    format!("add this to an overlay:\n  - target: {}\n    remove: true", json_path(at))
}

/// Returns the JSONPath of a node (RFC 9535, section 2.7), quoted for YAML where necessary.
pub(super) fn json_path(at: &Pointer) -> String {
    let path = plain_path(at);
    let is_plain = !path.contains(": ") && !path.contains(" #") && !path.contains(is_hidden);
    if is_plain {
        return path;
    }
    let quoted = serde_json::to_string(&path).unwrap_or_default();
    escape::json(&quoted).into_owned()
}

fn plain_path(at: &Pointer) -> String {
    let mut path = "$".to_owned();
    for step in at.tokens() {
        let is_name = step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_name {
            path.push_str(&format!(".{step}"));
        } else if step.parse::<usize>().is_ok() && !path.ends_with("responses") {
            path.push_str(&format!("[{step}]"));
        } else {
            path.push_str(&format!("['{}']", step.replace('\\', "\\\\").replace('\'', "\\'")));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_converted_to_json_paths() {
        let at = Pointer::parse("/paths/~1a~1{it's}/get/responses/200/parameters/0/x-y").unwrap();
        let path = json_path(&at);
        assert_eq!(path, r"$.paths['/a/{it\'s}'].get.responses['200'].parameters[0]['x-y']");
        for name in ["a: b", "a #b", "a\n\u{202e}"] {
            let path = json_path(&Pointer::root().join("paths").join(name));
            assert!(!path.contains(is_hidden), "{path}");
            let read: String = serde_json::from_str(&path).unwrap();
            assert_eq!(read, format!("$.paths['{name}']"));
        }
    }
}
