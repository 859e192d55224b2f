pub fn is_red(color: &api::types::Color) -> bool {
    *color == api::types::Color::Red
}
