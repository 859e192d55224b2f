//! Decodes integers in every notation.

/// Returns the exact value of a JSON number that is an integer, in any notation: `1.0` and `1e3`
/// are integers (JSON Schema Validation, section 6.1.1). Returns `None` if it is not an integer, or
/// neither `i64` nor `u64` can represent it.
pub(in crate::runtime::model) fn integer(text: &str) -> Option<i128> {
    let (negative, significant, exponent) = decimal(text)?;
    if significant.is_empty() {
        return Some(0);
    }
    let zeros = usize::try_from(exponent).ok()?;
    if significant.len().checked_add(zeros)? > MOST_DIGITS {
        return None;
    }
    let value: i128 = format!("{significant}{}", "0".repeat(zeros)).parse().ok()?;
    let value = if negative { -value } else { value };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value).then_some(value)
}

/// Returns whether a [`serde_json::Value`] represents a JSON number exactly: as a 64-bit integer,
/// or as a double that is written with the same digits, possibly in another notation.
pub(in crate::runtime::model) fn is_exact(text: &str) -> bool {
    if text.bytes().all(|byte| byte == b'-' || is_digit(byte)) {
        return text.len() < MOST_DIGITS - 1 || integer(text).is_some();
    }
    // A double keeps 15 digits, except near the limits of its range.
    if text.len() <= 15 && !text.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        return true;
    }
    let Ok(double) = text.parse::<f64>() else { return false };
    let written = decimal(&format!("{double:e}"));
    double.is_finite() && written.is_some() && written == decimal(text)
}

/// Returns whether a JSON number is an integer of any size.
pub(in crate::runtime::model) fn is_integer(text: &str) -> bool {
    decimal(text).is_some_and(|(_, _, exponent)| exponent >= 0)
}

/// Returns the sign, the digits and the exponent of a number, which are the same for all of its
/// notations, or `None` if the text is not a number.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(is_digit) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let trailing = all.len() - all.trim_end_matches('0').len();
    let shift = i64::try_from(trailing).ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let exponent = exponent.parse::<i64>().ok()?.checked_add(shift)?;
    Some((negative, significant.to_owned(), exponent))
}

/// The number of digits of the largest 64-bit integer.
const MOST_DIGITS: usize = 20;

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}
