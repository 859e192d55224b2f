use api::operations::untagged::GetJobResponse;

pub fn both(answer: GetJobResponse) -> (GetJobResponse, GetJobResponse) {
    (answer.clone(), answer)
}

pub fn is_there(answer: &GetJobResponse) -> bool {
    match answer {
        GetJobResponse::Ok(_) => true,
        GetJobResponse::Accepted => false,
        _ => false,
    }
}
