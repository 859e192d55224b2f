//! A host whose parameters the caller sets.

use case_swagger_2_host::{Client, Error};

#[test]
fn a_parameter_of_the_host_must_be_set() {
    let error = Client::builder().build().unwrap_err();
    assert!(matches!(&error, Error::Config(error) if error.to_string().contains("`account`")));
    let client = Client::builder().account("acme").build().unwrap();
    assert!(format!("{client:?}").contains("https://acme.example.com/v2"), "{client:?}");
}
