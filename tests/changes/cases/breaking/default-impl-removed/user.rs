pub fn nothing_known() -> api::types::Status {
    api::types::Status::default()
}
