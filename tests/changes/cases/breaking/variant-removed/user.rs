pub fn is_square(shape: &api::types::Shape) -> bool {
    matches!(shape, api::types::Shape::Square(_))
}
