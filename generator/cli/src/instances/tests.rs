//! Tests of the evaluator: against an independent validator, and of the number of its steps.

use clientgen::limits::Steps;
use serde_json::{Map, Value, json};

use super::explain::messages;
use super::{Budget, Evaluator, Matchers, Outcome, Validators, instances};

/// Returns the outcome, and the number of steps that it took.
fn evaluated(document: &Value, schema: &Value, value: &Value) -> (Outcome, u64) {
    let budget = Budget::new(&Steps::default(), 10_000_000);
    let matchers = Matchers::default();
    let evaluator = Evaluator::new(document, &matchers, &budget);
    let outcome = evaluator.outcome(schema, value);
    let errors = evaluator.errors(schema, value);
    assert_eq!(errors.is_empty(), outcome != Outcome::Invalid, "{value}");
    (outcome, 10_000_000 - budget.left())
}

/// Returns the number of steps to create an instance.
fn created(document: &Value, schema: &Value, count: usize) -> (Vec<Value>, u64) {
    let budget = Budget::new(&Steps::default(), 10_000_000);
    let values = instances(document, &[schema], &budget, count);
    assert!(!budget.is_exceeded());
    (values, 10_000_000 - budget.left())
}

fn components(schemas: impl IntoIterator<Item = (String, Value)>) -> Value {
    json!({"openapi": "3.1.0", "components": {"schemas": schemas.into_iter().collect::<Map<_, _>>()}})
}

fn reference(name: impl std::fmt::Display) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn schema(document: &Value, name: &str) -> Value {
    document["components"]["schemas"][name].clone()
}

/// A union whose variants extend the union itself.
fn variants_refer_back(size: usize) -> Value {
    let variants: Vec<Value> = (0..size).map(|n| reference(format!("V{n}"))).collect();
    let base = json!({"oneOf": variants, "type": "object"});
    let variant = |n: usize| {
        let own = json!({"properties": {"kind": {"const": format!("v{n}")}, "next": reference("Base")}, "required": ["kind"]});
        (format!("V{n}"), json!({"allOf": [reference("Base"), own]}))
    };
    components((0..size).map(variant).chain([("Base".to_owned(), base)]))
}

/// Unions that all consist of all others.
fn unions_of_each_other(size: usize) -> Value {
    let others = |n: usize| (0..size).filter(move |other| *other != n);
    let union = |n: usize| {
        let mut parts: Vec<Value> = others(n).map(|other| reference(format!("U{other}"))).collect();
        parts.push(json!({"type": "object", "properties": {"a": {"const": n}, "b": reference("Base")}, "required": ["a"]}));
        (format!("U{n}"), json!({"anyOf": parts}))
    };
    components((0..size).map(union).chain([("Base".to_owned(), reference("U0"))]))
}

/// Objects that require the next one twice.
fn required_twice(size: usize) -> Value {
    let object = |n: usize| {
        let next =
            if n + 1 < size { reference(format!("O{}", n + 1)) } else { json!({"type": "string"}) };
        let schema =
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}});
        (if n == 0 { "Base".to_owned() } else { format!("O{n}") }, schema)
    };
    components((0..size).map(object))
}

/// Schemas that extend the next one twice.
fn extended_twice(size: usize) -> Value {
    let part = |n: usize| {
        let next = reference(format!("A{}", n + 1));
        let own = json!({"properties": {format!("p{n}"): {"type": "integer"}}});
        let schema = match n + 1 < size {
            true => json!({"allOf": [next, next, own]}),
            false => own,
        };
        (if n == 0 { "Base".to_owned() } else { format!("A{n}") }, schema)
    };
    components((0..size).map(part))
}

