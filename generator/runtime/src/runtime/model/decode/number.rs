//! Integers, however they are written.

/// The integer that a JSON number is, exactly, whatever its notation: `1.0` and `1e3` are integers
/// (JSON Schema Validation, section 6.1.1). None if it is not one, or does not fit 65 bits.
pub(in crate::runtime::model) fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()),
        None => (digits, Some(0)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = !whole.is_empty() && (whole.bytes().chain(fraction.bytes())).all(is_digit);
    if !is_number {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // The number is `significant` with so many zeros behind it.
    let trailing = all.len() - all.trim_end_matches('0').len();
    let zeros = i64::from(exponent?) + i64::try_from(trailing).ok()?
        - i64::try_from(fraction.len()).ok()?;
    let zeros = usize::try_from(zeros).ok()?;
    if significant.len() + zeros > MOST_DIGITS {
        return None;
    }
    let value: i128 = format!("{significant}{}", "0".repeat(zeros)).parse().ok()?;
    let value = if negative { -value } else { value };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value).then_some(value)
}

/// The digits of the largest number of 64 bits.
const MOST_DIGITS: usize = 20;

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}
