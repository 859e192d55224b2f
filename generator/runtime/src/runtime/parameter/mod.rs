//! Encodes values as path segments, query parameters, headers and cookies.
//!
//! Takes a value and the description of its parameter, and returns strings as they are sent
//! (OpenAPI 3.0.4 and 3.1.1, "Style Values" and "Style Examples"). Adding them to a request is left
//! to `request`.

mod encoding;
mod node;

use serde_json::value::RawValue;

pub(crate) use encoding::percent_encode;
pub(crate) use node::{Node, text};

/// The location of a parameter or a credential (OpenAPI 3.0, Parameter Object, `in`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// The path, in place of the name in braces.
    Path,
    /// The query, as `name=value`.
    Query,
    /// A header.
    Header,
    /// The `Cookie` header.
    Cookie,
}

/// The encoding of arrays and objects (OpenAPI 3.0, Parameter Object, `style`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `;color=blue`, in paths.
    Matrix,
    /// `.blue`, in paths.
    Label,
    /// `blue,black`, in paths and headers.
    Simple,
    /// `color=blue&color=black` or `color=blue,black`, in queries and cookies.
    Form,
    /// `color=blue%20black`, in queries.
    SpaceDelimited,
    /// `color=blue%7Cblack`, in queries.
    PipeDelimited,
    /// `color%5BR%5D=100&color%5BG%5D=200`, in queries.
    DeepObject,
}

/// A parameter of an operation (OpenAPI 3.0, Parameter Object).
///
/// The specification leaves some combinations undefined. They fall back to a defined one: a style
/// that the location does not allow becomes `simple` in paths and headers, and `form` in queries and
/// cookies; `spaceDelimited` and `pipeDelimited` become `form` if they are exploded, and for
/// scalars; `deepObject` is always exploded, and becomes `form` for scalars and arrays.
///
/// Arrays and objects that are nested in other values are sent as JSON, except with `deepObject`,
/// which continues as `a[b][c]=…` and repeats `a[b]=…` for arrays. `null`, empty arrays and empty
/// objects are not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// The name on the wire.
    pub name: &'a str,
    /// The location.
    pub location: Location,
    /// The encoding of arrays and objects.
    pub style: Style,
    /// Whether each item of an array and each property of an object is a separate value.
    pub explode: bool,
    /// Whether reserved characters (RFC 3986, section 2.2) in a query are sent unencoded. `#`, `&`
    /// and `+` are always encoded, because they would change the meaning of the query. `%` is
    /// encoded as well: the value is never encoded beforehand.
    pub allow_reserved: bool,
}

impl<'a> Parameter<'a> {
    /// Returns a parameter whose reserved characters are percent-encoded.
    pub const fn new(name: &'a str, location: Location, style: Style, explode: bool) -> Self {
        Self { name, location, style, explode, allow_reserved: false }
    }

    /// Allows reserved characters to be sent unencoded.
    pub const fn reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }

    /// Returns a parameter with the default style of its location.
    pub(crate) fn plain(location: Location, name: &'a str) -> Self {
        let (style, explode) = match location {
            Location::Path | Location::Header => (Style::Simple, false),
            Location::Query | Location::Cookie => (Style::Form, true),
        };
        Self::new(name, location, style, explode)
    }

    fn encode(&self, text: &str) -> String {
        match self.location {
            Location::Header => text.to_owned(),
            Location::Query if self.allow_reserved => encoding::encode_breaking(text),
            Location::Path | Location::Query | Location::Cookie => percent_encode(text),
        }
    }
}

/// Encodes a value for a path or a header.
pub(crate) fn segment(parameter: &Parameter<'_>, value: &Node) -> String {
    let Parameter { name, style, explode, .. } = *parameter;
    let named = matches!(value, Node::Object(_)) && explode;
    let items: Vec<String> = match value {
        Node::Null => Vec::new(),
        Node::Text(text) => vec![parameter.encode(text)],
        Node::Array(items) => texts(parameter, items),
        Node::Object(entries) if explode => entries_of(parameter, entries)
            .into_iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
        Node::Object(entries) => flat(parameter, entries),
    };
    match (parameter.location, style) {
        (Location::Path, Style::Label) => {
            format!(".{}", items.join(if explode { "." } else { "," }))
        }
        (Location::Path, Style::Matrix) if named => format!(";{}", items.join(";")),
        (Location::Path, Style::Matrix) if explode => {
            items.iter().map(|item| matrix(name, item)).collect()
        }
        (Location::Path, Style::Matrix) => matrix(name, &items.join(",")),
        _ => items.join(","),
    }
}

