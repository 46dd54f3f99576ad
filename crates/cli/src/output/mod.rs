//! The only place that writes: data to stdout, conversation to stderr. A closed pipe is not an error.

pub(crate) mod charset;
pub(crate) mod csv;
pub(crate) mod diff;
pub(crate) mod document;
pub(crate) mod escape;
pub(crate) mod fit;
pub(crate) mod shell;
pub(crate) mod table;
pub(crate) mod time;

use crate::catalogue::Code;
use crate::error::CliError;
use crate::ui::progress::{Count, Wait};
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::cell::OnceCell;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a command gives back; written once, by [`Output`].
pub(crate) trait Report {
    /// The same facts for `--json`.
    fn json(&self) -> Value;
    /// Data: goes to stdout.
    fn data(&self, _: &Look) -> String {
        String::new()
    }
    /// Conversation: goes to stderr, and is left out with `--quiet`.
    fn talk(&self, _: &Look) -> String {
        String::new()
    }
}

/// How things look: the terminal's abilities and the instant.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) color: bool,
    /// Columns, if it is a terminal.
    pub(crate) columns: Option<u16>,
    pub(crate) now: Timestamp,
    /// The local time zone, looked up when a time is shown: the time zone database is large.
    zone: OnceCell<TimeZone>,
}

impl Look {
    /// For tests: a terminal of so many columns, or a pipe, without colours.
    #[cfg(test)]
    pub(crate) fn of(columns: Option<u16>) -> Self {
        let zone = OnceCell::from(TimeZone::UTC);
        Self { color: false, columns, now: Timestamp::UNIX_EPOCH, zone }
    }

    /// The text in a style, where colours are wanted.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// The mark of success.
    pub(crate) fn tick(&self) -> String {
        self.paint(GOOD, "✓")
    }

    /// The mark of failure.
    pub(crate) fn cross(&self) -> String {
        self.paint(BAD, "✗")
    }

    /// Running text that begins so many columns in.
    pub(crate) fn hanging(&self, indent: usize, text: &str) -> String {
        fit::hanging(text, indent, self.columns)
    }

    /// Whether a line of so many columns fits.
    pub(crate) fn fits(&self, width: usize) -> bool {
        self.columns.is_none_or(|columns| width <= usize::from(columns))
    }

    /// `23:41 (8 h)`.
    pub(crate) fn until(&self, at: Timestamp) -> String {
        format!("{} ({})", self.moment(at), time::span(at.duration_since(self.now)))
    }

    /// `23:41`, `22 Nov 08:10` or `18 Feb 2027`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        time::moment(at, self.now, self.zone.get_or_init(TimeZone::system))
    }
}

// Readable on light and on dark: yellow, white and dim text are lost on white, blue is lost on black, and bold makes green as
// bright as yellow in many terminals. Colour is for marks and labels alone, never for text, and each of them is a word or a sign.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const CARE: Style = AnsiColor::Magenta.on_default().bold();
pub(crate) const STRONG: Style = Style::new().bold();

/// Where and how to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    /// JSON in one line, for a command that prints several.
    pub(crate) lines: bool,
    pub(crate) quiet: bool,
    /// Colours on stdout and on stderr.
    pub(crate) color: (bool, bool),
    /// The terminal takes lines and nothing else: nothing is drawn.
    pub(crate) dumb: bool,
    /// Columns of stdout and of stderr, where they are terminals.
    pub(crate) columns: (Option<u16>, Option<u16>),
}

impl Output {
    /// Columns of stderr.
    pub(crate) fn width(&self) -> u16 {
        self.columns.1.unwrap_or(80)
    }

    /// Shows what is awaited, to somebody who looks; it disappears when it is dropped.
    pub(crate) fn waiting(&self, what: &str, limit: Duration) -> Option<Wait> {
        self.begins(what).then(|| Wait::spin(what, limit))
    }

    /// Shows how many are done, likewise. `of` is what is counted: "accounts".
    pub(crate) fn counting(&self, what: &'static str, of: &str) -> Count {
        Count::begin(what, of, self.begins(what))
    }

    /// Whether something that moves has somebody to look at it. A terminal without colours gets a line that stays.
    fn begins(&self, what: &str) -> bool {
        let (looks, moves) = (self.columns.1.is_some() && !self.quiet, self.color.1 && !self.dumb);
        if looks && !moves {
            to_stderr(&format!("{what} ...\n"));
        }
        looks && moves
    }

    /// How stderr looks at this instant.
    pub(crate) fn stderr_look(&self, now: Timestamp) -> Look {
        Look { color: self.color.1, columns: self.columns.1, now, zone: OnceCell::new() }
    }

    /// Writes a command's result.
    ///
    /// # Errors
    /// stdout cannot be written (a full disk); a reader that went away is no error.
    pub(crate) fn report(&self, report: &dyn Report, now: Timestamp) -> io::Result<()> {
        if self.json {
            return json_to_stdout(&report.json(), !self.lines);
        }
        let look = self.stderr_look(now);
        if !self.quiet {
            to_stderr(&report.talk(&look));
        }
        let data = report.data(&Look { color: self.color.0, columns: self.columns.0, ..look });
        // What a program reads stays as it is.
        if self.columns.0.is_some() { to_stdout(&charset::spelled(&data)) } else { to_stdout(&data) }
    }

    /// Writes a failure. At most a few lines, and the fix is one of them (credential_process callers show stderr).
    pub(crate) fn error(&self, error: &CliError) -> io::Result<()> {
        if self.json {
            return json_to_stdout(&error.json(), !self.lines);
        }
        to_stderr(&error.text(self.color.1, self.columns.1));
        Ok(())
    }

    /// Says something that does not stop the command.
    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet {
            let label = if self.color.1 { format!("{CARE}warning:{CARE:#}") } else { "warning:".to_owned() };
            to_stderr(&format!("{label} {}\n", fit::hanging(&escape::escape(text), 9, self.columns.1)));
        }
    }

    /// Says that something failed which does not stop the command. A disk that cannot be written is told of once a process,
    /// with what helps: token and role credentials meet it one after the other.
    pub(crate) fn warn_of(&self, failure: &CliError) {
        static DISK: AtomicBool = AtomicBool::new(false);
        if !matches!(failure.code, Code::S04 | Code::T12) {
            return self.warn(&failure.headline);
        }
        if !DISK.swap(true, Ordering::Relaxed) {
            let cause = failure.notes.iter().find(|(label, _)| *label == "cause").map(|(_, cause)| cause);
            let cause = cause.map(|cause| format!(" {cause}.")).unwrap_or_default();
            let fix = failure.fix.as_ref().map(|fix| format!(" To mend it: {fix}")).unwrap_or_default();
            self.warn(&format!("{}{cause}{fix}", failure.headline));
        }
    }

    /// Says something on the way.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            to_stderr(text);
        }
    }
}

/// Writes data. A reader that went away has seen enough.
pub(crate) fn to_stdout(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    seen_enough(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Writes a document.
fn json_to_stdout(value: &Value, pretty: bool) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let written = escape::write_json(&mut out, value, pretty).and_then(|()| out.flush());
    if written.is_err() {
        // What is left in the buffer is not tried once more.
        let _ = out.into_parts();
    }
    seen_enough(written)
}

fn seen_enough(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes conversation.
pub(crate) fn to_stderr(text: &str) {
    if !text.is_empty() {
        let _ = io::stderr().lock().write_all(charset::spelled(text).as_bytes());
    }
}
