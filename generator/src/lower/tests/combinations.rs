//! What `allOf` becomes.

use serde_json::{Map, Value, json};

use super::{assert_types, codes, types};

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// Nothing is combined again and again, however many properties there are.
#[test]
fn every_property_that_two_parts_have_is_combined() {
    let mut properties = [Map::new(), Map::new()];
    for number in 0..40 {
        let [one, other] = &mut properties;
        let name = format!("object{number}");
        one.insert(name.clone(), object(json!({"a": {"type": "string"}})));
        other.insert(name, object(json!({(format!("b{number}")): {"type": "string"}})));
        let name = format!("list{number}");
        let list = |item: Value| json!({"type": "array", "items": item});
        one.insert(name.clone(), list(object(json!({"c": {"type": "string"}}))));
        other.insert(name, list(object(json!({(format!("d{number}")): {"type": "string"}}))));
    }
    let parts = properties.map(|properties| object(Value::Object(properties)));
    let schemas = json!({"A": {"allOf": parts}});
    assert_eq!(codes(&schemas), [""; 0]);
    assert_types(&schemas, &["pub b0: Option<", "pub b39: Option<", "pub d0: ", "pub d39: "]);
}

#[test]
fn the_part_that_says_most_of_a_scalar_counts() {
    let strings = |values: &[&str]| json!({"type": "string", "enum": values});
    let date = || json!({"type": "string", "format": "date"});
    let plain = || json!({"type": "string", "minLength": 1});
    let number = |more: Value| json!([{"type": "number"}, more]);
    for (parts, part) in [
        (json!([plain(), date()]), "pub type A = Date;"),
        (json!([date(), plain()]), "pub type A = Date;"),
        (json!([date(), {"type": "string", "format": "date-time"}]), "pub type A = Date;"),
        (json!([plain(), strings(&["x", "y"])]), "#[wire = \"x\"]"),
        (json!([strings(&["x", "y"]), date()]), "#[wire = \"x\"]"),
        (json!([strings(&["x", "y"]), strings(&["z", "w"])]), "#[wire = \"y\"]"),
        (json!([plain(), to("Color")]), "pub type A = Color;"),
        (number(json!({"type": "integer", "format": "int32"})), "pub type A = i32;"),
        (number(json!({"type": "integer", "enum": [1, 2]})), "pub type A = i64;"),
        (number(json!({"type": "number", "enum": [1.5, 2]})), "pub type A = f64;"),
        (json!([{"type": "boolean"}, {"type": "boolean", "enum": [true]}]), "pub type A = bool;"),
        (json!([{"type": "string"}, {"type": "integer"}]), "pub type A = Value;"),
        (json!([{"type": "string"}, {"oneOf": [date(), plain()]}]), "pub type A = String;"),
        (json!([{"type": "string"}, {"oneOf": [{"type": "integer"}]}]), "pub type A = Value;"),
    ] {
        let color = json!({"type": "string", "enum": ["red", "green"]});
        assert_types(&json!({"A": {"allOf": parts}, "Color": color}), &[part]);
    }
}

#[test]
fn items_that_several_parts_describe_are_combined() {
    let list = |items: Value| json!({"type": "array", "items": items});
    let named = |name: &str| object(json!({(name): {"type": "string"}}));
    let both = |one: Value, other: Value| json!({"A": {"allOf": [one, other]}, "B": named("b")});
    assert_types(&both(list(named("x")), list(named("y"))), &["pub x: ", "pub y: ", "= Vec<"]);
    for (one, other, ty) in [
        (list(to("B")), list(to("B")), "Vec<B>"),
        (list(to("B")), list(json!({})), "Vec<B>"),
        (list(to("B")), json!({"type": "array", "minItems": 1}), "Vec<B>"),
        (json!({"type": "array", "minItems": 1}), list(to("B")), "Vec<B>"),
    ] {
        assert_types(&both(one, other), &[&format!("pub type A = {ty};")]);
    }
}

#[test]
fn an_object_of_which_nothing_is_said_adds_nothing() {
    let property = |one: Value, other: Value| {
        let parts = [one, other].map(|ty| object(json!({"p": ty})));
        json!({"A": {"allOf": parts}, "B": object(json!({"b": {"type": "string"}}))})
    };
    let bare = || json!({"type": "object"});
    for (one, other) in [(bare(), to("B")), (to("B"), bare())] {
        assert_types(&property(one, other), &["pub p: Option<B>"]);
    }
    let values = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    let required = json!({"type": "object", "required": ["c"]});
    for more in [values, required] {
        let found = types(&property(more, to("B")));
        assert!(!found.contains("Option<B>") && found.contains("AP"), "{found}");
    }
}

/// A name for what another schema says alone.
#[test]
fn a_part_that_says_all_is_the_type_itself() {
    let b = || object(json!({"b": {"type": "string"}}));
    let schemas = |a: Value| json!({"A": a, "B": b(), "C": object(json!({"c": to("A")}))});
    for a in [
        json!({"allOf": [to("B")]}),
        json!({"allOf": [to("B"), {"description": "d"}]}),
        json!({"allOf": [to("B"), to("B")]}),
        json!({"description": "d", "allOf": [{"maxProperties": 3}, to("B")]}),
    ] {
        assert_types(&schemas(a), &["pub type A = B;"]);
    }
    // A component is a declaration, if there is none.
    assert_types(&schemas(json!({"allOf": [b()]})), &["pub struct A {"]);
    for a in [
        json!({"allOf": [to("B")], "required": ["b"]}),
        json!({"allOf": [to("B"), {"required": ["b"]}]}),
        json!({"allOf": [to("B")], "type": "object", "properties": {"d": {"type": "string"}}}),
    ] {
        assert_types(&schemas(a), &["pub struct A {"]);
    }
}

#[test]
fn alternatives_that_do_not_agree_on_a_property_leave_it_open() {
    let merged = |one: Value, other: Value| {
        let alternative = |p: Value| json!({"type": "object", "properties": {"p": p, "q": {}}});
        json!({"A": {"anyOf": [alternative(one), alternative(other)]}})
    };
    let string = || json!({"type": "string"});
    assert_types(&merged(string(), string()), &["pub p: Option<String>"]);
    assert_types(&merged(string(), json!({"type": "integer"})), &["pub p: Nullable<Value>"]);
    // What stands beside the alternatives counts before they do.
    let beside = json!({
        "A": {
            "type": "object",
            "properties": {"p": string()},
            "anyOf": [object(json!({"p": {"type": "integer"}})), object(json!({"r": string()}))]
        }
    });
    // One alternative allows anything as `r`, null included.
    assert_types(&beside, &["pub p: Option<String>", "pub r: Nullable<String>"]);
    // Each alternative describes `p`, by itself, by a part, or by all of its own alternatives.
    let in_part = json!({"allOf": [object(json!({"p": string()}))], "type": "object"});
    let alike = json!({"anyOf": [object(json!({"p": string()})), object(json!({"p": string()}))]});
    let always = json!({"A": {"anyOf": [object(json!({"p": string()})), in_part, alike]}});
    assert_types(&always, &["pub p: Option<String>"]);
}
