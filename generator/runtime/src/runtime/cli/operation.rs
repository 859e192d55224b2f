//! Commands that send one request.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::value::RawValue;

use super::answer::{self, Sorted};
use super::failure::Failure;
use super::files::{self, LinesTo, Target};
use super::signals::Interrupt;
use super::table::{Answer, Command};
use super::{Session, request};
use crate::runtime::{Download, Error, Incoming, Request, Trace};

/// Sends the request of a command, and brings the response to where it goes. An interrupted one says
/// what is known of it.
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
        Some(lines) => lines.tell(failure),
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
    let target = match (command.answer, output) {
        (_, Some(path)) => Target::new(path, false),
        (Answer::File, None) => Target::Directory(Path::new(".").to_owned()),
        (_, None) => Target::Stdout,
    };
    let request = request::of_command(&session.client, command, matches)?.traced(trace);
    let failed = |error: Error| Failure::of(&error, session.program);
    if command.answer == Answer::File {
        target.check(files::if_exists(matches, &target)).await.map_err(failed)?;
    }
    session.screen.waiting(command.name);
    match command.answer {
        Answer::Empty | Answer::Json | Answer::Text => {
            whole(session, command, request, &target).await
        }
        Answer::File => {
            let download = request.download().await.map_err(failed)?.body;
            save(session, download, &target, matches).await
        }
        Answer::Events | Answer::Lines => {
            stream(session, command.answer, request, &target, lines).await
        }
        Answer::ByMediaType => {
            let sorted = request.by_media_type(answer::sort).await.map_err(failed)?.body;
            session.screen.clear();
            match sorted {
                Sorted::Json(json) => answer::value(&json, session.format, &target),
                Sorted::Text(text) => answer::plain(&text, session.format, &target),
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

/// Reads an answer as a whole.
async fn whole(
    session: &Session,
    command: &Command,
    request: Request,
    target: &Target,
) -> Result<(), Failure> {
    let failed = |error: Error| Failure::of(&error, session.program);
    let reply = request.reply().await.map_err(failed)?;
    session.screen.clear();
    match command.answer {
        Answer::Text => {
            let text = reply.text().map_err(|error| failed(error.into()))?;
            answer::plain(&text, session.format, target)
        }
        Answer::Json if !reply.bytes.trim_ascii().is_empty() => {
            let json = reply.json::<Box<RawValue>>().map_err(|error| failed(error.into()))?;
            if answer::is_empty(&json) {
                session.screen.note(&format!("{}: there is nothing in the answer", command.name));
            }
            answer::value(&json, session.format, target)
        }
        _ => {
            session.screen.note(&format!("{}: done ({})", command.name, reply.status()));
            Ok(())
        }
    }
}

/// Writes a response as it comes, one line for each of its items. A file has its name when the
/// response has come to its end.
async fn stream(
    session: &Session,
    kind: Answer,
    request: Request,
    target: &Target,
    lines: &mut Option<LinesTo>,
) -> Result<(), Failure> {
    let failed = |error: Error| Failure::of(&error, session.program);
    if kind == Answer::Events {
        let mut events = request.stream(Incoming::events_text).await.map_err(failed)?.body;
        let lines = lines.insert(begin(session, target)?);
        while let Some(event) = events.next().await {
            lines.append(&event.map_err(failed)?.data)?;
        }
        return lines.complete();
    }
    let request = request.stream(Incoming::json_lines::<Box<RawValue>>);
    let mut values = request.await.map_err(failed)?.body;
    let lines = lines.insert(begin(session, target)?);
    while let Some(value) = values.next().await {
        lines.append(&answer::compact(value.map_err(failed)?.get()))?;
    }
    lines.complete()
}

fn begin(session: &Session, target: &Target) -> Result<LinesTo, Failure> {
    session.screen.clear();
    LinesTo::open(target)
}

/// Saves a file, and says where it is.
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
