#![allow(dead_code, unreachable_pub, reason = "the macros declare what a client offers")]

mod memory;
mod numbers;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::*;
use crate::runtime::{DateTime, Decimal, Nullable, Properties, Undecoded};
use crate::runtime::{model, open_enum, union};

open_enum! {
    /// A size.
    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Size {
        /// A small size.
        #[wire = "SMALL"]
        Small,
        #[other]
        Unknown(String),
    }
}

model! {
    /// An object with a required property.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Part {
        /// Required.
        pub id: String,
        /// Optional.
        pub count: Option<i64>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// An object with optional properties of each kind.
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct All {
        /// A string.
        pub text: Option<String>,
        /// An integer.
        pub whole: Option<i32>,
        /// A number.
        pub number: Option<f64>,
        /// A boolean.
        pub yes: Option<bool>,
        /// A date and time.
        pub at: Nullable<DateTime>,
        /// An enum.
        pub size: Option<Size>,
        /// A decimal number.
        pub price: Option<Decimal>,
        /// An object.
        pub part: Option<Part>,
        /// Objects.
        pub parts: Option<Vec<Part>>,
        /// Arrays of integers.
        pub grid: Option<Vec<Vec<i64>>>,
        /// A map.
        pub map: Option<Properties<i64>>,
        /// A union.
        pub one: Option<One>,
        /// Another union.
        pub pair: Option<Box<Pair>>,
        /// A pair of values.
        pub two: Option<(u8, String)>,
        /// The same type.
        pub inner: Option<Box<All>>,
        /// Any value.
        pub free: Option<Value>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// An object with integers under any other name.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Counted {
        /// Required.
        pub name: String,
        #[flatten]
        pub additional_properties: Properties<i64>,
    }
}

union! {
    /// A union.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub enum One {
        /// By its tag.
        #[wire(tag = "id", values = ["part"])]
        Part(Box<Part>),
        /// By its key.
        #[wire(property = "whole")]
        All(Box<All>),
        /// An integer.
        #[wire(type = "integer")]
        Whole(i64),
        /// Integers.
        #[wire(type = "array")]
        List(Vec<i64>),
        #[other]
        Other(Value),
    }
}

union! {
    /// The type of which the variants are subtypes.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    #[wire(or_other)]
    pub enum Based {
        /// By its tag.
        #[wire(tag = "id", values = ["part"])]
        Part(Part),
        #[other]
        Other(Value),
    }
}

union! {
    /// A pair.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    #[wire(tag = "kind", content = "content")]
    pub enum Pair {
        /// A part.
        #[wire = "part"]
        Part(Part),
        /// All.
        #[wire = "all"]
        All(Box<All>),
        #[other]
        Other(All),
    }
}

model! {
    /// A link of a chain.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Chain {
        /// Required.
        pub count: i64,
        /// Required.
        pub next: Link,
        #[flatten]
        pub additional_properties: Properties,
    }
}

union! {
    /// The next link, or the end.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub enum Link {
        /// The next link.
        #[wire(property = "next")]
        Chain(Box<Chain>),
        /// The end.
        #[wire(type = "integer")]
        End(i64),
        #[other]
        Other(Value),
    }
}

