//! Declarations as in generated code, to test the macros.

use serde_json::Value;

use crate::runtime::{
    Base64, Client, Date, DateTime, Decimal, Method, Nullable, Operation, Properties, Request,
    Secret, Span, Time, model, open_enum, request, union,
};

model! {
    /// An object with each kind of property.
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Visit {
        /// An optional string.
        pub place: Option<String>,
        /// A string that can be cleared.
        pub note: Nullable<String>,
        /// A date and time.
        pub from: Option<DateTime>,
        /// An enum.
        #[wire = "sizeOfGroup"]
        pub size: Option<Size>,
        /// Nested objects.
        pub before: Option<Vec<Visit>>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// An object with a required property, and additional numbers.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Counted {
        /// A required string.
        pub name: String,
        #[flatten]
        pub additional_properties: Properties<i64>,
    }
}

open_enum! {
    /// An enum of two values.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Size {
        /// A few.
        #[wire = "SMALL"]
        Small,
        /// Many.
        #[wire = "LARGE"]
        Large,
        #[other]
        Unknown(String),
    }
}

union! {
    /// A union with an adjacent tag.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    #[wire(tag = "kind", content = "content")]
    pub enum Parcel {
        /// A visit.
        #[wire = "visit" | "VISIT"]
        Visit(Visit),
        /// A count.
        #[wire = "counted"]
        Counted(Counted),
        #[other]
        Other(OtherParcel),
    }
}

