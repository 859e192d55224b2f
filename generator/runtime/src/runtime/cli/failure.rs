//! Exit codes and error messages of the program.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::table::{Command, Program};
use crate::runtime::{ApiError, Error, SaveError, Trace};

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Any other error, such as a file that cannot be written.
    Other = 1,
    /// The command line is invalid.
    Usage = 2,
    /// Credentials are missing or rejected.
    Credentials = 3,
    /// The API rejected the request.
    Refused = 4,
    /// The server failed, could not be reached, or limited the rate, after all attempts.
    Server = 5,
    /// The job failed or was cancelled.
    Failed = 6,
    /// A time limit was exceeded.
    TimedOut = 7,
    /// Interrupted by Ctrl-C.
    Interrupted = 130,
    /// Terminated by the system.
    Terminated = 143,
}

/// The section about exit codes in the help.
pub(super) const EXIT_CODES: &str = "Exit codes:
  0    success
  1    any other error, such as a file that cannot be written
  2    invalid command line
  3    missing or rejected credentials
  4    request rejected by the API
  5    server error, connection error or rate limit, after all attempts
  6    the job failed or was cancelled
  7    time limit exceeded
  130  interrupted by Ctrl-C (143: terminated by the system)";

/// An error of the program.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    /// The error, in one line.
    message: String,
    /// Further facts: names and values.
    details: Vec<(&'static str, String)>,
    /// Suggestions for the user.
    hints: Vec<String>,
    /// Whether the server may have acted on a request that changes something.
    acted: bool,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), details: Vec::new(), hints: Vec::new(), acted: false }
    }

    /// Returns the error for an invalid command line.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Returns the error for a program that was interrupted during a request.
    pub(super) fn interrupted(exit: Exit, command: &Command, trace: &Trace) -> Self {
        let failure = Self::new(exit, "interrupted");
        let may_have = trace.load(Ordering::SeqCst) && !command.operation.method.is_safe();
        if may_have { failure.acted().and("the server may have acted on it") } else { failure }
    }

    /// Returns the failure for the error of a request. It states whether the server may have acted
    /// on a request that changes something.
    pub(super) fn of(error: &Error, program: &Program) -> Self {
        let failure = Self::without_acts(error, program);
        let mut commands = program.commands.iter().copied().flatten();
        let command = commands.find(|one| Some(one.operation.id) == error.operation());
        if !error.may_have_acted() || command.is_none_or(|one| one.operation.method.is_safe()) {
            return failure;
        }
        match error.states_that_it_may_have_acted() {
            true => failure.acted(),
            false => failure.acted().and("the server may have acted on it"),
        }
    }

    /// Returns the failure for the error of a request, without a statement on the server's action.
    pub(super) fn without_acts(error: &Error, program: &Program) -> Self {
        match error {
            Error::Config(error) => Self::usage(error.to_string()),
            Error::Auth(auth) => {
                let exit = if auth.is_retryable() { Exit::Server } else { Exit::Credentials };
                Self::new(exit, auth.to_string())
            }
            Error::Connection(error) => Self::new(Exit::Server, error.to_string()),
            Error::Timeout(error) => Self::new(Exit::TimedOut, error.to_string()),
            Error::Api(error) => Self::refused(error, program),
            Error::Decode(error) => Self::new(Exit::Other, error.to_string()),
            Error::Save(error) => Self::unsaved(error),
        }
    }

    fn unsaved(error: &SaveError) -> Self {
        Self::new(Exit::Other, super::text::cause(error))
    }

    fn refused(error: &ApiError, program: &Program) -> Self {
        let mut commands = program.commands.iter().copied().flatten();
        let command = commands.find(|command| command.operation.id == error.operation());
        let name = command.map_or(error.operation(), |command| command.name);
        let status = error.status();
        let exit = match status.as_u16() {
            401 => Exit::Credentials,
            408 | 429 | 500.. => Exit::Server,
            _ => Exit::Refused,
        };
        let mut failure = Self::new(exit, format!("{name}: the server returned {status}"));
        failure.details.push(("status", status.as_u16().to_string()));
        let more = [
            ("code", error.code()),
            ("message", error.message()),
            ("tracking id", error.tracking_id()),
        ];
        let more = more.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned())));
        failure.details.extend(more);
        match (status.as_u16(), command) {
            (401, _) => failure.hint(
                "the token was rejected: get a new one, or authenticate with client id and secret",
            ),
            (403, Some(command)) => failure.hint(permissions(command)),
            (429, _) => {
                let wait = error.retry_after().map(|wait| wait.as_secs());
                let wait = wait.map(|wait| format!("retry in {wait} seconds"));
                failure.hint(wait.unwrap_or_else(|| "retry later".to_owned()))
            }
            _ => failure,
        }
    }

    /// Notes that the server may have acted on a request that changes something.
    pub(super) fn acted(mut self) -> Self {
        self.acted = true;
        self
    }

    /// Appends to the message.
    fn and(mut self, more: &str) -> Self {
        self.message = format!("{}; {more}", self.message);
        self
    }

    /// Adds a suggestion.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        if !hint.is_empty() {
            self.hints.push(hint);
        }
        self
    }

    /// Prepends the subject to the message.
    pub(super) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Adds a fact.
    pub(super) fn detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Formats the failure for a terminal: message, facts and suggestions.
    pub(super) fn for_people(&self) -> String {
        let paint = |text: &str| console::style(text.to_owned()).for_stderr();
        let plain = super::text::printable;
        let mut text = format!("{} {}", paint("error:").red().bold(), plain(&self.message));
        let width = self.details.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in &self.details {
            let name = format!("{name:width$}");
            let _ = write!(text, "\n  {}  {}", paint(&name).dim(), plain(value));
        }
        for hint in &self.hints {
            let _ = write!(text, "\n{} {}", paint("hint:").cyan(), plain(hint));
        }
        text
    }

    /// Formats the failure as one line of JSON.
    pub(super) fn for_programs(&self) -> String {
        let mut error = json!({"exitCode": self.exit as u8, "error": self.message});
        for (name, value) in &self.details {
            let name = match *name {
                "tracking id" => "trackingId",
                "last poll" => "lastPoll",
                name => name,
            };
            error[name] = Value::from(value.as_str());
        }
        if self.acted {
            error["mayHaveActed"] = true.into();
        }
        if !self.hints.is_empty() {
            error["hints"] = self.hints.clone().into();
        }
        error.to_string()
    }
}

/// Describes the scopes and user levels that a command needs.
fn permissions(command: &Command) -> String {
    let list = |names: &[&str], one: &str, several: &str| match names {
        [] => None,
        [only] => Some(format!("{one} {only}")),
        names => Some(format!("{several} {}", names.join(", "))),
    };
    let scopes = list(command.scopes, "the scope", "one of the scopes");
    let levels = list(command.user_levels, "a user of the level", "a user of one of the levels");
    let needs: Vec<String> = scopes.into_iter().chain(levels).collect();
    match needs.as_slice() {
        [] => String::new(),
        needs => format!("{} needs {}", command.name, needs.join(", and ")),
    }
}
