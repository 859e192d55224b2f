//! Wire names to Rust identifiers.
//!
//! Every identifier of the output is decided here, from sorted input, so that the order of the
//! document does not matter. Emitters take them as they are.

mod identifier;
pub mod mock;
mod reserved;
mod scope;

use std::collections::BTreeMap;

use crate::ir::{
    Api, BodyKind, ContentKind, Enum, ErrorSet, Form, Ident, Object, Operation, ResponseCase,
    ResponseHeader, Shape, Statuses, SuccessResponse, Tagging, Test, Type, Union, WireName,
};
use crate::limits::Steps;
use identifier::{Case, identifier};
use scope::Scope;
pub use scope::is_keyword;

/// Names everything.
///
/// If there are not enough steps left, names are missing, and the representation is of no use.
pub fn name(api: &mut Api, steps: &Steps) {
    types(api, steps);
    let names: Vec<Ident> = api.types.iter().map(|def| def.rust.clone()).collect();
    for def in &mut api.types {
        match &mut def.shape {
            Shape::Object(object) => fields(object, steps),
            Shape::Enum(list) => values(list, steps),
            Shape::Union(union) => variants(union, &names, steps),
            Shape::Form(form) => parts(form, steps),
            Shape::Alias(_) => {}
        }
    }
    groups(api, steps);
    operations(api, &names, steps);
    errors(api, &names, steps);
    headers(api, &names, steps);
    builder(api, steps);
}

/// Components have the first claim to their names, inline schemas make do with what is left.
fn types(api: &mut Api, steps: &Steps) {
    let mut order: Vec<usize> = (0..api.types.len()).collect();
    order.sort_by_cached_key(|index| {
        api.types.get(*index).map(|def| (!def.component, def.hint.clone(), def.at.clone()))
    });
    let mut names = Scope::new(steps, &[reserved::TYPES, reserved::PRELUDE]);
    let mut modules = Scope::new(steps, &[reserved::MODULES]);
    for index in order {
        if let Some(def) = api.types.get_mut(index) {
            let words = def.hint.join(" ");
            def.rust = names.claim(&identifier(&words, Case::UpperCamel), "Model");
            def.module = modules.claim_file(&identifier(&def.rust.0, Case::Snake), "model");
        }
    }
}

fn fields(object: &mut Object, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::FIELDS]);
    for field in sorted_by(&mut object.fields, |field| claim_order(&field.wire, Case::Snake)) {
        field.rust = scope.claim_raw(&identifier(&field.wire.0, Case::Snake), "property");
    }
}

fn values(list: &mut Enum, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::VALUES]);
    for variant in
        sorted_by(&mut list.variants, |variant| claim_order(&variant.wire, Case::UpperCamel))
    {
        variant.rust = scope.claim(&identifier(&variant.wire.0, Case::UpperCamel), "Value");
    }
}

fn parts(form: &mut Form, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::PARTS]);
    for part in sorted_by(&mut form.parts, |part| claim_order(&part.field.wire, Case::Snake)) {
        part.field.rust = scope.claim_raw(&identifier(&part.field.wire.0, Case::Snake), "part");
    }
}

/// A tag beside its content is the name of a variant; a tag inside of it is one of the variant's
/// own properties, and the type has the better name.
fn variants(union: &mut Union, names: &[Ident], steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::VARIANTS]);
    let by_tag = matches!(union.tagging, Tagging::Adjacent { .. });
    for variant in sorted_by(&mut union.variants, |variant| test_words(&variant.test)) {
        let name = match &variant.ty {
            Type::Named(id) if !by_tag => {
                names.get(id.0).map_or_else(String::new, |name| name.0.clone())
            }
            _ => identifier(&test_words(&variant.test), Case::UpperCamel),
        };
        variant.rust = scope.claim(&name, "Variant");
    }
}

fn test_words(test: &Test) -> String {
    match test {
        Test::Tag(_, tags) => tags.first().cloned().unwrap_or_default(),
        Test::Number(name, numbers) => {
            format!("{name} {}", numbers.first().map(ToString::to_string).unwrap_or_default())
        }
        Test::Key(name) => name.0.clone(),
        Test::Json(ty) => format!("{ty:?}"),
    }
}

fn groups(api: &mut Api, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::GROUPS]);
    for group in sorted_by(&mut api.groups, |group| group.tag.clone()) {
        let words = group.tag.as_deref().unwrap_or("untagged");
        group.module = scope.claim_file(&identifier(words, Case::Snake), "operations");
    }
}