model! {
    /// The content of [`Parcel::Other`].
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct OtherParcel {
        /// The tag.
        pub kind: Option<String>,
        /// The content.
        pub content: Nullable<Value>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

union! {
    /// A union with an internal tag.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    #[wire(tag = "name")]
    pub enum Named {
        /// A count.
        #[wire = "count"]
        Counted(Counted),
        #[other]
        Other(Value),
    }
}

union! {
    /// A union with each kind of test.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub enum Anything {
        /// A count, by its tag.
        #[wire(tag = "name", values = ["count", "COUNT"])]
        Counted(Counted),
        /// A visit, by its property.
        #[wire(property = "place")]
        Visit(Box<Visit>),
        /// An array of them.
        #[wire(type = "array")]
        Several(Vec<Anything>),
        /// An integer.
        #[wire(type = "integer")]
        Integer(i64),
        /// Any number.
        #[wire(type = "number")]
        Number(f64),
        /// A string.
        #[wire(type = "string")]
        String(String),
        #[other]
        Other(Value),
    }
}

model! {
    /// An object with properties that are kept as strings.
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Kept {
        /// A day.
        pub day: Option<Date>,
        /// A time.
        pub time: Option<Time>,
        /// A duration.
        pub lasts: Option<Span>,
        /// Bytes.
        pub bytes: Option<Base64>,
        /// A price.
        pub price: Option<Decimal>,
        /// A secret.
        pub secret: Option<Secret>,
        /// A number and a string.
        pub pair: Option<(u8, String)>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

impl Client {
    /// Reads a visit.
    pub fn get_visit(&self, id: &str) -> GetVisit {
        GetVisit(Request::new(self, &GET_VISIT).path("id", id))
    }
}

static GET_VISIT: Operation = Operation {
    id: "getVisit",
    method: Method::GET,
    path: "/visits/{id}",
    accept: "application/json",
    security: &[],
    errors: &[],
};

request!(get_visit, GetVisit => Visit, json);

union! {
    /// A union of types that build on a less strict one.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    #[wire(or_other)]
    pub enum Shape {
        /// The variant for the kind `circle`.
        #[wire(tag = "kind", values = ["circle"])]
        Circle(Circle),
        #[other]
        Other(Value),
    }
}

model! {
    /// An object without named properties.
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Nothing {
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// A circle.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Circle {
        /// The kind.
        pub kind: String,
        /// The radius.
        pub radius: f64,
        #[flatten]
        pub additional_properties: Properties,
    }
}

#[cfg(test)]
mod tests {
    #![allow(dead_code, unreachable_pub, reason = "the macros declare what a client offers")]

    use std::hash::Hash;
    use std::marker::PhantomData;

    use serde_json::json;

    use super::*;
    use crate::runtime::Model;

    model! {
        /// An object with a field of each form.
        #[derive(Debug, Default)]
        #[non_exhaustive]
        pub struct Fields {
            /// A field with the name of its property.
            pub plain: Option<String>,
            /// A keyword.
            pub r#type: Option<String>,
            /// A property name that looks like a raw identifier.
            #[wire = "r#fn"]
            pub function: Option<String>,
            /// All attributes.
            #[deprecated(note = "use `plain`")]
            #[cfg(test)]
            #[wire = "oldName"]
            pub old: Option<String>,
            /// A field that is not compiled is not a property.
            #[deprecated]
            #[cfg(not(test))]
            pub absent: Option<NoSuchType>,
            #[flatten]
            pub additional_properties: Properties<i64>,
        }
    }

    open_enum! {
        /// An enum with a variant of each form.
        #[derive(Debug, Clone, PartialEq)]
        #[deprecated]
        pub enum Variants {
            /// A variant with the name of its value.
            Plain,
            /// All attributes.
            #[deprecated]
            #[cfg(test)]
            #[wire = "OLD"]
            Old,
            /// A variant that is not compiled has no value.
            #[cfg(not(test))]
            Absent,
            #[other]
            Unknown(String),
        }
    }

    union! {
        /// A union with a single derive.
        #[deprecated]
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum Numbered {
            /// The variant for the versions 1 and -2.
            #[wire(tag = "version", numbers = [1, -2])]
            Fields(Fields),
            #[other]
            Other(Value),
        }
    }

    fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> T {
        let decoded: T = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&decoded).unwrap(), *value);
        decoded
    }

    fn error<T: serde::de::DeserializeOwned + std::fmt::Debug>(value: Value) -> String {
        serde_json::from_value::<T>(value).unwrap_err().to_string()
    }

    #[test]
    #[deny(unfulfilled_lint_expectations)]
    #[expect(deprecated, reason = "deprecated declarations must stay deprecated")]
    fn fields_and_variants_have_their_declared_names() {
        assert_eq!(Fields::PROPERTIES, ["plain", "type", "r#fn", "oldName"]);
        let fields: Fields = serde_json::from_value(
            json!({"plain": "a", "type": "b", "r#fn": "c", "oldName": "d", "e": 1}),
        )
        .unwrap();
        assert_eq!(fields.r#type.as_deref(), Some("b"));
        assert_eq!(fields.old.as_deref(), Some("d"));
        let written = serde_json::to_string(&fields).unwrap();
        assert_eq!(written, r#"{"plain":"a","type":"b","r#fn":"c","oldName":"d","e":1}"#);
        assert_eq!(Variants::KNOWN, [Variants::Plain, Variants::Old]);
        for (wire, variant) in [
            ("Plain", Variants::Plain),
            ("OLD", Variants::Old),
            ("Old", Variants::Unknown("Old".to_owned())),
        ] {
            assert_eq!(Variants::from(wire), variant);
            assert_eq!(variant.as_str(), wire);
        }
        let numbered: Numbered = serde_json::from_value(json!({"version": -2})).unwrap();
        assert!(matches!(numbered, Numbered::Fields(_)));
    }

    /// Returns whether a type implements a trait: the inherent constant hides that of the trait.
    macro_rules! has {
        ($ty:ty: $trait:path) => {{
            #[allow(dead_code, reason = "only one of the constants is used")]
            trait Any {
                const HAS: bool = false;
            }
            struct Type<T>(PhantomData<T>);
            impl<T> Any for Type<T> {}
            impl<T: $trait> Type<T> {
                const HAS: bool = true;
            }
            <Type<$ty>>::HAS
        }};
    }

    #[test]
    #[allow(deprecated, reason = "the declarations are deprecated")]
    fn types_have_the_declared_derives_and_no_others() {
        assert!(has!(Visit: Clone) && has!(Visit: PartialEq) && has!(Visit: Default));
        assert!(has!(Counted: Clone) && !has!(Counted: Default));
        assert!(has!(Fields: Default) && !has!(Fields: Clone) && !has!(Fields: PartialEq));
        assert!(has!(Size: Hash) && has!(Size: Eq));
        assert!(has!(Variants: Clone) && !has!(Variants: Hash) && !has!(Variants: Eq));
        assert!(has!(Parcel: Clone) && has!(Named: PartialEq) && has!(Shape: Clone));
        assert!(!has!(Numbered: Clone) && !has!(Numbered: PartialEq));
    }

    #[test]
    fn objects_keep_all_properties() {
        let visit: Visit = round_trip(&json!({
            "place": "Bern", "note": null, "from": "2020-09-07T42:14:00.364Z", "sizeOfGroup": "Large",
            "before": [{}, {"note": "x"}], "weather": {"sun": true},
        }));
        assert!(visit.note.is_null());
        assert_eq!(visit.size, Some(Size::Unknown("Large".to_owned())));
        assert_eq!(visit.size.unwrap().ignore_case(), Size::Large);
        assert_eq!(visit.additional_properties["weather"], json!({"sun": true}));
        assert!(visit.from.unwrap().timestamp().is_err());
        assert!(round_trip::<Visit>(&json!({})).note.is_absent());
    }

    #[test]
    fn errors_describe_the_mismatch() {
        assert_eq!(error::<Counted>(json!({})), "missing field `name`");
        assert_eq!(error::<Visit>(json!([])), "invalid type: sequence, expected an object (Visit)");
        let counted: Counted = round_trip(&json!({"name": "a", "b": "c"}));
        assert_eq!(counted.undecoded().next().unwrap().1.expected(), "i64");
        assert_eq!(
            round_trip::<Counted>(&json!({"name": "a", "b": 3})).additional_properties["b"],
            3
        );
    }

    #[test]
    fn an_adjacent_tag_chooses_the_variant() {
        let visit = json!({"kind": "visit", "content": {"place": "Bern", "more": 1}});
        assert!(matches!(round_trip(&visit), Parcel::Visit(_)));
        for other in [
            json!({}),
            json!({"kind": "visit"}),
            json!({"kind": "visit", "content": null}),
            json!({"kind": "visit", "content": {}, "extra": 1}),
            json!({"kind": "new", "content": [1]}),
            json!({"content": {"name": "a"}}),
        ] {
            assert!(matches!(round_trip(&other), Parcel::Other(_)), "{other}");
        }
        let wrong = json!({"kind": "counted", "content": {"name": 5}});
        assert_eq!(
            error::<Parcel>(wrong),
            "content.name: invalid type: integer `5`, expected a string"
        );
    }

    #[test]
    fn an_internal_tag_chooses_the_variant_and_is_repaired() {
        assert!(matches!(round_trip(&json!({"name": "count", "a": 1})), Named::Counted(_)));
        assert!(matches!(round_trip(&json!({"name": "new", "a": "b"})), Named::Other(_)));
        let counted: Counted = round_trip(&json!({"name": "else"}));
        assert_eq!(
            serde_json::to_value(Named::Counted(counted)).unwrap(),
            json!({"name": "count"})
        );
    }

    #[test]
    fn tests_choose_the_variant_in_order() {
        let chosen = |value: Value| round_trip::<Anything>(&value);
        assert!(matches!(chosen(json!({"name": "COUNT", "place": 1})), Anything::Counted(_)));
        assert!(matches!(chosen(json!({"name": "x", "place": "y"})), Anything::Visit(_)));
        assert!(matches!(chosen(json!(2)), Anything::Integer(2)));
        assert!(matches!(chosen(json!(2.5)), Anything::Number(_)));
        for other in [json!(null), json!(true), json!({"name": "x"})] {
            assert!(matches!(chosen(other), Anything::Other(_)));
        }
        let several = chosen(json!(["a", [1], {"place": "b"}, {}]));
        assert!(matches!(several, Anything::Several(all) if all.len() == 4));
        assert_eq!(
            error::<Anything>(json!(["a", 9_223_372_036_854_775_808_u64])),
            "[1]: invalid value: integer `9223372036854775808`, expected i64"
        );
        let counted: Counted = round_trip(&json!({"name": "else"}));
        let written = serde_json::to_value(Anything::Counted(counted)).unwrap();
        assert_eq!(written, json!({"name": "count"}));
    }

    #[test]
    fn kept_properties_are_sent_back_unchanged() {
        let text = r#"{"day":"2024-13-01","time":"12:00Z","lasts":"P1D","bytes":"-_","price":1.10,"secret":"hush","pair":[1,"a"]}"#;
        let kept: Kept = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
        assert_eq!(kept.price.as_ref().unwrap().as_str(), "1.10");
        assert!(!format!("{kept:?}").contains("hush"));
    }

    #[test]
    fn dates_are_parsed_with_and_without_a_time_zone() {
        let at = |text: &str| DateTime::from(text).timestamp().map(|at| at.to_string());
        assert_eq!(at("2024-07-01T22:35:38.709").unwrap(), "2024-07-01T22:35:38.709Z");
        assert_eq!(at("2024-07-01T22:35:38+02:00").unwrap(), "2024-07-01T20:35:38Z");
        assert!(
            at("2020-09-07T42:14:00.364Z").unwrap_err().to_string().starts_with("`2020-09-07T42")
        );
        round_trip::<DateTime>(&json!(1_599_488_400_000_i64));
        round_trip::<DateTime>(&json!("1599488400000"));
    }

    #[test]
    fn a_request_can_be_built_without_sending_it() {
        fn is_send<T: Send>(_: &T) {}
        let api = &crate::runtime::Api {
            user_agent: "sample",
            servers: &[],
            token_endpoint: None,
            security: &[],
            environment: None,
            error_format: crate::runtime::ErrorFormat::COMMON,
            rate_limit: None,
            credential_files: &[],
            operation_servers: &[],
        };
        let client =
            crate::runtime::ClientBuilder::new(api).base_url("http://localhost").build().unwrap();
        let request = client.get_visit("a/b c?d").retry(crate::runtime::RetryPolicy::none());
        assert_eq!(request.0.path, "/visits/a%2Fb%20c%3Fd");
        is_send(&request.into_future());
    }

    #[test]
    fn an_object_may_have_no_named_property() {
        let nothing: Nothing = round_trip(&json!({"a": 1}));
        assert_eq!(nothing.additional_properties.len(), 1);
    }

    #[test]
    fn a_value_that_does_not_match_the_stricter_type_is_kept() {
        let circle = Circle {
            kind: "circle".to_owned(),
            radius: 1.5,
            additional_properties: crate::runtime::Properties::new(),
        };
        let value = json!({"kind": "circle", "radius": 1.5});
        assert_eq!(round_trip::<Shape>(&value), Shape::Circle(circle));
        for value in [json!({"kind": "circle"}), json!({"kind": "square", "side": 1}), json!([])] {
            assert_eq!(round_trip::<Shape>(&value), Shape::Other(value));
        }
    }
}
