use api::operations::untagged::GetJobResponse;

pub fn both(response: GetJobResponse) -> (GetJobResponse, GetJobResponse) {
    (response.clone(), response)
}
