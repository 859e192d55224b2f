pub fn builder() -> api::ClientBuilder {
    api::Client::builder().region("us").key("a")
}
