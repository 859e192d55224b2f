//! Content negotiation: whether the `Accept` headers of a request admit a media type.

/// Whether one of the `Accept` values admits the media type. A missing header admits everything
/// (RFC 9110, section 12.5.1).
pub(super) fn admits<'a>(accept: impl IntoIterator<Item = &'a str>, media_type: &str) -> bool {
    let mut ranges = accept.into_iter().flat_map(|value| value.split(',')).peekable();
    ranges.peek().is_none() || ranges.any(|range| range_admits(range, media_type))
}

fn range_admits(range: &str, media_type: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.filter_map(|parameter| parameter.strip_prefix("q=")).any(weight_is_zero);
    let is_in_range = match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((main_type, "*")) => media_type.split('/').next() == Some(main_type),
        _ => range == media_type,
    };
    is_in_range && !refused
}

fn weight_is_zero(weight: &str) -> bool {
    weight.parse::<f32>().is_ok_and(|weight| weight == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_weights_are_honoured() {
        for admitting in
            ["application/csv", "*/*", "Application/*", "text/html, application/csv;q=0.1"]
        {
            assert!(admits([admitting], "application/csv"), "{admitting}");
        }
        for refusing in
            ["application/json", "text/*", "application/csv;q=0", "application/csv; q=0.0"]
        {
            assert!(!admits([refusing], "application/csv"), "{refusing}");
        }
        assert!(admits([], "application/csv"));
        assert!(admits(["application/json", "application/csv"], "application/csv"));
    }
}