fn operations(api: &mut Api, names: &[Ident], steps: &Steps) {
    let mut methods = Scope::new(steps, &[reserved::METHODS]);
    let mut types = Scope::new(steps, &[reserved::REQUEST_TYPES, reserved::PRELUDE]);
    for operation in sorted_by(&mut api.operations, |operation| operation.id.clone()) {
        operation.method_name =
            methods.claim_raw(&identifier(&operation.id.0, Case::Snake), "operation");
        operation.request_type =
            types.claim(&identifier(&operation.id.0, Case::UpperCamel), "Request");
        parameters(operation, names, steps);
        let response = format!("{}Response", operation.request_type);
        if let SuccessResponse::ByCase { rust, cases } = &mut operation.response {
            *rust = types.claim(&response, "Type");
            response_cases(cases, steps);
        }
        if let Some(body) = operation.body.as_mut().filter(|body| body.contents.len() > 1) {
            body.enum_name = types.claim(&format!("{}Body", operation.request_type), "Type");
            let mut scope = Scope::new(steps, &[reserved::BODIES]);
            for content in &mut body.contents {
                content.rust = scope.claim(body_word(&content.kind), "Body");
            }
        }
    }
    // Tuple structs such as requests are values too, as constants are.
    for operation in sorted_by(&mut api.operations, |operation| operation.id.clone()) {
        let name = identifier(&operation.request_type.0, Case::Screaming);
        operation.constant = types.claim(&name, "OPERATION");
    }
    // What the document names itself has the first claim.
    for operation in sorted_by(&mut api.operations, |operation| operation.id.clone()) {
        let (method, constant) = (operation.method_name.plain(), operation.constant.plain());
        let (resume, constant) = (format!("resume_{method}"), format!("{constant}_WAIT"));
        if let Some(plan) = &mut operation.long_running {
            plan.resume = methods.claim_raw(&resume, "job");
            plan.constant = types.claim(&constant, "PLAN");
        }
    }
}

fn parameters(operation: &mut Operation, names: &[Ident], steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::SETTERS, reserved::VARIABLES]);
    for parameter in sorted_by(&mut operation.parameters, |parameter| {
        (parameter.location, claim_order(&parameter.wire, Case::Snake))
    }) {
        parameter.rust = scope.claim_raw(&identifier(&parameter.wire.0, Case::Snake), "parameter");
    }
    if let Some(body) = &mut operation.body {
        let named = match body.only().map(|content| &content.kind) {
            Some(BodyKind::Json(Type::Named(id)) | BodyKind::Form(Type::Named(id), _)) => Some(id),
            Some(BodyKind::Multipart(id)) => Some(id),
            Some(BodyKind::Json(_) | BodyKind::Form(..) | BodyKind::Text | BodyKind::Bytes)
            | None => None,
        };
        let words = named.and_then(|id| names.get(id.0)).map_or("body", |name| name.0.as_str());
        body.rust = scope.claim_raw(&identifier(words, Case::Snake), "body");
    }
}

/// A case is named after its status, and after its kind where one status has several.
fn response_cases(cases: &mut [ResponseCase], steps: &Steps) {
    let statuses: Vec<Statuses> = cases.iter().map(|case| case.statuses).collect();
    let mut counts: BTreeMap<Statuses, usize> = BTreeMap::new();
    statuses.iter().for_each(|status| *counts.entry(*status).or_default() += 1);
    let one_status = statuses.windows(2).all(|pair| pair.first() == pair.last());
    let mut scope = Scope::new(steps, &[]);
    for case in cases {
        let several = counts.get(&case.statuses).is_some_and(|count| *count > 1);
        let name = match (one_status, several) {
            (true, _) => content_word(&case.content.kind).to_owned(),
            (false, true) => status_name(case.statuses) + content_word(&case.content.kind),
            (false, false) => status_name(case.statuses),
        };
        case.rust = scope.claim(&name, "Case");
    }
}

fn content_word(kind: &ContentKind) -> &'static str {
    match kind {
        ContentKind::Empty => "Empty",
        ContentKind::Json(_) => "Json",
        ContentKind::Text => "Text",
        ContentKind::File => "File",
        ContentKind::Events(_) => "Events",
        ContentKind::JsonLines(_) => "JsonLines",
    }
}

fn body_word(kind: &BodyKind) -> &'static str {
    match kind {
        BodyKind::Json(_) => "Json",
        BodyKind::Form(..) => "Form",
        BodyKind::Multipart(_) => "Multipart",
        BodyKind::Text => "Text",
        BodyKind::Bytes => "Bytes",
    }
}

