//! Any bytes as `Retry-After`, and a number that may be any: the error says a wait or none.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let header = [b"Content-Type: application/json\r\nRetry-After: ", bytes].concat();
    let response = server::response(429, &header, b"{\"code\":\"busy\"}");
    let error = server::call(response, |client| async move { client.get_thing().await.err() });
    if let Some(error) = error {
        let _ = error.retry_after();
        let _ = (error.to_string(), format!("{error:?}"));
    }
});