/// Several unions that apply to the same object.
fn independent_unions(size: usize) -> Value {
    let union = |n: usize| {
        let variant = |value: u64| json!({"properties": {format!("p{n}"): {"const": value}}, "required": [format!("p{n}")]});
        json!({"oneOf": [variant(1), variant(2)]})
    };
    let unions: Vec<Value> = (0..size).map(union).collect();
    components([("Base".to_owned(), json!({"type": "object", "allOf": unions}))])
}

/// A name, and the function that returns a document of a size.
type Family = (&'static str, fn(usize) -> Value);

const FAMILIES: [Family; 5] = [
    ("variants refer back", variants_refer_back),
    ("unions of each other", unions_of_each_other),
    ("required twice", required_twice),
    ("extended twice", extended_twice),
    ("independent unions", independent_unions),
];

#[test]
fn the_steps_of_an_evaluation_grow_with_the_schemas() {
    let value = json!({"kind": "v1", "a": {"a": 1, "b": 1}, "b": {"a": 0, "b": 7}, "p0": 3, "p1": 1, "next": {"kind": 1}});
    for (name, family) in FAMILIES {
        let steps = [4, 8, 16].map(|size| {
            let document = family(size);
            let base = schema(&document, "Base");
            evaluated(&document, &base, &value).1
        });
        // Unions of all others have n² references.
        assert!(
            steps[1] <= 4 * steps[0] + 50 && steps[2] <= 4 * steps[1] + 50,
            "{name}: {steps:?}"
        );
    }
}

#[test]
fn the_steps_of_an_instance_grow_with_the_schemas_and_the_instance() {
    for (name, family) in FAMILIES {
        for count in [1, 100] {
            let steps = [2, 4, 8].map(|size| {
                let document = family(size);
                let base = schema(&document, "Base");
                let (values, steps) = created(&document, &base, count);
                assert!(!values.is_empty(), "{name}");
                let created: usize = values.iter().map(super::size).sum();
                (steps, created as u64)
            });
            for (small, large) in [(steps[0], steps[1]), (steps[1], steps[2])] {
                assert!(large.0 <= 8 * small.0 + 20 * large.1 + 200, "{name}, {count}: {steps:?}");
            }
        }
    }
}

#[test]
fn instances_of_unions_that_refer_back_are_valid() {
    for size in [2, 4, 8, 40] {
        let document = variants_refer_back(size);
        let base = schema(&document, "Base");
        let (values, _) = created(&document, &base, 100);
        assert!(values.len() >= size, "{values:?}");
        for value in values {
            assert_ne!(evaluated(&document, &base, &value).0, Outcome::Invalid, "{value}");
        }
    }
}

#[test]
fn a_budget_that_is_used_up_decides_nothing() {
    let document = unions_of_each_other(30);
    let base = schema(&document, "Base");
    let matchers = Matchers::default();
    for steps in [0, 1, 10, 100] {
        let budget = Budget::new(&Steps::default(), steps);
        let evaluator = Evaluator::new(&document, &matchers, &budget);
        assert_ne!(evaluator.outcome(&base, &json!({"a": 1})), Outcome::Invalid);
        assert!(budget.is_exceeded(), "{steps}");
        let budget = Budget::new(&Steps::default(), steps);
        instances(&document, &[&base], &budget, 100);
        assert!(budget.is_exceeded(), "{steps}");
    }
}

#[test]
fn long_chains_and_deep_values_do_not_overflow_the_stack() {
    let link = |n: usize| (format!("C{n}"), json!({"allOf": [reference(format!("C{}", n + 1))]}));
    let document = components((0..20_000).map(link));
    let base = schema(&document, "C0");
    let budget = Budget::new(&Steps::default(), 10_000_000);
    let matchers = Matchers::default();
    let evaluator = Evaluator::new(&document, &matchers, &budget);
    assert_eq!(evaluator.outcome(&base, &json!({})), Outcome::Unknown);
    assert!(budget.is_exceeded());
    assert!(created(&document, &base, 1).0.is_empty());
}

/// Schemas of all keywords with values, for comparison with the independent validator.
fn cases() -> Vec<(Value, Vec<Value>)> {
    let values = || {
        vec![
            json!(null),
            json!(true),
            json!(0),
            json!(1),
            json!(1.0),
            json!(1.5),
            json!(-3),
            json!(7),
            json!(""),
            json!("a"),
            json!("abc"),
            json!("2024-02-29"),
            json!("2024-02-30"),
            json!("ä😀"),
            json!([]),
            json!([1]),
            json!([1, 1.0]),
            json!([1, "a", null]),
            json!([{"a": 1}, {"a": 1}]),
            json!({}),
            json!({"a": 1}),
            json!({"a": "x"}),
            json!({"a": 1, "b": 2}),
            json!({"b": "y", "xa": 1}),
            json!({"a": {"a": {"a": 1}}}),
            json!({"kind": "A", "a": 1}),
            json!({"kind": "B", "c": 2}),
        ]
    };
    let schemas = vec![
        json!({"type": "integer"}),
        json!({"type": ["string", "null"]}),
        json!({"type": "number", "minimum": 1, "exclusiveMaximum": 7}),
        json!({"exclusiveMinimum": 0, "maximum": 1.5}),
        json!({"multipleOf": 0.5}),
        json!({"multipleOf": 7}),
        json!({"enum": [1, "a", null, {"a": 1}, [1, 1]]}),
        json!({"const": 1.0}),
        json!({"minLength": 2, "maxLength": 3}),
        json!({"pattern": "^a"}),
        json!({"format": "date", "type": "string"}),
        json!({"minItems": 1, "maxItems": 2, "uniqueItems": true}),
        json!({"items": {"type": "integer"}}),
        json!({"prefixItems": [{"type": "integer"}], "items": {"type": "string"}}),
        json!({"prefixItems": [true], "items": false}),
        json!({"contains": {"const": 1}, "maxContains": 1}),
        json!({"contains": {"type": "string"}, "minContains": 0}),
        json!({"required": ["a"], "minProperties": 2}),
        json!({"maxProperties": 1, "propertyNames": {"pattern": "^a"}}),
        json!({"properties": {"a": {"type": "integer"}}, "additionalProperties": false}),
        json!({"properties": {"a": true}, "patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": {"type": "string"}}),
        json!({"dependentRequired": {"a": ["b"]}}),
        json!({"dependentSchemas": {"a": {"required": ["b"]}}}),
        json!({"anyOf": [{"type": "string"}, {"minimum": 1}]}),
        json!({"oneOf": [{"type": "string"}, {"type": "number"}, {"const": 1}]}),
        json!({"oneOf": [{"properties": {"kind": {"const": "A"}}, "required": ["kind", "a"]}, {"properties": {"kind": {"const": "B"}}, "required": ["kind"]}]}),
        json!({"not": {"type": "string"}}),
        json!({"if": {"type": "object"}, "then": {"required": ["a"]}, "else": {"not": {"const": 1}}}),
        json!({"allOf": [{"properties": {"a": {"type": "integer"}}}], "unevaluatedProperties": false}),
        json!({"anyOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": true}}], "unevaluatedProperties": {"type": "integer"}}),
        json!({"allOf": [true, {"type": "object"}]}),
        json!({"allOf": [false]}),
        json!({"$ref": "#/components/schemas/Tree"}),
        json!({"$ref": "#/components/schemas/Tree/properties/a"}),
        json!({"items": {"$ref": "#/components/schemas/Tree"}, "maxItems": 1}),
        json!({}),
    ];
    schemas.into_iter().map(|schema| (schema, values())).collect()
}

