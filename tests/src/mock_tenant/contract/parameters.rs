//! Checks the parameters of a request: those of the path, of the query and of the headers.
//!
//! In come the decoded texts, out go violations. The text of a parameter is turned into the JSON
//! value its schema asks for and then checked like any other value. Cookies are left unchecked.

use serde_json::Value;

use super::keywords;
use super::schema::{self, Violation};

/// A parameter of an operation.
#[derive(Debug)]
pub(super) struct Parameter {
    name: String,
    location: String,
    required: bool,
    schema: Value,
}

impl Parameter {
    /// Reads a parameter object of the document, references followed.
    pub(super) fn parse(document: &Value, parameter: &Value) -> Option<Self> {
        let parameter = schema::resolve(document, parameter);
        Some(Self {
            name: parameter["name"].as_str()?.to_owned(),
            location: parameter["in"].as_str()?.to_owned(),
            required: parameter["required"] == true,
            schema: schema::resolve(document, &parameter["schema"]).clone(),
        })
    }

    /// Whether both are the same parameter, so that the one of the operation replaces the one of
    /// the path.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.location == other.location && self.name == other.name
    }

    /// Whether `name` means this parameter; case counts everywhere but in headers.
    fn is_called(&self, name: &str) -> bool {
        self.name == name || (self.location == "header" && self.name.eq_ignore_ascii_case(name))
    }

    fn at(&self) -> String {
        format!("{} parameter {:?}", self.location, self.name)
    }

    fn check(&self, document: &Value, texts: &[&str]) -> Vec<Violation> {
        let value = match texts {
            [] if self.required => {
                return vec![Violation::new(self.at(), "is required and missing")];
            }
            [] => return vec![],
            texts if keywords::type_names(&self.schema).contains(&"array") => {
                self.list(document, texts)
            }
            [text] => typed(&self.schema, text),
            _ => return vec![Violation::new(self.at(), "is given more than once")],
        };
        schema::check(document, &self.schema, &value, &self.at())
    }

    /// A list may be given item by item, or in one text with commas.
    fn list(&self, document: &Value, texts: &[&str]) -> Value {
        let item = schema::resolve(document, &self.schema["items"]);
        texts.iter().flat_map(|text| text.split(',')).map(|text| typed(item, text)).collect()
    }
}

/// The violations among all parameters in one location, the unknown ones included where they can be
/// told.
pub(super) fn check_location(
    document: &Value,
    parameters: &[Parameter],
    location: &str,
    given: &[(String, String)],
) -> Vec<Violation> {
    let known: Vec<_> =
        parameters.iter().filter(|parameter| parameter.location == location).collect();
    let mut violations = vec![];
    for parameter in &known {
        let texts: Vec<_> = given
            .iter()
            .filter(|(name, _)| parameter.is_called(name))
            .map(|(_, text)| text.as_str())
            .collect();
        violations.extend(parameter.check(document, &texts));
    }
    // Every request carries headers that no document names; only in the query is a foreign name a
    // mistake.
    if location == "query" {
        violations.extend(given.iter().filter_map(|(name, _)| unknown(&known, name)));
    }
    violations
}

fn unknown(known: &[&Parameter], name: &str) -> Option<Violation> {
    if known.iter().any(|parameter| parameter.is_called(name)) {
        return None;
    }
    let names: Vec<_> = known.iter().map(|parameter| format!("{:?}", parameter.name)).collect();
    let allowed = if names.is_empty() {
        "none is allowed here".to_owned()
    } else {
        format!("known are {}", names.join(", "))
    };
    Some(Violation::new(format!("query parameter {name:?}"), format!("is not known; {allowed}")))
}

/// The value that a text stands for. A text that is not of the type stays a string, which the check
/// then refuses.
fn typed(schema: &Value, text: &str) -> Value {
    let names = keywords::type_names(schema);
    let is_literal = names.iter().any(|name| matches!(*name, "boolean" | "integer" | "number"));
    let literal = is_literal.then(|| serde_json::from_str(text).ok()).flatten();
    literal
        .filter(|value: &Value| value.is_boolean() || value.is_number())
        .unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(given: &[(&str, &str)]) -> Vec<String> {
        let format = json!({"type": "string", "enum": ["csv", "pdf"]});
        let document = json!({"components": {"schemas": {"Format": format}}});
        let reference = json!({"$ref": "#/components/schemas/Format"});
        let list = json!({"type": "array", "items": {"type": "integer"}});
        let parameters = [
            json!({"name": "fileFormat", "in": "query", "required": true, "schema": reference}),
            json!({"name": "completed", "in": "query", "schema": {"type": "boolean"}}),
            json!({"name": "sizes", "in": "query", "schema": list}),
        ];
        let parameters: Vec<_> =
            parameters.iter().filter_map(|one| Parameter::parse(&document, one)).collect();
        let given: Vec<_> =
            given.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
        check_location(&document, &parameters, "query", &given)
            .iter()
            .map(Violation::to_string)
            .collect()
    }

    #[test]
    fn good_parameters_pass() {
        assert!(
            problems(&[
                ("fileFormat", "csv"),
                ("completed", "true"),
                ("sizes", "1,2"),
                ("sizes", "3")
            ])
            .is_empty()
        );
    }

    #[test]
    fn bad_parameters_are_named_with_what_is_allowed() {
        assert_eq!(problems(&[]), [r#"query parameter "fileFormat" is required and missing"#]);
        assert_eq!(
            problems(&[("fileFormat", "xml"), ("completed", "maybe")]),
            [
                r#"query parameter "fileFormat" is "xml"; allowed are "csv", "pdf""#,
                r#"query parameter "completed" is the string "maybe"; expected is boolean"#,
            ]
        );
        assert_eq!(
            problems(&[("fileFormat", "csv"), ("filesFormat", "csv")]),
            [r#"query parameter "filesFormat" is not known; "#.to_owned()
                + r#"known are "fileFormat", "completed", "sizes""#]
        );
        assert_eq!(problems(&[("fileFormat", "csv"), ("fileFormat", "csv")]).len(), 1);
        assert_eq!(problems(&[("fileFormat", "csv"), ("sizes", "1,x")]).len(), 1);
    }
}
