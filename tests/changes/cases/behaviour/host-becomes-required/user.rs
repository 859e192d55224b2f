pub fn builder() -> api::ClientBuilder {
    api::Client::builder().region("us").stage("test")
}
