//! What all requests have in common: where they go, how they sign in, and what is made of errors.

use std::collections::BTreeSet;

use super::parameter::location;
use super::{Item, Kind, Places, code, list};
use crate::emit::signature;
use crate::ir::{
    ErrorBody, ResponseHeader, SecurityKind, SecurityScheme, ServerVariable, TokenEndpoint, Type,
};
use crate::name::Named;
use crate::pointer::Pointer;

/// What belongs to no operation and is no type.
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
        Some(TokenEndpoint::Discovery(url)) => format!("what {} says", code(url)),
        None => "nowhere".to_owned(),
    };
    let sources = api.credential_sources.as_ref();
    let environment = sources
        .map(|from| list([&from.base_url, &from.client_id, &from.client_secret]))
        .unwrap_or_else(|| "no variables".to_owned());
    let files = sources.into_iter().flat_map(|sources| &sources.files).map(|file| {
        let environment = file.environment.as_deref().unwrap_or_default();
        format!(
            "{} {environment} {} {} {}",
            file.path, file.base_url, file.client_id, file.client_secret
        )
    });
    let errors = api.error_body.clone().unwrap_or_default();
    let rate = api.rate_limit.map_or_else(
        || "no limit".to_owned(),
        |(requests, seconds)| format!("{requests} requests in {seconds} s"),
    );
    Item::new(Kind::Client, "Client", "", "Client".to_owned(), places.of(&Pointer::root()))
        .offered("has the function", sources.map(|_| code("from_env")))
        .wire("talks to", list(api.servers.iter().map(|server| &server.url)))
        .wire("gets its tokens from", endpoint)
        .wire("finds its settings in", environment)
        .wire("finds credentials in the files", list(files))
        .wire("keeps to", rate)
        .wire("finds the messages of errors at", list(&errors.message))
        .wire("finds the codes of errors at", list(&errors.code))
        .wire("finds the tracking ids of errors at", list(&errors.tracking_id))
}

/// The parts of base URLs that can be set, each once.
fn variables(api: &Named<'_>, places: &Places<'_>) -> Vec<Item> {
    let mut known = BTreeSet::new();
    let mut items = Vec::new();
    for (number, server) in api.servers.iter().enumerate() {
        for variable in server.variables.iter().filter(|variable| known.insert(&variable.wire)) {
            let at = Pointer::root().join("servers").join(number).join("variables");
            let path =
                format!("ClientBuilder::{}", api.names.server_variable(variable.wire.clone()));
            let place = places.of(&at.join(&variable.wire));
            let item = Item::new(
                Kind::Setting,
                api.names.server_variable(variable.wire.clone()),
                &variable.wire,
                path,
                place,
            )
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

/// A way to sign in, and the setting that it needs if it is no token.
fn security(api: &Named<'_>, scheme: &SecurityScheme, places: &Places<'_>) -> Vec<Item> {
    let (kind, takes) = match &scheme.kind {
        SecurityKind::ApiKey(at, name) => {
            (format!("the key {} in {}", code(name), location(*at)), Some("impl Into<Secret>"))
        }
        SecurityKind::Basic => {
            ("name and password".to_owned(), Some("impl Into<String>, impl Into<Secret>"))
        }
        SecurityKind::Bearer => ("a token".to_owned(), None),
    };
    let at = Pointer::root().join("components").join("securitySchemes").join(&scheme.wire);
    let place = places.of(&at);
    let setting = takes.map(|takes| {
        let path = format!("ClientBuilder::{}", api.names.credential(scheme.number));
        Item::new(
            Kind::Setting,
            api.names.credential(scheme.number),
            &scheme.wire,
            path,
            place.clone(),
        )
        .fixed("takes", code(takes))
        .wire("sets", format!("what the security scheme {} needs", code(&scheme.wire)))
        .wire("has the default", "none")
    });
    let path = scheme.wire.to_string();
    let item = Item::new(Kind::Security, &scheme.wire, &scheme.wire, path, place.clone());
    std::iter::once(item.wire("is", kind)).chain(setting).collect()
}

fn error_body(api: &Named<'_>, body: &ErrorBody, places: &Places<'_>) -> Item {
    let at = match &body.ty {
        Type::Named(id) => api.type_def(*id).at.clone(),
        _ => Pointer::root(),
    };
    let of = signature::of_type(api, &body.ty);
    Item::new(
        Kind::ErrorBody,
        api.names.error_body(body.number),
        &of,
        format!("ErrorBody::{}", api.names.error_body(body.number)),
        places.of(&at),
    )
    .fixed("holds", code(of))
}

fn header(api: &Named<'_>, header: &ResponseHeader, places: &Places<'_>) -> Item {
    let of = signature::of_type(api, &header.ty);
    let path = format!("headers::{}", api.names.header(header.number));
    let place = places.of(&Pointer::root());
    Item::new(Kind::Header, api.names.header(header.number), &header.wire, path, place)
        .fixed("is", code(of))
        .wire("stands for", code(header.wire.0.to_ascii_lowercase()))
}
