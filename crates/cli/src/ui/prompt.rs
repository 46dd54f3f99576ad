//! Questions to the person at the terminal. Where there is none, the option that answers is named instead (exit 2).

use super::lines;
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::escape::escape;
use inquire::error::InquireError;
use inquire::ui::{Attributes, Color, ErrorMessageRenderConfig, RenderConfig, StyleSheet, Styled};
use inquire::validator::Validation;
use inquire::{Confirm, Select, Text};
use std::fmt::Display;

/// Rows of a list that are seen at once.
const ROWS: usize = 10;
/// What the keys do, below every list.
pub(super) const HELP: &str = "type to search, arrows to move, Return to take, Esc to stop";

/// Asks, or says which option is missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    interactive: bool,
    dumb: bool,
    command: &'static str,
}

/// How questions look: colours for signs alone, as everywhere; an answer and the row that Return takes are bold.
pub(super) fn render_config(color: bool) -> RenderConfig<'static> {
    let refused = Styled::new("Not accepted:");
    let errors = ErrorMessageRenderConfig::empty();
    if !color {
        return RenderConfig::empty().with_error_message(errors.with_prefix(refused));
    }
    let strong = StyleSheet::new().with_attr(Attributes::BOLD);
    RenderConfig::empty()
        .with_prompt_prefix(Styled::new("?").with_fg(Color::DarkGreen))
        .with_answered_prompt_prefix(Styled::new(">").with_fg(Color::DarkGreen))
        .with_answer(strong)
        .with_highlighted_option_prefix(Styled::new(">").with_style_sheet(strong))
        .with_selected_option(Some(strong))
        .with_error_message(errors.with_prefix(refused.with_fg(Color::DarkRed)))
}

/// Why an answer is not accepted, in one line.
pub(crate) type Verdict = Result<(), String>;

impl Ask {
    /// `interactive`: there is somebody at stdin and stderr.
    pub(crate) fn new(interactive: bool, output: &Output, command: &'static str) -> Self {
        inquire::set_global_render_config(render_config(output.color.1));
        Self { interactive, dumb: output.dumb, command }
    }

    /// Whether there is somebody to ask.
    pub(crate) fn can(self) -> bool {
        self.interactive
    }

    /// A line of text. `about` says what for; `default` stands there to be changed; `check` judges what is typed.
    pub(crate) fn text(
        self,
        (question, about): (&str, &str),
        flag: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Verdict + Clone + 'static,
    ) -> Result<String, CliError> {
        self.or_missing(flag)?;
        if self.dumb {
            return lines::text(question, about, default, check).ok_or_else(left);
        }
        let validator = move |text: &str| {
            Ok(match check(text.trim()) {
                Ok(()) => Validation::Valid,
                Err(reason) => Validation::Invalid(reason.into()),
            })
        };
        let prompt = Text::new(question).with_help_message(about).with_validator(validator);
        let prompt = match default {
            Some(default) => prompt.with_initial_value(default),
            None => prompt,
        };
        prompt.prompt().map(|text| text.trim().to_owned()).map_err(stopped)
    }

    /// One of a list, found by typing parts of it. Labels are escaped by the caller's `Display`.
    pub(crate) fn pick<T: Display>(self, question: &str, flag: &str, choices: Vec<T>) -> Result<T, CliError> {
        self.or_missing(flag)?;
        if self.dumb {
            let rows: Vec<String> = choices.iter().map(ToString::to_string).collect();
            let is_like = |typed: &str, row: usize| rows.get(row).is_some_and(|row| has_all(typed, row));
            let picked = lines::pick(question, &rows, is_like).ok_or_else(left)?;
            return choices.into_iter().nth(picked).ok_or_else(left);
        }
        let select = Select::new(question, choices).with_page_size(ROWS).with_help_message(HELP);
        select.prompt().map_err(stopped)
    }

    /// Yes or no.
    pub(crate) fn confirm(self, question: &str, flag: &str) -> Result<bool, CliError> {
        self.or_missing(flag)?;
        if self.dumb {
            return lines::confirm(question).ok_or_else(left);
        }
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
        // A switch says all; an option wants its value.
        .fix(match flag {
            "--yes" => "the same command with --yes behind it".to_owned(),
            _ => format!("sso {} {flag} ...", self.command),
        }))
    }
}

/// Whether each typed word is there, in any order.
pub(super) fn has_all(typed: &str, row: &str) -> bool {
    let row = row.to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| row.contains(word))
}

fn left() -> CliError {
    CliError::new(Code::R06, Exit::Interrupted, "Stopped. Nothing was written.")
}

/// Ctrl-C and Esc end the wizard with nothing written.
fn stopped(error: InquireError) -> CliError {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => left(),
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
