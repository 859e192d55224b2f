pub async fn all(client: &api::Client) -> Result<Vec<api::types::Thing>, api::Error> {
    client.list_things("a", "b").await
}
