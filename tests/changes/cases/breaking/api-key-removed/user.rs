pub fn builder() -> api::ClientBuilder {
    api::Client::builder().key("a")
}
