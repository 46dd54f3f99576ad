//! `CliError`: what a person or a script is told when a command fails.

use crate::catalogue::Code;
use crate::exit::Exit;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{BAD, STRONG};
use anstyle::Style;
use serde::Serialize;
use serde_json::Value;

/// The document of a failure.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Failure<'a> {
    /// What went wrong.
    error: Facts<'a>,
}

/// A failure, for programs.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Error"))]
pub(crate) struct Facts<'a> {
    code: Code,
    exit: Exit,
    /// What happened: a sentence for people, whose words may change.
    message: &'a str,
    /// Why, and where.
    notes: Vec<Note<'a>>,
    /// The command that helps, or what to do; null: there is nothing that surely helps.
    fix: Option<&'a str>,
}

/// A labelled line.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Note<'a> {
    /// `cause`, `near`, `at`, ...
    label: &'a str,
    /// For people.
    text: &'a str,
}

/// A failure, told: what happened, why, and the one command that helps. Texts may hold foreign parts; they are escaped
/// where they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CliError {
    pub(crate) code: Code,
    pub(crate) exit: Exit,
    pub(crate) headline: String,
    /// Labelled lines under the headline: `cause`, `near`, `you have there`.
    pub(crate) notes: Vec<(&'static str, String)>,
    pub(crate) fix: Option<String>,
}

impl CliError {
    /// A failure with its headline; lines are added with the other methods.
    pub(crate) fn new(code: Code, exit: Exit, headline: impl Into<String>) -> Self {
        Self { code, exit, headline: headline.into(), notes: Vec::new(), fix: None }
    }

    /// Adds `cause: ...`.
    pub(crate) fn cause(self, text: impl Into<String>) -> Self {
        self.note("cause", text)
    }

    /// Adds a labelled line.
    pub(crate) fn note(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.notes.push((label, text.into()));
        self
    }

    /// Adds a labelled line if there is something to say.
    pub(crate) fn maybe(self, label: &'static str, text: Option<String>) -> Self {
        match text {
            Some(text) => self.note(label, text),
            None => self,
        }
    }

    /// Sets the one command that helps.
    pub(crate) fn fix(mut self, command: impl Into<String>) -> Self {
        self.fix = Some(command.into());
        self
    }

    /// What a person sees: the headline, and labelled lines whose texts stand below each other. Foreign parts are escaped.
    pub(crate) fn text(&self, color: bool) -> String {
        let paint = |style: Style, text: String| if color { format!("{style}{text}{style:#}") } else { text };
        let mut text = match self.exit {
            // Who stops a program knows that, and has done nothing wrong.
            Exit::Interrupted => String::new(),
            _ => format!("{} ", paint(BAD, format!("error[{}]:", self.code.id()))),
        };
        text.push_str(&format!("{}\n", escape(&self.headline)));
        let fix = self.fix.iter().map(|fix| ("fix", fix));
        let lines: Vec<_> = self.notes.iter().map(|(label, note)| (*label, note)).chain(fix).collect();
        let widest = lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        for (label, line) in lines {
            let pad = " ".repeat(widest.saturating_sub(label.len()));
            text.push_str(&format!("  {}{pad} {}\n", paint(STRONG, format!("{label}:")), escape(line)));
        }
        text
    }

    /// The document of `--json`.
    pub(crate) fn json(&self) -> Value {
        document(&Failure { error: self.facts() })
    }

    /// The same facts as [`CliError::text`].
    pub(crate) fn facts(&self) -> Facts<'_> {
        let (code, exit) = (self.code, self.exit);
        Facts { code, exit, message: &self.headline, notes: self.labelled(), fix: self.fix.as_deref() }
    }

    /// Its labelled lines.
    pub(crate) fn labelled(&self) -> Vec<Note<'_>> {
        self.notes.iter().map(|(label, text)| Note { label, text }).collect()
    }
}
