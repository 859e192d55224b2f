//! Commands that start a job, wait for it, and download its files.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;
use serde_json::Value;
use serde_json::value::RawValue;

use super::connect::OTHER_HOST_FLAG;
use super::failure::{Exit, Failure};
use super::files::{self, Target};
use super::response::{self, Format};
use super::signals::Interrupt;
use super::table::{Command, Job, JobFile, Program};
use super::{Session, duration, request};
use crate::runtime::{
    Location, PollEvent, PollStatus, PollUpdate, Poller, Trace, WaitError, disk, json,
};

/// The flags for the location of the API and for authentication.
const CONNECTION: [&str; 5] =
    ["base-url", "api-version", "client-id", "client-secret-file", "token-file"];

/// A job that completed: its id and its last state.
struct Ended {
    id: String,
    state: Box<RawValue>,
}

pub(super) async fn run(
    session: &Session,
    interrupt: &mut Interrupt,
    (command, job): (&'static Command, &'static Job),
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let formats = formats(job.file.as_ref(), matches);
    let output = matches.try_get_one::<PathBuf>("output").ok().flatten();
    let target = Target::new(output.map_or(Path::new("."), PathBuf::as_path), true);
    if formats.len() > 1 && !matches!(target, Target::Directory(_)) {
        let message = "--output: several formats need a directory; put a slash behind its name";
        return Err(Failure::usage(message));
    }
    let trace = Trace::default();
    let poller = poller(session, command, job, matches, &trace)?;
    if job.file.is_some() {
        // The user should learn before the wait, not after it, that nothing can be saved.
        let checked = target.check(files::if_exists(matches, &target)).await;
        checked.map_err(|error| Failure::of(&error, session.program))?;
    }
    let again = Again { program: session.program, job, command, matches, trace: &trace };
    let ended = wait(session, interrupt, poller, &again).await?;
    let mut saved = Vec::new();
    if let Some(file) = &job.file {
        for format in formats.iter().map(Some).chain(formats.is_empty().then_some(None)) {
            let request = request::of_file(&session.client, file, &ended.id, format, matches);
            let (if_exists, before) = (files::if_exists(matches, &target), saved.clone());
            let screen = std::sync::Arc::clone(&session.screen);
            let fetch = async {
                let download = request.download().await?.body;
                let if_exists = match &target {
                    Target::Directory(directory) => {
                        if_exists.beside(&before, &directory.join(download.safe_file_name()))
                    }
                    Target::File(_) | Target::Stdout => if_exists,
                };
                files::save(download, &target, if_exists, &screen).await
            };
            let fetched = interrupt.guard(fetch).await;
            let fetched = fetched.map_err(|exit| {
                let message =
                    format!("interrupted: {} has ended, but its file is not here", ended.id);
                Failure::new(exit, message).detail("id", &ended.id).hint(again.resume(&ended.id))
            })?;
            let failed = |error| {
                let about = format!("{} has ended well, but its file is not here", ended.id);
                Failure::of(&error, session.program).about(&about).hint(again.resume(&ended.id))
            };
            saved.extend(fetched.map_err(failed)?);
        }
    }
    tell(session.format, job, &ended, &saved, &target)
}

/// Returns the requested formats.
fn formats(file: Option<&JobFile>, matches: &ArgMatches) -> Vec<Value> {
    let flag = file.and_then(|file| file.format.as_ref());
    let values = flag.and_then(|flag| matches.try_get_many::<Value>(flag.flag.name).ok().flatten());
    let mut formats: Vec<Value> = Vec::new();
    for value in values.into_iter().flatten() {
        if !formats.contains(value) {
            formats.push(value.clone());
        }
    }
    formats
}

