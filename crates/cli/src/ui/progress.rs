//! A wait that shows itself: a spinner on a terminal, a line elsewhere.

use super::quiet::Quiet;
use crate::output::charset;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write as _;
use std::time::Duration;

/// A wait in progress; it disappears when it is dropped.
pub(crate) struct Wait {
    bar: ProgressBar,
    _quiet: Quiet,
}

impl Wait {
    /// Shows what is waited for, since when and until when.
    pub(crate) fn spin(what: &str, limit: Duration) -> Self {
        let limit = clock(limit);
        let style = ProgressStyle::with_template("{spinner} {msg} ({took} of {limit})")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .tick_chars(if charset::is_ascii() { "|/-\\ " } else { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ " })
            .with_key("took", took)
            .with_key("limit", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&limit);
            });
        let quiet = Quiet::echo();
        let bar = ProgressBar::new_spinner().with_style(style).with_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, _quiet: quiet }
    }

    /// Writes above the spinner.
    pub(crate) fn above(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Since when.
fn took(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // The line is drawn again a moment later.
    let _ = out.write_str(&clock(state.elapsed()));
}

/// `0:14`, `10:00`.
pub(crate) fn clock(duration: Duration) -> String {
    let mut text = String::new();
    let _ = write!(text, "{}:{:02}", duration.as_secs() / 60, duration.as_secs() % 60);
    text
}

/// A count of things done: a bar on a terminal, nothing elsewhere.
pub(crate) struct Count {
    bar: ProgressBar,
    _quiet: Option<Quiet>,
}

impl Count {
    /// Begins with nothing known. `of` is what is counted: "accounts".
    pub(crate) fn begin(what: &'static str, of: &str, shown: bool) -> Self {
        let style =
            ProgressStyle::with_template(&format!("{{msg}}: {{bar:20}} {{pos}} of {{len}} {of} ({{took}})"))
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .with_key("took", took)
                .progress_chars(if charset::is_ascii() { "##-" } else { "█▓░" });
        let quiet = shown.then(Quiet::echo);
        let bar = if shown { ProgressBar::new(0) } else { ProgressBar::hidden() };
        Self { bar: bar.with_style(style).with_message(what), _quiet: quiet }
    }

    /// So many of so many are done.
    pub(crate) fn set(&mut self, done: usize, total: usize) {
        self.bar.set_length(total.try_into().unwrap_or(u64::MAX));
        self.bar.set_position(done.try_into().unwrap_or(u64::MAX));
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
