pub fn is_missing(body: &api::ErrorBody) -> bool {
    match body {
        api::ErrorBody::Missing(_) => true,
        api::ErrorBody::Problem(_) | api::ErrorBody::Undocumented => false,
        _ => false,
    }
}