model! {
    /// An object with free values.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Free {
        /// Required.
        pub needed: Value,
        /// Optional.
        pub free: Option<Value>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

fn lenient<T: DeserializeOwned>(text: &str) -> (T, Vec<String>) {
    let (value, kept) =
        decode(text, Decoding::LENIENT).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    (value, kept.into_iter().map(|kept| kept.path).collect())
}

fn strict<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> Fault {
    decode::<T>(text, Decoding::STRICT).unwrap_err()
}

/// Decodes JSON, checks that encoding the value returns it, and returns what was kept.
fn kept<T: DeserializeOwned + Serialize>(text: &str) -> Vec<String> {
    let (value, kept) = lenient::<T>(text);
    let (again, came): (Value, Value) = (
        serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap(),
        serde_json::from_str(text).unwrap(),
    );
    assert_eq!(again, came, "{text}");
    kept
}

#[test]
fn an_optional_property_of_any_other_type_is_kept() {
    let values = [
        r#""x""#,
        "1",
        "1.5",
        "true",
        "null",
        "{}",
        "[]",
        r#"{"a":1}"#,
        r#"["a"]"#,
        "[[1.5]]",
        "300",
        "123456789012345678901234567890",
        r#"{"id":1}"#,
        r#"{"whole":[]}"#,
        r#"{"kind":"part","content":{}}"#,
    ];
    let mut count = 0;
    for name in <All as crate::runtime::Model>::PROPERTIES {
        for value in values {
            let text = format!(r#"{{"{name}":{value},"zz":1}}"#);
            let (all, paths) = lenient::<All>(&text);
            assert!(paths.iter().all(|path| path.starts_with(name)), "{text}: {paths:?}");
            count += usize::from(all.undecoded().next().is_some());
            assert_eq!(all.additional_properties["zz"], 1);
            let encoded = serde_json::to_string(&all).unwrap();
            if all.undecoded().next().is_some() {
                assert_eq!(encoded, text, "digit for digit");
            }
        }
    }
    assert!(count > 150, "{count}");
}

#[test]
fn a_fault_costs_no_more_than_the_property_that_holds_it() {
    let cases: [(&str, &[&str]); 12] = [
        (r#"{"parts":[{"id":"a","count":"x"}],"text":"t"}"#, &["parts[0].count"]),
        (r#"{"parts":[{"id":"a"},{"id":7}],"text":"t"}"#, &["parts"]),
        (r#"{"parts":[{"id":"a","count":"x"},{"id":7}],"text":"t"}"#, &["parts"]),
        (r#"{"part":{"count":1},"text":"t"}"#, &["part"]),
        (
            r#"{"inner":{"inner":{"part":{"id":"a","count":[]}}},"text":"t"}"#,
            &["inner.inner.part.count"],
        ),
        (r#"{"grid":[[1],[2,"x"]],"text":"t"}"#, &["grid"]),
        (r#"{"map":{"a":1,"b":"x","c":null},"text":"t"}"#, &["map.b", "map.c"]),
        (r#"{"one":{"id":"part","count":"x"},"text":"t"}"#, &["one.count"]),
        (r#"{"one":{"whole":"x","part":{}},"text":"t"}"#, &["one.part", "one.whole"]),
        (r#"{"one":["x"],"text":"t"}"#, &["one"]),
        (
            r#"{"pair":{"kind":"part","content":{"id":"a","count":"x"}},"text":"t"}"#,
            &["pair.content.count"],
        ),
        (r#"{"pair":{"kind":"part","content":{"id":1}},"text":"t"}"#, &["pair"]),
    ];
    for (text, expected) in cases {
        let mut paths = kept::<All>(text);
        paths.sort();
        assert_eq!(paths, expected, "{text}");
        assert_eq!(lenient::<All>(text).0.text.unwrap(), "t");
    }
    let (map, _) = lenient::<Properties<i64>>(r#"{"a":1,"b":"x"}"#);
    assert_eq!(map.get("a"), Some(&1));
    assert_eq!(map.get_undecoded("b").unwrap().json(), "\"x\"");
    assert_eq!(kept::<Counted>(r#"{"name":"n","b":"x","c":3}"#), ["b"]);
    assert_eq!(kept::<Vec<All>>(r#"[{},{"whole":{}}]"#), ["[1].whole"]);
    assert_eq!(kept::<Based>(r#"{"id":"part","count":"x"}"#), ["count"]);
}

#[test]
fn what_is_required_stays_an_error_with_its_path() {
    let fault = decode::<Part>(r#"{"id":7,"count":"x"}"#, Decoding::LENIENT).unwrap_err();
    assert_eq!(
        (fault.path.as_str(), fault.reason.as_str()),
        ("id", "invalid type: integer `7`, expected a string")
    );
    let fault = decode::<Vec<Part>>(r#"[{"id":"a"},{"count":1}]"#, Decoding::LENIENT).unwrap_err();
    assert_eq!((fault.path.as_str(), fault.reason.as_str()), ("[1]", "missing field `id`"));
    assert_eq!(decode::<All>("[]", Decoding::LENIENT).unwrap_err().path, ".");
    assert_eq!(decode::<Vec<i64>>("[1,\"x\"]", Decoding::LENIENT).unwrap_err().path, "[1]");
    for wrong in
        [r#"{"whole": tru"#, r#"{"whole": "a}"#, r#"{"whole": {}} x"#, r#"{"whole": [1,]}"#]
    {
        assert!(decode::<All>(wrong, Decoding::LENIENT).is_err(), "{wrong}");
    }
}

#[test]
fn strictly_it_is_an_error_with_its_path() {
    let fault = strict::<All>(r#"{"parts":[{"id":"a","count":"x"}]}"#);
    assert_eq!(fault.path, "parts[0].count");
    assert_eq!(fault.reason, r#"invalid type: string "x", expected i64"#);
    assert_eq!(strict::<All>(r#"{"map":{"a":"x"}}"#).path, "map.a");
    assert_eq!(strict::<All>(r#"{"one":{"id":"part","count":"x"}}"#).path, "one.count");
    let whole: (All, _) = decode(r#"{"whole":1e2,"grid":[[1.0]]}"#, Decoding::STRICT).unwrap();
    assert_eq!(whole.0.whole, Some(100));
}

#[test]
fn a_kept_value_gives_way_to_one_that_is_set() {
    let (mut all, _) = lenient::<All>(r#"{"whole":"x","at":{},"text":"t"}"#);
    let names: Vec<&str> = all.undecoded().map(|(name, _)| name).collect();
    assert_eq!(names, ["at", "whole"]);
    all.whole = Some(3);
    assert_eq!(serde_json::to_string(&all).unwrap(), r#"{"text":"t","whole":3,"at":{}}"#);
    let removed: Undecoded = all.additional_properties.remove_undecoded("at").unwrap();
    assert_eq!(removed.expected(), "a date and time");
    assert_eq!(removed.decode::<Value>().unwrap(), json!({}));
    all.additional_properties.remove_undecoded("whole");
    let (same, _) = lenient::<All>(r#"{"text":"t","whole":3}"#);
    assert_eq!(all, same);
    let (twice, _) =
        lenient::<All>(r#"{"whole":"x","whole":4,"text":5,"text":"u","yes":true,"yes":1}"#);
    assert_eq!(serde_json::to_string(&twice).unwrap(), r#"{"text":"u","whole":4,"yes":1}"#);
    assert_eq!(twice.undecoded().map(|(name, _)| name).collect::<Vec<_>>(), ["yes"]);
}

#[test]
fn types_decode_the_same_way_without_a_client() {
    let text = r#"{"whole":"x","number":1e400,"zz":1e400,"text":"\ud800"}"#;
    let all: All = serde_json::from_str(text).unwrap();
    assert_eq!(all.undecoded().count(), 4);
    assert_eq!(all.additional_properties.get_undecoded("zz").unwrap().json(), "1e400");
    let all: All = serde_json::from_value(json!({"whole": "x", "part": {"id": 1}})).unwrap();
    assert_eq!(all.undecoded().count(), 2);
    let error = serde_json::from_str::<Part>(r#"{"count":1}"#).unwrap_err().to_string();
    assert!(error.starts_with("missing field `id`"), "{error}");
    assert_eq!(current(), Pass::None);
}

#[test]
fn a_kept_value_is_not_shown() {
    let (all, _) =
        lenient::<All>(r#"{"whole":"hunter2, expected hunter3","text":{"a":"hunter4"}}"#);
    assert!(!format!("{all:?}").contains("hunter"), "{all:?}");
    let (_, kept) =
        decode::<All>(r#"{"whole":"hunter2, expected hunter3"}"#, Decoding::LENIENT).unwrap();
    assert_eq!(
        kept,
        [Kept { path: "whole".to_owned(), expected: "i32".to_owned(), rounded: false }]
    );
}

/// Without a limit, each level would take hundreds of bytes of a stack of two megabytes.
const DEEP: usize = 100_000;

#[test]
fn deep_nesting_costs_the_property_that_holds_it() {
    let deep = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    for name in ["whole", "zz", "free", "all"] {
        let text = format!(r#"{{"{name}":{deep},"text":"t"}}"#);
        let (all, paths) = lenient::<All>(&text);
        assert_eq!((paths.as_slice(), all.text.as_deref()), (&[name.to_owned()][..], Some("t")));
        let encoded = serde_json::to_string(&all).unwrap();
        let same = |name| {
            crate::runtime::json::find(&encoded, name) == crate::runtime::json::find(&text, name)
        };
        assert!(same(&format!("/{name}")), "{name}");
        let refused = strict::<All>(&text).reason;
        assert!(name == "whole" || refused.contains("recursion limit"), "{name}: {refused}");
    }
    // Recursive types, through objects and unions.
    for (open, close) in [
        (r#"{"inner":"#, "}"),
        (r#"{"one":{"whole":1,"inner":"#, "}}"),
        (r#"{"pair":{"kind":"all","content":"#, "}}"),
    ] {
        let text = format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP));
        let (all, paths) = lenient::<All>(&text);
        assert_eq!((paths.len(), all.undecoded().count()), (1, 1), "{open}");
        assert_eq!(serde_json::to_string(&all).unwrap(), text);
    }
}

#[test]
fn deep_nesting_where_nothing_is_optional_is_an_error() {
    let refused = |fault: Fault| {
        assert!(fault.reason.contains("recursion limit"), "{}", fault.reason);
    };
    let deep = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    refused(decode::<Value>(&deep, Decoding::LENIENT).unwrap_err());
    refused(decode::<Vec<Vec<Value>>>(&deep, Decoding::LENIENT).unwrap_err());
    refused(decode::<Free>(&format!(r#"{{"needed":{deep}}}"#), Decoding::LENIENT).unwrap_err());
    // A type that contains itself in required properties, and an error that starts the second pass.
    for fault in ["1", "1.0"] {
        let (open, close) = (r#"{"count":1,"next":"#, "}");
        let text = format!("{}{fault}{}", open.repeat(DEEP), close.repeat(DEEP));
        refused(decode::<Chain>(&text, Decoding::LENIENT).unwrap_err());
        let text = format!("{}{fault}{}", open.repeat(DEEPEST - 1), close.repeat(DEEPEST - 1));
        assert!(decode::<Chain>(&text, Decoding::LENIENT).is_ok(), "{fault}");
    }
    // A value at the limit is decoded and encoded.
    let nested = format!("{}1{}", "[".repeat(DEEPEST - 1), "]".repeat(DEEPEST - 1));
    assert_eq!(kept::<All>(&format!(r#"{{"whole":{nested}}}"#)), ["whole"]);
    let nested = format!("{}1{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
    assert!(decode::<Value>(&nested, Decoding::LENIENT).is_ok());
}

#[test]
fn a_pass_ends_when_a_decoder_panics() {
    #[derive(Debug)]
    struct Panics;
    impl<'de> Deserialize<'de> for Panics {
        fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            panic!("a decoder of the caller's own")
        }
    }
    assert!(std::panic::catch_unwind(|| decode::<Panics>("1", Decoding::STRICT).is_ok()).is_err());
    assert_eq!(current(), Pass::None);
    assert_eq!(kept::<All>(r#"{"whole":"x"}"#), ["whole"]);
}

/// Bytes that are not UTF-8, and names that are not Unicode, affect only the property that contains
/// them.
#[test]
fn what_is_no_unicode_costs_the_property_that_holds_it() {
    let latin = b"\xef\xbb\xbf{\"needed\":\"n\",\"free\":\"caf\xe9\",\"\xe9\":1,\"\\ud800\":2}";
    let text = crate::runtime::json::text(latin).unwrap();
    let (free, paths) = lenient::<Free>(&text);
    assert_eq!((free.needed.as_str(), paths.as_slice()), (Some("n"), &["free".to_owned()][..]));
    assert_eq!(free.additional_properties.get_undecoded("free").unwrap().json(), r#""caf\udce9""#);
    assert_eq!(free.additional_properties.len(), 1, "both names are the same three U+FFFD");
    let text = crate::runtime::json::text(b"{\"needed\":\"caf\xe9\"}").unwrap();
    assert_eq!(decode::<Free>(&text, Decoding::LENIENT).unwrap_err().path, "needed");
}
