//! A library with a client that its build script generates.

/// The client of the Pets API.
pub mod api {
    include!(concat!(env!("OUT_DIR"), "/api.rs"));
}

use api::{Client, Error};

/// Returns the name of a pet, or `None` if there is no such pet.
///
/// # Errors
///
/// The request failed.
pub async fn name_of(client: &Client, id: i64) -> Result<Option<String>, Error> {
    match client.get_pet(id).await {
        Ok(pet) => Ok(Some(pet.name)),
        Err(error) if error.status() == Some(api::StatusCode::NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::api::mock::MockServer;
    use super::api::types::Pet;
    use super::*;

    #[tokio::test]
    async fn a_generated_module_sends_requests_and_decodes_responses() {
        let mock = MockServer::start().await;
        mock.get_pet().id(7).respond_ok(Pet::new("Rex"));
        mock.get_pet().id(8).respond_status(404);
        let client = mock.client();
        assert_eq!(name_of(&client, 7).await.unwrap().as_deref(), Some("Rex"));
        assert_eq!(name_of(&client, 8).await.unwrap(), None);
        mock.verify();
    }
}
