//! What a schema alone becomes.

use serde_json::{Value, json};

use super::{assert_types, codes, types};

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Asserts what the alias of a component stands for.
#[track_caller]
fn assert_alias(schema: &Value, ty: &str) {
    assert_types(&json!({ "A": schema }), &[&format!("pub type A = {ty};")]);
}

#[test]
fn an_integer_is_as_large_as_what_it_must_hold() {
    let with = |format: &str, key: &str, value: Value| json!({"type": "integer", "format": format, (key): value});
    for (format, ty, least, greatest) in [
        ("int8", "i8", i64::from(i8::MIN), i64::from(i8::MAX)),
        ("int16", "i16", i16::MIN.into(), i16::MAX.into()),
        ("int32", "i32", i32::MIN.into(), i32::MAX.into()),
        ("uint8", "u8", 0, u8::MAX.into()),
        ("uint16", "u16", 0, u16::MAX.into()),
        ("uint32", "u32", 0, u32::MAX.into()),
    ] {
        for (key, value, ty) in [
            ("minimum", least, ty),
            ("maximum", greatest, ty),
            ("default", greatest, ty),
            ("minimum", least - 1, "i64"),
            ("maximum", greatest + 1, "i64"),
            ("default", greatest + 1, "i64"),
        ] {
            assert_alias(&with(format, key, json!(value)), ty);
        }
    }
    for (format, value, ty) in [
        ("int64", json!(i64::MAX), "i64"),
        ("int64", json!(i64::MIN), "i64"),
        ("int64", json!(u64::MAX), "u64"),
        ("uint64", json!(u64::MAX), "u64"),
        ("uint", json!(0), "u64"),
        ("uint64", json!(-1), "i64"),
        ("int64", json!(1e30), "Decimal"),
        ("uint64", json!(-1e30), "Decimal"),
    ] {
        assert_alias(&with(format, "default", value), ty);
    }
}

#[test]
fn a_value_that_may_be_null_is_so_wherever_it_is_used() {
    let object = || json!({"type": "object", "properties": {"b": {"type": "string"}}});
    let nullable =
        || json!({"type": "object", "nullable": true, "properties": {"b": {"type": "string"}}});
    for (schema, is_nullable) in [
        (to("Null"), true),
        (to("Not"), false),
        (json!({"allOf": [to("Null")]}), true),
        (json!({"allOf": [to("Null"), {"description": "d"}]}), true),
        (json!({"allOf": [to("Null"), to("Not")]}), false),
        (json!({"type": "object", "allOf": [to("Null")]}), false),
        (json!({"oneOf": [to("Not"), to("Null")]}), true),
        (json!({"oneOf": [to("Not"), to("Other")]}), false),
        (json!({"nullable": true, "allOf": [to("Not")]}), true),
    ] {
        let other =
            json!({"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}});
        let user = json!({"type": "object", "properties": {"p": schema}});
        let found =
            types(&json!({"Null": nullable(), "Not": object(), "Other": other, "User": user}));
        let expected = if is_nullable { "pub p: Nullable<" } else { "pub p: Option<" };
        assert!(found.contains(expected), "{schema}: {found}");
    }
}

#[test]
fn an_array_with_places_is_a_tuple_only_if_its_length_is_fixed() {
    let array = |places: usize, more: Value| {
        let mut schema =
            json!({"type": "array", "x-prefix-items": vec![json!({"type": "boolean"}); places]});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    let fixed = |count: usize| json!({"minItems": count, "maxItems": count});
    assert_alias(&array(2, fixed(2)), "(bool, bool)");
    assert_alias(&array(6, fixed(6)), "(bool, bool, bool, bool, bool, bool)");
    for (places, more) in [
        (7, fixed(7)),
        (2, fixed(3)),
        (2, json!({"minItems": 2})),
        (2, json!({"maxItems": 2})),
        (2, json!({"minItems": 1, "maxItems": 2})),
        (2, json!({})),
    ] {
        let schema = array(places, more);
        assert_alias(&schema, "Vec<Value>");
        assert!(codes(&json!({ "A": schema })).contains(&"unsupported"), "{schema}");
    }
    assert_alias(&array(0, json!({"items": {"type": "boolean"}})), "Vec<bool>");
}

#[test]
fn what_leads_back_to_itself_ends() {
    let list = |items: Value| json!({"type": "array", "items": items});
    let map = |values: Value| json!({"type": "object", "additionalProperties": values});
    assert_alias(&list(to("A")), "Vec<Value>");
    assert_types(&json!({"A": map(to("A"))}), &["pub struct A {", "Properties<A>"]);
    let two = json!({"A": list(to("B")), "B": map(to("A"))});
    assert!(codes(&two).len() <= 1, "{:?}", codes(&two));
    // A list of what is no circle is what it says.
    let tree = json!({
        "A": list(to("B")),
        "B": {"type": "object", "properties": {"more": to("A")}}
    });
    assert_types(&tree, &["pub type A = Vec<B>;", "pub more: Option<A>"]);
    assert_eq!(codes(&tree), [""; 0]);
}

#[test]
fn an_optional_property_that_can_be_anything_can_be_null() {
    let schemas = json!({
        "Anything": {},
        "Again": to("Anything"),
        "Text": {"type": "string"},
        "A": {
            "type": "object",
            "required": ["must"],
            "properties": {
                "must": to("Anything"), "may": to("Anything"), "again": to("Again"),
                "text": to("Text"), "never": {"type": "string"}, "null": {"type": "string", "nullable": true}
            }
        }
    });
    assert_types(
        &schemas,
        &[
            "pub must: Anything,",
            "pub may: Nullable<Anything>,",
            "pub again: Nullable<Again>,",
            "pub text: Option<Text>,",
            "pub never: Option<String>,",
            "pub null: Nullable<String>,",
        ],
    );
}
