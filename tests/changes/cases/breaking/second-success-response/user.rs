pub async fn name(client: &api::Client) -> Result<String, api::Error> {
    Ok(client.get_thing("a", 1).await?.name.clone())
}
