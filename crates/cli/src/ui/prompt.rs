//! Questions to the person at the terminal. Where there is none, the option that answers is named instead (exit 2).

use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::escape::escape;
use inquire::error::InquireError;
use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{Confirm, Select, Text};
use std::fmt::Display;

/// Rows of a list that are seen at once.
const ROWS: usize = 10;
/// What the keys do, below every list.
pub(super) const HELP: &str = "type to search, ↑↓ to move, Return to take, Esc to stop";

/// Asks, or says which option is missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    interactive: bool,
    command: &'static str,
}

/// How questions look.
pub(super) fn render_config(color: bool) -> RenderConfig<'static> {
    if color { RenderConfig::default_colored() } else { RenderConfig::empty() }
}

/// Why an answer is not accepted, in one line.
pub(crate) type Verdict = Result<(), String>;

impl Ask {
    /// `interactive`: there is somebody at stdin and stderr.
    pub(crate) fn new(interactive: bool, color: bool, command: &'static str) -> Self {
        inquire::set_global_render_config(render_config(color));
        Self { interactive, command }
    }

    /// Whether there is somebody to ask.
    pub(crate) fn can(self) -> bool {
        self.interactive
    }

    /// A line of text. `default` stands there to be changed; `check` judges what is typed.
    pub(crate) fn text(
        self,
        question: &str,
        flag: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Verdict + Clone + 'static,
    ) -> Result<String, CliError> {
        self.or_missing(flag)?;
        let validator = move |text: &str| {
            Ok(match check(text.trim()) {
                Ok(()) => Validation::Valid,
                Err(reason) => Validation::Invalid(reason.into()),
            })
        };
        let prompt = Text::new(question).with_validator(validator);
        let prompt = match default {
            Some(default) => prompt.with_initial_value(default),
            None => prompt,
        };
        prompt.prompt().map(|text| text.trim().to_owned()).map_err(stopped)
    }

    /// One of a list, found by typing parts of it. Labels are escaped by the caller's `Display`.
    pub(crate) fn pick<T: Display>(self, question: &str, flag: &str, choices: Vec<T>) -> Result<T, CliError> {
        self.or_missing(flag)?;
        let select = Select::new(question, choices).with_page_size(ROWS).with_help_message(HELP);
        select.prompt().map_err(stopped)
    }

    /// Yes or no.
    pub(crate) fn confirm(self, question: &str, flag: &str) -> Result<bool, CliError> {
        self.or_missing(flag)?;
        Confirm::new(question).with_default(true).prompt().map_err(stopped)
    }

    fn or_missing(self, flag: &str) -> Result<(), CliError> {
        if self.interactive {
            return Ok(());
        }
        Err(CliError::new(
            Code::R01,
            Exit::Usage,
            format!("{flag} is missing, and there is no terminal to ask at."),
        )
        .fix(format!("sso {} {flag} ...", self.command)))
    }
}

/// Ctrl-C and Esc end the wizard with nothing written.
fn stopped(error: InquireError) -> CliError {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            CliError::new(Code::R06, Exit::Interrupted, "Stopped. Nothing was written.")
        }
        other => {
            CliError::new(Code::R08, Exit::Failure, "The terminal cannot be asked.").cause(other.to_string())
        }
    }
}

/// A choice: what is shown, and what it stands for.
pub(crate) struct Choice<T> {
    label: String,
    pub(crate) value: T,
}

impl<T> Choice<T> {
    /// The label is foreign text and is escaped.
    pub(crate) fn new(label: &str, value: T) -> Self {
        Self { label: escape(label), value }
    }
}

impl<T> Display for Choice<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label)
    }
}
