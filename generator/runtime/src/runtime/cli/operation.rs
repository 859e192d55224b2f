//! Commands that send one request.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::value::RawValue;

use super::failure::Failure;
use super::files::{self, LinesTo, Target};
use super::response::{self, Sorted};
use super::signals::Interrupt;
use super::table::{Command, ResponseFormat};
use super::{Session, request};
use crate::runtime::{Download, Error, Request, StreamingResponse, Trace};

/// Sends the request of a command, and writes the response to its target. After an interruption,
/// the failure states what was written and whether the server may have acted.
pub(super) async fn run(
    session: &Session,
    interrupt: &mut Interrupt,
    command: &'static Command,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let (trace, mut lines) = (Trace::default(), None);
    let sent = send(session, command, matches, &trace, &mut lines);
    let failure = match interrupt.guard(sent).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(failure)) => failure,
        Err(exit) => Failure::interrupted(exit, command, &trace),
    };
    Err(match &lines {
        Some(lines) => lines.add_location(failure),
        None => failure,
    })
}

async fn send(
    session: &Session,
    command: &'static Command,
    matches: &ArgMatches,
    trace: &Trace,
    lines: &mut Option<LinesTo>,
) -> Result<(), Failure> {
    let output = matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
    let target = match (command.response, output) {
        (_, Some(path)) => Target::new(path, false),
        (ResponseFormat::File, None) => Target::Directory(Path::new(".").to_owned()),
        (_, None) => Target::Stdout,
    };
    let request = request::of_command(&session.client, command, matches)?.traced(trace);
    let failed = |error: Error| Failure::of(&error, session.program);
    if command.response == ResponseFormat::File {
        target.check(files::if_exists(matches, &target)).await.map_err(failed)?;
    }
    session.screen.waiting(command.name);
    match command.response {
        ResponseFormat::Empty | ResponseFormat::Json | ResponseFormat::Text => {
            whole(session, command, request, &target).await
        }
        ResponseFormat::File => {
            let download = request.download().await.map_err(failed)?.body;
            save(session, download, &target, matches).await
        }
        ResponseFormat::Events | ResponseFormat::Lines => {
            stream(session, command.response, request, &target, lines).await
        }
        ResponseFormat::ByMediaType => {
            let sorted = request.by_media_type(response::sort).await.map_err(failed)?.body;
            session.screen.clear();
            match sorted {
                Sorted::Json(json) => response::value(&json, session.format, &target),
                Sorted::Text(text) => response::plain(&text, session.format, &target),
                Sorted::Nothing => Ok(()),
                Sorted::File(download) => {
                    let here = Target::Directory(Path::new(".").to_owned());
                    let target = if output.is_some() { target } else { here };
                    save(session, *download, &target, matches).await
                }
            }
        }
    }
}

/// Reads and writes a response that is buffered.
async fn whole(
    session: &Session,
    command: &Command,
    request: Request,
    target: &Target,
) -> Result<(), Failure> {
    let failed = |error: Error| Failure::of(&error, session.program);
    let response = request.send().await.map_err(failed)?;
    session.screen.clear();
    match command.response {
        ResponseFormat::Text => {
            let text = response.text().map_err(|error| failed(error.into()))?;
            response::plain(&text, session.format, target)
        }
        ResponseFormat::Json if !response.bytes.trim_ascii().is_empty() => {
            let json = response.json::<Box<RawValue>>().map_err(|error| failed(error.into()))?;
            if response::is_empty(&json) {
                session.screen.note(&format!("{}: the response is empty", command.name));
            }
            response::value(&json, session.format, target)
        }
        _ => {
            session.screen.note(&format!("{}: done ({})", command.name, response.status()));
            Ok(())
        }
    }
}

/// Writes a streamed response, one line per item. The file gets its name when the response is
/// complete.
async fn stream(
    session: &Session,
    kind: ResponseFormat,
    request: Request,
    target: &Target,
    lines: &mut Option<LinesTo>,
) -> Result<(), Failure> {
    let failed = |error: Error| Failure::of(&error, session.program);
    if kind == ResponseFormat::Events {
        let mut events = request.stream(StreamingResponse::events_text).await.map_err(failed)?.body;
        let lines = lines.insert(begin(session, target)?);
        while let Some(event) = events.next().await {
            lines.append(&event.map_err(failed)?.data)?;
        }
        return lines.complete();
    }
    let request = request.stream(StreamingResponse::json_lines::<Box<RawValue>>);
    let mut values = request.await.map_err(failed)?.body;
    let lines = lines.insert(begin(session, target)?);
    while let Some(value) = values.next().await {
        lines.append(&response::compact(value.map_err(failed)?.get()))?;
    }
    lines.complete()
}

fn begin(session: &Session, target: &Target) -> Result<LinesTo, Failure> {
    session.screen.clear();
    LinesTo::open(target)
}

/// Saves a file, and prints its path.
async fn save(
    session: &Session,
    download: Download,
    target: &Target,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let if_exists = files::if_exists(matches, target);
    let saved = files::save(download, target, if_exists, &session.screen).await;
    let saved = saved.map_err(|error| Failure::of(&error, session.program))?;
    let Some(path) = saved else { return Ok(()) };
    let path = path.display().to_string();
    let text = match session.format.is_json() {
        true => serde_json::json!({"file": path}).to_string(),
        false => path,
    };
    files::write(format!("{text}\n").as_bytes(), &Target::Stdout)
}
