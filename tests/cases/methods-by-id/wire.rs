use case_methods_by_id::mock::MockServer;
use case_methods_by_id::types::{Owner, Repo};

#[tokio::test]
async fn groups_have_methods_of_the_same_name() {
    let mock = MockServer::start().await;
    let (client, owner) = (mock.client(), Owner::new().with_name("a"));
    let repo = Repo::new().with_owner(owner.clone());
    mock.repos().list().once().respond_ok(&repo);
    mock.issues().list().once().respond_ok(&owner);
    mock.meta().once().respond_ok();
    assert_eq!(client.repos().list().await.unwrap(), repo);
    assert_eq!(client.issues().list().await.unwrap(), owner);
    client.meta().await.unwrap();
    mock.verify();
}
