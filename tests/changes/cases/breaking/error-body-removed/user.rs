pub fn is_missing(body: &api::ErrorBody) -> bool {
    matches!(body, api::ErrorBody::Missing(_))
}
