//! Objects other than schemas, and what each kind of them asks for.

use serde_json::{Map, Value, json};

use super::{Repair, empty, kind_of};
use crate::diagnostics::Effect;
use crate::metamodel::Kind;
use crate::parse::MUTUAL_TLS;

const CODE: &str = "invalid-document";
const SPECIFICATION: &str = "compare it with the OpenAPI Specification 3.0.3";

impl Repair<'_> {
    /// Repairs an object of a kind. The answer is whether it can stay.
    pub(super) fn node(&mut self, value: &mut Value, kind: Kind) -> bool {
        if let (Kind::Discriminator, Value::String(name)) = (kind, &*value) {
            let message =
                "`discriminator` must be an object: the text is taken for the name of the property";
            *value = json!({ "propertyName": name });
            self.degraded("invalid-schema", message, "write `{propertyName: …}`");
        }
        let Some(object) = value.as_object_mut() else {
            if !value.is_null() {
                let message =
                    format!("{} must stand here, and {} does", noun(kind), kind_of(value));
                let is_operation = kind == Kind::Operation && self.at.tokens().len() == 3;
                let effect = if is_operation { Effect::Skipped } else { Effect::Degraded };
                self.diagnostics.report(effect, CODE, &self.at, message, SPECIFICATION);
            }
            return false;
        };
        if object.get("$ref").is_some_and(Value::is_string) {
            return self.reference(object, kind);
        }
        if !self.words(object, kind) {
            return false;
        }
        self.names(object, kind);
        self.keys(value, kind);
        let Some(object) = value.as_object_mut() else { return false };
        self.asked_for(object, kind) && self.complete(object, kind)
    }

    /// A reference says nothing but where it leads. In an operation `openapiv3` reads no callback
    /// that is one.
    fn reference(&mut self, object: &mut Map<String, Value>, kind: Kind) -> bool {
        let in_operation = self.at.tokens().first().is_some_and(|step| step == "paths");
        if kind == Kind::Callback && in_operation {
            object.clear();
        }
        true
    }

    /// Checks words that are one of a few.
    fn words(&mut self, object: &mut Map<String, Value>, kind: Kind) -> bool {
        match kind {
            Kind::Parameter => {
                const PLACES: &[&str] = &["query", "header", "path", "cookie"];
                let Some(place) = self.word(object, "in", PLACES) else { return false };
                let styles: &[&str] = match place.as_str() {
                    "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
                    "path" => &["matrix", "label", "simple"],
                    "cookie" => &["form"],
                    _ => &["simple"],
                };
                self.style(object, styles);
                true
            }
            Kind::Header => {
                self.style(object, &["simple"]);
                true
            }
            Kind::Encoding => {
                let styles = ["form", "spaceDelimited", "pipeDelimited", "deepObject"];
                self.style(object, &styles);
                true
            }
            Kind::SecurityScheme => self.security_scheme(object),
            _ => true,
        }
    }

    /// The word under a key that must be there.
    fn word(&mut self, object: &Map<String, Value>, key: &str, words: &[&str]) -> Option<String> {
        let found = object.get(key).and_then(Value::as_str);
        if let Some(word) = found.filter(|word| words.contains(word)) {
            return Some(word.to_owned());
        }
        let words = words.join(", ");
        match object.get(key) {
            Some(value) => {
                let message = format!(
                    "`{key}` must be one of {words}, and {} stands here: the whole is left out",
                    kind_of(value)
                );
                self.below(key, |repair| repair.degraded(CODE, message, "write one of them"));
            }
            None => {
                let message = format!("`{key}` is missing: the whole is left out");
                self.degraded(CODE, message, &format!("add it, with one of {words}"));
            }
        }
        None
    }

    fn style(&mut self, object: &mut Map<String, Value>, words: &[&str]) {
        let fits = |value: &Value| value.as_str().is_some_and(|word| words.contains(&word));
        if object.get("style").is_none_or(fits) {
            return;
        }
        if let Some(value) = object.shift_remove("style") {
            let words = words.join(", ");
            let message = format!(
                "`style` must be one of {words} here, and {} stands here: the default is used",
                kind_of(&value)
            );
            self.below("style", |repair| repair.degraded(CODE, message, "write one of them"));
        }
    }

    fn security_scheme(&mut self, object: &mut Map<String, Value>) -> bool {
        // It is reported where security schemes are read.
        if object.get("type").is_some_and(|name| name == MUTUAL_TLS) {
            return true;
        }
        let types = ["apiKey", "http", "oauth2", "openIdConnect"];
        let Some(name) = self.word(object, "type", &types) else { return false };
        let (key, fallback) = match name.as_str() {
            "apiKey" => {
                if self.word(object, "in", &["query", "header", "cookie"]).is_none() {
                    return false;
                }
                ("name", None)
            }
            "http" => ("scheme", None),
            "oauth2" => ("flows", Some(empty())),
            _ => ("openIdConnectUrl", Some(json!(""))),
        };
        self.required(object, key, fallback)
    }

    /// Takes out keys that are no names of the kind that is asked for.
    fn names(&mut self, object: &mut Map<String, Value>, kind: Kind) {
        match kind {
            Kind::Responses => object.retain(|key, _| {
                let fits = key == "default" || key.starts_with("x-") || is_status(key);
                if !fits {
                    let message = format!("`{key}` is no status: the answer is left out");
                    let help = "write a status such as `200`, a range such as `2XX`, or `default`";
                    self.below(key, |repair| repair.degraded(CODE, message, help));
                }
                fits
            }),
            Kind::Callback => object.retain(|key, _| !key.starts_with("x-")),
            _ => {}
        }
    }

    /// Gives an object the keys that it must have, where they are missing.
    fn asked_for(&mut self, object: &mut Map<String, Value>, kind: Kind) -> bool {
        kind.keys().iter().filter(|key| key.required).all(|key| {
            let fallback = match (kind, key.name) {
                (Kind::Tag | Kind::Parameter | Kind::Discriminator | Kind::ExternalDocs, _) => None,
                (Kind::SecurityScheme, _) => None,
                (Kind::Server, _) => Some(json!("/")),
                (_, "responses" | "content" | "scopes" | "paths" | "info") => Some(empty()),
                (_, _) => Some(json!("")),
            };
            self.required(object, key.name, fallback)
        })
    }

    /// Whether an object has a key, in the end.
    fn required(
        &mut self,
        object: &mut Map<String, Value>,
        key: &str,
        fallback: Option<Value>,
    ) -> bool {
        if object.contains_key(key) {
            return true;
        }
        let outcome = match &fallback {
            Some(Value::Object(_)) => "it is taken to be empty",
            Some(Value::String(text)) if text.is_empty() => "it is taken to be empty",
            Some(_) => "the default is used",
            None => "the whole is left out",
        };
        // What was there and did not fit has been reported already.
        if !self.diagnostics.has_fault_below(&self.at) || fallback.is_none() {
            let message = format!("`{key}` is missing: {outcome}");
            self.degraded(CODE, message, "add it");
        }
        let repaired = fallback.is_some();
        object.extend(fallback.map(|value| (key.to_owned(), value)));
        repaired
    }

    /// What the specification asks for in words.
    fn complete(&mut self, object: &mut Map<String, Value>, kind: Kind) -> bool {
        match kind {
            Kind::Parameter | Kind::Header => {
                if !object.contains_key("schema") && !object.contains_key("content") {
                    if !self.diagnostics.has_fault_below(&self.at) {
                        let message = "`schema` is missing: any value is accepted";
                        self.degraded(CODE, message, "add it, such as `schema: {type: string}`");
                    }
                    object.insert("schema".to_owned(), empty());
                }
                let is_path = kind == Kind::Parameter
                    && object.get("in").is_some_and(|place| place == "path");
                if is_path && object.get("required") != Some(&Value::Bool(true)) {
                    let message =
                        "a parameter of the path is always required: it is taken to be so";
                    self.diagnostics.note(
                        "optional-path-parameter",
                        &self.at,
                        message,
                        "add `required: true`",
                    );
                    object.insert("required".to_owned(), Value::Bool(true));
                }
                true
            }
            Kind::Link
                if !object.contains_key("operationRef") && !object.contains_key("operationId") =>
            {
                let message = "the link leads to no operation: it is left out";
                self.degraded(CODE, message, "add `operationId` or `operationRef`");
                false
            }
            Kind::OauthFlows => {
                self.flows(object);
                true
            }
            _ => true,
        }
    }

    /// The addresses that the flows must have (OpenAPI 3.0, OAuth Flow Object).
    fn flows(&mut self, flows: &mut Map<String, Value>) {
        for (flow, keys) in [
            ("implicit", &["authorizationUrl"][..]),
            ("password", &["tokenUrl"]),
            ("clientCredentials", &["tokenUrl"]),
            ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
        ] {
            if let Some(Value::Object(object)) = flows.get_mut(flow) {
                for key in keys {
                    self.below(flow, |repair| repair.required(object, key, Some(json!(""))));
                }
            }
        }
    }
}

