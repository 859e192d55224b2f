//! Shows the client's `tracing` events on the terminal: warnings always, requests with `--verbose`.
//!
//! The events contain no secrets.

use std::fmt::{self, Debug};
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::screen::Screen;

/// Installs the subscriber for the client's events.
pub(super) fn listen(screen: &Arc<Screen>, verbose: bool) {
    let listener = Listener { screen: Arc::clone(screen), verbose };
    let subscriber = tracing_subscriber::registry().with(listener);
    // A subscriber that is set already takes precedence.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

struct Listener {
    screen: Arc<Screen>,
    verbose: bool,
}

impl<S: Subscriber> Layer<S> for Listener {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let root = module_path!().split("::").next().unwrap_or_default();
        let own = metadata.target().split("::").next() == Some(root);
        own && (self.verbose || *metadata.level() <= Level::WARN)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message::default();
        event.record(&mut message);
        let dim = console::Style::new().for_stderr().dim();
        let text = match *event.metadata().level() {
            Level::ERROR | Level::WARN => {
                let warning = console::style("warning:").for_stderr().yellow();
                format!("{warning} {}", message.line())
            }
            Level::TRACE => dim.apply_to(message.exchange()).to_string(),
            _ => dim.apply_to(format!("* {}", message.line())).to_string(),
        };
        self.screen.line(&text);
    }
}

/// The message and the fields of an event.
#[derive(Default)]
struct Message {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Message {
    fn line(&self) -> String {
        let fields = self.fields.iter().map(|(name, value)| format!(" {name}={value}"));
        let line = format!("{}{}", self.message, fields.collect::<String>());
        super::text::printable(&line)
    }

    /// Formats a request or a response: its first line, and a line for each header.
    fn exchange(&self) -> String {
        let sign = if self.message == "request" { '>' } else { '<' };
        let mut lines = self.fields.iter().flat_map(|(_, value)| value.lines());
        let first = lines.next().unwrap_or_default();
        let rest = lines.map(|line| format!("\n{sign}   {}", super::text::printable(line)));
        format!("{sign} {}{}", super::text::printable(first), rest.collect::<String>())
    }
}

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.fields.push((name, format!("{value:?}"))),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name(), value.to_owned()));
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("verbose", &self.verbose).finish_non_exhaustive()
    }
}
