//! Types: objects, enums, unions, forms and aliases.

use super::{Argument, Item, ItemKind, Places, code, code_list};
use crate::analyze::{Facts, SetBy};
use crate::emit::signature;
use crate::ir::{
    Api, Enum, Field, Form, Object, Part, PartKind, Shape, Tagging, Test, Type, TypeDef, TypeId,
    Union,
};

/// Returns an item for each type.
pub(super) fn items(api: &Api, facts: &Facts, places: &Places<'_>) -> Vec<Item> {
    let types = api.types.iter().enumerate();
    types.map(|(number, def)| item(api, facts, (TypeId(number), def), places)).collect()
}

fn item(api: &Api, facts: &Facts, (id, def): (TypeId, &TypeDef), places: &Places<'_>) -> Item {
    let path = format!("types::{}", def.rust);
    let item = Item::new(ItemKind::Type, &def.rust, def.hint.join("."), path, places.of(&def.at));
    let item = match &def.shape {
        Shape::Object(object) => self::object(api, facts, (id, def), object, item, places),
        Shape::Enum(values) => self::values(def, values, item.form("an enum of strings"), places),
        Shape::Union(union) => self::union(api, facts, (id, def), union, item, places),
        Shape::Form(form) => self::form(api, def, form, item.form("a form"), places),
        Shape::Alias(_) => {
            let of = signature::of_type(api, &Type::Named(id));
            item.form("a type alias").fixed("is an alias for", code(of))
        }
    };
    item.deprecated(def.deprecated).notes(&def.docs)
}

fn object(
    api: &Api,
    facts: &Facts,
    (id, def): (TypeId, &TypeDef),
    object: &Object,
    item: Item,
    places: &Places<'_>,
) -> Item {
    let fields = || object.fields.iter().enumerate();
    let is_built = facts.built_by_users.contains(&id);
    let required = fields().filter(|(number, _)| facts.is_argument((id, *number)));
    let arguments = required.map(|(number, field)| {
        Argument::new(
            &field.rust,
            &field.wire,
            signature::property(api, facts, (id, number), field),
        )
    });
    let new = is_built.then(|| ("new".to_owned(), arguments.collect()));
    let default = signature::has_default(facts, id, object).then(|| code("Default"));
    let additional = signature::of_type(api, &Type::Map(Box::new(object.additional.clone())));
    let properties = fields().map(|(number, field)| {
        let of = signature::field(api, facts, (id, number), field);
        let has_setter = facts.field((id, number)).set_by == SetBy::Setter;
        let setter = (is_built && has_setter).then(|| {
            let of = signature::property(api, facts, (id, number), field);
            self::setter(Argument::new(&field.rust, "", of))
        });
        self::field(ItemKind::Property, def, field, places)
            .fixed("is", code(of))
            .function("is set by", setter)
            .wire("has the wire name", code(&field.wire))
            .deprecated(field.deprecated)
            .notes(&field.docs)
    });
    item.form("an object")
        .capability("implements", default)
        .function("is created by", new)
        .fixed("stores additional properties as", code(additional))
        .parts(properties)
}

/// Returns the method that sets an optional property. The property has facts about the wire already.
fn setter(argument: Argument) -> (String, Vec<Argument>) {
    let name = format!("with_{}", argument.rust.trim_start_matches("r#"));
    (name, vec![Argument { wire: String::new(), ..argument }])
}

fn field(kind: ItemKind, def: &TypeDef, field: &Field, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("properties").join(&field.wire));
    let path = format!("types::{}::{}", def.rust, field.rust);
    Item::new(kind, &field.rust, &field.wire, path, place)
}

fn values(def: &TypeDef, values: &Enum, item: Item, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("enum"));
    item.parts(values.variants.iter().map(|variant| {
        let path = format!("types::{}::{}", def.rust, variant.rust);
        Item::new(ItemKind::Value, &variant.rust, &variant.wire, path, place.clone())
            .wire("has the wire value", code(&variant.wire))
    }))
}

fn union(
    api: &Api,
    facts: &Facts,
    (id, def): (TypeId, &TypeDef),
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
    let variants = union.variants.iter().enumerate().map(|(number, variant)| {
        let path = format!("types::{}::{}", def.rust, variant.rust);
        let of = signature::variant(api, facts, (id, number), &variant.ty);
        let test = test(&variant.test);
        Item::new(ItemKind::Variant, &variant.rust, &test, path, places.of(&def.at))
            .fixed("contains", code(of))
            .wire("is selected by", test)
    });
    item.form("a union")
        .fixed("stores unknown variants as", code(other))
        .wire("is selected by", tagging)
        .parts(variants)
}

fn test(test: &Test) -> String {
    match test {
        Test::Tag(property, tags) => format!("{} in {}", code_list(tags), code(property)),
        Test::Number(property, numbers) => format!("{} in {}", code_list(numbers), code(property)),
        Test::Key(property) => format!("the property {}", code(property)),
        Test::Json(of) => format!("the JSON type {}", format!("{of:?}").to_lowercase()),
    }
}

fn form(api: &Api, def: &TypeDef, form: &Form, item: Item, places: &Places<'_>) -> Item {
    let argument =
        |part: &Part| Argument::new(&part.field.rust, &part.field.wire, signature::part(api, part));
    let required = form.parts.iter().filter(|part| part.field.required).map(argument);
    item.function("is created by", Some(("new".to_owned(), required.collect()))).parts(
        form.parts.iter().map(|part| {
            let setter = (!part.field.required).then(|| self::setter(argument(part)));
            let item = self::field(ItemKind::Part, def, &part.field, places);
            Item { is_unnamed: part.field.required, ..item }
                .function("is set by", setter)
                .wire("has the wire name", code(&part.field.wire))
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
        PartKind::Text(media_type) => format!("plain text{}", of(media_type)),
        PartKind::Json(media_type) => format!("JSON of the type {}", code(media_type)),
        PartKind::File(media_type) => format!("a file{}", of(media_type)),
    }
}