fn poller(
    session: &Session,
    command: &'static Command,
    job: &'static Job,
    matches: &ArgMatches,
    trace: &Trace,
) -> Result<Poller<Box<RawValue>>, Failure> {
    let mut poller = match matches.get_one::<String>("resume") {
        Some(id) => Poller::resume(&session.client, job.wait, id),
        None => {
            let missing = command.parameters.iter().map(|one| &one.flag);
            let mut missing =
                missing.filter(|flag| flag.required && request::value(matches, flag).is_none());
            if let Some(flag) = missing.next() {
                return Err(Failure::usage(format!("{} is missing, or --resume", flag.name)));
            }
            let request = request::of_command(&session.client, command, matches)?;
            Poller::start(request.traced(trace), job.wait)
        }
    };
    if let Some(interval) = matches.get_one::<Duration>("poll-interval") {
        poller = poller.interval(*interval, *interval);
    }
    if let Some(limit) = matches.get_one::<Duration>("timeout") {
        poller = poller.deadline(*limit);
    }
    let screen = std::sync::Arc::clone(&session.screen);
    poller = poller.on_event(move |event| {
        // The user needs to know when failures begin. Their duration is reported at the end.
        if let PollEvent::PollFailed { id, error, consecutive: 1, wait } = event {
            let wait = duration::show(*wait);
            screen.note(&format!("no state of {id} ({error}): next poll in {wait}"));
        }
    });
    let cancels = matches.try_get_one::<bool>("cancel-on-timeout").ok().flatten();
    Ok(if cancels == Some(&true) { poller.cancel_on_timeout() } else { poller })
}

async fn wait(
    session: &Session,
    interrupt: &mut Interrupt,
    mut poller: Poller<Box<RawValue>>,
    again: &Again<'_>,
) -> Result<Ended, Failure> {
    let resumed = poller.id().map(str::to_owned);
    let what = resumed.as_deref().unwrap_or(again.command.name);
    session.screen.waiting(what);
    let started = interrupt.guard(poller.started()).await;
    let id = match started {
        Err(exit) => return Err(again.interrupted(exit, poller.id())),
        Ok(started) => started.map_err(|error| again.failed(&error))?.to_owned(),
    };
    let how = match (&resumed, poller.already_running()) {
        (Some(_), _) => "waiting for",
        (None, true) => "joined, as it was under way already:",
        (None, false) => "started",
    };
    session.screen.note(&format!("{how} {id}"));
    again.keep_id(&id)?;
    let mut told: Option<String> = None;
    let mut last = None;
    loop {
        let polled = interrupt.guard(poller.next()).await;
        let polled = polled.map_err(|exit| again.interrupted(exit, Some(&id)))?;
        let Some(polled) = polled else { break };
        let polled = polled.map_err(|error| again.failed(&error))?;
        if session.format == Format::Lines {
            let line = format!("{}\n", line(&id, &polled));
            files::write(line.as_bytes(), &Target::Stdout)?;
        }
        let status = status(&polled.state, again.job);
        if let Some(odd) =
            odd(&id, &polled, status.as_deref()).filter(|odd| told.as_ref() != Some(odd))
        {
            session.screen.note(&odd);
            told = Some(odd);
        }
        session.screen.waiting(&format!("{id}  {}", status.as_deref().unwrap_or("under way")));
        last = Some(polled);
    }
    session.screen.clear();
    match last {
        Some(polled) => into_result(session, again.job, id, polled),
        None => Err(Failure::new(Exit::Other, "nothing was waited for")),
    }
}

/// Returns a note about an unusual state of a job that is in progress.
fn odd(id: &str, polled: &PollUpdate<Box<RawValue>>, status: Option<&str>) -> Option<String> {
    match (polled.status, status) {
        (PollStatus::InProgress, Some(status)) => {
            Some(format!("`{status}` is no status that ends it: waiting on"))
        }
        (PollStatus::InProgress, None) if response::is_empty(&polled.state) => {
            Some(format!("the server says nothing of {id}, and may not know it: waiting on"))
        }
        _ => None,
    }
}

