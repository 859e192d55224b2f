pub fn is_problem(body: &api::ErrorBody) -> bool {
    matches!(body, api::ErrorBody::Problem(_))
}
