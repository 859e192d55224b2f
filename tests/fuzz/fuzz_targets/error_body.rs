//! Any bytes as the body of an error, or of a response that was to be JSON: it is an error or a value,
//! and what it says is bounded.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

const TYPES: [&str; 4] =
    ["application/json", "text/plain; charset=utf-8", "text/html", "application/problem+json"];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    let status = [200, 400, 401, 404, 429, 500, 503, 201][usize::from(choice & 7)];
    let header = format!("Content-Type: {}", TYPES[usize::from(choice >> 3 & 3)]);
    let response = server::response(status, header.as_bytes(), body);
    let outcome = server::call(response, |client| async move { client.get_thing().await });
    match outcome {
        Ok(thing) => drop(format!("{thing:?}")),
        Err(error) => {
            let line = error.to_string();
            assert!(line.len() < 4_096 && !line.chars().any(char::is_control), "{line:?}");
            assert!(format!("{error:?}").len() < 65_536, "{error:?}");
        }
    }
});
