pub fn healthy(status: &api::types::Status) -> Option<bool> {
    status.healthy
}
