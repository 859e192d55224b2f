//! `x-long-running`: operations that start something which takes a while.

use serde_json::Value;

use super::Lower;
use super::extension::strings;
use crate::ir::{Answer, ContentKind, Link, LongRunning, Operation, Step};
use crate::pointer::Pointer;

const KEY: &str = "x-long-running";

impl Lower<'_> {
    /// Finds out how to wait for what operations start, now that all of them are known.
    pub(super) fn long_running(&mut self, operations: &mut [Operation]) {
        for index in 0..operations.len() {
            let Some(at) = operations.get(index).map(|operation| operation.at.join(KEY)) else {
                continue;
            };
            let Some(value) = at.find(&self.parsed.root).cloned() else { continue };
            match plan(&value, index, operations) {
                Ok(plan) => {
                    if let Some(operation) = operations.get_mut(index) {
                        operation.long_running = Some(plan);
                    }
                }
                Err(message) => self.fault(&at, &message),
            }
        }
    }
}

fn plan(value: &Value, index: usize, operations: &[Operation]) -> Result<LongRunning, String> {
    let operation = operations.get(index).ok_or("there is no such operation")?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let (Some(poll), Some(status)) = (text("poll"), text("status")) else {
        return Err(format!("`{KEY}` must have `poll`, a link, and `status`, a JSON pointer"));
    };
    let (id, poll) = step(&poll, operation, operations)?;
    let polled = operations.get(poll.operation).ok_or("there is no such operation")?;
    match &polled.answer {
        Answer::One(content) if matches!(content.kind, ContentKind::Json(_)) => {}
        Answer::One(_) | Answer::ByCase { .. } => {
            return Err(format!("`{}` must answer with one type of JSON", polled.id));
        }
    }
    let further = |key: &str| -> Result<Option<Step>, String> {
        let Some(link) = text(key) else { return Ok(None) };
        let (other, step) = step(&link, operation, operations)?;
        match other == id {
            true => Ok(Some(step)),
            false => Err(format!("the links must hand over the same part of the answer: `{id}`")),
        }
    };
    for pointer in [Some(&status), text("created").as_ref()].into_iter().flatten() {
        if Pointer::parse(pointer).is_none() {
            return Err(format!("`{pointer}` is no JSON pointer: it must begin with `/`"));
        }
    }
    Ok(LongRunning {
        cancel: further("cancel")?,
        download: further("download")?,
        created: text("created"),
        command: text("command"),
        succeeded: strings(value.get("succeeded")),
        failed: strings(value.get("failed")),
        cancelled: strings(value.get("cancelled")),
        pending_errors: strings(value.get("pendingErrors")),
        id,
        poll,
        status,
    })
}

/// The operation that a link leads to, and the part of the answer that it hands over.
fn step(
    name: &str,
    operation: &Operation,
    operations: &[Operation],
) -> Result<(String, Step), String> {
    let link: &Link = operation
        .links
        .iter()
        .find(|link| link.name == name)
        .ok_or_else(|| format!("the operation has no link `{name}`"))?;
    let target = operations.iter().position(|target| target.id.0 == link.operation_id);
    let target = target.ok_or_else(|| format!("the link `{name}` leads to no operation"))?;
    let mut handed_over = link.parameters.iter();
    let (Some((parameter, pointer)), None) = (handed_over.next(), handed_over.next()) else {
        return Err(format!("the link `{name}` must hand over one parameter"));
    };
    let found = operations.get(target);
    if found.is_none_or(|found| found.group != operation.group) {
        return Err(format!("the link `{name}` must lead to an operation with the same tag"));
    }
    let is_id = |found: &Operation| {
        let mut parameters = found.parameters.iter();
        parameters.position(|known| known.wire.0 == *parameter && known.required)
    };
    let parameter = found.and_then(is_id);
    let parameter =
        parameter.ok_or_else(|| format!("the link `{name}` sets no required parameter"))?;
    Ok((pointer.clone(), Step { operation: target, parameter }))
}
