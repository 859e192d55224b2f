pub fn since(status: api::types::Status) -> Option<String> {
    status.since
}
