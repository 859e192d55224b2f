pub fn form() -> api::types::PutPictureBody {
    api::types::PutPictureBody::new(api::Upload::from("a"))
}
