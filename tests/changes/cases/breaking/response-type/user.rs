pub async fn save(client: &api::Client) -> Result<(), api::Error> {
    client.get_picture("a").await?.save_in("pictures").await?;
    Ok(())
}
