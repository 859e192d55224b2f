//! Commands that send one request.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::value::RawValue;

use super::answer::{self, Sorted};
use super::failure::Failure;
use super::files::{self, Target};
use super::table::{Answer, Command};
use super::{Session, request};
use crate::runtime::{Download, Error, Incoming, Request};

/// Sends the request of a command, and brings the answer to where it goes.
pub(super) async fn run(
    session: &Session,
    command: &'static Command,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let output = matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
    let target = match (command.answer, output) {
        (_, Some(path)) => Target::new(path, false),
        (Answer::File, None) => Target::Directory(Path::new(".").to_owned()),
        (_, None) => Target::Stdout,
    };
    let request = request::of_command(&session.client, command, matches)?;
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
            stream(session, command.answer, request, &target).await.map_err(failed)?
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

/// Writes an answer as it comes, one line for each of its items.
async fn stream(
    session: &Session,
    kind: Answer,
    request: Request,
    target: &Target,
) -> Result<Result<(), Failure>, Error> {
    let write = |line: &str| files::append(format!("{line}\n").as_bytes(), target);
    if kind == Answer::Events {
        let mut events = request.stream(Incoming::events_text).await?.body;
        session.screen.clear();
        while let Some(event) = events.next().await {
            if let Err(failure) = write(&event?.data) {
                return Ok(Err(failure));
            }
        }
        return Ok(Ok(()));
    }
    let mut lines = request.stream(Incoming::json_lines::<Box<RawValue>>).await?.body;
    session.screen.clear();
    while let Some(line) = lines.next().await {
        if let Err(failure) = write(&answer::compact(line?.get())) {
            return Ok(Err(failure));
        }
    }
    Ok(Ok(()))
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
