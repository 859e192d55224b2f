//! Repairs objects other than schemas: their required keys, and keys with a few allowed values.

use serde_json::{Map, Value, json};

use super::{Repair, describe, empty_object};
use crate::diagnostics::Effect;
use crate::metamodel::ObjectKind;
use crate::parse::MUTUAL_TLS;

const CODE: &str = "invalid-document";
const SPECIFICATION: &str = "compare it with the OpenAPI Specification 3.0.3";
const SWAGGER_SPECIFICATION: &str = "compare it with the OpenAPI Specification 2.0";

impl Repair<'_> {
    /// Repairs an object of a kind. Returns whether it is kept.
    pub(super) fn node(&mut self, value: &mut Value, kind: ObjectKind) -> bool {
        if let (ObjectKind::Discriminator, Value::String(name)) = (kind, &*value) {
            let message = "`discriminator` must be an object: the string is read as `propertyName`";
            *value = json!({ "propertyName": name });
            self.degraded("invalid-schema", message, "write `{propertyName: …}`");
        }
        let Some(object) = value.as_object_mut() else {
            if !value.is_null() {
                let title = kind.title();
                let message = format!(
                    "this must be an object ({title}), not {}: it is skipped",
                    describe(value)
                );
                let is_operation =
                    matches!(kind, ObjectKind::Operation | ObjectKind::SwaggerOperation)
                        && self.at.tokens().len() == 3;
                let effect = if is_operation { Effect::Skipped } else { Effect::Degraded };
                let help = if self.is_swagger { SWAGGER_SPECIFICATION } else { SPECIFICATION };
                self.diagnostics.report(effect, CODE, &self.at, message, help);
            }
            return false;
        };
        if object.get("$ref").is_some_and(Value::is_string) {
            return true;
        }
        if !self.enumerated_keys(object, kind) {
            return false;
        }
        self.patterned_keys(object, kind);
        self.keys(value, kind);
        let Some(object) = value.as_object_mut() else { return false };
        self.required_keys(object, kind) && self.conditional_keys(object, kind)
    }

    /// Repairs the keys that have a few allowed values. Returns whether the object is kept.
    fn enumerated_keys(&mut self, object: &mut Map<String, Value>, kind: ObjectKind) -> bool {
        match kind {
            ObjectKind::Parameter => {
                const LOCATIONS: &[&str] = &["query", "header", "path", "cookie"];
                let Some(location) = self.required_value(object, (kind, "in"), LOCATIONS) else {
                    return false;
                };
                let styles: &[&str] = match location.as_str() {
                    "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
                    "path" => &["matrix", "label", "simple"],
                    "cookie" => &["form"],
                    _ => &["simple"],
                };
                self.style(object, styles);
                true
            }
            ObjectKind::Header => {
                self.style(object, &["simple"]);
                true
            }
            ObjectKind::SwaggerParameter => {
                const LOCATIONS: &[&str] = &["query", "header", "path", "formData", "body"];
                let location = self.required_value(object, (kind, "in"), LOCATIONS);
                if location.as_deref() == Some("body") {
                    // The name of a body has no meaning.
                    object.entry("name").or_insert(json!("body"));
                }
                location.is_some()
            }
            ObjectKind::SwaggerSecurityScheme => {
                let types = ["basic", "apiKey", "oauth2"];
                self.required_value(object, (kind, "type"), &types).is_some()
            }
            ObjectKind::Encoding => {
                let styles = ["form", "spaceDelimited", "pipeDelimited", "deepObject"];
                self.style(object, &styles);
                true
            }
            ObjectKind::SecurityScheme => self.security_scheme(object),
            _ => true,
        }
    }

    /// Returns the value of a required key, or reports that it is not one of the allowed values.
    fn required_value(
        &mut self,
        object: &Map<String, Value>,
        (kind, key): (ObjectKind, &str),
        allowed: &[&str],
    ) -> Option<String> {
        let value = object.get(key).and_then(Value::as_str);
        if let Some(value) = value.filter(|value| allowed.contains(value)) {
            return Some(value.to_owned());
        }
        let title = kind.title();
        let allowed = allowed.join(", ");
        match object.get(key) {
            Some(value) => {
                let message = format!(
                    "`{key}` must be one of {allowed}, not {}: the {title} is skipped",
                    describe(value)
                );
                self.below(key, |repair| repair.degraded(CODE, message, "use one of these values"));
            }
            None => {
                let message = format!("`{key}` is missing: the {title} is skipped");
                self.degraded(CODE, message, &format!("add it with one of {allowed}"));
            }
        }
        None
    }

    fn style(&mut self, object: &mut Map<String, Value>, allowed: &[&str]) {
        let is_allowed = |value: &Value| value.as_str().is_some_and(|name| allowed.contains(&name));
        if object.get("style").is_none_or(is_allowed) {
            return;
        }
        if let Some(value) = object.shift_remove("style") {
            let allowed = allowed.join(", ");
            let message = format!(
                "`style` must be one of {allowed} here, not {}: the default is used",
                describe(&value)
            );
            self.below("style", |repair| repair.degraded(CODE, message, "use one of these values"));
        }
    }

    fn security_scheme(&mut self, object: &mut Map<String, Value>) -> bool {
        // `parse` reports it as unsupported.
        if object.get("type").is_some_and(|name| name == MUTUAL_TLS) {
            return true;
        }
        let types = ["apiKey", "http", "oauth2", "openIdConnect"];
        let kind = ObjectKind::SecurityScheme;
        let Some(name) = self.required_value(object, (kind, "type"), &types) else { return false };
        let (key, fallback) = match name.as_str() {
            "apiKey" => {
                let locations = ["query", "header", "cookie"];
                if self.required_value(object, (kind, "in"), &locations).is_none() {
                    return false;
                }
                ("name", None)
            }
            "http" => ("scheme", None),
            "oauth2" => ("flows", Some(empty_object())),
            _ => ("openIdConnectUrl", Some(json!(""))),
        };
        self.required_key(object, (kind, key), fallback)
    }

    /// Removes patterned keys that do not match their pattern.
    fn patterned_keys(&mut self, object: &mut Map<String, Value>, kind: ObjectKind) {
        match kind {
            ObjectKind::Responses => object.retain(|key, _| {
                let is_valid = key == "default" || key.starts_with("x-") || is_status(key);
                if !is_valid {
                    let message = format!("`{key}` is not a status: the response is skipped");
                    let help = "use a status such as `200`, a range such as `2XX`, or `default`";
                    self.below(key, |repair| repair.degraded(CODE, message, help));
                }
                is_valid
            }),
            ObjectKind::Callback => object.retain(|key, _| !key.starts_with("x-")),
            _ => {}
        }
    }

    /// Adds the required keys that are missing. Returns whether the object is kept.
    fn required_keys(&mut self, object: &mut Map<String, Value>, kind: ObjectKind) -> bool {
        kind.keys().iter().filter(|key| key.required).all(|key| {
            let fallback = match (kind, key.name) {
                (
                    ObjectKind::Tag
                    | ObjectKind::Parameter
                    | ObjectKind::Discriminator
                    | ObjectKind::ExternalDocs
                    | ObjectKind::SwaggerParameter,
                    _,
                ) => None,
                (ObjectKind::SecurityScheme | ObjectKind::SwaggerSecurityScheme, _) => None,
                // They are completed after the conversion.
                (ObjectKind::SwaggerDocument | ObjectKind::SwaggerHost, _) => return true,
                (ObjectKind::Server, _) => Some(json!("/")),
                (_, "responses" | "content" | "scopes" | "paths" | "info") => Some(empty_object()),
                (_, _) => Some(json!("")),
            };
            self.required_key(object, (kind, key.name), fallback)
        })
    }

    /// Adds a required key with a fallback, if it is missing. Returns whether the object has the key now.
    fn required_key(
        &mut self,
        object: &mut Map<String, Value>,
        (kind, key): (ObjectKind, &str),
        fallback: Option<Value>,
    ) -> bool {
        if object.contains_key(key) {
            return true;
        }
        let outcome = match &fallback {
            Some(Value::Object(_)) => "it is treated as empty".to_owned(),
            Some(Value::String(text)) if text.is_empty() => "it is treated as empty".to_owned(),
            Some(_) => "the default is used".to_owned(),
            None => format!("the {} is skipped", kind.title()),
        };
        // An invalid value that was removed has been reported already.
        if !self.diagnostics.has_fault_below(&self.at) || fallback.is_none() {
            let message = format!("`{key}` is missing: {outcome}");
            self.degraded(CODE, message, "add it");
        }
        let has_fallback = fallback.is_some();
        object.extend(fallback.map(|value| (key.to_owned(), value)));
        has_fallback
    }

    /// Repairs what the specification requires in prose. Returns whether the object is kept.
    fn conditional_keys(&mut self, object: &mut Map<String, Value>, kind: ObjectKind) -> bool {
        match kind {
            ObjectKind::Parameter | ObjectKind::Header => {
                if !object.contains_key("schema") && !object.contains_key("content") {
                    if !self.diagnostics.has_fault_below(&self.at) {
                        let message = "`schema` is missing: any value is accepted";
                        self.degraded(CODE, message, "add it, such as `schema: {type: string}`");
                    }
                    object.insert("schema".to_owned(), empty_object());
                }
                let is_path = kind == ObjectKind::Parameter
                    && object.get("in").is_some_and(|location| location == "path");
                if is_path && object.get("required") != Some(&Value::Bool(true)) {
                    let message = "a path parameter is always required: it is treated as required";
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
            ObjectKind::Link
                if !object.contains_key("operationRef") && !object.contains_key("operationId") =>
            {
                let message =
                    "the link has neither `operationId` nor `operationRef`: it is skipped";
                self.degraded(CODE, message, "add one of them");
                false
            }
            ObjectKind::OauthFlows => {
                self.flow_urls(object);
                true
            }
            _ => true,
        }
    }

    /// Adds the URLs that each flow requires (OpenAPI 3.0.3, OAuth Flow Object).
    fn flow_urls(&mut self, flows: &mut Map<String, Value>) {
        for (flow, keys) in [
            ("implicit", &["authorizationUrl"][..]),
            ("password", &["tokenUrl"]),
            ("clientCredentials", &["tokenUrl"]),
            ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
        ] {
            if let Some(Value::Object(object)) = flows.get_mut(flow) {
                for key in keys {
                    let key = (ObjectKind::OauthFlow, *key);
                    self.below(flow, |repair| repair.required_key(object, key, Some(json!(""))));
                }
            }
        }
    }
}

/// Returns whether a key is a status or a range of statuses (OpenAPI 3.0.3, Responses Object).
fn is_status(key: &str) -> bool {
    let mut characters = key.chars();
    let has_class = characters.next().is_some_and(|c| matches!(c, '1'..='9'));
    let rest = characters.as_str();
    let is_number = rest.chars().all(|c| c.is_ascii_digit());
    has_class && rest.len() == 2 && (is_number || rest.eq_ignore_ascii_case("XX"))
}
