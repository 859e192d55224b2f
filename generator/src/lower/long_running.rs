//! `x-long-running`: operations that start a job.

use super::Lower;
use super::link::is_named;
use crate::document;
use crate::ir::{
    ContentKind, Link, LinkSource, LongRunning, NumberFormat, Operation, ResultFile, Shape, Step,
    SuccessResponse, Type,
};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// Determines how to wait for the jobs that operations start. Needs all operations.
    pub(super) fn long_running(&mut self, operations: &mut [Operation]) {
        for (index, parsed) in self.document.operations.iter().enumerate() {
            let Some(extension) = &parsed.long_running else { continue };
            match plan(extension, index, operations) {
                Ok((mut plan, download)) => {
                    plan.file =
                        download.and_then(|step| self.result_file(&extension.at, step, operations));
                    if let Some(operation) = operations.get_mut(index) {
                        operation.long_running = Some(plan);
                    }
                }
                Err(message) => self.fault(&extension.at, &message),
            }
        }
    }

    /// Returns the file that a download returns. Starting, waiting and saving are one call if the download
    /// has no parameters but the id and at most one small value, such as a format.
    fn result_file(
        &mut self,
        at: &Pointer,
        download: Step,
        all: &[Operation],
    ) -> Option<ResultFile> {
        let file = all.get(download.operation.0)?;
        let is_file = matches!(&file.response, SuccessResponse::One(content) if content.kind == ContentKind::File);
        let needs_body = file.body.as_ref().is_some_and(|body| body.required);
        let mut others = file
            .parameters
            .iter()
            .filter(|one| one.required && one.number != download.parameter)
            .map(|one| (one.number, self.is_small(&one.ty)));
        let id = file.parameter(download.parameter)?;
        let id_is_text = self.is_text(&id.ty);
        let of_file = |each, in_one_call| {
            Some(ResultFile { download: download.clone(), each, in_one_call, id_is_text })
        };
        let (file_result, obstacle) = match (is_file, needs_body, others.next(), others.next()) {
            (false, ..) => (None, "it does not always return a file"),
            (_, true, ..) => (None, "it needs a body"),
            _ if file.accept_by.is_some() && !id_is_text => (
                of_file(None, false),
                "its id is not a string, and a parameter selects the media type",
            ),
            (.., None, _) => return of_file(None, true),
            (.., Some((number, true)), None) => return of_file(Some(number), true),
            (.., Some((_, false)), None) => {
                (of_file(None, false), "its other parameter is not a choice or a number")
            }
            (.., Some(_), Some(_)) => (of_file(None, false), "it needs several parameters"),
        };
        let construct = format!("`{}` as the download of a job, because {obstacle},", file.id);
        let instead = "there is no `export`; `poll` waits, and the download is a call of its own";
        self.diagnostics.unsupported(&at.join("download"), &construct, instead);
        file_result
    }

    /// Returns whether values of a type are passed by value.
    fn is_small(&self, ty: &Type) -> bool {
        match self.without_alias(ty) {
            Type::Boolean | Type::Integer(_) | Type::Number(NumberFormat::Double) => true,
            Type::Nullable(_) => true,
            Type::Named(id) => match self.types.get(id.0).map(|def| &def.shape) {
                Some(Shape::Enum(_)) => true,
                Some(Shape::Alias(_) | Shape::Object(_) | Shape::Union(_) | Shape::Form(_))
                | None => false,
            },
            Type::Any
            | Type::Number(NumberFormat::Decimal)
            | Type::String(_)
            | Type::Array(_)
            | Type::Tuple(_)
            | Type::Map(_)
            | Type::Extern(_) => false,
        }
    }
}

/// Returns how to wait for the job that an operation starts, and the step that downloads its result.
fn plan(
    extension: &document::LongRunning,
    index: usize,
    operations: &[Operation],
) -> Result<(LongRunning, Option<Step>), String> {
    let operation = operations.get(index).ok_or("there is no such operation")?;
    let (id, poll) = step(&extension.poll, operation, operations)?;
    let polled = operations.get(poll.operation.0).ok_or("there is no such operation")?;
    match &polled.response {
        SuccessResponse::One(content) if matches!(content.kind, ContentKind::Json(_)) => {}
        SuccessResponse::One(_) | SuccessResponse::ByCase { .. } => {
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
    let download = further(&extension.download)?;
    let plan = LongRunning {
        cancel: further(&extension.cancel)?,
        file: None,
        created: extension.created.clone(),
        command: extension.command.clone(),
        succeeded: extension.succeeded.clone(),
        failed: extension.failed.clone(),
        cancelled: extension.cancelled.clone(),
        pending_errors: extension.pending_errors.clone(),
        status: extension.status.clone(),
        id,
        poll,
    };
    Ok((plan, download))
}

/// Returns the operation that a link leads to, and the part of the response that it passes on.
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
    let target = link.find_target(operations);
    let target = target.ok_or_else(|| format!("the link `{name}` leads to no operation"))?;
    let mut handed_over = link.parameters.iter();
    let (Some((parameter, source)), None) = (handed_over.next(), handed_over.next()) else {
        return Err(format!("the link `{name}` must hand over one parameter"));
    };
    let LinkSource::ResponseBody(pointer) = source else {
        return Err(format!("the link `{name}` must hand over a part of the response's body"));
    };
    if target.group != operation.group {
        return Err(format!("the link `{name}` must lead to an operation of the same group"));
    }
    let mut parameters = target.parameters.iter();
    let parameter = parameters.find(|known| is_named(known, parameter) && known.required);
    let parameter =
        parameter.ok_or_else(|| format!("the link `{name}` sets no required parameter"))?;
    Ok((pointer.clone(), Step { operation: target.number, parameter: parameter.number }))
}
