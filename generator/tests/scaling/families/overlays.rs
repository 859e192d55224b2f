//! Families of overlays.

use serde_json::{Map, json};

use super::{Document, entries, no_content, paths, schemas, with_overlay};

pub(super) fn actions(size: usize) -> Document {
    let update = |index| json!({"target": format!("$.paths['/p{index}'].get"), "update": {"summary": format!("S{index}.")}});
    let document = paths(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("g{index}"), "responses": no_content()}}),
        )
    }));
    with_overlay(&document, (0..size).map(update).collect())
}

pub(super) fn copies(size: usize) -> Document {
    let copy = |index| json!({"target": format!("$.components.schemas.T{index}"), "copy": "$.components.schemas.S"});
    let mut all = entries(size, |index| (format!("T{index}"), json!({"type": "object"})));
    all.insert("S".to_owned(), json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    with_overlay(&schemas(all), (0..size).map(copy).collect())
}

pub(super) fn removals(size: usize) -> Document {
    let remove =
        |index| json!({"target": format!("$.components.schemas.T{index}"), "remove": true});
    let all = entries(size, |index| (format!("T{index}"), json!({"type": "object"})));
    let mut document = schemas(all);
    document["paths"] = json!({});
    with_overlay(&document, (0..size).map(remove).collect())
}

pub(super) fn every_other(size: usize) -> Document {
    let mut document = paths(Map::new());
    document["tags"] = (0..size)
        .map(|index| json!({"name": format!("t{index}"), "x-gone": index % 2 == 0}))
        .collect();
    let actions = vec![
        json!({"target": "$.tags[*]", "update": {"x-a": 1}}),
        json!({"target": "$.tags[?@['x-gone'] == true]", "remove": true}),
    ];
    with_overlay(&document, actions)
}

pub(super) fn targets(size: usize) -> Document {
    let all = entries(size, |index| (format!("T{index}"), json!({"type": "object"})));
    let update = json!({"target": "$.components.schemas.*", "update": {"properties": {"b": {"type": "string"}}}});
    with_overlay(&schemas(all), vec![update])
}

/// Queries with several descendant segments. Each node is below many others.
pub(super) fn descents(size: usize) -> Document {
    let deep = |_| (0..30).fold(json!({"y": 1}), |inner, _| json!({"x": inner}));
    let mut document = paths(Map::new());
    document["x-deep"] = (0..size).map(deep).collect();
    let action = json!({"target": "$..x..x..x..x..y", "update": 2});
    with_overlay(&document, vec![action])
}

/// Equal actions.
pub(super) fn equal_actions(size: usize) -> Document {
    let update = |_| json!({"target": "$.info", "update": {"description": "A."}});
    with_overlay(&paths(Map::new()), (0..size).map(update).collect())
}

/// Ten actions, each of which selects all schemas.
pub(super) fn everything(size: usize) -> Document {
    let all = entries(size, |index| (format!("T{index}"), json!({"type": "object"})));
    let update =
        |index| json!({"target": "$.components..[?@.type]", "update": {format!("x-{index}"): 1}});
    with_overlay(&schemas(all), (0..10).map(update).collect())
}