/// An empty value has no equals sign (RFC 6570, section 3.2.7).
fn matrix(name: &str, value: &str) -> String {
    let equals = if value.is_empty() { "" } else { "=" };
    format!(";{}{equals}{value}", percent_encode(name))
}

/// Encodes a value as name–value pairs, for a query, for cookies or for a form.
pub(crate) fn pairs(parameter: &Parameter<'_>, value: &Node) -> Vec<(String, String)> {
    let Parameter { style, explode, .. } = *parameter;
    let name = percent_encode(parameter.name);
    let deep = style == Style::DeepObject;
    if value.is_empty() {
        return Vec::new();
    }
    let separator = match style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        Style::Matrix | Style::Label | Style::Simple | Style::Form | Style::DeepObject => ",",
    };
    match value {
        Node::Null => Vec::new(),
        Node::Text(text) => vec![(name, parameter.encode(text))],
        Node::Array(items) if explode || deep => {
            texts(parameter, items).into_iter().map(|item| (name.clone(), item)).collect()
        }
        Node::Array(items) => vec![(name, texts(parameter, items).join(separator))],
        Node::Object(entries) if deep => {
            let mut pairs = Vec::new();
            nest(parameter, &name, entries, &mut pairs);
            pairs
        }
        Node::Object(entries) if explode => entries_of(parameter, entries),
        Node::Object(entries) => vec![(name, flat(parameter, entries).join(separator))],
    }
}

fn texts(parameter: &Parameter<'_>, items: &[Box<RawValue>]) -> Vec<String> {
    items.iter().filter_map(|item| text(item)).map(|item| parameter.encode(&item)).collect()
}

fn entries_of(
    parameter: &Parameter<'_>,
    entries: &[(String, Box<RawValue>)],
) -> Vec<(String, String)> {
    let keep = |(key, value): &(String, Box<RawValue>)| {
        let name = match parameter.location {
            Location::Header => key.clone(),
            Location::Path | Location::Query | Location::Cookie => percent_encode(key),
        };
        Some((name, parameter.encode(&text(value)?)))
    };
    entries.iter().filter_map(keep).collect()
}

/// Returns names and values in alternation.
fn flat(parameter: &Parameter<'_>, entries: &[(String, Box<RawValue>)]) -> Vec<String> {
    entries_of(parameter, entries).into_iter().flat_map(|(key, value)| [key, value]).collect()
}

