//! Checks the settings of a client before they are read.
//!
//! Takes the settings as TOML, and returns every problem in them with its position, sorted: keys that are unknown or
//! missing, values of another type, and values that have a meaning which is not allowed. The JSON Schema of
//! the settings says what a key may be, so [`super::settings`] describes each key once.

use std::collections::BTreeSet;

use clientgen::{Limits, suggest};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::Problem;
use super::package;
use crate::lint;

/// Returns the problems of the settings of a client, which must have this schema.
pub(super) fn problems(value: &Spanned<DeValue<'_>>, schema: &Value) -> Vec<Problem> {
    let mut check = Check { root: schema, path: Vec::new(), problems: Vec::new() };
    check.value(value, schema);
    check.problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    check.problems
}

struct Check<'s> {
    /// The schema with the definitions.
    root: &'s Value,
    /// The keys and indices that lead to a value.
    path: Vec<String>,
    problems: Vec<Problem>,
}

impl Check<'_> {
    /// Checks a value of any type.
    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &Value) {
        let found = type_of(value.get_ref());
        let schema = self.alternative(schema, found);
        let choices = choices(&schema);
        let expected = if choices.is_empty() { types(&schema) } else { vec!["string"] };
        if !expected.is_empty() && !expected.contains(&found) {
            let message = format!(
                "`{}` is {}, and must be {}",
                self.place(),
                described(found),
                expected.iter().map(|name| described(name)).collect::<Vec<_>>().join(" or ")
            );
            self.problem(value, message, description(&schema));
            return;
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, value, &schema),
            DeValue::Array(items) => {
                let schema = schema.get("items").cloned().unwrap_or_default();
                for (number, item) in items.iter().enumerate() {
                    self.path.push(format!("[{number}]"));
                    self.value(item, &schema);
                    self.path.pop();
                }
                self.list(value, items.len());
            }
            DeValue::String(text) => self.string(value, text, &choices),
            DeValue::Integer(number) if number.as_str().starts_with('-') => {
                let message = format!("`{}` is negative", self.place());
                self.problem(value, message, description(&schema));
            }
            _ => {}
        }
    }

    fn table(&mut self, table: &DeTable<'_>, value: &Spanned<DeValue<'_>>, schema: &Value) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let known: Vec<&str> =
            properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect();
        let additional = schema.get("additionalProperties").filter(|schema| schema.is_object());
        let mut unknown = BTreeSet::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            self.path.push(name.to_owned());
            if let Some(schema) = properties.and_then(|all| all.get(name)).or(additional) {
                self.limit(key.span(), name);
                self.value(value, schema);
            } else {
                let message = format!("the key `{name}` is unknown");
                self.push(key.span(), message, spelling(name, &known, "keys"));
                unknown.extend(suggest::intended(name, known.iter().copied()));
            }
            self.path.pop();
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            // A misspelt key is one problem, not two.
            if !table.contains_key(name) && !unknown.contains(name) {
                let schema = properties.and_then(|all| all.get(name));
                let help = description(schema.unwrap_or(&Value::Null));
                self.path.push(name.to_owned());
                self.problem(value, format!("the key `{}` is missing", self.place()), help);
                self.path.pop();
            }
        }
    }

    /// Checks the name of a limit.
    fn limit(&mut self, span: std::ops::Range<usize>, name: &str) {
        if self.path.len() == 2 && self.path[0] == "limits" {
            let limits = Limits::default().entries();
            if !limits.iter().any(|(known, _)| *known == name) {
                let known: Vec<&str> = limits.iter().map(|(known, _)| *known).collect();
                self.push(
                    span,
                    format!("there is no limit `{name}`"),
                    spelling(name, &known, "limits"),
                );
            }
        }
    }

    fn list(&mut self, value: &Spanned<DeValue<'_>>, length: usize) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if let ["package", key @ ("keywords" | "categories")] = path.as_slice()
            && length > package::MAX_KEYWORDS
        {
            let message = format!("`package.{key}` has {length} items");
            let help = format!("Cargo publishes at most {}", package::MAX_KEYWORDS);
            self.problem(value, message, help);
        }
    }

    fn string(&mut self, value: &Spanned<DeValue<'_>>, text: &str, choices: &[String]) {
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        if !choices.is_empty() && !choices.contains(&text) {
            let message = format!("`{text}` is not a value of `{}`", self.place());
            self.problem(value, message, spelling(text, &choices, "values"));
            return;
        }
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let fault = match path.as_slice() {
            ["input" | "output" | "root"] | ["overlays", _] if text.is_empty() => Some((
                "the path is empty".to_owned(),
                "write a path from the folder of clientgen.toml".to_owned(),
            )),
            ["lint", "allow" | "warn", _] if !lint::CODES.contains(&text) => {
                let help = spelling(text, &lint::CODES, "codes");
                Some((format!("no finding of `clientgen lint` has the code `{text}`"), help))
            }
            ["package", key] | ["package", key, _] => package::fault(key, text),
            _ => None,
        };
        if let Some((message, help)) = fault {
            self.problem(value, message, help);
        }
    }

    /// Returns the place of a value, such as `package.keywords[0]`.
    fn place(&self) -> String {
        self.path.join(".").replace(".[", "[")
    }

    fn problem(&mut self, value: &Spanned<DeValue<'_>>, message: String, help: String) {
        self.push(value.span(), message, help);
    }

    fn push(&mut self, span: std::ops::Range<usize>, message: String, help: String) {
        self.problems.push(Problem { span: Some(span), message, help });
    }

    /// Returns the schema for a value of a type: the alternative of that type, if there are several.
    fn alternative(&self, schema: &Value, found: &str) -> Value {
        let schema = self.resolved(schema);
        let alternatives = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        let mut alternatives = alternatives.map(|one| self.resolved(one));
        alternatives.find(|one| types(one).contains(&found)).unwrap_or(schema).clone()
    }

    /// Follows a reference to `$defs`.
    fn resolved<'v>(&'v self, schema: &'v Value) -> &'v Value {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target =
            reference.and_then(|reference| self.root.pointer(reference.trim_start_matches('#')));
        target.unwrap_or(schema)
    }
}

