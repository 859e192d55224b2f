//! Parameters and request bodies.

use super::{Argument, Item, ItemKind, Places, code};
use crate::emit::signature;
use crate::ir::{Body, BodyContent, BodyKind, Location, Operation, Parameter, Style, WireName};
use crate::name::{Ident, Named};

/// Returns the arguments of the method of an operation: the required parameters in the order of the
/// document, then a required body.
pub(super) fn arguments(api: &Named<'_>, operation: &Operation) -> Vec<Argument> {
    let required = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments: Vec<Argument> = required.map(|parameter| argument(api, parameter)).collect();
    let body = operation.body.as_ref().filter(|body| body.required);
    arguments.extend(body.map(|body| body_argument(api, body)));
    arguments
}

fn argument(api: &Named<'_>, parameter: &Parameter) -> Argument {
    let wire = format!("{} {}", location(parameter.location), parameter.wire);
    Argument::new(
        api.names.parameter(parameter.number),
        wire,
        signature::argument(api, &parameter.ty),
    )
}

fn body_argument(api: &Named<'_>, body: &Body) -> Argument {
    let (ty, alternative) = signature::body(api, body);
    Argument { alternative, ..Argument::new(api.names.body(body.operation), "the body", ty) }
}

/// Returns an item for each parameter of an operation.
pub(super) fn parameters<'a>(
    api: &'a Named<'a>,
    operation: &'a Operation,
    request: &'a str,
    places: &'a Places<'_>,
) -> impl Iterator<Item = Item> + 'a {
    operation.parameters.iter().map(move |parameter| {
        let wire = format!("{} {}", location(parameter.location), parameter.wire);
        let name = api.names.parameter(parameter.number);
        let path = format!("{request}::{name}");
        let place = places.of(&parameter.at);
        let item = Item::new(ItemKind::Parameter, name, wire, path, place);
        settable(item, name, argument(api, parameter), parameter.required)
            .wire("is sent as", code(&parameter.wire))
            .wire("is sent in", location(parameter.location))
            .wire("is serialized", serialization(parameter))
            .notes(&parameter.docs)
    })
}

/// Returns the request body of an operation, and its enum if there are several media types.
pub(super) fn body(
    api: &Named<'_>,
    operation: &Operation,
    (request, module): (&str, &str),
    places: &Places<'_>,
) -> Vec<Item> {
    let Some(body) = &operation.body else { return Vec::new() };
    let place = places.of(&operation.at.join("requestBody"));
    // A body passed without a variant is sent as the first media type.
    let Some(first) = body.contents.first() else { return Vec::new() };
    let name = api.names.body(body.operation);
    let item = Item::new(ItemKind::Body, "body", "", format!("{request}::{name}"), place.clone());
    let item = settable(item, name, body_argument(api, body), body.required)
        .wire("is sent as", code(&first.media_type))
        .wire("is serialized", content_serialization(first));
    let content_enum = body.only().is_none().then(|| {
        let name = api.names.body_type(body.operation);
        let path = format!("{module}::{name}");
        let contents = body.contents.iter().map(|content| {
            let name = api.names.content(content.number);
            let path = format!("{path}::{name}");
            Item::new(ItemKind::Content, name, &content.media_type, path, place.clone())
                .fixed("contains", code(signature::content(api, &content.kind)))
                .wire("is sent as", code(&content.media_type))
                .wire("is serialized", content_serialization(content))
        });
        Item::new(ItemKind::Type, name, "body", path.clone(), place.clone()).parts(contents)
    });
    std::iter::once(item).chain(content_enum).collect()
}

/// Adds the setter to an optional parameter. A required one is an argument, which the operation lists.
fn settable(item: Item, setter: &Ident, argument: Argument, required: bool) -> Item {
    let item = Item { is_unnamed: required, ..item };
    // The item has facts about the wire already.
    let argument = Argument { wire: String::new(), ..argument };
    item.function("is set by", (!required).then(|| (setter.to_string(), vec![argument])))
}

pub(super) fn location(location: Location) -> &'static str {
    match location {
        Location::Path => "the path",
        Location::Query => "the query",
        Location::Header => "a header",
        Location::Cookie => "a cookie",
    }
}

fn serialization(parameter: &Parameter) -> String {
    let explode = if parameter.explode { ", exploded" } else { "" };
    let reserved =
        if parameter.allow_reserved { ", without escaping reserved characters" } else { "" };
    format!("{}{explode}{reserved}", style(parameter.style))
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Simple => "in style `simple`",
        Style::Label => "in style `label`",
        Style::Matrix => "in style `matrix`",
        Style::Form => "in style `form`",
        Style::SpaceDelimited => "in style `spaceDelimited`",
        Style::PipeDelimited => "in style `pipeDelimited`",
        Style::DeepObject => "in style `deepObject`",
        Style::Json => "as JSON",
    }
}

fn content_serialization(content: &BodyContent) -> String {
    match &content.kind {
        BodyKind::Json(_) => "as JSON".to_owned(),
        BodyKind::Form(_, styles) => {
            let property = |(name, of, explode): &(WireName, Style, bool)| {
                let explode = if *explode { ", exploded" } else { "" };
                format!(", {} {}{explode}", code(name), style(*of))
            };
            format!("as a URL-encoded form{}", styles.iter().map(property).collect::<String>())
        }
        BodyKind::Multipart(_) => "as a multipart form".to_owned(),
        BodyKind::Text => "as plain text".to_owned(),
        BodyKind::Bytes => "as bytes".to_owned(),
    }
}
