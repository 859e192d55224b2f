//! Declarations as generated code has them, for the tests of the macros.

use serde_json::Value;

use crate::runtime::{
    Base64, Client, Date, DateTime, Decimal, Method, Nullable, Operation, Request, Secret, Span,
    Time, model, open_enum, request, tagged_union, union,
};

model! {
    /// An object with each kind of property.
    #[derive(Default)]
    pub struct Visit {
        /// An optional text.
        pub place: Option<String> = "place",
        /// A text that can be cleared.
        pub note: Nullable<String> = "note",
        /// A date and time.
        pub from: Option<DateTime> = "from",
        /// An enum.
        pub size: Option<Size> = "sizeOfGroup",
        /// Objects in an object.
        pub before: Option<Vec<Visit>> = "before",
    }
}

model! {
    #[additional_properties(i64)]
    /// An object with a required property, and numbers under any other name.
    pub struct Counted {
        /// A required text.
        pub name: String = "name",
    }
}

open_enum! {
    /// An enum of two values.
    pub enum Size {
        /// A few.
        Small = "SMALL",
        /// Many.
        Large = "LARGE",
    }
}

tagged_union! {
    #[adjacent(tag = "kind", content = "content", other = OtherParcel)]
    /// A union whose tag stands beside its content.
    pub enum Parcel {
        /// A visit.
        Visit(Visit) = "visit" | "VISIT",
        /// A count.
        Counted(Counted) = "counted",
    }
}

model! {
    /// What [`Parcel`] is when no variant fits.
    #[derive(Default)]
    pub struct OtherParcel {
        /// The tag.
        pub kind: Option<String> = "kind",
        /// The content.
        pub content: Nullable<Value> = "content",
    }
}

tagged_union! {
    #[internal(tag = "name")]
    /// A union whose tag is a property of its variants.
    pub enum Named {
        /// A count.
        Counted(Counted) = "count",
    }
}

union! {
    /// A union of whatever there is.
    pub enum Anything {
        /// A count, by its tag.
        Counted(Counted) = Test::Tag("name", &["count", "COUNT"]),
        /// A visit, by its key.
        Visit(Box<Visit>) = Test::Key("place"),
        /// Several of them.
        Several(Vec<Anything>) = Test::Json(Json::Array),
        /// A whole number.
        Whole(i64) = Test::Json(Json::Integer),
        /// Any number.
        Number(f64) = Test::Json(Json::Number),
        /// A text.
        Text(String) = Test::Json(Json::String),
    }
}

model! {
    /// An object with properties whose text is kept.
    #[derive(Default)]
    pub struct Kept {
        /// A day.
        pub day: Option<Date> = "day",
        /// A time.
        pub time: Option<Time> = "time",
        /// How long.
        pub lasts: Option<Span> = "lasts",
        /// Some bytes.
        pub bytes: Option<Base64> = "bytes",
        /// A price.
        pub price: Option<Decimal> = "price",
        /// A secret.
        pub secret: Option<Secret> = "secret",
        /// A small number and a text.
        pub pair: Option<(u8, String)> = "pair",
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
    #[base]
    /// What others build on, and ask for more.
    pub enum Shape {
        /// Its `kind` is `circle`.
        Circle(Circle) = Test::Tag("kind", &["circle"]),
    }
}

model! {
    /// Nothing that is named.
    #[derive(Default)]
    pub struct Nothing {}
}

model! {
    /// A circle.
    pub struct Circle {
        /// What it is.
        pub kind: String = "kind",
        /// Its size.
        pub radius: f64 = "radius",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> T {
        let decoded: T = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&decoded).unwrap(), *value);
        decoded
    }

    fn error<T: serde::de::DeserializeOwned + std::fmt::Debug>(value: Value) -> String {
        serde_json::from_value::<T>(value).unwrap_err().to_string()
    }

    #[test]
    fn objects_keep_everything() {
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
    fn objects_say_what_is_wrong() {
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
    fn an_adjacent_tag_chooses_and_nothing_is_lost() {
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
    fn an_internal_tag_chooses_and_is_set_right() {
        assert!(matches!(round_trip(&json!({"name": "count", "a": 1})), Named::Counted(_)));
        assert!(matches!(round_trip(&json!({"name": "new", "a": "b"})), Named::Other(_)));
        let counted: Counted = round_trip(&json!({"name": "else"}));
        assert_eq!(
            serde_json::to_value(Named::Counted(counted)).unwrap(),
            json!({"name": "count"})
        );
    }

    #[test]
    fn tests_choose_in_order_and_nothing_is_lost() {
        let chosen = |value: Value| round_trip::<Anything>(&value);
        assert!(matches!(chosen(json!({"name": "COUNT", "place": 1})), Anything::Counted(_)));
        assert!(matches!(chosen(json!({"name": "x", "place": "y"})), Anything::Visit(_)));
        assert!(matches!(chosen(json!(2)), Anything::Whole(2)));
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
    fn kept_properties_go_back_as_they_came() {
        let text = r#"{"day":"2024-13-01","time":"12:00Z","lasts":"P1D","bytes":"-_","price":1.10,"secret":"hush","pair":[1,"a"]}"#;
        let kept: Kept = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
        assert_eq!(kept.price.as_ref().unwrap().as_str(), "1.10");
        assert!(!format!("{kept:?}").contains("hush"));
    }

    #[test]
    fn dates_are_read_with_and_without_a_zone() {
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
    fn a_request_waits_to_be_sent() {
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
        };
        let client =
            crate::runtime::ClientBuilder::new(api).base_url("http://localhost").build().unwrap();
        let request = client.get_visit("a/b c?d").retry(crate::runtime::RetryPolicy::none());
        assert_eq!(request.0.path, "/visits/a%2Fb%20c%3Fd");
        is_send(&request.into_future());
    }

    #[test]
    fn an_object_may_name_no_property() {
        let nothing: Nothing = round_trip(&json!({"a": 1}));
        assert_eq!(nothing.additional_properties.len(), 1);
    }

    #[test]
    fn what_is_less_than_a_type_that_builds_on_another_is_kept() {
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
