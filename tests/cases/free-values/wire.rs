use case_free_values::types::{Map, Thing};

#[test]
fn every_digit_is_kept() {
    let long = "123456789012345678901234567890";
    let text = format!(r#"{{"needed":1,"free":[{long}],"other":{{"a":-{long}}}}}"#);
    let thing: Thing = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&thing).unwrap(), text);
    let text = format!(r#"{{"a":{long}}}"#);
    let map: Map = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&map).unwrap(), text);
}
