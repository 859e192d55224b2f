//! What alternatives become.

use serde_json::{Value, json};

use super::{assert_types, codes, types};

/// An object that requires a property of its own.
fn with(name: &str) -> Value {
    json!({"type": "object", "required": [name], "properties": {(name): {"type": "string"}}})
}

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn alternatives_of_one_scalar_type_are_one_type() {
    let integer = |format: &str| json!({"type": "integer", "format": format});
    let string = |format: &str| json!({"type": "string", "format": format});
    for (alternatives, ty) in [
        (json!([integer("int32"), {"type": "integer", "format": "int32", "minimum": 0}]), "i32"),
        (json!([integer("int32"), integer("int8")]), "i64"),
        (json!([integer("int32"), integer("uint32")]), "i64"),
        (json!([integer("uint64"), integer("uint32")]), "u64"),
        (json!([integer("uint64"), integer("int32")]), "Decimal"),
        (json!([{"type": "integer"}, {"type": "number"}]), "f64"),
        (json!([{"type": "integer"}, to("Number")]), "f64"),
        (json!([integer("int64"), {"type": "number"}]), "Decimal"),
        (json!([integer("uint64"), {"type": "number"}]), "Decimal"),
        (json!([{"type": "integer"}, {"type": "number", "format": "decimal"}]), "Decimal"),
        (json!([{"type": "integer"}, {"type": "integer", "maximum": u64::MAX}]), "Decimal"),
        (json!([{"type": "number"}, {"type": "number", "minimum": 0}]), "f64"),
        (json!([{"type": "boolean"}, {"type": "boolean", "description": "b"}]), "bool"),
        (json!([string("date"), {"type": "string", "format": "date", "title": "b"}]), "Date"),
        (json!([string("date"), string("date-time")]), "String"),
        (json!([{"nullable": true, "enum": [null]}, {"nullable": true, "enum": [null]}]), "Value"),
    ] {
        let schemas = json!({"A": {"oneOf": alternatives}, "Number": {"type": "number"}});
        assert_types(&schemas, &[&format!("pub type A = {ty};")]);
    }
}

#[test]
fn alternatives_of_several_types_are_distinguished_by_them() {
    let number_and_string = json!([{"type": "integer"}, {"type": "string"}, {"type": "number"}]);
    assert_types(
        &json!({"A": {"oneOf": number_and_string}}),
        &["#[wire(type = \"number\")] Number(f64)", "#[wire(type = \"string\")] String(String)"],
    );
    let integer_and_string = json!([{"type": "integer", "format": "int8"}, {"type": "string"}]);
    assert_types(
        &json!({"A": {"oneOf": integer_and_string}}),
        &["#[wire(type = \"integer\")] Integer(i8)", "#[wire(type = \"string\")]"],
    );
    // A single object is known by its type, whatever it requires.
    let one_object = json!([{"type": "string"}, with("b"), {"type": "array", "items": {}}]);
    let one_object = types(&json!({"A": {"oneOf": one_object}}));
    assert!(one_object.contains("#[wire(type = \"object\")]"), "{one_object}");
    assert!(!one_object.contains("property ="), "{one_object}");
    // Several are known by their properties, or are one if nothing tells them apart.
    let objects = json!({"A": {"oneOf": [{"type": "string"}, with("b"), with("c")]}});
    assert_types(&objects, &["(property = \"b\")", "(property = \"c\")", "(type = \"string\")"]);
    let alike = json!({"A": {"oneOf": [{"type": "string"}, with("b"), with("b")]}});
    assert_types(&alike, &["#[wire(type = \"object\")] Object(AObject)", "pub b: String,"]);
    assert!(codes(&alike).contains(&"undecidable-union"));
}

#[test]
fn lists_among_alternatives_are_one_list_of_all_items() {
    let list = |items: Value| json!({"type": "array", "items": items});
    let lists = |one: Value, other: Value| {
        json!({
            "A": {"oneOf": [one, other, {"type": "boolean"}]},
            "Color": {"type": "string", "enum": ["red", "green"]}
        })
    };
    let string = || json!({"type": "string"});
    let nullable = || json!({"type": "string", "nullable": true});
    let union = json!({"oneOf": [string(), {"type": "integer"}]});
    for (one, other, item) in [
        (string(), nullable(), "Array(Vec<Option<String>>)"),
        (nullable(), string(), "Array(Vec<Option<String>>)"),
        (string(), json!({"type": "string", "title": "b"}), "Array(Vec<String>)"),
        (to("Color"), to("Color"), "Array(Vec<Color>)"),
        (json!({"nullable": true}), string(), "Array(Vec<Value>)"),
        (union, json!({"type": "boolean"}), "Array(Vec<AArrayItem>)"),
    ] {
        assert_types(&lists(list(one), list(other)), &[item]);
    }
    let tuple = json!({"type": "array", "x-prefix-items": [{"type": "string"}]});
    assert_types(&lists(list(string()), tuple), &["Array(Vec<Value>)"]);
}

#[test]
fn a_union_among_alternatives_is_a_part_of_the_other_unless_it_says_more() {
    let text_or_number = json!([{"type": "string"}, {"type": "integer"}]);
    let outer = |inner: Value| {
        let union = json!({"oneOf": [to("Inner"), {"type": "boolean"}]});
        json!({"A": union, "Inner": inner, "B": with("b"), "C": with("c")})
    };
    let flat = ["boolean", "integer", "string"].map(|ty| format!("#[wire(type = \"{ty}\")]"));
    assert_types(&outer(json!({"oneOf": text_or_number})), &flat.each_ref().map(String::as_str));
    let either = json!([to("B"), to("C")]);
    for more in [
        json!({"type": "object", "properties": {"id": {"type": "string"}}, "oneOf": either}),
        json!({"allOf": [with("id")], "oneOf": either}),
        json!({"discriminator": {"propertyName": "kind"}, "oneOf": either}),
    ] {
        assert_types(&outer(more), &["#[wire(type = \"object\")] Inner("]);
    }
}

