pub fn circle(shape: api::types::Shape) -> Option<api::types::Circle> {
    match shape {
        api::types::Shape::Circle(circle) => Some(circle),
        _ => None,
    }
}
