use api::operations::untagged::GetJobResponse;

pub fn both(response: GetJobResponse) -> (GetJobResponse, GetJobResponse) {
    (response.clone(), response)
}

pub fn is_there(response: &GetJobResponse) -> bool {
    match response {
        GetJobResponse::Ok(_) => true,
        GetJobResponse::Accepted => false,
        _ => false,
    }
}
