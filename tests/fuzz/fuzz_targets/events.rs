//! Any bytes as a stream of events: it ends, whatever the events are.

#![no_main]

mod server;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let response = server::response(200, b"Content-Type: text/event-stream", bytes);
    let count = server::call(response, |client| async move {
        let mut events = client.watch_things().await.ok()?;
        let mut count = 0;
        while let Some(event) = events.next().await {
            drop(format!("{event:?}"));
            count += 1;
        }
        Some(count)
    });
    // An event takes a line of data and an empty one.
    assert!(count.is_some_and(|count| count <= bytes.len() + 1), "{count:?} events");
});
