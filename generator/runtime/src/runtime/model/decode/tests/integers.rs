//! Integers that do not fit their type.

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
