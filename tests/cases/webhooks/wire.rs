use case_webhooks::types::{Thing, ThingChangedPayload, ThingChangedPayloadReason};

#[test]
fn payloads_are_decoded() {
    let json = r#"{"thing":{"name":"lamp"},"reason":"renamed"}"#;
    let payload: ThingChangedPayload = serde_json::from_str(json).unwrap();
    assert_eq!(payload.thing.name.as_deref(), Some("lamp"));
    assert_eq!(payload.reason, Some(ThingChangedPayloadReason::Renamed));
    assert_eq!(serde_json::to_string(&payload).unwrap(), json);
    let removed: Thing = serde_json::from_str(r#"{"name":"lamp"}"#).unwrap();
    assert_eq!(removed, payload.thing);
}
