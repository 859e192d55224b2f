//! JSONPath (RFC 9535), by `serde_json_path`.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::limits::{Size, Steps};
use crate::pointer::Pointer;

/// What is to be done about a query that cannot be read.
pub(super) const HELP: &str = "mend the JSONPath (RFC 9535): it begins with `$`, and a name that has \
    other characters than letters, digits and `_` stands in brackets and quotes, as in \
    `$.paths['/a'].get`";

/// A query that can be asked.
///
/// It is asked segment by segment, and no node is visited twice for one of them: what the library
/// does for `$..*..*` grows with a power of the document for each `..`.
pub(super) struct Query {
    pub(super) text: String,
    segments: Vec<Segment>,
}

/// What leads from nodes to others.
struct Segment {
    /// Whether it applies to all nodes below as well (`..`).
    descends: bool,
    select: Select,
}

enum Select {
    /// The member with a name.
    Name(String),
    /// What the library finds in one node.
    Other { path: JsonPath, text: String, filter: Filter },
}

/// What the filters of a segment look at, as far as it matters for how long they take.
#[derive(Default)]
struct Filter {
    /// Whether they begin at the root (`$`), and not only at the node that is tested (`@`).
    is_absolute: bool,
    /// How many `..` are in them.
    descents: u32,
    /// How much longer they take because of what they search for.
    weight: u64,
    /// Whether all that is right below a node is looked at, and not only what has a name or an index.
    looks_at_all: bool,
}

impl Query {
    /// Reads a query, or says why that is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let path = JsonPath::parse(text)
            .map_err(|error| reason(text, error.position(), error.message()))?;
        let segments = segments(text).unwrap_or_else(|| {
            let (filter, text) = (Filter::of(text), text.trim_start_matches('$').to_owned());
            vec![Segment { descends: false, select: Select::Other { path, text, filter } }]
        });
        Ok(Self { text: text.to_owned(), segments })
    }

    /// The nodes that it leads to, each once, in the order of the query.
    pub(super) fn find(&self, document: &Value, steps: &Steps) -> Vec<Pointer> {
        let mut nodes = vec![(Pointer::root(), document)];
        for segment in &self.segments {
            let mut search = Search {
                document,
                steps,
                seen: BTreeSet::new(),
                passed: BTreeSet::new(),
                found: Vec::new(),
            };
            for (mut at, node) in nodes {
                search.segment(segment, node, &mut at);
            }
            nodes = search.found;
        }
        nodes.into_iter().map(|(at, _)| at).collect()
    }
}

