//! The terminal output besides results: progress, notes and errors, all on stderr.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::text::{lines, printable};

/// The interval between two updates of the progress.
const TICK: Duration = Duration::from_millis(100);

/// The terminal output besides results.
pub(super) struct Screen {
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Screen {
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet, bar: Mutex::new(None) }
    }

    /// Prints a line, unless `--quiet` is set.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.line(text);
        }
    }

    /// Prints a line, even if `--quiet` is set.
    pub(super) fn line(&self, text: &str) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let text = lines(text);
        match &*bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// Shows a spinner with a text and the elapsed time.
    pub(super) fn waiting(&self, text: &str) {
        self.show(None, "{spinner} {msg}  {elapsed}", text, 0);
    }

    /// Shows the progress of a download.
    pub(super) fn bytes(&self, name: &str, done: u64, total: Option<u64>) {
        let template = match total {
            Some(_) => "{msg}  [{wide_bar}] {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
            None => "{spinner} {msg}  {bytes}  {bytes_per_sec}",
        };
        self.show(total, template, name, done);
    }

    /// Removes the progress.
    pub(super) fn clear(&self) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take();
        bar.inspect(ProgressBar::finish_and_clear);
    }

    fn show(&self, total: Option<u64>, template: &str, text: &str, position: u64) {
        // Progress bars detect by themselves whether stderr is a terminal.
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
        // The templates are the constants above, which are valid.
        if let Ok(style) = ProgressStyle::with_template(template) {
            new.set_style(style.progress_chars("=> "));
        }
        new.set_message(text);
        new.set_position(position);
        new.enable_steady_tick(TICK);
        *bar = Some(new);
    }
}
