//! Parses arguments of the command line into values.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser};
use serde_json::{Number, Value};

use super::table::ValueType;
use super::text;

/// Returns the parser for a type. With `open`, values that the document does not list are accepted.
pub(super) fn parser(kind: ValueType, open: bool) -> ValueParser {
    match kind {
        ValueType::String | ValueType::File => ValueParser::new(text_value),
        ValueType::Boolean => PossibleValuesParser::new(["true", "false"])
            .map(|argument| Value::Bool(argument == "true"))
            .into(),
        ValueType::Integer => ValueParser::new(integer),
        ValueType::Number => ValueParser::new(number),
        ValueType::Choice(_) if open => ValueParser::new(text_value),
        ValueType::Choice(values) => {
            let possible = values.iter().map(|(value, help)| {
                let possible = PossibleValue::new(*value);
                if help.is_empty() { possible } else { possible.help(text::summary(help)) }
            });
            PossibleValuesParser::new(possible).map(Value::String).into()
        }
        ValueType::Array(item) => parser(*item, open),
        ValueType::Json => ValueParser::new(json),
    }
}

/// Returns the placeholder for a value in the help.
pub(super) fn placeholder(kind: ValueType) -> &'static str {
    match kind {
        ValueType::String => "STRING",
        ValueType::Boolean => "BOOL",
        ValueType::Integer | ValueType::Number => "NUMBER",
        ValueType::Choice(_) => "VALUE",
        ValueType::Array(item) => placeholder(*item),
        ValueType::File => "FILE",
        ValueType::Json => "JSON",
    }
}

#[allow(clippy::unnecessary_wraps, reason = "parsers return a `Result`")]
fn text_value(text: &str) -> Result<Value, String> {
    Ok(Value::String(text.to_owned()))
}

fn integer(text: &str) -> Result<Value, String> {
    let signed = text.parse::<i64>().map(Value::from);
    let value = signed.or_else(|_| text.parse::<u64>().map(Value::from));
    value.map_err(|_| "it must be an integer".to_owned())
}

fn number(text: &str) -> Result<Value, String> {
    if let Ok(value) = integer(text) {
        return Ok(value);
    }
    let number = text.parse::<f64>().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| "it must be a number".to_owned())
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it must be JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_parsed() {
        assert_eq!(integer("-3"), Ok(json!(-3)));
        assert_eq!(integer("18446744073709551615"), Ok(json!(u64::MAX)));
        assert_eq!(number("2.5"), Ok(json!(2.5)));
        assert_eq!(number("7"), Ok(json!(7)));
        for text in ["", "1.5", "1e3", "x", "99999999999999999999"] {
            assert!(integer(text).is_err(), "{text}");
        }
        assert!(number("NaN").is_err() && number("inf").is_err());
    }
}
