pub async fn call(client: &api::Client) -> Result<(), api::Error> {
    client.a0().await?;
    Ok(())
}
