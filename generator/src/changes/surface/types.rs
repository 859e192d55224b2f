//! Types: objects, enums, unions, forms and aliases.

use super::{Argument, Item, ItemKind, Places, code, code_list};
use crate::analyze::{Conversion, Facts, SetBy};
use crate::emit::{notes, signature};
use crate::ir::{
    Enum, Field, Form, MemberId, Object, Part, PartKind, Shape, Tagging, Test, Type, TypeDef, Union,
};
use crate::name::Named;

/// Returns an item for each type.
pub(super) fn items(api: &Named<'_>, facts: &Facts, places: &Places<'_>) -> Vec<Item> {
    api.types.iter().map(|def| item(api, facts, def, places)).collect()
}

fn item(api: &Named<'_>, facts: &Facts, def: &TypeDef, places: &Places<'_>) -> Item {
    let name = api.names.ty(def.number);
    let path = format!("types::{name}");
    let item = Item::new(ItemKind::Type, name, def.hint.join("."), path, places.of(&def.at));
    let item = match &def.shape {
        Shape::Object(object) => self::object(api, facts, def, object, item, places),
        Shape::Enum(values) => {
            self::values(api, def, values, item.form("an enum of strings"), places)
        }
        Shape::Union(union) => self::union(api, facts, def, union, item, places),
        Shape::Form(form) => self::form(api, def, form, item.form("a form"), places),
        Shape::Alias(_) => {
            let of = signature::of_type(api, &Type::Named(def.number));
            item.form("a type alias").fixed("is an alias for", code(of))
        }
    };
    item.deprecated(def.deprecated).notes(&def.docs)
}

fn object(
    api: &Named<'_>,
    facts: &Facts,
    def: &TypeDef,
    object: &Object,
    item: Item,
    places: &Places<'_>,
) -> Item {
    let fields = || object.fields.iter();
    let is_built = facts.built_by_users.contains(&def.number);
    let required = fields().filter(|field| facts.is_argument(field.number));
    let arguments = required.map(|field| {
        Argument::new(
            api.names.member(field.number),
            &field.wire,
            signature::property(api, facts, field),
        )
    });
    let new = is_built.then(|| ("new".to_owned(), arguments.collect()));
    let default = signature::has_default(facts, def, object).then(|| code("Default"));
    let additional = signature::of_type(api, &Type::Map(Box::new(object.additional.clone())));
    let properties = fields().map(|field| {
        let of = signature::field(api, facts, field);
        let has_setter = facts.field(field.number).set_by == SetBy::Setter;
        let setter = (is_built && has_setter).then(|| {
            let of = signature::property(api, facts, field);
            self::setter(api, field, of)
        });
        self::field(api, ItemKind::Property, def, field, places)
            .fixed("is", code(of))
            .function("is set by", setter)
            .wire("has the wire name", code(&field.wire))
            .wire("is always sent as", always(field))
            .deprecated(field.deprecated)
            .notes(&field.docs)
    });
    item.form("an object")
        .capability("implements", default)
        .function("is created by", new)
        .fixed("stores additional properties as", code(additional))
        .parts(properties)
}

/// Returns the only value of a property.
fn always(field: &Field) -> String {
    field.constant.as_ref().map_or_else(|| "no value in particular".to_owned(), notes::code)
}

/// Returns the method that sets an optional property. The property has facts about the wire already.
fn setter(api: &Named<'_>, field: &Field, of: String) -> (String, Vec<Argument>) {
    let argument = Argument::new(api.names.member(field.number), "", of);
    (api.names.setter(field.number).to_string(), vec![argument])
}

fn field(
    api: &Named<'_>,
    kind: ItemKind,
    def: &TypeDef,
    field: &Field,
    places: &Places<'_>,
) -> Item {
    let place = places.of(&def.at.join("properties").join(&field.wire));
    let name = api.names.member(field.number);
    let path = format!("types::{}::{name}", api.names.ty(def.number));
    Item::new(kind, name, &field.wire, path, place)
}

