//! What the API speaks of.

use super::{Argument, Item, Kind, Places, code, list};
use crate::analyze::{Facts, SetBy};
use crate::emit::signature;
use crate::ir::{
    Api, Enum, Field, Form, Object, Part, PartKind, Shape, Tagging, Test, Type, TypeDef, TypeId,
    Union,
};

/// What each type is.
pub(super) fn items(api: &Api, facts: &Facts, places: &Places<'_>) -> Vec<Item> {
    let types = api.types.iter().enumerate();
    types.map(|(number, def)| item(api, facts, (TypeId(number), def), places)).collect()
}

fn item(api: &Api, facts: &Facts, (id, def): (TypeId, &TypeDef), places: &Places<'_>) -> Item {
    let path = format!("types::{}", def.rust);
    let item = Item::new(Kind::Type, &def.rust, def.hint.join("."), path, places.of(&def.at));
    let item = match &def.shape {
        Shape::Object(object) => self::object(api, facts, (id, def), object, item, places),
        Shape::Enum(list) => values(def, list, item.form("an enum of texts"), places),
        Shape::Union(union) => self::union(api, facts, (id, def), union, item, places),
        Shape::Form(form) => self::form(api, def, form, item.form("a form"), places),
        Shape::Alias(_) => {
            let of = signature::of_type(api, &Type::Named(id));
            item.form("another name for a type").fixed("stands for", code(of))
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
    let built = facts.built_by_users.contains(&id);
    let asked = fields().filter(|(number, _)| facts.is_argument((id, *number)));
    let arguments = asked.map(|(number, field)| {
        Argument::new(
            &field.rust,
            &field.wire,
            signature::property(api, facts, (id, number), field),
        )
    });
    let new = built.then(|| ("new".to_owned(), arguments.collect()));
    let default = signature::has_default(facts, id, object).then(|| code("Default"));
    let additional = signature::of_type(api, &Type::Map(Box::new(object.additional.clone())));
    let properties = fields().map(|(number, field)| {
        let of = signature::field(api, facts, (id, number), field);
        let has_setter = facts.field((id, number)).set_by == SetBy::Setter;
        let set = (built && has_setter).then(|| {
            let of = signature::property(api, facts, (id, number), field);
            setter(Argument::new(&field.rust, "", of))
        });
        self::field(Kind::Property, def, field, places)
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
fn setter(argument: Argument) -> (String, Vec<Argument>) {
    let name = format!("with_{}", argument.rust.trim_start_matches("r#"));
    (name, vec![Argument { wire: String::new(), ..argument }])
}

fn field(kind: Kind, def: &TypeDef, field: &Field, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("properties").join(&field.wire));
    let path = format!("types::{}::{}", def.rust, field.rust);
    Item::new(kind, &field.rust, &field.wire, path, place)
}

fn values(def: &TypeDef, list: &Enum, item: Item, places: &Places<'_>) -> Item {
    let place = places.of(&def.at.join("enum"));
    item.parts(list.variants.iter().map(|variant| {
        let path = format!("types::{}::{}", def.rust, variant.rust);
        Item::new(Kind::Value, &variant.rust, &variant.wire, path, place.clone())
            .wire("stands for", code(&variant.wire))
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
        Tagging::Value => ("Value".to_owned(), "tests of the value".to_owned()),
        Tagging::Base => {
            ("Value".to_owned(), "tests of the value, which keep what does not fit".to_owned())
        }
    };
    let variants = union.variants.iter().enumerate().map(|(number, variant)| {
        let path = format!("types::{}::{}", def.rust, variant.rust);
        let of = signature::variant(api, facts, (id, number), &variant.ty);
        let test = test(&variant.test);
        Item::new(Kind::Variant, &variant.rust, &test, path, places.of(&def.at))
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

fn form(api: &Api, def: &TypeDef, form: &Form, item: Item, places: &Places<'_>) -> Item {
    let argument =
        |part: &Part| Argument::new(&part.field.rust, &part.field.wire, signature::part(api, part));
    let required = form.parts.iter().filter(|part| part.field.required).map(argument);
    item.takes("is made by", Some(("new".to_owned(), required.collect()))).parts(
        form.parts.iter().map(|part| {
            let set = (!part.field.required).then(|| setter(argument(part)));
            let item = self::field(Kind::Part, def, &part.field, places);
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
