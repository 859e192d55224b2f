//! Places in a document.

use std::fmt;

/// A JSON pointer (RFC 6901): the way from the root of a document to a node.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pointer {
    steps: Vec<String>,
}

impl Pointer {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// The node below this one under a key or an index.
    #[must_use]
    pub fn join(&self, step: impl fmt::Display) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step.to_string());
        Self { steps }
    }

    /// Does something with the node below this one under a key or an index. A walk through a whole
    /// document is much faster like this than with a pointer of its own for each node.
    pub fn within<T>(&mut self, step: impl fmt::Display, act: impl FnOnce(&mut Self) -> T) -> T {
        self.steps.push(step.to_string());
        let result = act(self);
        self.steps.pop();
        result
    }

    /// The keys and indices on the way.
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// The first of the nodes in the list under a key.
    pub fn members(&self, key: &str, count: usize) -> impl Iterator<Item = Self> {
        let list = self.join(key);
        (0..count).map(move |index| list.join(index))
    }

    /// The last key or index on the way.
    pub fn last(&self) -> Option<&str> {
        self.steps.last().map(String::as_str)
    }

    /// The node above this one.
    #[must_use]
    pub fn parent(&self) -> Self {
        let mut steps = self.steps.clone();
        steps.pop();
        Self { steps }
    }

    /// What is left of the way to this node after the way to another, if that leads past it.
    pub fn below(&self, other: &Self) -> Option<&[String]> {
        self.steps.strip_prefix(other.steps.as_slice())
    }

    /// Reads the fragment of a reference, as in `#/components/schemas/A`, without its `#`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = text.split('/');
        if steps.next() != Some("") {
            return None;
        }
        let steps = steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        Some(Self { steps })
    }

    /// The node of a value that this leads to.
    pub fn find<'v>(&self, root: &'v serde_json::Value) -> Option<&'v serde_json::Value> {
        self.steps.iter().try_fold(root, |value, step| match value {
            serde_json::Value::Object(object) => object.get(step),
            serde_json::Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The node of a value that this leads to, to be changed.
    pub fn find_mut<'v>(
        &self,
        root: &'v mut serde_json::Value,
    ) -> Option<&'v mut serde_json::Value> {
        self.steps.iter().try_fold(root, |value, step| match value {
            serde_json::Value::Object(object) => object.get_mut(step),
            serde_json::Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

impl FromIterator<String> for Pointer {
    fn from_iter<I: IntoIterator<Item = String>>(steps: I) -> Self {
        Self { steps: steps.into_iter().collect() }
    }
}

/// As a reference within a document writes it: `#/paths/~1reports~1run`.
impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#")?;
        self.steps
            .iter()
            .try_for_each(|step| write!(f, "/{}", step.replace('~', "~0").replace('/', "~1")))
    }
}