fn errors(api: &mut Api, names: &[Ident], steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::ERROR_BODIES]);
    for body in sorted_by(&mut api.error_bodies, |body| shown(&body.ty, names)) {
        let words = match &body.ty {
            Type::Named(id) => names.get(id.0).map_or("Json", |name| name.0.as_str()),
            Type::Array(_) => "List",
            _ => "Json",
        };
        body.rust = scope.claim(words, "Body");
    }
    let bodies: Vec<Ident> = api.error_bodies.iter().map(|body| body.rust.clone()).collect();
    let mut constants = Scope::new(steps, &[]);
    for set in sorted_by(&mut api.error_sets, |set| error_set_order(set, &bodies)) {
        let statuses: Vec<String> =
            set.cases.iter().map(|(statuses, _)| statuses.to_string()).collect();
        let words = format!("errors {}", statuses.join(" "));
        set.constant = constants.claim(&identifier(&words, Case::Screaming), "SET");
    }
}

/// The order in which sets of errors get their names: by what they hold.
fn error_set_order<'n>(set: &ErrorSet, bodies: &'n [Ident]) -> Vec<(Statuses, Option<&'n Ident>)> {
    set.cases.iter().map(|(statuses, body)| (*statuses, bodies.get(*body))).collect()
}

fn headers(api: &mut Api, names: &[Ident], steps: &Steps) {
    let mut scope = Scope::new(steps, &[]);
    let order = |header: &ResponseHeader| (header.wire.clone(), shown(&header.ty, names));
    for header in sorted_by(&mut api.headers, order) {
        header.constant = scope.claim(&identifier(&header.wire.0, Case::Screaming), "HEADER");
    }
}

/// The methods that builders get: for the variables of servers, of which one of several servers is
/// one, and for the ways to sign in.
fn builder(api: &mut Api, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::BUILDER]);
    let mut known: BTreeMap<String, Ident> = BTreeMap::new();
    for variable in api.servers.iter_mut().flat_map(|server| &mut server.variables) {
        let name = known.entry(variable.wire.0.clone());
        let name = name.or_insert_with(|| {
            scope.claim_raw(&identifier(&variable.wire.0, Case::Snake), "variable")
        });
        variable.rust = name.clone();
    }
    for scheme in sorted_by(&mut api.security_schemes, |scheme| scheme.wire.clone()) {
        scheme.rust = scope.claim_raw(&identifier(&scheme.wire.0, Case::Snake), "credential");
    }
}

/// The name of a status: its reason phrase where there is one (RFC 9110, section 15).
fn status_name(statuses: Statuses) -> String {
    let name = match statuses {
        Statuses::Code(200) => "Ok",
        Statuses::Code(201) => "Created",
        Statuses::Code(202) => "Accepted",
        Statuses::Code(203) => "NonAuthoritativeInformation",
        Statuses::Code(204) => "NoContent",
        Statuses::Code(205) => "ResetContent",
        Statuses::Code(206) => "PartialContent",
        Statuses::Code(207) => "MultiStatus",
        Statuses::Code(208) => "AlreadyReported",
        Statuses::Code(code) => return format!("Status{code}"),
        Statuses::Class(_) => "Success",
        Statuses::Default => "Default",
    };
    name.to_owned()
}

/// A type in words that do not depend on the numbers of declarations.
fn shown(ty: &Type, names: &[Ident]) -> String {
    match ty {
        Type::Named(id) => names.get(id.0).map(|name| name.0.clone()).unwrap_or_default(),
        Type::Array(item) => format!("[{}]", shown(item, names)),
        Type::Map(item) => format!("{{{}}}", shown(item, names)),
        Type::Nullable(item) => format!("{}?", shown(item, names)),
        Type::Tuple(items) => items.iter().map(|item| shown(item, names) + ",").collect(),
        Type::Any | Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String(_) => {
            format!("{ty:?}")
        }
    }
}

/// What is an identifier already has the first claim to it, before what only becomes one.
fn claim_order(wire: &WireName, case: Case) -> (bool, WireName) {
    (identifier(&wire.0, case) != wire.0, wire.clone())
}

/// The items in the order of a key, to be changed in place.
fn sorted_by<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) -> Vec<&mut T> {
    let mut sorted: Vec<&mut T> = items.iter_mut().collect();
    sorted.sort_by_cached_key(|item| key(item));
    sorted
}

#[cfg(test)]
mod tests;