/// Returns the help for an unknown name.
fn spelling(name: &str, known: &[&str], noun: &str) -> String {
    match suggest::intended(name, known.iter().copied()) {
        Some(intended) => format!("did you mean `{intended}`?"),
        None => format!("the {noun} here are {}", known.join(", ")),
    }
}

/// Returns the description of a key as help.
fn description(schema: &Value) -> String {
    match schema.get("description").and_then(Value::as_str) {
        Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        None => "`clientgen schema` prints the schema of the file".to_owned(),
    }
}

/// Returns the types of a schema but for null, which TOML does not have.
fn types(schema: &Value) -> Vec<&str> {
    let names = match (schema.get("type"), schema.get("anyOf")) {
        (Some(Value::Array(names)), _) => names.iter().filter_map(Value::as_str).collect(),
        (Some(Value::String(name)), _) => vec![name.as_str()],
        // The alternatives of a dependency.
        (None, Some(_)) => vec!["string", "object"],
        _ => Vec::new(),
    };
    names.into_iter().filter(|name| *name != "null").collect()
}

/// Returns the values of an enum.
fn choices(schema: &Value) -> Vec<String> {
    let variants = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    variants.filter_map(|one| one.get("const")?.as_str()).map(str::to_owned).collect()
}

/// Returns the JSON type of a TOML value.
fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "string",
        DeValue::Integer(_) => "integer",
        DeValue::Float(_) => "number",
        DeValue::Boolean(_) => "boolean",
        DeValue::Datetime(_) => "date",
        DeValue::Array(_) => "array",
        DeValue::Table(_) => "object",
    }
}

/// Returns the words for a type.
fn described(name: &str) -> &'static str {
    match name {
        "string" => "a string",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "an array",
        "object" => "a table",
        _ => "a date",
    }
}
