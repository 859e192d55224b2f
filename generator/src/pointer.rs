//! JSON Pointer (RFC 6901).

use std::fmt;

use serde_json::Value;

/// A JSON pointer: the keys and indices from the root of a document to a node.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pointer {
    tokens: Vec<String>,
}

impl Pointer {
    /// Returns the pointer to the root.
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns the pointer to the child under a key or an index.
    #[must_use]
    pub fn join(&self, token: impl fmt::Display) -> Self {
        let mut tokens = self.tokens.clone();
        tokens.push(token.to_string());
        Self { tokens }
    }

    /// Calls a function with the pointer to the child under a key or an index. A walk of a whole
    /// document is much faster with this than with a new pointer for each node.
    pub fn within<T>(&mut self, token: impl fmt::Display, act: impl FnOnce(&mut Self) -> T) -> T {
        self.tokens.push(token.to_string());
        let result = act(self);
        self.tokens.pop();
        result
    }

    /// Returns the keys and indices (reference tokens of RFC 6901), unescaped.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Returns the pointers to the first items of the array under a key.
    pub fn items(&self, key: &str, count: usize) -> impl Iterator<Item = Self> {
        let array = self.join(key);
        (0..count).map(move |index| array.join(index))
    }

    /// Returns the last key or index.
    pub fn last(&self) -> Option<&str> {
        self.tokens.last().map(String::as_str)
    }

    /// Returns the pointer to the parent, which for the root is the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        let mut tokens = self.tokens.clone();
        tokens.pop();
        Self { tokens }
    }

    /// Returns the tokens after those of an ancestor, or `None` if the other is not an ancestor. Each
    /// node counts as its own ancestor.
    pub fn strip_prefix(&self, ancestor: &Self) -> Option<&[String]> {
        self.tokens.strip_prefix(ancestor.tokens.as_slice())
    }

    /// Parses a pointer, as in the fragment of `#/components/schemas/A`, without the `#`.
    pub fn parse(pointer: &str) -> Option<Self> {
        let mut tokens = pointer.split('/');
        if tokens.next() != Some("") {
            return None;
        }
        let tokens = tokens.map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
        Some(Self { tokens })
    }

    /// Returns the node that the pointer leads to.
    pub fn find<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.tokens.iter().try_fold(root, |node, token| child(node, token))
    }

    /// Returns the node that the pointer leads to, mutably.
    pub fn find_mut<'v>(&self, root: &'v mut Value) -> Option<&'v mut Value> {
        self.tokens.iter().try_fold(root, |node, token| match node {
            Value::Object(object) => object.get_mut(token),
            Value::Array(items) => items.get_mut(index(token)?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    }
}

/// Returns the child of a node under a key or an index.
pub(crate) fn child<'v>(node: &'v Value, token: &str) -> Option<&'v Value> {
    match node {
        Value::Object(object) => object.get(token),
        Value::Array(items) => items.get(index(token)?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Parses an array index (RFC 6901, section 4): digits without a sign or leading zeros, so that each
/// item has one pointer.
fn index(token: &str) -> Option<usize> {
    let is_index = token == "0" || token.starts_with(|first| matches!(first, '1'..='9'));
    token.parse().ok().filter(|_| is_index)
}

impl FromIterator<String> for Pointer {
    fn from_iter<I: IntoIterator<Item = String>>(tokens: I) -> Self {
        Self { tokens: tokens.into_iter().collect() }
    }
}

/// Displays the pointer as the fragment of a reference: `#/paths/~1reports~1run`.
impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#")?;
        self.tokens
            .iter()
            .try_for_each(|token| write!(f, "/{}", token.replace('~', "~0").replace('/', "~1")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_are_escaped_and_parsed() {
        let pointer = Pointer::root().join("a/b~c").join(0);
        assert_eq!(pointer.to_string(), "#/a~1b~0c/0");
        assert_eq!(Pointer::parse("/a~1b~0c/0"), Some(pointer));
        assert_eq!(Pointer::parse("a"), None);
    }

    #[test]
    fn an_item_has_one_pointer() {
        let mut document = json!({"a": [1, 2]});
        let find = |pointer: &str| Pointer::parse(pointer).unwrap().find(&document).cloned();
        assert_eq!(find("/a/0"), Some(json!(1)));
        assert_eq!(find("/a/1"), Some(json!(2)));
        for pointer in ["/a/+1", "/a/01", "/a/-0", "/a/00", "/a/2", "/a/"] {
            assert_eq!(find(pointer), None, "{pointer}");
        }
        assert_eq!(Pointer::parse("/a/+1").unwrap().find_mut(&mut document), None);
    }
}
