pub fn figure() -> api::types::Figure {
    api::types::Figure::Circle(api::types::Circle::new(1.0))
}

pub fn is_circle(figure: &api::types::Figure) -> bool {
    match figure {
        api::types::Figure::Circle(_) => true,
        api::types::Figure::Other(other) => other.kind.is_none(),
        _ => false,
    }
}
