//! Servers: `host`, `basePath` and `schemes`, and `x-ms-parameterized-host`.

use serde_json::{Map, Value, json};

use super::moves::resolve;
use super::{Conversion, copy_keys, strings, text};
use crate::diagnostics::Effect;
use crate::pointer::Pointer;

/// The scheme of a host without one. Swagger 2.0 uses that of the URL of the document, which is unknown.
const DEFAULT_SCHEME: &str = "https";

/// The extension for a host that is a template with parameters (AutoRest).
pub(super) const PARAMETERIZED: &str = "x-ms-parameterized-host";

impl Conversion<'_> {
    /// Returns the servers of the document. Without a host, the server is that of the document.
    pub(super) fn servers(&mut self) -> Option<Value> {
        let root = Pointer::root();
        let to = root.join("servers");
        if self.root.get(PARAMETERIZED).is_some_and(Value::is_object) {
            return self.parameterized(&root.join(PARAMETERIZED), &to);
        }
        let base = self.base_path();
        let Some(host) = self.host() else {
            let servers = (!base.is_empty()).then(|| json!([{ "url": base }]));
            return self.written_at(&root.join("basePath"), &to, servers);
        };
        let schemes = self.schemes(self.root, &root);
        if schemes.is_empty() && strings(self.root, "schemes").is_empty() {
            self.report_written(
                (Effect::None, "assumed-scheme"),
                &root.join("host"),
                "the document has a host but no scheme: `https` is used",
                "add `schemes: [https]`",
            );
        }
        self.written_at(&root.join("host"), &to, Some(urls(&schemes, &host, &base)))
    }

    /// Returns the servers of an operation, if its schemes are not those of the document.
    pub(super) fn operation_servers(
        &mut self,
        operation: &Value,
        at: &Pointer,
        to: &Pointer,
    ) -> Option<Value> {
        if !operation.get("schemes").is_some_and(Value::is_array) {
            return None;
        }
        let host = self.host_without_report()?;
        let schemes = self.schemes(operation, at);
        if schemes.is_empty() || schemes == sorted(strings(self.root, "schemes")) {
            return None;
        }
        let servers = urls(&schemes, &host, &self.base_path());
        self.written_at(&at.join("schemes"), &to.join("servers"), Some(servers))
    }

    /// Records that servers are written at a node. Returns them.
    fn written_at(
        &mut self,
        from: &Pointer,
        to: &Pointer,
        servers: Option<Value>,
    ) -> Option<Value> {
        self.moves.record_synthetic(from, to);
        for index in 0..servers.as_ref().and_then(Value::as_array).map_or(0, Vec::len) {
            let to = to.join(index);
            self.moves.record_synthetic(from, &to);
            self.moves.record_synthetic(from, &to.join("url"));
        }
        servers
    }

    /// Returns the schemes of an object in the order of preference.
    fn schemes(&mut self, object: &Value, at: &Pointer) -> Vec<String> {
        let at = at.join("schemes");
        let mut schemes = strings(object, "schemes");
        for (index, scheme) in schemes.iter().enumerate() {
            if !is_http(scheme) {
                let construct = format!("the scheme `{scheme}`");
                let instead = "requests are sent by HTTP";
                self.unsupported(&at.join(index), &construct, instead);
            }
        }
        schemes.retain(|scheme| is_http(scheme));
        sorted(schemes)
    }

    /// Returns the host. Reports a scheme or a path in it.
    fn host(&mut self) -> Option<String> {
        let host = self.host_without_report()?;
        if text(self.root, "host") != Some(&host) {
            let message = format!("`host` must be a host and a port: `{host}` is used");
            let help = "write the scheme in `schemes`, and the path in `basePath`";
            self.invalid(&Pointer::root().join("host"), message, help);
        }
        Some(host)
    }

    fn host_without_report(&self) -> Option<String> {
        let host = text(self.root, "host")?;
        let host = host.split_once("://").map_or(host, |(_, host)| host).trim_start_matches('/');
        let host = host.split('/').next().unwrap_or_default();
        (!host.is_empty()).then(|| host.to_owned())
    }

    /// Returns the path of all paths, without a slash at the end.
    fn base_path(&self) -> String {
        let base = text(self.root, "basePath").unwrap_or_default().trim_matches('/');
        if base.is_empty() { String::new() } else { format!("/{base}") }
    }

    /// Returns the server of a host that is a template with parameters (AutoRest).
    fn parameterized(&mut self, from: &Pointer, to: &Pointer) -> Option<Value> {
        let host = from.find(self.root)?;
        let Some(template) = text(host, "hostTemplate") else {
            self.invalid(from, "`hostTemplate` is missing: the extension is ignored", "add it");
            return None;
        };
        let mut variables = Map::new();
        self.written_at(from, to, Some(json!([null])));
        let parameters = host.get("parameters").and_then(Value::as_array).map_or(0, Vec::len);
        for at in from.items("parameters", parameters) {
            let Some((place, parameter)) = resolve(self.root, at) else { continue };
            let Some(name) = text(parameter, "name") else { continue };
            // A parameter may belong to the paths instead of the host.
            if template.contains(&format!("{{{name}}}")) {
                let to = to.join(0).join("variables").join(name);
                self.moves.record_synthetic_from(&place, &to);
                variables.insert(name.to_owned(), variable(parameter));
            }
        }
        let has_scheme =
            template.contains("://") || host.get("useSchemePrefix") == Some(&json!(false));
        let schemes = self.schemes(self.root, &Pointer::root());
        let base = self.base_path();
        let template = template.trim_end_matches('/');
        let mut servers = match has_scheme {
            true => json!([{ "url": format!("{template}{base}") }]),
            false => urls(&schemes, template, &base),
        };
        for server in servers.as_array_mut().into_iter().flatten() {
            if let Some(server) = server.as_object_mut().filter(|_| !variables.is_empty()) {
                server.insert("variables".to_owned(), Value::Object(variables.clone()));
            }
        }
        Some(servers)
    }
}

/// Returns a server for each scheme.
fn urls(schemes: &[String], host: &str, base: &str) -> Value {
    let url = |scheme: &str| json!({ "url": format!("{scheme}://{host}{base}") });
    match schemes {
        [] => json!([url(DEFAULT_SCHEME)]),
        schemes => schemes.iter().map(|scheme| url(scheme)).collect(),
    }
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"].contains(&scheme)
}

/// Sorts schemes so that the first one, which is the default, is the secure one.
fn sorted(mut schemes: Vec<String>) -> Vec<String> {
    schemes.sort_by_key(|scheme| scheme != "https");
    schemes.dedup();
    schemes
}

/// Returns a server variable for a parameter of the host.
fn variable(parameter: &Value) -> Value {
    let values = parameter.get("enum").and_then(Value::as_array);
    let first = values.and_then(|values| values.first());
    let default = parameter.get("default").or(first).and_then(Value::as_str);
    let mut variable = Map::from_iter([("default".to_owned(), json!(default.unwrap_or_default()))]);
    copy_keys(parameter, &["enum", "description"], &mut variable);
    if default.is_none() {
        variable.insert("x-required".to_owned(), json!(true));
    }
    Value::Object(variable)
}
