pub async fn motto(client: &api::Client) -> Result<String, api::Error> {
    client.get_motto().await
}
