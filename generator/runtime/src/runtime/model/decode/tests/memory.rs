//! A short body can become a large value. Each test runs in a process of its own, and measures it.

#![allow(clippy::large_enum_variant, reason = "the size of a large variant is what is tested")]

use std::fmt::Debug;

use serde_json::Value;

use super::*;
use crate::memory::{heap, is_alone, peak};
use crate::runtime::{DateTime, Decimal, Properties, model, union};

const MIB: usize = 1 << 20;

/// The memory that the value may take.
const ALLOWED: usize = 2 * MIB;

/// How many times what is allowed the heap may grow: an array that grows reserves twice the space of its
/// items, and is moved from one half of that.
const MOST: usize = 3;

model! {
    /// An object with a property for each letter and more.
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Wide {
        pub a: Option<String>,
        pub b: Option<(String, String, String, String, String, String)>,
        pub c: Option<(String, String, String, String, String, String)>,
        pub d: Option<(String, String, String, String, String, String)>,
        pub e: Option<(String, String, String, String, String, String)>,
        pub w: Option<Box<Wide>>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// An object with two arrays of objects.
    #[derive(Debug, Clone, PartialEq, Default)]
    #[non_exhaustive]
    pub struct Pair {
        pub first: Option<Vec<Wide>>,
        pub second: Option<Vec<Wide>>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

union! {
    /// A union with a large variant.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub enum Either {
        /// Large.
        #[wire(property = "a")]
        Wide(Wide),
        /// Small.
        #[wire(type = "integer")]
        Whole(i64),
        #[other]
        Other(Value),
    }
}

/// Expects that a long array is refused before the heap has grown much more than is allowed: an array of
/// 4 MiB, of which the list of its items is too large already, and a shorter one, whose values are. Prints
/// how much the shorter one takes without a limit.
fn check<T: DeserializeOwned + Debug>(test: &str, item: &str) {
    if !is_alone(&format!("runtime::model::decode::tests::memory::{test}")) {
        return;
    }
    let array = |bytes: usize| {
        let mut text = String::with_capacity(bytes + item.len() + 2);
        text.push('[');
        while text.len() < bytes {
            text.push_str(item);
            text.push(',');
        }
        text.pop();
        text.push(']');
        text
    };
    let long = array(4 * MIB);
    for strict in [false, true] {
        let (outcome, grown) =
            peak(|| decode::<Vec<T>>(&long, Decoding { strict, memory: ALLOWED }));
        let fault = outcome.map(|_| "a value").unwrap_err();
        assert_eq!(fault.path, ".");
        for part in [&ALLOWED.to_string(), "ClientBuilder::max_decoded_bytes"] {
            assert!(fault.reason.contains(part), "{}", fault.reason);
        }
        assert!(grown < MOST * ALLOWED, "{grown} bytes");
    }
    let (short, before) = (array(MIB / 2), heap());
    let value = decode::<Vec<T>>(&short, Decoding::LENIENT).unwrap();
    let taken = heap() - before;
    drop(value);
    println!("{test}: {} bytes for a byte", taken / short.len());
    // An array that reserves space may take twice what is counted. The estimate from the text alone is
    // lower than this limit, so the values have been counted.
    let limited = Decoding { strict: false, memory: taken / 5 * 2 };
    let (outcome, grown) = peak(|| decode::<Vec<T>>(&short, limited));
    assert!(outcome.is_err(), "{taken} bytes");
    assert!(grown < MOST * limited.memory, "{grown} bytes of {}", limited.memory);
}

/// The first pass counts objects, of which the scan sees the braces only.
#[test]
fn objects_count_in_the_first_pass() {
    let text = format!("[{}]", vec!["{}"; 1_000].join(","));
    let memory = crate::runtime::model::decode::memory::scan(&text).memory;
    let decoding = Decoding { strict: false, memory };
    assert!(decode::<Vec<Value>>(&text, decoding).is_ok(), "the first pass is possible");
    assert!(decode::<Vec<Wide>>(&text, decoding).is_err());
}

/// Memory of a value that is discarded is available again: here for the alternative, and for the
/// properties after one that is kept as JSON.
#[test]
fn discarded_values_do_not_count() {
    let objects = vec![r#"{"a":"x"}"#; 1_000].join(",");
    let text = format!(r#"[{{"first":[{objects},1],"second":[{objects}]}}]"#);
    let once = format!(r#"[{{"second":[{objects}],"first":1}}]"#);
    let decoding = |memory| Decoding { strict: false, memory };
    let accepts = |text: &str, memory| decode::<Vec<Pair>>(text, decoding(memory)).is_ok();
    let needed = (1..200).map(|step| step * 100_000).find(|memory| accepts(&once, *memory));
    assert!(accepts(&text, needed.unwrap() * 3 / 2), "{needed:?}");
}

/// The second pass counts what dates and decimal numbers capture.
#[test]
fn captured_strings_count_in_the_second_pass() {
    let long = "0".repeat(MIB);
    for text in [format!(r#"["{long}"]"#), format!("[1{long}]")] {
        let decoding = Decoding { strict: false, memory: MIB / 2 };
        assert!(decode::<Vec<DateTime>>(&text, decoding).is_err());
        assert!(decode::<Vec<Decimal>>(&text, decoding).is_err());
    }
}

/// The default allows 16 times the length of the longest response. Usual responses, with ids in them,
/// take half of that at most, whatever pass decodes them. Objects of tiny strings take more, above all as
/// free values, whose size depends on a feature of `serde_json`.
#[test]
fn usual_responses_are_not_refused() {
    let objects = |words: &str| {
        let object = format!(r#"{{"a":"seven","b":{words},"c":{words},"d":{words},"e":{words}}}"#);
        format!("[{}]", vec![object.as_str(); 2_000].join(","))
    };
    let id = r#""2c9180835d2e5168015d32f890ca1581""#;
    let usual = objects(&format!("[{}]", [id; 6].join(",")));
    let tiny = objects(r#"["one","two","three","four","five","six"]"#);
    let points: Vec<String> = (0..20_000).map(|n| format!("[{n},{},-1.5]", n * 7)).collect();
    let points = format!("[{}]", points.join(","));
    for strict in [false, true] {
        let within = |times: usize, text: &str| Decoding { strict, memory: times * text.len() };
        assert!(decode::<Vec<Wide>>(&usual, within(8, &usual)).is_ok());
        assert!(decode::<Vec<Value>>(&usual, within(8, &usual)).is_ok());
        assert!(decode::<Vec<Wide>>(&tiny, within(20, &tiny)).is_ok());
        assert!(decode::<Vec<Value>>(&tiny, within(40, &tiny)).is_ok());
        assert!(decode::<Vec<[f64; 3]>>(&points, within(16, &points)).is_ok());
        assert!(decode::<Vec<Vec<f64>>>(&points, within(16, &points)).is_ok());
    }
}

#[test]
fn objects_take_no_more_memory_than_is_allowed() {
    check::<Wide>("objects_take_no_more_memory_than_is_allowed", "{}");
}

#[test]
fn free_values_take_no_more_memory_than_is_allowed() {
    check::<Value>("free_values_take_no_more_memory_than_is_allowed", r#"{"":0}"#);
}

#[test]
fn maps_take_no_more_memory_than_is_allowed() {
    check::<Properties<Wide>>("maps_take_no_more_memory_than_is_allowed", r#"{"":{}}"#);
}

#[test]
fn wrong_values_take_no_more_memory_than_is_allowed() {
    check::<Wide>("wrong_values_take_no_more_memory_than_is_allowed", r#"{"a":0}"#);
}

/// Other types.
macro_rules! shapes {
    ($($name:ident: $ty:ty = $item:expr;)*) => { $(
        #[test]
        fn $name() {
            check::<$ty>(stringify!($name), $item);
        }
    )* };
}

shapes! {
    integers: i64 = "0";
    free_integers: Value = "0";
    arrays: Vec<i64> = "[]";
    arrays_of_one: Vec<i64> = "[0]";
    nested_arrays: Vec<Vec<Vec<String>>> = "[[[]]]";
    strings: String = "\"a\"";
    dates: DateTime = "0";
    arrays_of_one_object: Vec<Wide> = "[{}]";
    boxed_objects: Wide = r#"{"w":{}}"#;
    unknown_properties: Wide = r#"{"":0}"#;
    maps: Properties<i64> = r#"{"":0}"#;
    nested_free_objects: Value = r#"{"":{"":{"":{"":0}}}}"#;
    unions: Either = "0";
    unions_of_objects: Either = r#"{"a":""}"#;
    integers_in_place_of_strings: Properties<String> = r#"{"":0}"#;
}
