//! Values as parts of a URL or as headers.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::DateTime;

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a text so that it stands for itself in any part of a URL.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A value that a parameter can have.
///
/// Scalars yield one text, arrays one for each item. How the texts are joined is the parameter's
/// style (OpenAPI 3.0, Parameter Object, `style` and `explode`).
pub trait ParameterValue {
    /// Hands each text of the value over, in order.
    fn each(&self, add: &mut dyn FnMut(&str));
}

impl ParameterValue for str {
    fn each(&self, add: &mut dyn FnMut(&str)) {
        add(self);
    }
}

impl ParameterValue for String {
    fn each(&self, add: &mut dyn FnMut(&str)) {
        add(self);
    }
}

macro_rules! displayed {
    ($($ty:ty),*) => { $(
        impl ParameterValue for $ty {
            fn each(&self, add: &mut dyn FnMut(&str)) {
                add(&self.to_string());
            }
        }
    )* };
}

displayed!(bool, i32, i64, u32, u64, f32, f64);

impl ParameterValue for DateTime {
    fn each(&self, add: &mut dyn FnMut(&str)) {
        add(self.as_str());
    }
}

impl<T: ParameterValue + ?Sized> ParameterValue for &T {
    fn each(&self, add: &mut dyn FnMut(&str)) {
        (**self).each(add);
    }
}

impl<T: ParameterValue> ParameterValue for [T] {
    fn each(&self, add: &mut dyn FnMut(&str)) {
        self.iter().for_each(|item| item.each(add));
    }
}

impl<T: ParameterValue> ParameterValue for Vec<T> {
    fn each(&self, add: &mut dyn FnMut(&str)) {
        self.as_slice().each(add);
    }
}

/// A value in the style `simple`, which paths and headers use: items with commas between them.
pub(crate) fn simple(value: &dyn ParameterValue, encode: fn(&str) -> String) -> String {
    let mut joined = String::new();
    let mut first = true;
    value.each(&mut |item| {
        let comma = if std::mem::take(&mut first) { "" } else { "," };
        let _ = write!(joined, "{comma}{}", encode(item));
    });
    joined
}

/// Adds a value in the style `form` to a query: exploded, each item is a parameter of its own;
/// else they are one, with commas between them.
pub(crate) fn form(query: &mut String, name: &str, value: &dyn ParameterValue, explode: bool) {
    let name = percent_encode(name);
    let mut add = |value: &str| {
        let separator = if query.is_empty() { "" } else { "&" };
        let _ = write!(query, "{separator}{name}={value}");
    };
    if explode {
        value.each(&mut |item| add(&percent_encode(item)));
    } else {
        add(&simple(value, percent_encode));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_for_itself() {
        assert_eq!(percent_encode("a/b c?d"), "a%2Fb%20c%3Fd");
        assert_eq!(percent_encode("a+b~c_d-e.f"), "a%2Bb~c_d-e.f");
        assert_eq!(percent_encode("Zürich"), "Z%C3%BCrich");
    }

    #[test]
    fn form_explodes_arrays_or_joins_them() {
        let mut query = String::new();
        form(&mut query, "name", &"two words", true);
        form(&mut query, "id", &vec!["a", "b,c"], true);
        form(&mut query, "id", &vec!["a", "b,c"], false);
        assert_eq!(query, "name=two%20words&id=a&id=b%2Cc&id=a,b%2Cc");
    }
}
