pub fn word(color: &api::types::Color) -> &str {
    match color {
        api::types::Color::Red => "red",
        api::types::Color::Green => "green",
        other => other.as_str(),
    }
}
