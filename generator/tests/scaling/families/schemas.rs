//! Families of component schemas.

use serde_json::{Map, Value, json};

use super::{
    Document, colliding_name, document_of, document_of_schema, document_of_schemas, entries,
    object_with, reference_to, schemas,
};

/// Each schema requires the next one twice, so 2ⁿ paths lead to the last.
pub(super) fn required_chain(size: usize) -> Document {
    document_of_schemas(size, |index| match index + 1 < size {
        true => {
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": reference_to(index + 1), "b": reference_to(index + 1)}})
        }
        false => {
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}})
        }
    })
}

fn reference_chains(size: usize, length: usize) -> Document {
    document_of_schemas(size, |index| match (index + 1) % length != 0 && index + 1 < size {
        true => reference_to(index + 1),
        false => json!({"type": "string", "enum": ["a"]}),
    })
}

pub(super) fn reference_chain(size: usize) -> Document {
    reference_chains(size, 10)
}

pub(super) fn long_reference_chain(size: usize) -> Document {
    reference_chains(size, size)
}

fn all_of_chains(size: usize, length: usize) -> Document {
    document_of_schemas(size, |index| {
        let own = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        match (index + 1) % length != 0 && index + 1 < size {
            true => json!({"allOf": [reference_to(index + 1), own]}),
            false => own,
        }
    })
}

pub(super) fn all_of_chain(size: usize) -> Document {
    all_of_chains(size, 10)
}

pub(super) fn long_all_of_chain(size: usize) -> Document {
    all_of_chains(size, size)
}

/// Creates an object with a property that no other index has.
fn own_property(index: usize) -> Value {
    json!({"type": "object", "properties": {format!("p{index}"): {"type": "string"}}})
}

fn all_of_links(size: usize, length: usize) -> Document {
    document_of_schemas(size, |index| match (index + 1) % length != 0 && index + 1 < size {
        true => json!({"allOf": [reference_to(index + 1), own_property(index)]}),
        false => own_property(index),
    })
}

/// Chains in which each schema adds a property to those of the next one.
pub(super) fn all_of_with_property(size: usize) -> Document {
    all_of_links(size, 10)
}

pub(super) fn long_all_of_with_property(size: usize) -> Document {
    let mut document = all_of_links(size, size);
    document.config.limits.references = size as u64;
    document
}

/// Schemas that all include the properties of a large one.
pub(super) fn large_base(size: usize) -> Document {
    let base = entries(size, |index| (format!("b{index}"), json!({"type": "string"})));
    document_of_schemas(size, |index| match index {
        0 => json!({"type": "object", "properties": base}),
        _ => json!({"allOf": [reference_to(0), own_property(index)]}),
    })
}

/// Alternatives next to many properties.
pub(super) fn large_beside(size: usize) -> Document {
    let beside = entries(size, |index| (format!("b{index}"), json!({"type": "string"})));
    let members: Vec<Value> = (0..size).map(|index| object_with(&format!("k{index}"))).collect();
    document_of_schema(json!({"type": "object", "properties": beside, "oneOf": members}))
}

fn one_of_chains(size: usize, length: usize) -> Document {
    document_of_schemas(size, |index| match (index + 1) % length != 0 && index + 1 < size {
        true => {
            json!({"oneOf": [reference_to(index + 1), {"type": "object", "required": [format!("k{index}")], "properties": {format!("k{index}"): {"type": "string"}}}]})
        }
        false => json!({"type": "string"}),
    })
}

pub(super) fn one_of_chain(size: usize) -> Document {
    one_of_chains(size, 10)
}

pub(super) fn long_one_of_chain(size: usize) -> Document {
    one_of_chains(size, size)
}

pub(super) fn mutual(size: usize) -> Document {
    document_of_schemas(
        size,
        |index| json!({"type": "object", "properties": {"a": reference_to((index + 1) % size), "b": reference_to((index * 7 + 3) % size)}}),
    )
}

