//! The examples in the document: each is deserialized into its type, serialized, and compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sailpoint_reports::types::*;
use serde_json::{Map, Value, json};

/// Deserializes a value into the type of a schema and serializes it.
fn round_trip(schema: &str, value: &Value) -> Result<Value, String> {
    macro_rules! by_name {
        ($($ty:ident),*) => {
            match schema {
                $(stringify!($ty) => serde_json::from_value::<$ty>(value.clone())
                    .and_then(serde_json::to_value)
                    .map_err(|error| error.to_string()),)*
                other => Err(format!("add the schema {other} to the list of this test")),
            }
        };
    }
    by_name!(
        AccountsArguments,
        CompletionStatus,
        ErrorMessageDto,
        ErrorResponseDto,
        FileFormat,
        IdentitiesArguments,
        IdentitiesDetailsArguments,
        IdentityProfileIdentityErrorArguments,
        LocaleOrigin,
        OrphanIdentitiesArguments,
        RateLimitError,
        ReportDetails,
        ReportFormat,
        ReportResults,
        ReportStatus,
        ReportType,
        SearchExportArguments,
        SearchIndex,
        TaskMessage,
        TaskMessageType,
        TaskResultDetails,
        TaskReturn,
        TaskType,
        UnauthorizedError,
        UncorrelatedAccountsArguments
    )
}

fn document() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/reports.yaml");
    clientgen::load::from_yaml(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Collects the examples of Media Type Objects, each with the name of its schema.
fn collect_examples(node: &Value, examples: &mut Vec<(String, Value)>) {
    match node {
        Value::Object(object) => {
            if let (Some(schema), Some(Value::Object(named))) =
                (object.get("schema"), object.get("examples"))
            {
                let reference =
                    schema["$ref"].as_str().expect("the schemas of bodies are components");
                let name = reference.rsplit('/').next().unwrap_or_default();
                examples.extend(
                    named.values().map(|example| (name.to_owned(), example["value"].clone())),
                );
            }
            object.values().for_each(|value| collect_examples(value, examples));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_examples(item, examples)),
        _ => {}
    }
}

#[test]
fn examples_of_bodies_round_trip() {
    let mut examples = Vec::new();
    collect_examples(&document(), &mut examples);
    assert!(examples.len() >= 15, "fewer examples than expected: {}", examples.len());
    for (schema, value) in examples {
        assert_eq!(round_trip(&schema, &value).as_ref(), Ok(&value), "{schema}");
    }
}

#[test]
fn every_report_type_has_an_example_of_its_variant() {
    let document = document();
    let examples = &document["paths"]["/reports/run"]["post"]["requestBody"]["content"]["application/json"]
        ["examples"];
    let mut report_types = BTreeSet::new();
    for example in examples.as_object().unwrap().values() {
        let details: ReportDetails = serde_json::from_value(example["value"].clone()).unwrap();
        assert!(!matches!(details, ReportDetails::Other(_)), "{details:?}");
        report_types.insert(example["value"]["reportType"].as_str().unwrap().to_owned());
    }
    let known: BTreeSet<String> = ReportType::KNOWN.iter().map(ToString::to_string).collect();
    assert_eq!(report_types, known);
}

/// Checks the examples of schemas, and of properties as one object per schema.
#[test]
fn examples_of_schemas_round_trip() {
    let document = document();
    let mut checked = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if let Some(example) = schema.get("example") {
            assert_eq!(round_trip(name, example).as_ref(), Ok(example), "{name}");
            checked += 1;
        }
        let properties = schema["properties"].as_object().into_iter().flatten();
        let object: Map<String, Value> = properties
            .filter_map(|(name, property)| Some((name.clone(), property.get("example")?.clone())))
            .collect();
        if !object.is_empty() {
            let object = Value::Object(object);
            assert_eq!(round_trip(name, &object).as_ref(), Ok(&object), "{name}");
            checked += 1;
        }
    }
    assert!(checked >= 10, "fewer examples than expected: {checked}");
}

#[test]
fn known_responses_of_tenants_round_trip() {
    let cases = [
        ("ReportResults", json!({})),
        (
            "ReportResults",
            json!({"reportType": "Certification Signoff Report-286d342a", "status": "RUNNING"}),
        ),
        (
            "ReportResults",
            json!({"created": "2020-09-07T42:14:00.364Z", "availableFormats": ["CSV", "XLSX"]}),
        ),
        (
            "TaskResultDetails",
            json!({"completionStatus": "Success", "created": "2024-07-01T22:35:38.709"}),
        ),
        (
            "TaskResultDetails",
            json!({"taskDefName": "Search Export", "completed": null, "attributes": {"a": [1, null]}}),
        ),
        (
            "ReportDetails",
            json!({"reportType": "CUSTOM", "arguments": {"deep": {"er": [1.5, "x"]}}}),
        ),
        (
            "ReportDetails",
            json!({"reportType": "SEARCH_EXPORT", "arguments": {"query": "*", "ownerId": "1"}}),
        ),
        ("ReportDetails", json!({"reportType": "IDENTITIES"})),
        ("ReportDetails", json!({"arguments": {"query": "*"}})),
        ("ErrorMessageDto", json!({"locale": null, "localeOrigin": null})),
        ("UnauthorizedError", json!({"error": {"code": 7}})),
        ("UnauthorizedError", json!({"error": null})),
    ];
    for (schema, value) in cases {
        assert_eq!(round_trip(schema, &value).as_ref(), Ok(&value), "{schema}");
    }
}