/// Converts the last state into the result of the command.
fn into_result(
    session: &Session,
    job: &Job,
    id: String,
    polled: PollUpdate<Box<RawValue>>,
) -> Result<Ended, Failure> {
    let status = status(&polled.state, job).unwrap_or_default();
    let verb = match polled.status {
        PollStatus::Succeeded => {
            let took = duration::show(polled.elapsed);
            session.screen.note(&format!("ended with {status} after {took}"));
            return Ok(Ended { id, state: polled.state });
        }
        PollStatus::Failed => "has failed",
        PollStatus::Cancelled => "was cancelled",
        PollStatus::InProgress => "has not ended",
    };
    let failure = Failure::new(Exit::Failed, format!("{id} {verb}"));
    Err(failure.detail("status", status).detail("state", response::compact(polled.state.get())))
}

/// Returns the status in a state, as received.
fn status(state: &RawValue, job: &Job) -> Option<String> {
    json::string(state.get(), job.wait.status)
}

/// Formats a state of a job as a line of JSON.
fn line(id: &str, polled: &PollUpdate<Box<RawValue>>) -> String {
    let phase = match polled.status {
        PollStatus::InProgress => "pending",
        PollStatus::Succeeded => "succeeded",
        PollStatus::Failed => "failed",
        PollStatus::Cancelled => "cancelled",
    };
    format!(
        r#"{{"id":{},"phase":"{phase}","seconds":{:.3},"state":{}}}"#,
        Value::from(id),
        polled.elapsed.as_secs_f64(),
        response::compact(polled.state.get())
    )
}

/// Writes the result.
fn tell(
    format: Format,
    job: &Job,
    ended: &Ended,
    saved: &[PathBuf],
    target: &Target,
) -> Result<(), Failure> {
    if job.file.is_some() && *target == Target::Stdout {
        return Ok(());
    }
    let paths: Vec<String> = saved.iter().map(|path| path.display().to_string()).collect();
    if !format.is_json() && job.file.is_some() {
        let lines: String = paths.iter().map(|path| format!("{path}\n")).collect();
        return files::write(lines.as_bytes(), &Target::Stdout);
    }
    if !format.is_json() {
        return response::value(&ended.state, format, &Target::Stdout);
    }
    let text = format!(
        "{{\"id\":{},\"files\":{},\"state\":{}}}\n",
        Value::from(ended.id.as_str()),
        Value::from(paths),
        response::compact(ended.state.get())
    );
    files::write(text.as_bytes(), &Target::Stdout)
}

/// The data for messages that explain how to resume or cancel a job.
struct Again<'a> {
    program: &'static Program,
    command: &'static Command,
    job: &'static Job,
    matches: &'a ArgMatches,
    /// Whether the server may have acted on the start request.
    trace: &'a Trace,
}