/// Adds the properties of an object, with their names in brackets.
fn nest(
    parameter: &Parameter<'_>,
    name: &str,
    entries: &[(String, Box<RawValue>)],
    pairs: &mut Vec<(String, String)>,
) {
    for (key, value) in entries {
        let name = format!("{name}%5B{}%5D", percent_encode(key));
        match Node::of(value) {
            Ok(Node::Object(entries)) => nest(parameter, &name, &entries, pairs),
            Ok(Node::Array(items)) => {
                pairs.extend(texts(parameter, &items).into_iter().map(|item| (name.clone(), item)));
            }
            Ok(Node::Text(text)) => pairs.push((name, parameter.encode(&text))),
            Ok(Node::Null) | Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parameter(location: Location, style: Style, explode: bool) -> Parameter<'static> {
        Parameter { name: "color", location, style, explode, allow_reserved: false }
    }

    /// The values of the specification's table. They are given as JSON texts, which keep the order
    /// of properties.
    fn values() -> [Box<RawValue>; 4] {
        ["\"\"", "\"blue\"", r#"["blue","black","brown"]"#, r#"{"R":100,"G":200,"B":150}"#]
            .map(|text| RawValue::from_string(text.to_owned()).unwrap())
    }

    fn encoded(parameter: &Parameter<'_>, value: &RawValue) -> String {
        let node = Node::of(value).unwrap();
        match parameter.location {
            Location::Path | Location::Header => segment(parameter, &node),
            Location::Query | Location::Cookie => {
                let pairs = pairs(parameter, &node).into_iter();
                pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
            }
        }
    }

    fn row(location: Location, style: Style, explode: bool) -> [String; 4] {
        values().map(|value| encoded(&parameter(location, style, explode), &value))
    }

    type Row = (Location, Style, bool, [&'static str; 4]);

    const SIMPLE: [&str; 4] = ["", "blue", "blue,black,brown", "R,100,G,200,B,150"];
    const EXPLODED: [&str; 4] = ["", "blue", "blue,black,brown", "R=100,G=200,B=150"];
    const FORM: [&str; 4] =
        ["color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"];
    const JOINED: [&str; 4] =
        ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"];
    const SPACED: [&str; 4] =
        ["color=", "color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"];
    const PIPED: [&str; 4] =
        ["color=", "color=blue", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"];
    const DEEP: [&str; 4] = [
        "color=",
        "color=blue",
        "color=blue&color=black&color=brown",
        "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
    ];
    const MATRIX: [&str; 4] =
        [";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"];
    const MATRIX_EXPLODED: [&str; 4] =
        [";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"];

    /// OpenAPI 3.0.4 and 3.1.1, "Style Examples".
    fn rows() -> [Row; 22] {
        use Location::{Cookie, Header, Path, Query};
        use Style::{DeepObject, Form, Label, Matrix, PipeDelimited, Simple, SpaceDelimited};
        [
            (Path, Matrix, false, MATRIX),
            (Path, Matrix, true, MATRIX_EXPLODED),
            (Path, Label, false, [".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
            (Path, Label, true, [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Path, Simple, false, SIMPLE),
            (Path, Simple, true, EXPLODED),
            (Header, Simple, false, SIMPLE),
            (Header, Simple, true, EXPLODED),
            (Query, Form, false, JOINED),
            (Query, Form, true, FORM),
            (Cookie, Form, false, JOINED),
            (Cookie, Form, true, FORM),
            (Query, SpaceDelimited, false, SPACED),
            (Query, PipeDelimited, false, PIPED),
            (Query, DeepObject, true, DEEP),
            // Combinations that are not in the table fall back to a defined one.
            (Query, DeepObject, false, DEEP),
            (Query, SpaceDelimited, true, FORM),
            (Query, PipeDelimited, true, FORM),
            (Query, Simple, true, FORM),
            (Path, Form, false, SIMPLE),
            (Header, Label, true, EXPLODED),
            (Cookie, Matrix, true, FORM),
        ]
    }

    #[test]
    fn values_are_encoded_as_in_the_specification() {
        for (location, style, explode, expected) in rows() {
            assert_eq!(row(location, style, explode), expected, "{location:?} {style:?} {explode}");
        }
    }

    fn query(style: Style, explode: bool, value: &Value) -> String {
        let parameter = parameter(Location::Query, style, explode);
        encoded(&parameter, &serde_json::value::to_raw_value(value).unwrap())
    }

    #[test]
    fn nested_values_are_json_or_in_brackets() {
        let value = json!({"a": {"b": [1, 2]}, "c": null, "d": {}});
        assert_eq!(query(Style::Form, true, &value), "a=%7B%22b%22%3A%5B1%2C2%5D%7D&d=%7B%7D");
        assert_eq!(
            query(Style::DeepObject, true, &value),
            "color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2"
        );
    }

    #[test]
    fn empty_values_are_not_sent() {
        for nothing in [json!(null), json!([]), json!({}), json!([null]), json!({"a": null})] {
            assert_eq!(query(Style::Form, false, &nothing), "");
            assert_eq!(query(Style::DeepObject, true, &nothing), "");
        }
        assert_eq!(query(Style::Form, true, &json!([1, null, 2.0])), "color=1&color=2");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let digits = RawValue::from_string("12345678901234567890.10".to_owned()).unwrap();
        let plain = Parameter::plain(Location::Query, "n");
        assert_eq!(encoded(&plain, &digits), "n=12345678901234567890.10");
        assert!(matches!(Node::new(&0.1_f32).unwrap(), Node::Text(text) if text == "0.1"));
        assert!(matches!(Node::new(&2.0_f64).unwrap(), Node::Text(text) if text == "2"));
    }

    #[test]
    fn names_are_encoded_but_values_may_keep_reserved_characters() {
        let mut parameter = parameter(Location::Query, Style::Form, true);
        parameter.name = "a[]";
        let value = RawValue::from_string(r#"["x/y,z&#"]"#.to_owned()).unwrap();
        assert_eq!(encoded(&parameter, &value), "a%5B%5D=x%2Fy%2Cz%26%23");
        parameter.allow_reserved = true;
        assert_eq!(encoded(&parameter, &value), "a%5B%5D=x/y,z%26%23");
    }
}
