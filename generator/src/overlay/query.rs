//! JSONPath queries (RFC 9535), with bounded work.
//!
//! Takes a query and a document and returns the pointers to the matching nodes. Leaves the syntax and the
//! selectors to `serde_json_path`.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::limits::{Size, Steps};
use crate::pointer::{Pointer, child};

/// The help of a diagnostic about an invalid query.
pub(super) const HELP: &str = "correct the JSONPath (RFC 9535): it begins with `$`, and a name with other \
    characters than letters, digits and `_` must be quoted in brackets, as in `$.paths['/a'].get`";

/// A parsed query.
///
/// It is evaluated segment by segment, and each segment visits a node at most once. In the library the
/// work for `$..*..*` is the size of the document to the power of the number of `..`.
pub(super) struct Query {
    pub(super) text: String,
    segments: Vec<Segment>,
}

/// A segment of a query (RFC 9535, section 1.1).
struct Segment {
    /// Whether it is a descendant segment (`..`).
    is_descendant: bool,
    selector: Selector,
}

enum Selector {
    /// A name.
    Name(String),
    /// Any other selectors, which the library evaluates on one node.
    Other { path: JsonPath, text: String, cost: Cost },
}

/// The properties of a segment that determine the work of evaluating it.
#[derive(Default)]
struct Cost {
    /// Whether a filter contains a query from the root (`$`).
    is_absolute: bool,
    /// The number of `..`.
    descents: u32,
    /// The factor for filters with regular expressions.
    weight: u64,
    /// Whether all children of a node are tested, not only those with a name or an index.
    tests_all_children: bool,
}

impl Query {
    /// Parses a query, or returns the reason why it is not valid.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let path = JsonPath::parse(text)
            .map_err(|error| reason(text, error.position(), error.message()))?;
        let segments = segments(text).unwrap_or_else(|| {
            let (cost, text) = (Cost::of(text), text.trim_start_matches('$').to_owned());
            let selector = Selector::Other { path, text, cost };
            vec![Segment { is_descendant: false, selector }]
        });
        Ok(Self { text: text.to_owned(), segments })
    }

    /// Returns the matching nodes, each once, in the order of the query.
    pub(super) fn find(&self, document: &Value, steps: &Steps) -> Vec<Pointer> {
        let mut nodes = vec![(Pointer::root(), document)];
        for segment in &self.segments {
            let mut search = Search {
                document,
                steps,
                matched: BTreeSet::new(),
                visited: BTreeSet::new(),
                matches: Vec::new(),
            };
            for (mut at, node) in nodes {
                search.evaluate(segment, node, &mut at);
            }
            nodes = search.matches;
        }
        nodes.into_iter().map(|(at, _)| at).collect()
    }
}