impl Again<'_> {
    fn interrupted(&self, exit: Exit, id: Option<&str>) -> Failure {
        let Some(id) = id else {
            return match self.trace.load(Ordering::SeqCst) {
                true => {
                    let what = "interrupted before there was a response: it may have been started";
                    Failure::new(exit, what).acted()
                }
                false => Failure::new(exit, "interrupted: nothing was started"),
            };
        };
        let failure =
            Failure::new(exit, format!("interrupted: {id} is still running at the server"));
        failure.detail("id", id).hint(self.resume(id)).hint(self.cancel(id))
    }

    /// Writes the id to the file of `--id-file`.
    fn keep_id(&self, id: &str) -> Result<(), Failure> {
        let Some(path) = self.matches.get_one::<PathBuf>("id-file") else { return Ok(()) };
        disk::write(path, format!("{id}\n").as_bytes()).map_err(|error| {
            let path = path.display();
            let message = format!("{id} was started, but {path} cannot be written: {error}");
            Failure::new(Exit::Other, message).detail("id", id).hint(self.resume(id))
        })
    }

    /// Converts the error of a wait into a failure.
    fn failed(&self, error: &WaitError<Box<RawValue>>) -> Failure {
        let id = error.id().unwrap_or_default().to_owned();
        match error {
            WaitError::Start(inner) if error.may_have_been_started() => {
                let failure = Failure::without_acts(inner, self.program).acted();
                failure.about("it may have been started")
            }
            WaitError::Start(error) => Failure::of(error, self.program),
            WaitError::Poll { error, .. } => Failure::of(error, self.program)
                .about(&format!("the state of {id} is not known"))
                .detail("id", id.as_str())
                .hint(self.resume(&id)),
            WaitError::TimedOut { id: None, waited, may_have_been_started, .. } => {
                let waited = duration::show(*waited);
                let told = |what: &str| {
                    let message = format!("no response to the start request within {waited}");
                    Failure::new(Exit::TimedOut, format!("{message}: {what}"))
                };
                match may_have_been_started {
                    true => told("it may have been started").acted(),
                    false => told("nothing was started"),
                }
            }
            WaitError::TimedOut { waited, cancelled, last_error, .. } => {
                let waited = duration::show(*waited);
                let what = if *cancelled { ", and was cancelled" } else { "" };
                let message = format!("{id} has not ended within {waited}{what}");
                let mut failure = Failure::new(Exit::TimedOut, message).detail("id", id.as_str());
                if let Some(error) = last_error {
                    failure = failure.detail("last poll", error.to_string());
                }
                if *cancelled { failure } else { failure.hint(self.resume(&id)) }
            }
            WaitError::EmptyResponses { .. } => Failure::new(Exit::Failed, error.to_string())
                .detail("id", id.as_str())
                .hint(self.resume(&id)),
            other => Failure::new(Exit::Failed, other.to_string()),
        }
    }

    /// Returns the command that resumes the wait.
    fn resume(&self, id: &str) -> String {
        let mut words = vec![self.job.name.to_owned(), format!("--resume {}", word(id))];
        words.extend(self.given(&["timeout", "poll-interval", "format", "output", "if-exists"]));
        let more = self.job.file.iter().flat_map(|file| file.parameters);
        words.extend(more.flat_map(|one| self.given(&[one.flag.name])));
        format!("to go on: {} {}", self.program.name, self.with_connection(words))
    }

    /// Returns the command that cancels the job.
    fn cancel(&self, id: &str) -> String {
        let Some(step) = &self.job.wait.cancel else { return String::new() };
        let mut all = self.program.commands.iter().copied().flatten();
        let known = all.find(|one| one.operation.id == step.operation.id);
        let Some(command) = known else { return String::new() };
        let mut parameters = command.parameters.iter();
        let flag = parameters.find(|one| one.parameter.name == step.parameter);
        let by_name = flag.filter(|one| one.parameter.location != Location::Path);
        let id = match by_name {
            Some(one) => format!("--{} {}", one.flag.name, word(id)),
            None => word(id),
        };
        let words = vec![command.name.to_owned(), id];
        format!("to stop it: {} {}", self.program.name, self.with_connection(words))
    }

    fn with_connection(&self, mut words: Vec<String>) -> String {
        words.extend(self.given(&CONNECTION));
        let variables = self.program.server_variables.iter().map(|one| one.name);
        let keys = self.program.credentials.iter().map(|one| one.name);
        words.extend(variables.chain(keys).flat_map(|name| self.given(&[name])));
        words
            .extend(self.matches.get_flag(OTHER_HOST_FLAG).then(|| format!("--{OTHER_HOST_FLAG}")));
        words.join(" ")
    }

    /// Returns the flags that were given on the command line, in a form that can be repeated.
    fn given(&self, names: &[&str]) -> Vec<String> {
        let given = names.iter().filter(|name| {
            let source = self.matches.try_contains_id(name).ok();
            source == Some(true)
                && self.matches.value_source(name) == Some(ValueSource::CommandLine)
        });
        let words = given.map(|name| {
            let values = self.matches.get_raw(name).into_iter().flatten();
            let values: Vec<String> =
                values.map(|value| value.to_string_lossy().into_owned()).collect();
            format!("--{name} {}", word(&values.join(",")))
        });
        words.collect()
    }
}

/// Quotes a value for a shell, if it contains a character that is special to a shell.
fn word(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=@%+,".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}