pub(super) fn enumeration(size: usize) -> Document {
    let values: Vec<String> = (0..size).map(|index| format!("value{index}x")).collect();
    document_of_schema(json!({"type": "string", "enum": values}))
}

pub(super) fn colliding_values(size: usize) -> Document {
    let values: Vec<String> = (0..size).map(colliding_name).collect();
    document_of_schema(json!({"type": "string", "enum": values}))
}

pub(super) fn properties(size: usize) -> Document {
    let text = |index| (format!("p{index}"), json!({"type": "string", "description": "A."}));
    document_of_schema(json!({"type": "object", "properties": entries(size, text)}))
}

pub(super) fn required(size: usize) -> Document {
    let names: Vec<String> = (0..size).map(|index| format!("p{index}")).collect();
    let text = |index| (format!("p{index}"), json!({"type": "string"}));
    document_of_schema(
        json!({"type": "object", "required": names, "properties": entries(size, text)}),
    )
}

pub(super) fn colliding_properties(size: usize) -> Document {
    let text = |index| (colliding_name(index), json!({"type": "string"}));
    document_of_schema(json!({"type": "object", "properties": entries(size, text)}))
}

pub(super) fn all_of_parts(size: usize) -> Document {
    let part = |index| json!({"type": "object", "required": [format!("p{index}")], "properties": {format!("p{index}"): {"type": "string"}}});
    document_of_schema(json!({"allOf": (0..size).map(part).collect::<Vec<_>>()}))
}

pub(super) fn all_of_same(size: usize) -> Document {
    let part = |index: usize| json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": index}}});
    document_of_schema(json!({"allOf": (0..size).map(part).collect::<Vec<_>>()}))
}

pub(super) fn colliding_schemas(size: usize) -> Document {
    let object = |index: usize| {
        (
            colliding_name(index),
            json!({"type": "object", "properties": {format!("p{index}"): {"type": "string"}}}),
        )
    };
    document_of(&schemas(entries(size, object)))
}

pub(super) fn by_keys(size: usize) -> Document {
    let members: Vec<Value> = (0..size).map(|index| object_with(&format!("k{index}"))).collect();
    document_of_schema(json!({"oneOf": members}))
}

pub(super) fn discriminated(size: usize) -> Document {
    let mut all = Map::new();
    let members: Vec<Value> = (1..=size).map(reference_to).collect();
    let mapping = entries(size, |index| {
        (format!("t{index}"), json!(format!("#/components/schemas/S{}", index + 1)))
    });
    all.insert(
        "S0".to_owned(),
        json!({"oneOf": members, "discriminator": {"propertyName": "kind", "mapping": mapping}}),
    );
    all.extend((1..=size).map(|index| (format!("S{index}"), object_with("kind"))));
    document_of(&schemas(all))
}

pub(super) fn by_constants(size: usize) -> Document {
    let member = |index| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": [format!("k{index}")]}}});
    document_of_schema(json!({"oneOf": (0..size).map(member).collect::<Vec<_>>()}))
}

pub(super) fn undecidable(size: usize) -> Document {
    let member =
        |index| json!({"type": "object", "properties": {format!("k{index}"): {"type": "string"}}});
    document_of_schema(json!({"oneOf": (0..size).map(member).collect::<Vec<_>>()}))
}

pub(super) fn beside_properties(size: usize) -> Document {
    let members: Vec<Value> = (0..size).map(|index| object_with(&format!("k{index}"))).collect();
    document_of_schema(
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "oneOf": members}),
    )
}

pub(super) fn subtypes(size: usize) -> Document {
    document_of_schemas(size, |index| match index {
        0 => {
            json!({"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"], "properties": {"kind": {"type": "string"}}})
        }
        _ => json!({"allOf": [reference_to(0), object_with(&format!("p{index}"))]}),
    })
}

