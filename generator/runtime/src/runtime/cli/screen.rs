//! What is on the terminal besides results: progress, notes, errors. All of it goes to stderr.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::text::{lines, printable};

/// How often the progress is drawn.
const TICK: Duration = Duration::from_millis(100);

/// The terminal of whoever runs the program.
pub(super) struct Screen {
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Screen {
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet, bar: Mutex::new(None) }
    }

    /// Shows a line, unless nothing is to be shown but results and errors.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.line(text);
        }
    }

    /// Shows a line in any case.
    pub(super) fn line(&self, text: &str) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let text = lines(text);
        match &*bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// Shows that something is waited for, and for how long.
    pub(super) fn waiting(&self, text: &str) {
        self.show(None, "{spinner} {msg}  {elapsed}", text, 0);
    }

    /// Shows how many bytes have arrived.
    pub(super) fn bytes(&self, name: &str, done: u64, total: Option<u64>) {
        let template = match total {
            Some(_) => "{msg}  [{wide_bar}] {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
            None => "{spinner} {msg}  {bytes}  {bytes_per_sec}",
        };
        self.show(total, template, name, done);
    }

    /// Takes the progress away.
    pub(super) fn clear(&self) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take();
        bar.inspect(ProgressBar::finish_and_clear);
    }

    fn show(&self, total: Option<u64>, template: &str, text: &str, position: u64) {
        // Bars draw themselves on terminals alone.
        if self.quiet {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let text = printable(text);
        if let Some(shown) = bar.as_ref().filter(|shown| shown.prefix() == template) {
            shown.set_position(position);
            if shown.message() != text {
                shown.set_message(text);
            }
            return;
        }
        bar.take().inspect(ProgressBar::finish_and_clear);
        let target = ProgressDrawTarget::stderr();
        let new = ProgressBar::with_draw_target(total, target).with_prefix(template.to_owned());
        // The templates are those above, and all of them can be read.
        if let Ok(style) = ProgressStyle::with_template(template) {
            new.set_style(style.progress_chars("=> "));
        }
        new.set_message(text);
        new.set_position(position);
        new.enable_steady_tick(TICK);
        *bar = Some(new);
    }
}
