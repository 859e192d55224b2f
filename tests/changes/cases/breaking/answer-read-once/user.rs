use api::operations::untagged::GetJobResponse;

pub fn both(answer: GetJobResponse) -> (GetJobResponse, GetJobResponse) {
    (answer.clone(), answer)
}
