//! What requests take: parameters and bodies.

use super::{Argument, Item, Kind, Places, code};
use crate::emit::signature;
use crate::ir::{Body, BodyContent, BodyKind, Location, Operation, Parameter, Style, WireName};
use crate::name::{Ident, Named};

/// The arguments of an operation's method: what is required, in the order of the document.
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
    let (of, or) = signature::body(api, body);
    Argument { or, ..Argument::new(api.names.body(body.operation), "the body", of) }
}

/// What the parameters of an operation are.
pub(super) fn parameters<'a>(
    api: &'a Named<'a>,
    operation: &'a Operation,
    request: &'a str,
    places: &'a Places<'_>,
) -> impl Iterator<Item = Item> + 'a {
    operation.parameters.iter().map(move |parameter| {
        let wire = format!("{} {}", location(parameter.location), parameter.wire);
        let path = format!("{request}::{}", api.names.parameter(parameter.number));
        let place = places.of(&parameter.at);
        let item =
            Item::new(Kind::Parameter, api.names.parameter(parameter.number), wire, path, place);
        settable(
            item,
            api.names.parameter(parameter.number),
            argument(api, parameter),
            parameter.required,
        )
        .wire("is sent as", code(&parameter.wire))
        .wire("is sent in", location(parameter.location))
        .wire("is written", written(parameter))
        .notes(&parameter.docs)
    })
}

/// What the body of an operation is, and its type if it can have several contents.
pub(super) fn body(
    api: &Named<'_>,
    operation: &Operation,
    (request, module): (&str, &str),
    places: &Places<'_>,
) -> Vec<Item> {
    let Some(body) = &operation.body else { return Vec::new() };
    let place = places.of(&operation.at.join("requestBody"));
    // A body that is given without the name of a variant is the first of several.
    let Some(first) = body.contents.first() else { return Vec::new() };
    let item = Item::new(
        Kind::Body,
        "body",
        "",
        format!("{request}::{}", api.names.body(body.operation)),
        place.clone(),
    );
    let item =
        settable(item, api.names.body(body.operation), body_argument(api, body), body.required)
            .wire("is sent as", code(&first.media_type))
            .wire("is written", kind(first));
    let several = body.only().is_none().then(|| {
        let path = format!("{module}::{}", api.names.body_type(body.operation));
        let contents = body.contents.iter().map(|content| {
            let path = format!("{path}::{}", api.names.content(content.number));
            Item::new(
                Kind::Content,
                api.names.content(content.number),
                &content.media_type,
                path,
                place.clone(),
            )
            .fixed("holds", code(signature::content(api, &content.kind)))
            .wire("is sent as", code(&content.media_type))
            .wire("is written", kind(content))
        });
        Item::new(
            Kind::Type,
            api.names.body_type(body.operation),
            "body",
            path.clone(),
            place.clone(),
        )
        .parts(contents)
    });
    std::iter::once(item).chain(several).collect()
}

/// What is required is an argument of the method, of which the operation tells. All else has a
/// method of its own.
fn settable(item: Item, setter: &Ident, argument: Argument, required: bool) -> Item {
    let item = Item { nameless: required, ..item };
    // Where it goes is said beside it.
    let argument = Argument { wire: String::new(), ..argument };
    item.takes("is set by", (!required).then(|| (setter.to_string(), vec![argument])))
}

pub(super) fn location(location: Location) -> &'static str {
    match location {
        Location::Path => "the path",
        Location::Query => "the query",
        Location::Header => "a header",
        Location::Cookie => "a cookie",
    }
}

fn written(parameter: &Parameter) -> String {
    let explode = if parameter.explode { ", exploded" } else { "" };
    let reserved =
        if parameter.allow_reserved { ", with reserved characters as they are" } else { "" };
    format!("in the style {}{explode}{reserved}", style(parameter.style))
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Simple => "`simple`",
        Style::Label => "`label`",
        Style::Matrix => "`matrix`",
        Style::Form => "`form`",
        Style::SpaceDelimited => "`spaceDelimited`",
        Style::PipeDelimited => "`pipeDelimited`",
        Style::DeepObject => "`deepObject`",
        Style::Json => "of JSON",
    }
}

fn kind(content: &BodyContent) -> String {
    match &content.kind {
        BodyKind::Json(_) => "as JSON".to_owned(),
        BodyKind::Form(_, styles) => {
            let one = |(name, of, explode): &(WireName, Style, bool)| {
                format!(
                    ", {} in the style {}{}",
                    code(name),
                    style(*of),
                    if *explode { ", exploded" } else { "" }
                )
            };
            format!("as a form in one line{}", styles.iter().map(one).collect::<String>())
        }
        BodyKind::Multipart(_) => "as a form of several parts".to_owned(),
        BodyKind::Text => "as text".to_owned(),
        BodyKind::Bytes => "as bytes".to_owned(),
    }
}
