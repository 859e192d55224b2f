pub const TOTAL: api::ResponseHeader<i64> = api::headers::X_TOTAL;
