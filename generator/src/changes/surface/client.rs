//! Settings that all requests share: servers, authentication, and errors.

use std::collections::BTreeSet;

use super::parameter::location;
use super::{Item, ItemKind, Places, code, code_list};
use crate::emit::signature;
use crate::ir::{
    ErrorBody, ResponseHeader, SecurityKind, SecurityScheme, ServerVariable, TokenEndpoint, Type,
};
use crate::name::Named;
use crate::pointer::Pointer;

/// Returns the items that belong to no operation and are not types.
pub(super) fn items(api: &Named<'_>, places: &Places<'_>) -> Vec<Item> {
    let mut items = vec![client(api, places)];
    items.extend(variables(api, places));
    items.extend(api.security_schemes.iter().flat_map(|scheme| security(api, scheme, places)));
    items.extend(api.error_bodies.iter().map(|body| error_body(api, body, places)));
    items.extend(api.headers.iter().map(|header| self::header(api, header, places)));
    items
}

fn client(api: &Named<'_>, places: &Places<'_>) -> Item {
    let endpoint = match &api.token_endpoint {
        Some(TokenEndpoint::Url(url)) => code(url),
        Some(TokenEndpoint::Discovery(url)) => format!("the one in {}", code(url)),
        None => "none".to_owned(),
    };
    let sources = api.credential_sources.as_ref();
    let environment = sources
        .map(|from| code_list([&from.base_url, &from.client_id, &from.client_secret]))
        .map_or_else(
            || "no environment variables".to_owned(),
            |variables| format!("the environment variables {variables}"),
        );
    let files = sources.into_iter().flat_map(|sources| &sources.files).map(|file| {
        let environment = file.environment.as_deref().unwrap_or_default();
        format!(
            "{} {environment} {} {} {}",
            file.path, file.base_url, file.client_id, file.client_secret
        )
    });
    let errors = api.error_body.clone().unwrap_or_default();
    let rate_limit = api.rate_limit.map_or_else(
        || "none".to_owned(),
        |(requests, seconds)| format!("{requests} requests in {seconds} s"),
    );
    Item::new(ItemKind::Client, "Client", "", "Client".to_owned(), places.of(&Pointer::root()))
        .capability("has the function", sources.map(|_| code("from_env")))
        .wire("sends requests to", code_list(api.servers.iter().map(|server| &server.url)))
        .wire("has the token endpoint", endpoint)
        .wire("reads", environment)
        .wire("reads credentials from the files", code_list(files))
        .wire("has the rate limit", rate_limit)
        .wire("reads the messages of errors at", code_list(&errors.message))
        .wire("reads the codes of errors at", code_list(&errors.code))
        .wire("reads the tracking ids of errors at", code_list(&errors.tracking_id))
}

/// Returns the server variables, each once.
fn variables(api: &Named<'_>, places: &Places<'_>) -> Vec<Item> {
    let mut known = BTreeSet::new();
    let mut items = Vec::new();
    for server in api.all_servers() {
        for variable in server.variables.iter().filter(|variable| known.insert(&variable.wire)) {
            let at = server.at.join("variables");
            let name = api.names.server_variable(variable.wire.clone());
            let path = format!("ClientBuilder::{name}");
            let place = places.of(&at.join(&variable.wire));
            let item = Item::new(ItemKind::Setting, name, &variable.wire, path, place)
                .fixed("takes", code("impl Into<String>"))
                .wire("sets", format!("the variable {}", code(&variable.wire)))
                .wire("has the default", default(variable));
            items.push(item);
        }
    }
    items
}

fn default(variable: &ServerVariable) -> String {
    if variable.required { "none".to_owned() } else { code(&variable.default) }
}

/// Returns a security scheme, and its setting unless it is a token.
fn security(api: &Named<'_>, scheme: &SecurityScheme, places: &Places<'_>) -> Vec<Item> {
    let (kind, takes) = match &scheme.kind {
        SecurityKind::ApiKey(at, name) => {
            (format!("the API key {} in {}", code(name), location(*at)), Some("impl Into<Secret>"))
        }
        SecurityKind::Basic => {
            ("a user name and a password".to_owned(), Some("impl Into<String>, impl Into<Secret>"))
        }
        SecurityKind::Bearer => ("a bearer token".to_owned(), None),
    };
    let at = Pointer::root().join("components").join("securitySchemes").join(&scheme.wire);
    let place = places.of(&at);
    let setting = takes.map(|takes| {
        let name = api.names.credential(scheme.number);
        let path = format!("ClientBuilder::{name}");
        Item::new(ItemKind::Setting, name, &scheme.wire, path, place.clone())
            .fixed("takes", code(takes))
            .wire("sets", format!("the credentials of the security scheme {}", code(&scheme.wire)))
            .wire("has the default", "none")
    });
    let path = scheme.wire.to_string();
    let item = Item::new(ItemKind::Security, &scheme.wire, &scheme.wire, path, place.clone());
    std::iter::once(item.wire("is", kind)).chain(setting).collect()
}

fn error_body(api: &Named<'_>, body: &ErrorBody, places: &Places<'_>) -> Item {
    let at = match &body.ty {
        Type::Named(id) => api.type_def(*id).at.clone(),
        _ => Pointer::root(),
    };
    let of = signature::of_type(api, &body.ty);
    let name = api.names.error_body(body.number);
    Item::new(ItemKind::ErrorBody, name, &of, format!("ErrorBody::{name}"), places.of(&at))
        .fixed("contains", code(of))
}

fn header(api: &Named<'_>, header: &ResponseHeader, places: &Places<'_>) -> Item {
    let of = signature::of_type(api, &header.ty);
    let name = api.names.header(header.number);
    let path = format!("headers::{name}");
    let place = places.of(&Pointer::root());
    Item::new(ItemKind::Header, name, &header.wire, path, place)
        .fixed("is", code(of))
        .wire("is the name of the header", code(header.wire.0.to_ascii_lowercase()))
}
