//! Numbers: integers in any notation and of any size, and free numbers.

use super::*;
use crate::runtime::{Properties, model};

model! {
    /// An object with a required integer.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct Measured {
        pub id: String,
        pub size: i64,
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// An object with such objects.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct MeasuredList {
        pub id: String,
        pub sizes: Option<Vec<Measured>>,
        #[flatten]
        pub additional_properties: Properties,
    }
}

model! {
    /// An object with a required free value, and an optional string.
    #[derive(Debug, Clone, PartialEq)]
    #[non_exhaustive]
    pub struct FreeBesideText {
        pub id: Option<String>,
        pub size: serde_json::Value,
        #[flatten]
        pub additional_properties: Properties,
    }
}

/// An `i64` says that a value is a number to count and compare with, so another number in its place would
/// be worse than none.
#[test]
fn an_integer_beyond_its_type_keeps_its_digits() {
    for digits in [
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1e30",
        "123456789012345678901234567890",
        "-12345678901234567890.0e3",
        "1e400",
    ] {
        let text = format!(r#"{{"id":"a","size":{digits}}}"#);
        for decoding in [Decoding::LENIENT, Decoding::STRICT] {
            let fault = decode::<Measured>(&text, decoding).unwrap_err();
            assert_eq!(fault.path, "size");
            let reason = format!("invalid value: integer `{digits}`, expected i64");
            assert_eq!(fault.reason, reason);
        }
        // It costs the optional property around it, which is kept.
        let around = format!(r#"{{"sizes":[{text}],"id":"b"}}"#);
        let (list, kept) = decode::<MeasuredList>(&around, Decoding::LENIENT).unwrap();
        assert_eq!((list.id.as_str(), kept.len(), kept[0].path.as_str()), ("b", 1, "sizes"));
        let kept = list.additional_properties.get_undecoded("sizes").unwrap();
        assert_eq!(kept.json(), format!("[{text}]"));
    }
    let fault = decode::<Measured>(r#"{"id":"a","size":1.5}"#, Decoding::LENIENT).unwrap_err();
    assert_eq!(fault.reason, "invalid type: floating point `1.5`, expected i64");
}

#[test]
fn integers_are_read_exactly_in_any_notation() {
    let cases = [
        ("1.0", Some(1)),
        ("1e3", Some(1000)),
        ("-0.0", Some(0)),
        ("-0", Some(0)),
        ("0e999999999999", Some(0)),
        ("1.50E+1", Some(15)),
        ("1500e-2", Some(15)),
        ("0.001e3", Some(1)),
        ("1.5", None),
        ("1e-1", None),
        ("9007199254740993.0", Some(9_007_199_254_740_993)),
        ("9223372036854775808", Some(1 << 63)),
        ("-9223372036854775808.00", Some(i64::MIN.into())),
        ("18446744073709551616", None),
        ("1e20", None),
        ("1e999999999999", None),
        ("0.99999999999999999999", None),
        ("4503599627370496.3", None),
        ("", None),
        ("-", None),
        ("\"1\"", None),
    ];
    for (text, expected) in cases {
        assert_eq!(integer(text), expected, "{text}");
    }
}

/// Decodes and encodes random numbers: the result is the same number, or the number is kept as
/// received.
#[test]
fn numbers_come_back_as_the_same_numbers() {
    let mut random = fastrand::Rng::with_seed(0x5eed);
    for _ in 0..5_000 {
        let mut digits = |most: usize| -> String {
            (0..random.usize(1..=most)).map(|_| random.digit(10)).collect()
        };
        let (whole, fraction, exponent) = (digits(22), digits(6), digits(2));
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if random.bool() { "-" } else { "" };
        let text = match random.u8(0..4) {
            0 => format!("{sign}{whole}"),
            1 => format!("{sign}{whole}.{}", "0".repeat(fraction.len())),
            2 => format!("{sign}{whole}.{fraction}"),
            _ => format!(
                "{sign}{whole}.{fraction}e{}{exponent}",
                if random.bool() { "-" } else { "" }
            ),
        };
        let object = format!(r#"{{"count":{text},"id":"a"}}"#);
        let (part, _) = lenient::<Part>(&object);
        let again = serde_json::to_string(&part).unwrap();
        let again: BTreeMap<String, Box<serde_json::value::RawValue>> =
            serde_json::from_str(&again).unwrap();
        match part.count {
            Some(_) => assert_eq!(integer(again["count"].get()), integer(&text), "{text}"),
            None => assert_eq!(again["count"].get(), text),
        }
        let fits = integer(&text).is_some_and(|value| i64::try_from(value).is_ok());
        assert_eq!(part.count.is_some(), fits, "{text}");
        // A double of at most 15 digits is the same decimal number (IEEE 754).
        let short = format!("{sign}{}.{fraction}", &whole[..whole.len().min(9)]);
        let number: f64 = serde_json::from_str(&short).unwrap();
        assert_eq!(number, short.parse::<f64>().unwrap(), "float_roundtrip is on: {short}");
        let shortest = format!("{}", random.f64() * 1e6);
        let number: f64 = serde_json::from_str(&shortest).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), shortest);
    }
}

/// Each free value is encoded with the digits that were received, if its JSON can be kept.
#[test]
fn integers_beyond_64_bits_keep_their_digits() {
    let long = "123456789012345678901234567890";
    let text = format!(r#"{{"needed":1,"free":{{"a":[{long}]}},"more":-{long}}}"#);
    let free: Free = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&free).unwrap(), text);
    assert_eq!((free.free.as_ref(), free.undecoded().count()), (None, 2));
    // A value that 64 bits can represent is decoded, and a string is, whatever its length.
    let text = r#"{"needed":18446744073709551615,"free":"123456789012345678901234567890"}"#;
    let free: Free = serde_json::from_str(text).unwrap();
    assert_eq!(
        (serde_json::to_string(&free).unwrap().as_str(), free.undecoded().count()),
        (text, 0)
    );
    // The JSON of a required value cannot be kept: the number is rounded and reported, not
    // rejected.
    let text = format!(r#"{{"needed":{long}}}"#);
    let (free, told) = decode::<Free>(&text, Decoding::LENIENT).unwrap();
    assert_eq!(free.needed.as_f64(), Some(1.234_567_890_123_456_8e29));
    assert!(
        matches!(&told[..], [Kept { path, rounded: true, .. }] if path == "needed"),
        "{told:?}"
    );
    assert_eq!(strict::<Free>(&text).path, "needed");
}

/// Rounding costs nothing else: other values are kept as JSON, and each rounded number is reported.
#[test]
fn only_required_free_numbers_are_rounded() {
    let long = "123456789012345678901234567890";
    let text = format!(r#"{{"needed":[{long},{{"a":{long}}}],"free":{long}}}"#);
    let (free, kept) = decode::<Free>(&text, Decoding::LENIENT).unwrap();
    assert_eq!(free.needed[0].as_f64(), free.needed[1]["a"].as_f64());
    assert_eq!(free.undecoded().count(), 1, "an optional value keeps its digits");
    let told: Vec<(&str, bool)> = kept.iter().map(|one| (one.path.as_str(), one.rounded)).collect();
    assert_eq!(told, [("needed[0]", true), ("needed[1].a", true), ("free", false)]);
    // A wrong optional value beside the number does not cost the response either.
    let text = format!(r#"{{"id":7,"free":1,"size":{long}}}"#);
    let (beside, kept) = decode::<FreeBesideText>(&text, Decoding::LENIENT).unwrap();
    assert_eq!((beside.id.as_deref(), beside.undecoded().count(), kept.len()), (None, 1, 2));
}

/// Each number in a free value is encoded as the same number.
#[test]
fn free_numbers_come_back_as_the_same_numbers() {
    let exact = [
        "0",
        "-0",
        "1.50",
        "1.0",
        "1e3",
        "1E-7",
        "0.1",
        "123456789.123456",
        "1.234e-310",
        "18446744073709551615",
        "-9223372036854775808",
        "1.7976931348623157e308",
        "5e-324",
        "0e999",
    ];
    let inexact = [
        "18446744073709551616",
        "-9223372036854775809",
        "0.12345678901234567891",
        "1e400",
        "1e-400",
        "123456.78901234567890",
        "-18446744073709551615.0",
        "9007199254740993.0",
        "1e99999999999999999999",
    ];
    for (numbers, kept) in [(&exact[..], 0), (&inexact[..], 1)] {
        for number in numbers {
            for (text, strict_is_error) in [
                (format!(r#"{{"needed":1,"free":{number}}}"#), kept == 1),
                (format!(r#"{{"needed":1,"other":{number}}}"#), kept == 1),
                (format!(r#"{{"needed":"\\\"{number}","free":[{{"a":{number}}}]}}"#), kept == 1),
                (format!(r#"{{"needed":"\"{number}\\"}}"#), false),
            ] {
                let (free, _) = lenient::<Free>(&text);
                let undecoded = free.undecoded().count();
                assert_eq!(undecoded, if strict_is_error { kept } else { 0 }, "{text}");
                if undecoded == 1 {
                    assert_eq!(serde_json::to_string(&free).unwrap(), text);
                }
                assert_eq!(
                    decode::<Free>(&text, Decoding::STRICT).is_err(),
                    strict_is_error,
                    "{text}"
                );
            }
        }
    }
}
