//! The overlay action that would mend a finding, as somebody can paste it.

use clientgen::pointer::Pointer;
use serde_json::Value;

/// An action that updates a node.
pub(super) fn update(at: &Pointer, update: &Value) -> String {
    format!("add this to an overlay:\n  - target: {}\n    update: {update}", json_path(at))
}

/// An action that removes a node.
pub(super) fn remove(at: &Pointer) -> String {
    format!("add this to an overlay:\n  - target: {}\n    remove: true", json_path(at))
}

/// The JSONPath of a node (RFC 9535, section 2.7), quoted for YAML where it has to be.
pub(super) fn json_path(at: &Pointer) -> String {
    let mut path = "$".to_owned();
    for step in at.steps() {
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
    fn a_path_leads_where_the_pointer_does() {
        let at = Pointer::parse("/paths/~1a~1{it's}/get/responses/200/parameters/0/x-y").unwrap();
        let path = json_path(&at);
        assert_eq!(path, r"$.paths['/a/{it\'s}'].get.responses['200'].parameters[0]['x-y']");
    }
}
