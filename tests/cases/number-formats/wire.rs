use std::fmt::Debug;

use case_number_formats::types::{Beyond, Thing};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn assert_round_trip<T: DeserializeOwned + Serialize + Debug>(text: &str) -> T {
    let value: T = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), text);
    value
}

#[test]
fn every_digit_of_an_integer_is_kept() {
    // The first integer that a double cannot hold.
    let thing: Thing = assert_round_trip(r#"{"numberInt64":9007199254740993}"#);
    assert_eq!(thing.number_int64, Some(9_007_199_254_740_993));
    let thing: Thing = assert_round_trip(r#"{"numberUint64":18446744073709551615}"#);
    assert_eq!(thing.number_uint64, Some(u64::MAX));
    // Larger than a `u64`.
    let thing: Thing = assert_round_trip(r#"{"beyondAll":18446744073709551617}"#);
    assert_eq!(thing.beyond_all.unwrap().as_str(), "18446744073709551617");
    let beyond: Beyond = assert_round_trip("-99999999999999999999999999999999");
    assert_eq!(beyond.as_str(), "-99999999999999999999999999999999");
}

/// `1.0` is an integer (JSON Schema 2020-12, Validation, section 6.1.1).
#[test]
fn an_integer_may_be_written_with_a_fraction() {
    let thing: Thing = serde_json::from_str(r#"{"numberInt64":9007199254740993.0}"#).unwrap();
    assert_eq!(thing.number_int64, Some(9_007_199_254_740_993));
}
