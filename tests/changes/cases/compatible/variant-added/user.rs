pub fn sides(shape: &api::types::Shape) -> u8 {
    match shape {
        api::types::Shape::Circle(_) => 0,
        api::types::Shape::Square(_) => 4,
        _ => 1,
    }
}
