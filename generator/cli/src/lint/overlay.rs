//! Overlay actions that correct findings (Overlay Specification 1.1, Action Object).

use clientgen::escape::{self, is_hidden};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

/// The length of an update up to which it is shown, in bytes.
const MAX_SHOWN: usize = 400;

/// An action of an overlay.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(super) target: Pointer,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Update(Value),
    Remove,
}

impl Action {
    /// Creates an action that merges a value into the target.
    pub(super) fn update(target: Pointer, update: Value) -> Self {
        Self { target, change: Change::Update(update) }
    }

    /// Creates an action that removes the target.
    pub(super) fn remove(target: Pointer) -> Self {
        Self { target, change: Change::Remove }
    }

    /// Returns whether the action is complete. `…` stands for words that only a person can write.
    pub(super) fn is_complete(&self) -> bool {
        match &self.change {
            Change::Update(update) => !update.to_string().contains('…'),
            Change::Remove => true,
        }
    }

    /// Returns whether the action updates an array of a document.
    pub(super) fn updates_array(&self, document: &Value) -> bool {
        let node = self.target.find(document);
        matches!(self.change, Change::Update(_)) && node.is_some_and(Value::is_array)
    }

    /// Returns the action as an object of an overlay for a document.
    pub(super) fn object(&self, document: &Value) -> Value {
        let target = json_path(&self.target, document);
        match &self.change {
            Change::Update(update) => json!({"target": target, "update": update}),
            Change::Remove => json!({"target": target, "remove": true}),
        }
    }

    /// Returns the action as an item of a list in YAML, ready to paste.
    pub(super) fn text(&self, document: &Value) -> String {
        let target = yaml(&json_path(&self.target, document));
        let change = match &self.change {
            Change::Update(update) => match update.to_string() {
                long if long.len() > MAX_SHOWN => {
                    format!("update: …  # of {} bytes; --fix writes it", long.len())
                }
                short => format!("update: {short}"),
            },
            Change::Remove => "remove: true".to_owned(),
        };
        format!("\n  - target: {target}\n    {change}")
    }
}

/// Returns a JSONPath, quoted for YAML where necessary.
fn yaml(path: &str) -> String {
    let is_plain = !path.contains(": ") && !path.contains(" #") && !path.contains(is_hidden);
    if is_plain {
        return path.to_owned();
    }
    let quoted = serde_json::to_string(path).unwrap_or_default();
    escape::json(&quoted).into_owned()
}

/// Returns the JSONPath of a node of a document (RFC 9535, section 2.7).
fn json_path(at: &Pointer, document: &Value) -> String {
    let mut path = "$".to_owned();
    let mut node = Some(document);
    for step in at.tokens() {
        let is_name = step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let index = step.parse::<usize>().ok().filter(|_| node.is_some_and(Value::is_array));
        match index {
            Some(index) => path.push_str(&format!("[{index}]")),
            None if is_name => path.push_str(&format!(".{step}")),
            None => {
                let step = step.replace('\\', "\\\\").replace('\'', "\\'");
                path.push_str(&format!("['{step}']"));
            }
        }
        node = match index {
            Some(index) => node.and_then(|node| node.get(index)),
            None => node.and_then(|node| node.get(step)),
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_converted_to_json_paths() {
        let at = Pointer::parse("/paths/~1a~1{it's}/get/responses/200/parameters/0/x-y").unwrap();
        let parameters = json!({"200": {"parameters": [{"x-y": 1}]}});
        let document = json!({"paths": {"/a/{it's}": {"get": {"responses": parameters}}}});
        let path = json_path(&at, &document);
        assert_eq!(path, r"$.paths['/a/{it\'s}'].get.responses['200'].parameters[0]['x-y']");
        // A property may be named like an index.
        let at = Pointer::parse("/properties/0").unwrap();
        assert_eq!(json_path(&at, &json!({"properties": {"0": {}}})), "$.properties['0']");
        for name in ["a: b", "a #b", "a\n\u{202e}"] {
            let path = yaml(&json_path(&Pointer::root().join("paths").join(name), &json!({})));
            assert!(!path.contains(is_hidden), "{path}");
            let read: String = serde_json::from_str(&path).unwrap();
            assert_eq!(read, format!("$.paths['{name}']"));
        }
    }
}