#[test]
fn outcomes_are_those_of_the_independent_validator() {
    let tree = json!({"type": ["object", "integer"], "properties": {"a": reference("Tree")}, "required": ["a"]});
    let (mut valid, mut invalid) = (0, 0);
    for (case, values) in cases() {
        let document =
            components([("Tree".to_owned(), tree.clone()), ("Case".to_owned(), case.clone())]);
        let validators = Validators::new(&document).unwrap();
        let validator = validators.component("Case").unwrap();
        for value in values {
            let is_valid = validator.is_valid(&value);
            let (outcome, _) = evaluated(&document, &case, &value);
            assert_eq!(outcome, Outcome::of(is_valid), "{value} under {case}");
            valid += usize::from(is_valid);
            invalid += usize::from(!is_valid);
        }
    }
    assert!(valid > 100 && invalid > 100, "{valid}, {invalid}");
}

#[test]
fn errors_lead_to_the_innermost_value() {
    let dog = json!({"properties": {"kind": {"const": "dog"}, "age": {"type": "integer"}}, "required": ["kind"]});
    let cat = json!({"properties": {"kind": {"const": "cat"}, "lives": {"maximum": 9}}, "required": ["kind"]});
    let document = components([("Dog".to_owned(), dog), ("Cat".to_owned(), cat)]);
    let union = json!({"oneOf": [reference("Dog"), reference("Cat")]});
    let found = messages(&document, &union, &json!({"kind": "cat", "lives": 10}));
    assert_eq!(found, ["#/lives: 10 is greater than the maximum of 9"]);
    let nested = json!({"items": {"allOf": [{"properties": {"pet": union}}]}});
    let found = messages(&document, &nested, &json!([{}, {"pet": {"kind": "dog", "age": "x"}}]));
    assert_eq!(found, [r##"#/1/pet/age: "x" is not of type "integer""##]);
    let found = messages(&document, &union, &json!({"kind": "bird"}));
    let none = r#"#: {"kind":"bird"} is valid under none of the 2 alternatives of `oneOf`"#;
    assert_eq!(found, [none]);
    let both = json!({"oneOf": [{"type": "string"}, {"minLength": 1}]});
    let found = messages(&document, &both, &json!("a"));
    assert_eq!(found, [r##"#: "a" is valid under 2 alternatives of `oneOf`, which allows one"##]);
    let closed = json!({"properties": {}, "additionalProperties": false});
    assert_eq!(
        messages(&document, &closed, &json!({"x": 1})),
        ["#/x: the schema allows no value here"]
    );
}

#[test]
fn a_discriminator_selects_the_alternative_or_the_subtype() {
    let base = json!({"type": "object", "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}});
    let subtype = |name: &str| json!({"allOf": [reference("Pet"), {"properties": {name: {"type": "integer"}}, "required": [name]}]});
    let schemas = [
        ("Pet", base),
        ("Cat", subtype("lives")),
        ("Dog", subtype("age")),
        ("Other", json!({"required": ["never"]})),
    ];
    let document = components(schemas.map(|(name, schema)| (name.to_owned(), schema)));
    let pet = &document["components"]["schemas"]["Pet"];
    let found = |value: Value| messages(&document, pet, &value);
    assert_eq!(found(json!({"kind": "cat"})), [r##"#: the property "lives" is required"##]);
    assert_eq!(
        found(json!({"kind": "Dog", "age": "x"})),
        [r##"#/age: "x" is not of type "integer""##]
    );
    assert!(found(json!({"kind": "Dog", "age": 1})).is_empty());
    // A schema that does not extend the base has its name by accident.
    assert!(found(json!({"kind": "Other"})).is_empty());
    assert!(found(json!({"kind": "none"})).is_empty());
    let union = json!({"oneOf": [reference("Cat"), reference("Dog"), {}], "discriminator": {"propertyName": "kind", "mapping": {"a": "Cat"}}});
    assert!(messages(&document, &union, &json!({"kind": "a", "lives": 1})).is_empty());
    assert_eq!(
        messages(&document, &union, &json!({"kind": "a", "lives": "x"})),
        [r##"#/lives: "x" is not of type "integer""##]
    );
}
