pub fn builder() -> api::ClientBuilder {
    api::Client::builder().stage("test")
}