fn bases_of_bases(size: usize, length: usize) -> Document {
    document_of_schemas(size, |index| match index % length {
        0 => {
            json!({"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"], "properties": {"kind": {"type": "string"}}})
        }
        _ => json!({"allOf": [reference_to(index - 1)], "discriminator": {"propertyName": "kind"}}),
    })
}

pub(super) fn bases(size: usize) -> Document {
    bases_of_bases(size, 5)
}

pub(super) fn long_bases(size: usize) -> Document {
    bases_of_bases(size, size)
}

pub(super) fn tagged_by(size: usize) -> Document {
    let mapping = entries(size, |index| {
        (format!("t{index}"), json!(format!("#/components/schemas/S{}", index + 1)))
    });
    let values: Vec<String> = (0..size).map(|index| format!("t{index}")).collect();
    let mut all = Map::new();
    all.insert(
        "S0".to_owned(),
        json!({"type": "object", "properties": {
            "kind": {"type": "string", "enum": values},
            "content": {"x-tagged-by": {"propertyName": "kind", "mapping": mapping}},
        }}),
    );
    all.extend((1..=size).map(|index| (format!("S{index}"), object_with("kind"))));
    document_of(&schemas(all))
}

pub(super) fn equal_inline(size: usize) -> Document {
    let inner = |index| {
        (format!("p{index}"), json!({"type": "object", "properties": {"a": {"type": "string"}}}))
    };
    document_of_schema(json!({"type": "object", "properties": entries(size, inner)}))
}

pub(super) fn different_inline(size: usize) -> Document {
    let inner = |index| {
        (
            format!("p{index}"),
            json!({"type": "object", "properties": {format!("a{index}"): {"type": "string"}}}),
        )
    };
    document_of_schema(json!({"type": "object", "properties": entries(size, inner)}))
}

/// Several types, each of which applies to some values of an enum.
pub(super) fn type_lists(size: usize) -> Document {
    let types: Vec<String> = (0..size).map(|index| format!("t{index}")).collect();
    let values: Vec<String> = (0..size).map(|index| format!("v{index}")).collect();
    let schema = json!({"type": types.iter().map(String::as_str).chain(["string", "integer"]).collect::<Vec<_>>(), "enum": values});
    document_of_schema(json!({"type": "object", "properties": {"a": schema}}))
}

/// Operations whose bodies have many optional properties.
pub(super) fn examples(size: usize) -> Document {
    let all = entries(size, |index| (format!("p{index}"), json!({"type": "string"})));
    let mut document = schemas(
        [("S0".to_owned(), json!({"type": "object", "properties": all}))].into_iter().collect(),
    );
    let content = json!({"application/json": {"schema": reference_to(0)}});
    for index in 0..size / 4 {
        document["paths"][format!("/p{index}")] = json!({"put": {"operationId": format!("put{index}"), "requestBody": {"required": true, "content": content}, "responses": {"204": {"description": "G"}}}});
    }
    document_of(&document)
}

/// Alternatives that have no unique property until those before them are distinguished.
pub(super) fn keys_one_by_one(size: usize) -> Document {
    let member = |index: usize| {
        let names = [format!("k{index}"), format!("k{}", index + 1)];
        json!({"type": "object", "required": names, "properties": {&names[0]: {"type": "string"}, &names[1]: {"type": "string"}}})
    };
    document_of_schema(json!({"oneOf": (0..size).map(member).collect::<Vec<_>>()}))
}

/// Properties that refer to one large union, for which nullability is computed.
pub(super) fn uses_of_a_union(size: usize) -> Document {
    let union: Vec<Value> = (0..size).map(|index| object_with(&format!("k{index}"))).collect();
    let properties = entries(size, |index| (format!("p{index}"), reference_to(1)));
    document_of(&schemas(
        [
            ("S0".to_owned(), json!({"type": "object", "properties": properties})),
            ("S1".to_owned(), json!({"oneOf": union})),
        ]
        .into_iter()
        .collect(),
    ))
}