#[test]
fn alternatives_beside_properties_are_a_union_if_there_are_several() {
    let beside = |alternatives: Value| json!({"A": {"type": "object", "properties": {"id": {"type": "string"}}, "oneOf": alternatives}});
    for names in [&["b", "c"] as &[&str], &["b", "c", "d"]] {
        let alternatives: Vec<Value> = names.iter().map(|name| with(name)).collect();
        let found = types(&beside(json!(alternatives)));
        for name in names {
            assert!(found.contains(&format!("#[wire(property = \"{name}\")]")), "{found}");
        }
    }
    let one = beside(json!([with("b")]));
    assert_types(&one, &["pub struct A {", "pub id: Option<String>", "pub b: Option<String>"]);
}

#[test]
fn a_mapping_names_the_tags_unless_they_are_numbers() {
    let of = |value: Value| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"enum": [value]}}});
    let union = |one: Value, other: Value| {
        json!({
            "A": {
                "oneOf": [to("One"), to("Two")],
                "discriminator": {"propertyName": "kind", "mapping": {"x": "One", "y": "Two"}}
            },
            "One": of(one),
            "Two": of(other)
        })
    };
    assert_types(&union(json!("one"), json!("two")), &["#[wire = \"x\"]", "#[wire = \"y\"]"]);
    let numbers = types(&union(json!(1), json!(2)));
    assert!(!numbers.contains("\"x\"") && numbers.contains("numbers = [1]"), "{numbers}");
}

/// A variant that leads to another union with the same value is endless only if one value can be of
/// both.
#[test]
fn only_a_variant_that_the_same_value_leads_back_through_is_endless() {
    let tagged = |property: &str, tags: [(&str, &str); 2]| {
        let alternatives: Vec<Value> = tags.iter().map(|(_, name)| to(name)).collect();
        let mapping: serde_json::Map<String, Value> =
            tags.iter().map(|(tag, name)| ((*tag).to_owned(), json!(name))).collect();
        json!({"oneOf": alternatives, "discriminator": {"propertyName": property, "mapping": mapping}})
    };
    let leaf = |property: &str| with(property);
    for (there, back, expected) in [
        // The same tag, and another one.
        (("kind", "b"), ("kind", "b"), true),
        (("kind", "b"), ("kind", "c"), false),
        // A value can have a tag in each of two properties.
        (("kind", "b"), ("type", "c"), true),
    ] {
        let schemas = json!({
            "A": tagged(there.0, [(there.1, "B"), ("x", "X")]),
            "B": tagged(back.0, [(back.1, "A"), ("y", "Y")]),
            "X": leaf("kind"),
            "Y": leaf("type")
        });
        assert_eq!(is_endless(&schemas), expected, "{there:?} {back:?} {:?}", codes(&schemas));
    }
}

/// Whether a union leads back to itself with the same value.
fn is_endless(schemas: &Value) -> bool {
    codes(schemas).contains(&"endless-union")
}

/// Two bases that build on each other, each of which is known in the other by a value of a property.
#[test]
fn bases_lead_back_to_each_other_if_one_value_has_both_tags() {
    for (one, other, expected) in [
        (("k", json!(1)), ("k", json!(1)), true),
        (("k", json!(1)), ("k", json!(2)), false),
        (("k", json!(1)), ("l", json!(2)), true),
        (("k", json!(1)), ("k", json!("a")), false),
        (("k", json!("a")), ("k", json!(1)), false),
        (("k", json!(1)), ("l", json!("a")), true),
        (("k", json!("a")), ("l", json!(1)), true),
        (("k", json!("a")), ("k", json!("a")), true),
        (("k", json!("a")), ("k", json!("b")), false),
        (("k", json!("a")), ("l", json!("b")), true),
    ] {
        let base = |tag: &str, next: &str, (name, value): &(&str, Value)| {
            json!({
                "type": "object",
                "discriminator": {"propertyName": tag},
                "allOf": [to(next)],
                "properties": {(*name): {"enum": [value]}}
            })
        };
        let schemas = json!({"A": base(one.0, "B", &other), "B": base(other.0, "A", &one)});
        assert_eq!(is_endless(&schemas), expected, "{one:?} {other:?}");
    }
}

/// Two unions that are alternatives of each other. The discriminators by which they are kept apart have
/// no tag for a scalar.
#[test]
fn unions_lead_back_to_each_other_if_one_value_has_both_types() {
    for ty in ["object", "string", "integer"] {
        let union = |next: &str| {
            let discriminator = json!({"propertyName": "k"});
            let alternatives = json!([{"type": "boolean"}, to(next)]);
            json!({"type": ty, "discriminator": discriminator, "oneOf": alternatives})
        };
        assert!(is_endless(&json!({"A": union("B"), "B": union("A")})), "{ty}");
    }
    // An object can have any tag.
    let mapping = json!({"a": "#/components/schemas/A", "y": "#/components/schemas/Y"});
    let tagged = json!({
        "type": "object",
        "discriminator": {"propertyName": "k", "mapping": mapping},
        "oneOf": [to("A"), to("Y")]
    });
    let a = json!({"oneOf": [{"type": "boolean"}, to("B")]});
    assert!(is_endless(&json!({"A": a, "B": tagged, "Y": with("k")})));
}