/// Whether a key is a status or a range of them (OpenAPI 3.0, Responses Object).
fn is_status(key: &str) -> bool {
    let mut letters = key.chars();
    let first = letters.next().is_some_and(|c| matches!(c, '1'..='9'));
    let rest = letters.as_str();
    let number = rest.chars().all(|c| c.is_ascii_digit());
    first && rest.len() == 2 && (number || rest.eq_ignore_ascii_case("XX"))
}

/// What an object of a kind is, for the beginning of a sentence.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Document | Kind::Paths | Kind::Components | Kind::Responses => "an object",
        Kind::Info => "an object with title and version",
        Kind::Contact => "a contact",
        Kind::License => "a license",
        Kind::Server => "a server",
        Kind::ServerVariable => "a server variable",
        Kind::Tag => "a tag",
        Kind::ExternalDocs => "a link to other documentation",
        Kind::PathItem => "a path item",
        Kind::Operation => "an operation",
        Kind::Parameter => "a parameter",
        Kind::RequestBody => "a request body",
        Kind::MediaType => "a media type",
        Kind::Encoding => "an encoding",
        Kind::Response => "a response",
        Kind::Header => "a header",
        Kind::Example => "an example",
        Kind::Link => "a link",
        Kind::Callback => "a callback",
        Kind::Schema => "a schema",
        Kind::Discriminator => "a discriminator",
        Kind::TaggedBy => "an object with a property and its mapping",
        Kind::Xml => "an object about XML",
        Kind::SecurityScheme => "a security scheme",
        Kind::SecurityRequirement => "a security requirement",
        Kind::OauthFlows => "an object with flows",
        Kind::OauthFlow => "a flow",
    }
}