fn values(api: &Named<'_>, def: &TypeDef, values: &Enum, item: Item, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("enum"));
    item.parts(values.variants.iter().map(|variant| {
        let name = api.names.member(variant.number);
        let path = format!("types::{}::{name}", api.names.ty(def.number));
        Item::new(ItemKind::Value, name, &variant.wire, path, place.clone())
            .wire("has the wire value", code(&variant.wire))
    }))
}

fn union(
    api: &Named<'_>,
    facts: &Facts,
    def: &TypeDef,
    union: &Union,
    item: Item,
    places: &Places<'_>,
) -> Item {
    let (other, tagging) = match &union.tagging {
        Tagging::Adjacent { tag, content, other } => (
            signature::of_type(api, &Type::Named(*other)),
            format!("the property {} beside {}", code(tag), code(content)),
        ),
        Tagging::Value => ("Value".to_owned(), "the content of the value".to_owned()),
        Tagging::Base => (
            "Value".to_owned(),
            "the content of the value, with a fallback for what does not match".to_owned(),
        ),
    };
    let variants = union.variants.iter().map(|variant| {
        let name = api.names.member(variant.number);
        let path = format!("types::{}::{name}", api.names.ty(def.number));
        let of = signature::variant(api, facts, variant);
        let test = test(&variant.test);
        Item::new(ItemKind::Variant, name, &test, path, places.of(&def.at))
            .fixed("contains", code(of))
            .capability("is created from", created_from(api, facts, variant.number))
            .wire("is selected by", test)
    });
    item.form("a union")
        .fixed("stores unknown variants as", code(other))
        .wire("is selected by", tagging)
        .parts(variants)
}

/// Returns what a variant is converted from.
fn created_from(api: &Named<'_>, facts: &Facts, variant: MemberId) -> Option<String> {
    let conversions = facts.conversions.get(&variant)?;
    Some(code_list(conversions.iter().map(|conversion| match conversion {
        Conversion::From(of) => signature::of_type(api, of),
        Conversion::FromStr => "&str".to_owned(),
    })))
}

fn test(test: &Test) -> String {
    match test {
        Test::Tag(property, tags) => format!("{} in {}", code_list(tags), code(property)),
        Test::Number(property, numbers) => format!("{} in {}", code_list(numbers), code(property)),
        Test::Key(property) => format!("the property {}", code(property)),
        Test::Json(of) => format!("the JSON type {}", format!("{of:?}").to_lowercase()),
    }
}

fn form(api: &Named<'_>, def: &TypeDef, form: &Form, item: Item, places: &Places<'_>) -> Item {
    let argument = |part: &Part| {
        let name = api.names.member(part.field.number);
        Argument::new(name, &part.field.wire, signature::part(api, part))
    };
    let required = form.parts.iter().filter(|part| part.is_argument()).map(argument);
    item.function("is created by", Some(("new".to_owned(), required.collect()))).parts(
        form.parts.iter().map(|part| {
            let of = || signature::part(api, part);
            let setter = (!part.field.required).then(|| self::setter(api, &part.field, of()));
            let item = self::field(api, ItemKind::Part, def, &part.field, places);
            Item { is_unnamed: part.field.required, ..item }
                .function("is set by", setter)
                .wire("has the wire name", code(&part.field.wire))
                .wire("is sent as", media_type(&part.kind))
                .wire("is always sent as", always(&part.field))
                .notes(&part.field.docs)
        }),
    )
}

fn media_type(kind: &PartKind) -> String {
    let of = |of: &Option<String>| {
        of.as_ref().map_or_else(String::new, |of| format!(" of the type {}", code(of)))
    };
    match kind {
        PartKind::Text(media_type) => format!("plain text{}", of(media_type)),
        PartKind::Json(media_type) => format!("JSON of the type {}", code(media_type)),
        PartKind::File(media_type) => format!("a file{}", of(media_type)),
    }
}
