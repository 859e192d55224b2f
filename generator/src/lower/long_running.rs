//! `x-long-running`: operations that start something which takes a while.

use super::Lower;
use crate::document;
use crate::ir::{Answer, ContentKind, Link, LongRunning, Operation, Step};

impl Lower<'_> {
    /// Finds out how to wait for what operations start, now that all of them are known.
    pub(super) fn long_running(&mut self, operations: &mut [Operation]) {
        for (index, parsed) in self.document.operations.iter().enumerate() {
            let Some(extension) = &parsed.long_running else { continue };
            match plan(extension, index, operations) {
                Ok(plan) => {
                    if let Some(operation) = operations.get_mut(index) {
                        operation.long_running = Some(plan);
                    }
                }
                Err(message) => self.fault(&extension.at, &message),
            }
        }
    }
}

fn plan(
    extension: &document::LongRunning,
    index: usize,
    operations: &[Operation],
) -> Result<LongRunning, String> {
    let operation = operations.get(index).ok_or("there is no such operation")?;
    let (id, poll) = step(&extension.poll, operation, operations)?;
    let polled = operations.get(poll.operation).ok_or("there is no such operation")?;
    match &polled.answer {
        Answer::One(content) if matches!(content.kind, ContentKind::Json(_)) => {}
        Answer::One(_) | Answer::ByCase { .. } => {
            return Err(format!("`{}` must return one type of JSON", polled.id));
        }
    }
    let further = |link: &Option<String>| -> Result<Option<Step>, String> {
        let Some(link) = link else { return Ok(None) };
        let (other, step) = step(link, operation, operations)?;
        match other == id {
            true => Ok(Some(step)),
            false => Err(format!("the links must hand over the same part of the response: `{id}`")),
        }
    };
    Ok(LongRunning {
        cancel: further(&extension.cancel)?,
        download: further(&extension.download)?,
        created: extension.created.clone(),
        command: extension.command.clone(),
        succeeded: extension.succeeded.clone(),
        failed: extension.failed.clone(),
        cancelled: extension.cancelled.clone(),
        pending_errors: extension.pending_errors.clone(),
        status: extension.status.clone(),
        id,
        poll,
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
