pub async fn healthy(client: &api::Client) -> Result<bool, api::Error> {
    Ok(client.get_status().await?.healthy == Some(true))
}
