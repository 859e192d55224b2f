//! What the API speaks of.

use super::{Argument, Item, Kind, Places, code, list};
use crate::analyze::Facts;
use crate::emit::signature;
use crate::ir::{
    Enum, Field, Form, Object, Part, PartKind, Shape, Tagging, Test, Type, TypeDef, Union,
};
use crate::name::Named;

/// What each type is.
pub(super) fn items(api: &Named<'_>, facts: &Facts, places: &Places<'_>) -> Vec<Item> {
    api.types.iter().map(|def| item(api, facts, def, places)).collect()
}

fn item(api: &Named<'_>, facts: &Facts, def: &TypeDef, places: &Places<'_>) -> Item {
    let path = format!("types::{}", api.names.ty(def.number));
    let item = Item::new(
        Kind::Type,
        api.names.ty(def.number),
        def.hint.join("."),
        path,
        places.of(&def.at),
    );
    let item = match &def.shape {
        Shape::Object(object) => self::object(api, facts, def, object, item, places),
        Shape::Enum(list) => values(api, def, list, item.form("an enum of texts"), places),
        Shape::Union(union) => self::union(api, facts, def, union, item, places),
        Shape::Form(form) => self::form(api, def, form, item.form("a form"), places),
        Shape::Alias(_) => {
            let of = signature::of_type(api, &Type::Named(def.number));
            item.form("another name for a type").fixed("stands for", code(of))
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
    let built = facts.built_by_users.contains(&def.number);
    let asked = fields().filter(|field| signature::is_asked_for(facts, field));
    let arguments = asked.map(|field| {
        Argument::new(
            api.names.member(field.number),
            &field.wire,
            signature::property(api, facts, field),
        )
    });
    let new = built.then(|| ("new".to_owned(), arguments.collect()));
    let default = signature::has_default(facts, object).then(|| code("Default"));
    let additional = signature::of_type(api, &Type::Map(Box::new(object.additional.clone())));
    let properties = fields().map(|field| {
        let of = signature::field(api, facts, field);
        let asked_for = signature::is_asked_for(facts, field);
        let set = (built && !asked_for && !field.read_only).then(|| {
            let of = signature::property(api, facts, field);
            setter(api, field, of)
        });
        self::field(api, Kind::Property, def, field, places)
            .fixed("is", code(of))
            .takes("is set by", set)
            .wire("is on the wire", code(&field.wire))
            .deprecated(field.deprecated)
            .notes(&field.docs)
    });
    item.form("an object")
        .offered("implements", default)
        .takes("is made by", new)
        .fixed("keeps other properties as", code(additional))
        .parts(properties)
}

/// The method that sets what need not be there. Where that goes is said beside it.
fn setter(api: &Named<'_>, field: &Field, of: String) -> (String, Vec<Argument>) {
    let argument = Argument::new(api.names.member(field.number), "", of);
    (api.names.setter(field.number).to_string(), vec![argument])
}

fn field(api: &Named<'_>, kind: Kind, def: &TypeDef, field: &Field, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("properties").join(&field.wire));
    let path = format!("types::{}::{}", api.names.ty(def.number), api.names.member(field.number));
    Item::new(kind, api.names.member(field.number), &field.wire, path, place)
}

fn values(api: &Named<'_>, def: &TypeDef, list: &Enum, item: Item, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("enum"));
    item.parts(list.variants.iter().map(|variant| {
        let path =
            format!("types::{}::{}", api.names.ty(def.number), api.names.member(variant.number));
        Item::new(Kind::Value, api.names.member(variant.number), &variant.wire, path, place.clone())
            .wire("stands for", code(&variant.wire))
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
        Tagging::Value => ("Value".to_owned(), "tests of the value".to_owned()),
        Tagging::Base => {
            ("Value".to_owned(), "tests of the value, which keep what does not fit".to_owned())
        }
    };
    let variants = union.variants.iter().map(|variant| {
        let path =
            format!("types::{}::{}", api.names.ty(def.number), api.names.member(variant.number));
        let of = signature::variant(api, facts, variant);
        let test = test(&variant.test);
        Item::new(Kind::Variant, api.names.member(variant.number), &test, path, places.of(&def.at))
            .fixed("holds", code(of))
            .wire("is told by", test)
    });
    item.form("a union")
        .fixed("keeps what is no variant as", code(other))
        .wire("is told by", tagging)
        .parts(variants)
}

fn test(test: &Test) -> String {
    match test {
        Test::Tag(property, tags) => format!("{} in {}", list(tags), code(property)),
        Test::Number(property, numbers) => format!("{} in {}", list(numbers), code(property)),
        Test::Key(property) => format!("the property {}", code(property)),
        Test::Json(of) => format!("the kind of value, {}", format!("{of:?}").to_lowercase()),
    }
}

fn form(api: &Named<'_>, def: &TypeDef, form: &Form, item: Item, places: &Places<'_>) -> Item {
    let argument = |part: &Part| {
        Argument::new(
            api.names.member(part.field.number),
            &part.field.wire,
            signature::part(api, part),
        )
    };
    let required = form.parts.iter().filter(|part| part.field.required).map(argument);
    item.takes("is made by", Some(("new".to_owned(), required.collect()))).parts(
        form.parts.iter().map(|part| {
            let of = signature::part(api, part);
            let set = (!part.field.required).then(|| setter(api, &part.field, of));
            let item = self::field(api, Kind::Part, def, &part.field, places);
            Item { nameless: part.field.required, ..item }
                .takes("is set by", set)
                .wire("is on the wire", code(&part.field.wire))
                .wire("is sent as", media_type(&part.kind))
                .notes(&part.field.docs)
        }),
    )
}

fn media_type(kind: &PartKind) -> String {
    let of = |of: &Option<String>| {
        of.as_ref().map_or_else(String::new, |of| format!(" of the type {}", code(of)))
    };
    match kind {
        PartKind::Text(media_type) => format!("text{}", of(media_type)),
        PartKind::Json(media_type) => format!("JSON of the type {}", code(media_type)),
        PartKind::File(media_type) => format!("a file{}", of(media_type)),
    }
}
