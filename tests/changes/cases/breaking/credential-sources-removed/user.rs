pub fn client() -> Result<api::Client, api::Error> {
    api::Client::from_env()
}
