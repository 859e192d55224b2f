//! Checks the path, query and header parameters of a request.
//!
//! Takes the decoded strings and returns violations. A string is converted to the JSON type of its
//! schema and then checked like any other value. Cookies are not checked.

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
    /// Reads a Parameter Object of the document and follows references.
    pub(super) fn parse(document: &Value, parameter: &Value) -> Option<Self> {
        let parameter = schema::resolve(document, parameter);
        Some(Self {
            name: parameter["name"].as_str()?.to_owned(),
            location: parameter["in"].as_str()?.to_owned(),
            required: parameter["required"] == true,
            schema: schema::resolve(document, &parameter["schema"]).clone(),
        })
    }

    /// Whether both have the same name and location, so that the operation's parameter replaces
    /// that of the Path Item Object.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.location == other.location && self.name == other.name
    }

    /// Whether `name` is the name of this parameter. Only header names are case-insensitive.
    fn has_name(&self, name: &str) -> bool {
        self.name == name || (self.location == "header" && self.name.eq_ignore_ascii_case(name))
    }

    fn at(&self) -> String {
        format!("{} parameter {:?}", self.location, self.name)
    }

    fn check(&self, document: &Value, strings: &[&str]) -> Vec<Violation> {
        let value = match strings {
            [] if self.required => {
                return vec![Violation::new(self.at(), "is required and missing")];
            }
            [] => return vec![],
            strings if keywords::type_names(&self.schema).contains(&"array") => {
                self.array(document, strings)
            }
            [string] => typed(&self.schema, string),
            _ => return vec![Violation::new(self.at(), "is given more than once")],
        };
        schema::check(document, &self.schema, &value, &self.at())
    }

    /// Parses an array, given item by item or comma-separated.
    fn array(&self, document: &Value, strings: &[&str]) -> Value {
        let item = schema::resolve(document, &self.schema["items"]);
        strings.iter().flat_map(|string| string.split(',')).map(|part| typed(item, part)).collect()
    }
}

/// Checks all parameters in one location. In the query, unknown parameters are violations too.
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
        let strings: Vec<_> = given
            .iter()
            .filter(|(name, _)| parameter.has_name(name))
            .map(|(_, string)| string.as_str())
            .collect();
        violations.extend(parameter.check(document, &strings));
    }
    // Every request has headers that the document does not describe, so only unknown query
    // parameters are errors.
    if location == "query" {
        violations.extend(given.iter().filter_map(|(name, _)| unknown(&known, name)));
    }
    violations
}

fn unknown(known: &[&Parameter], name: &str) -> Option<Violation> {
    if known.iter().any(|parameter| parameter.has_name(name)) {
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

/// Converts a string to the type of a schema. A string that cannot be converted stays a string,
/// which the check then rejects.
fn typed(schema: &Value, string: &str) -> Value {
    let names = keywords::type_names(schema);
    let is_literal = names.iter().any(|name| matches!(*name, "boolean" | "integer" | "number"));
    let literal = is_literal.then(|| serde_json::from_str(string).ok()).flatten();
    literal
        .filter(|value: &Value| value.is_boolean() || value.is_number())
        .unwrap_or_else(|| string.into())
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
    fn valid_parameters_are_accepted() {
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
    fn invalid_parameters_are_reported_with_the_allowed_values() {
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