/// The evaluation of one segment. Nodes are identified by their addresses, which are stable while the
/// document is borrowed.
struct Search<'v, 's> {
    document: &'v Value,
    steps: &'s Steps,
    /// The nodes in `matches`.
    matched: BTreeSet<*const Value>,
    /// The nodes that a descendant segment has visited.
    visited: BTreeSet<*const Value>,
    matches: Vec<(Pointer, &'v Value)>,
}

impl<'v> Search<'v, '_> {
    fn evaluate(&mut self, segment: &Segment, node: &'v Value, at: &mut Pointer) {
        if !self.steps.take(1) || segment.is_descendant && !self.visited.insert(node) {
            return;
        }
        self.select(&segment.selector, node, at);
        if !segment.is_descendant {
            return;
        }
        match node {
            Value::Object(object) => {
                for (key, value) in object {
                    at.within(key, |at| self.evaluate(segment, value, at));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    at.within(index, |at| self.evaluate(segment, item, at));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn select(&mut self, selector: &Selector, node: &'v Value, at: &mut Pointer) {
        let (path, text, cost) = match selector {
            Selector::Name(name) => {
                if let Some(child) = node.as_object().and_then(|object| object.get(name)) {
                    self.add(at.join(name), child);
                }
                return;
            }
            Selector::Other { path, text, cost } => (path, text, cost),
        };
        if !self.steps.take(cost.steps(node, self.document, self.steps)) {
            return;
        }
        if !cost.is_absolute {
            for located in path.query_located(node).iter() {
                let below = located.location().iter().map(token);
                self.add(at.tokens().iter().cloned().chain(below).collect(), located.node());
            }
            return;
        }
        // The library uses the queried node as the root, so the document must be queried.
        let Ok(whole) = JsonPath::parse(&format!("{}{text}", normalized(self.document, at))) else {
            return;
        };
        for located in whole.query_located(self.document).iter() {
            self.add(located.location().iter().map(token).collect(), located.node());
        }
    }

    fn add(&mut self, at: Pointer, node: &'v Value) {
        if self.steps.take(1) && self.matched.insert(node) {
            self.matches.push((at, node));
        }
    }
}

impl Cost {
    /// Estimates the cost of a segment from its text.
    fn of(text: &str) -> Self {
        let unquoted = without_quoted(text);
        let is_filter = unquoted.contains('?');
        let has_regex = is_filter && (unquoted.contains("match") || unquoted.contains("search"));
        Self {
            is_absolute: is_filter && unquoted.contains('$'),
            descents: u32::try_from(unquoted.matches("..").count()).unwrap_or(u32::MAX),
            tests_all_children: unquoted.contains(['*', ':', '?']),
            // A regular expression is compiled for each node.
            weight: if has_regex { 100 + text.len() as u64 } else { 1 },
        }
    }

    /// Returns an upper bound of the steps that the library takes for a node.
    fn steps(&self, node: &Value, document: &Value, steps: &Steps) -> u64 {
        let children = match node {
            Value::Object(object) => object.len(),
            Value::Array(items) => items.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        } as u64;
        let unweighted = match (self.descents, self.is_absolute) {
            (0, _) if !self.tests_all_children => 1,
            (0, _) => children,
            (descents, true) => {
                children.saturating_mul(Size::of(document, steps).nodes().saturating_pow(descents))
            }
            (descents, false) => {
                let size = Size::of(node, steps);
                let repetitions = size.depth().saturating_pow(descents.saturating_sub(1));
                size.nodes().saturating_mul(repetitions)
            }
        };
        unweighted.saturating_mul(self.weight)
    }
}

/// Splits a valid query into segments.
fn segments(text: &str) -> Option<Vec<Segment>> {
    let mut rest = text.strip_prefix('$')?.trim_start();
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let (is_descendant, selectors) = match rest.strip_prefix("..") {
            Some(selectors) => (true, selectors),
            None => (false, rest.strip_prefix('.').unwrap_or(rest)),
        };
        let selectors = selectors.trim_start();
        let (text, is_name, after) = if selectors.starts_with('[') {
            let (text, after) = selectors.split_at(bracket_length(selectors)?);
            (text.to_owned(), false, after)
        } else {
            let end = selectors.find(|c: char| matches!(c, '.' | '[') || c.is_whitespace());
            let (name, after) = selectors.split_at(end.unwrap_or(selectors.len()));
            (format!(".{name}"), name != "*", after)
        };
        let path = JsonPath::parse(&format!("${text}")).ok()?;
        let selector = match is_name {
            true => Selector::Name(text.trim_start_matches('.').to_owned()),
            false => Selector::Other { path, cost: Cost::of(&text), text },
        };
        segments.push(Segment { is_descendant, selector });
        rest = after.trim_start();
    }
    Some(segments)
}

/// Returns the length in bytes up to the bracket that closes the first one.
fn bracket_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, next) in without_quoted(text).char_indices() {
        match next {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Replaces each quoted byte with a space, so that positions stay the same.
fn without_quoted(text: &str) -> String {
    let (mut quote, mut is_escaped) = (None, false);
    let mut unquoted = String::with_capacity(text.len());
    for next in text.chars() {
        let in_quotes = quote.is_some();
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if next == '\\' => is_escaped = true,
            Some(end) if next == end => quote = None,
            None if matches!(next, '\'' | '"') => quote = Some(next),
            Some(_) | None => {}
        }
        if in_quotes || quote.is_some() {
            unquoted.extend(std::iter::repeat_n(' ', next.len_utf8()));
        } else {
            unquoted.push(next);
        }
    }
    unquoted
}

/// Returns the normalized path of a node (RFC 9535, section 2.7).
fn normalized(document: &Value, at: &Pointer) -> String {
    let mut query = "$".to_owned();
    let mut node = Some(document);
    for token in at.tokens() {
        let is_index = node.is_some_and(Value::is_array);
        node = node.and_then(|node| child(node, token));
        query.push('[');
        match is_index {
            true => query.push_str(token),
            // JSON escapes are valid in quoted names.
            false => query.push_str(&Value::from(token.as_str()).to_string()),
        }
        query.push(']');
    }
    query
}

/// Describes a syntax error. The parser returns the byte and seldom a message.
fn reason(text: &str, at: usize, message: &str) -> String {
    let (valid, invalid) = text.split_at_checked(at).unwrap_or((text, ""));
    let problem = match (valid, invalid) {
        ("", _) if !text.starts_with('$') => "it does not begin with `$`".to_owned(),
        (_, "") => "it is not complete".to_owned(),
        _ => format!("unexpected `{invalid}`"),
    };
    match message {
        "" | "parser error" => problem,
        message => format!("{problem} ({message})"),
    }
}

/// Converts an element of a path to the token of a pointer.
fn token(element: &PathElement<'_>) -> String {
    match element {
        PathElement::Name(name) => (*name).to_owned(),
        PathElement::Index(index) => index.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::limits::Limits;

    #[test]
    fn what_is_in_quotes_is_no_syntax() {
        for (text, bare) in [
            ("a['b]'].c", "a[    ].c"),
            (r#"["a\"]"]"#, "[      ]"),
            (r#"['"']x"#, "[   ]x"),
            ("['ü'].b", "[    ].b"),
            (r"['\\'].b", "[    ].b"),
        ] {
            assert_eq!(without_quoted(text), bare, "{text}");
        }
        for (text, length) in [
            ("[0].b", Some(3)),
            ("['a]'][1]", Some(6)),
            ("[?@[0]].x", Some(7)),
            ("[[]", None),
            ("['", None),
        ] {
            assert_eq!(bracket_length(text), length, "{text}");
        }
    }

    #[test]
    fn what_a_filter_looks_at_decides_what_it_costs() {
        let document = json!({"a": 1, "b": 2, "c": 3});
        for (text, is_absolute, cost) in [
            ("['a','b']", false, 1),
            ("[$]", false, 1),
            ("[match]", false, 1),
            ("[*]", false, 3),
            ("[0:1]", false, 3),
            ("[?@.a]", false, 3),
            ("[?@['$']]", false, 3),
            ("[?@.a == $.b]", true, 3),
            ("[?match(@.a, 'b')]", false, 3 * 118),
            ("[?search(@.a, 'b')]", false, 3 * 119),
        ] {
            let estimate = Cost::of(text);
            assert_eq!(estimate.is_absolute, is_absolute, "{text}");
            let steps = Steps::new(&Limits::default());
            assert_eq!(estimate.steps(&document, &document, &steps), cost, "{text}");
        }
    }

    #[test]
    fn a_query_that_cannot_be_read_says_where() {
        for (text, at, why) in [
            ("a", 0, "it does not begin with `$`"),
            ("", 0, "it does not begin with `$`"),
            ("$.", 2, "it is not complete"),
            ("$..", 0, "unexpected `$..`"),
            ("$.a[", 3, "unexpected `[`"),
        ] {
            assert_eq!(reason(text, at, "parser error"), why, "{text}");
            assert_eq!(reason(text, at, "x"), format!("{why} (x)"));
        }
    }

    #[test]
    fn a_query_matches_the_same_nodes_as_in_the_library() {
        let document = json!({
            "a": [{"b": 1, "c": [1, 2, {"b": 3}]}, {"b": {"b": 2}}, "x"],
            "it's": {"a.b": {"]": 1}, "$..": [5]},
            "b": 2,
            "n": {"n": {"n": {"b": null}}},
        });
        for text in [
            "$",
            "$.a",
            "$.a[0].b",
            "$..b",
            "$..*",
            "$..*..*",
            "$..n..n..b",
            "$.*",
            "$['a','b']",
            "$.a[-1]",
            "$.a[0:2]",
            "$..[0]",
            "$..[0,'b']",
            "$['it\\'s']['a.b']",
            "$[\"it's\"]['$..'][0]",
            "$ .a [0] .b",
            "$.a[?@.b == 1]",
            "$..[?@.b]",
            "$..[?@..b]",
            "$.a[?@.b == $.b].c",
            "$..[?@ == $.b]",
            "$..[?$.a]",
            "$..[?@['a.b'][']'] == 1]",
            "$.a[?match(@, 'x')]",
            "$..[?count(@.*) > 1]",
            "$.nothing",
            "$.a[?@[?@.b]]",
            "$..['it\\'s','n']..b",
        ] {
            let query = Query::parse(text).unwrap();
            let whole = JsonPath::parse(text).unwrap();
            let located = whole.query_located(&document);
            let mut expected: Vec<Pointer> = Vec::new();
            for location in located.locations() {
                let pointer: Pointer = location.iter().map(token).collect();
                if !expected.contains(&pointer) {
                    expected.push(pointer);
                }
            }
            assert_eq!(query.find(&document, &Steps::default()), expected, "{text}");
        }
    }

    #[test]
    fn a_node_is_visited_once_for_each_segment() {
        let deep = (0..60).fold(json!(1), |inner, _| json!({"a": inner, "b": 1}));
        let steps = |text: &str| {
            let steps = Steps::default();
            let matches = Query::parse(text).unwrap().find(&deep, &steps);
            (matches.len(), steps.by_stage().values().sum::<u64>())
        };
        assert_eq!(steps("$..*").0, 120);
        let (one, six) = (steps("$..*").1, steps("$..*..*..*..*..*..*").1);
        assert!(six <= one * 8, "{six} for six, {one} for one");
    }

    #[test]
    fn an_expensive_filter_is_not_evaluated() {
        let array = json!((0..300).map(|index| json!({"x": [index]})).collect::<Vec<_>>());
        for text in ["$..[?$..[?$..[?$..x]]]", "$..[?$..x]", "$[?@..[?@..x]]"] {
            let steps = Steps::new(&Limits { steps: 3_000, ..Limits::default() });
            Query::parse(text).unwrap().find(&array, &steps);
            assert!(steps.is_exceeded(), "{text}");
        }
    }
}