/// What a segment has led to. Nodes are known by their addresses, which do not change as long as they
/// are borrowed.
struct Search<'v, 's> {
    document: &'v Value,
    steps: &'s Steps,
    /// What has been found.
    seen: BTreeSet<*const Value>,
    /// Where a segment that descends has been.
    passed: BTreeSet<*const Value>,
    found: Vec<(Pointer, &'v Value)>,
}

impl<'v> Search<'v, '_> {
    fn segment(&mut self, segment: &Segment, node: &'v Value, at: &mut Pointer) {
        if !self.steps.take(1) || segment.descends && !self.passed.insert(node) {
            return;
        }
        self.select(&segment.select, node, at);
        if !segment.descends {
            return;
        }
        match node {
            Value::Object(object) => {
                for (key, value) in object {
                    at.within(key, |at| self.segment(segment, value, at));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    at.within(index, |at| self.segment(segment, item, at));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn select(&mut self, select: &Select, node: &'v Value, at: &mut Pointer) {
        let (path, text, filter) = match select {
            Select::Name(name) => {
                if let Some(found) = node.as_object().and_then(|object| object.get(name)) {
                    self.add(at.join(name), found);
                }
                return;
            }
            Select::Other { path, text, filter } => (path, text, filter),
        };
        if !self.steps.take(filter.cost(node, self.document, self.steps)) {
            return;
        }
        if !filter.is_absolute {
            for found in path.query_located(node).iter() {
                let below = found.location().iter().map(step);
                self.add(at.steps().iter().cloned().chain(below).collect(), found.node());
            }
            return;
        }
        // The library knows no other root than the node that it is asked about.
        let Ok(whole) = JsonPath::parse(&format!("{}{text}", normalized(self.document, at))) else {
            return;
        };
        for found in whole.query_located(self.document).iter() {
            self.add(found.location().iter().map(step).collect(), found.node());
        }
    }

    fn add(&mut self, at: Pointer, node: &'v Value) {
        if self.steps.take(1) && self.seen.insert(node) {
            self.found.push((at, node));
        }
    }
}

impl Filter {
    /// Looks at the text of a segment.
    fn of(text: &str) -> Self {
        let bare = without_quoted(text);
        let is_filter = bare.contains('?');
        let searches = is_filter && (bare.contains("match") || bare.contains("search"));
        Self {
            is_absolute: is_filter && bare.contains('$'),
            descents: u32::try_from(bare.matches("..").count()).unwrap_or(u32::MAX),
            // Expressions are compiled for each node, and a counted one is as long as it counts.
            looks_at_all: bare.contains(['*', ':', '?']),
            weight: if searches { 100 + text.len() as u64 } else { 1 },
        }
    }

    /// How many steps it takes to ask the library about a node, at most.
    fn cost(&self, node: &Value, document: &Value, steps: &Steps) -> u64 {
        let children = match node {
            Value::Object(object) => object.len(),
            Value::Array(items) => items.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        } as u64;
        let each = match (self.descents, self.is_absolute) {
            (0, _) if !self.looks_at_all => 1,
            (0, _) => children,
            (descents, true) => {
                children.saturating_mul(Size::of(document, steps).nodes().saturating_pow(descents))
            }
            (descents, false) => {
                let size = Size::of(node, steps);
                let deep = size.depth().saturating_pow(descents.saturating_sub(1));
                size.nodes().saturating_mul(deep)
            }
        };
        each.saturating_mul(self.weight)
    }
}

/// The segments of a query that can be read.
fn segments(text: &str) -> Option<Vec<Segment>> {
    let mut rest = text.strip_prefix('$')?.trim_start();
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let (descends, behind) = match rest.strip_prefix("..") {
            Some(behind) => (true, behind),
            None => (false, rest.strip_prefix('.').unwrap_or(rest)),
        };
        let behind = behind.trim_start();
        let (text, is_name, left) = if behind.starts_with('[') {
            let (text, left) = behind.split_at(bracketed(behind)?);
            (text.to_owned(), false, left)
        } else {
            let end = behind.find(|c: char| matches!(c, '.' | '[') || c.is_whitespace());
            let (name, left) = behind.split_at(end.unwrap_or(behind.len()));
            (format!(".{name}"), name != "*", left)
        };
        let path = JsonPath::parse(&format!("${text}")).ok()?;
        let select = match is_name {
            true => Select::Name(text.trim_start_matches('.').to_owned()),
            false => Select::Other { path, filter: Filter::of(&text), text },
        };
        segments.push(Segment { descends, select });
        rest = left.trim_start();
    }
    Some(segments)
}

/// How many bytes a text has up to the end of the bracket that it begins with.
fn bracketed(text: &str) -> Option<usize> {
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

/// A text with a blank for each byte that is in quotes.
fn without_quoted(text: &str) -> String {
    let (mut quote, mut is_escaped) = (None, false);
    let mut bare = String::with_capacity(text.len());
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
            bare.extend(std::iter::repeat_n(' ', next.len_utf8()));
        } else {
            bare.push(next);
        }
    }
    bare
}

/// A query for one node (RFC 9535, section 2.7).
fn normalized(document: &Value, at: &Pointer) -> String {
    let mut query = "$".to_owned();
    let mut node = Some(document);
    for step in at.steps() {
        let is_index = node.is_some_and(Value::is_array);
        node = node.and_then(|node| match node {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            node => node.get(step),
        });
        query.push('[');
        match is_index {
            true => query.push_str(step),
            // What JSON escapes in quotes, JSONPath does too.
            false => query.push_str(&Value::from(step.as_str()).to_string()),
        }
        query.push(']');
    }
    query
}

/// What is wrong with a query. The parser knows the byte, and seldom more.
fn reason(text: &str, at: usize, message: &str) -> String {
    let (good, bad) = text.split_at_checked(at).unwrap_or((text, ""));
    let place = match (good, bad) {
        ("", _) if !text.starts_with('$') => "it does not begin with `$`".to_owned(),
        (_, "") => "it ends too early".to_owned(),
        _ => format!("it cannot be read from `{bad}` on"),
    };
    match message {
        "" | "parser error" => place,
        message => format!("{place} ({message})"),
    }
}

fn step(element: &PathElement<'_>) -> String {
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

    /// The library is asked about the whole query, and decides.
    #[test]
    fn a_query_leads_where_the_library_says() {
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
            let found = whole.query_located(&document);
            let mut wanted: Vec<Pointer> = Vec::new();
            for location in found.locations() {
                let pointer: Pointer = location.iter().map(step).collect();
                if !wanted.contains(&pointer) {
                    wanted.push(pointer);
                }
            }
            assert_eq!(query.find(&document, &Steps::default()), wanted, "{text}");
        }
    }

    #[test]
    fn a_node_is_visited_once_for_each_segment() {
        let deep = (0..60).fold(json!(1), |inner, _| json!({"a": inner, "b": 1}));
        let steps = |text: &str| {
            let steps = Steps::default();
            let found = Query::parse(text).unwrap().find(&deep, &steps);
            (found.len(), steps.by_stage().values().sum::<u64>())
        };
        assert_eq!(steps("$..*").0, 120);
        let (one, six) = (steps("$..*").1, steps("$..*..*..*..*..*..*").1);
        assert!(six <= one * 8, "{six} for six, {one} for one");
    }

    #[test]
    fn a_filter_that_takes_too_long_is_not_asked() {
        let list = json!((0..300).map(|index| json!({"x": [index]})).collect::<Vec<_>>());
        for text in ["$..[?$..[?$..[?$..x]]]", "$..[?$..x]", "$[?@..[?@..x]]"] {
            let steps = Steps::new(&Limits { steps: 3_000, ..Limits::default() });
            Query::parse(text).unwrap().find(&list, &steps);
            assert!(steps.is_exceeded(), "{text}");
        }
    }
}
