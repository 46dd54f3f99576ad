//! `CliError`: what a person or a script is told when a command fails.

use crate::catalogue::Code;
use crate::exit::Exit;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::fit::{hanging, hanging_fix};
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

    /// In at most four lines: callers of `credential_process` show no more. What comes after the first note follows the second
    /// in its line.
    pub(crate) fn brief(mut self) -> Self {
        let rest = self.notes.split_off(self.notes.len().min(2));
        if let Some((_, last)) = self.notes.last_mut() {
            rest.iter().for_each(|(label, note)| last.push_str(&format!("; {label}: {note}")));
        }
        self
    }

    /// What a person sees: the headline, and labelled lines whose texts stand below each other. Foreign parts are escaped.
    pub(crate) fn text(&self, color: bool, columns: Option<u16>) -> String {
        let paint = |style: Style, text: String| if color { format!("{style}{text}{style:#}") } else { text };
        let label = match self.exit {
            // Who stops a program knows that, and has done nothing wrong.
            Exit::Interrupted => String::new(),
            _ => format!("error[{}]: ", self.code.id()),
        };
        // The label counts for the first line only: the others begin as the notes do.
        let headline = hanging(&format!("{label}{}", escape(&self.headline)), 2, columns);
        let mut text = match headline.strip_prefix(&label) {
            Some(rest) if !label.is_empty() => {
                format!("{} {rest}\n", paint(BAD, label.trim_end().to_owned()))
            }
            _ => format!("{headline}\n"),
        };
        let fix = self.fix.iter().map(|fix| ("fix", fix));
        let lines: Vec<_> = self.notes.iter().map(|(label, note)| (*label, note)).chain(fix).collect();
        let widest = lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        for (label, line) in lines {
            let pad = " ".repeat(widest.saturating_sub(label.len()));
            let line = escape(line);
            let fold = if label == "fix" { hanging_fix } else { hanging };
            let line = fold(&line, widest + 4, columns);
            text.push_str(&format!("  {}{pad} {line}\n", paint(STRONG, format!("{label}:"))));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> CliError {
        CliError::new(Code::I08, Exit::NotAssigned, "You may not assume the role \"Deploy\" in account 222233334444.")
            .cause("AccessDenied")
            .note("you are", "arn:aws:sts::111122223333:assumed-role/Admin/me, who signed in as somebody else")
            .note("role", "arn")
            .note("note", "it may ask for an external_id")
            .fix("sso doctor --profile a-name-that-is-long-enough-to-be-broken-somewhere-behind-the-eightieth-column x")
    }

    #[test]
    fn callers_of_a_helper_see_four_lines() {
        let shown = failure().brief().text(false, None);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 4, "{shown}");
        assert!(
            lines[2].ends_with("as somebody else; role: arn; note: it may ask for an external_id"),
            "{shown}"
        );
        let short = CliError::new(Code::T01, Exit::LoginNeeded, "x").cause("y").fix("z");
        assert_eq!(short.clone().brief(), short);
    }

    #[test]
    fn on_a_terminal_lines_are_broken_where_words_end_and_commands_are_not() {
        let shown = failure().text(false, Some(50));
        let expected = "error[I08]: You may not assume the role \"Deploy\"\n  in account 222233334444.\n  cause:   AccessDenied\n  \
            you are: arn:aws:sts::111122223333:assumed-role/Admin/me,\n           who signed in as somebody else\n";
        assert!(shown.starts_with(expected), "{shown}");
        assert!(shown.lines().last().is_some_and(|line| line.ends_with("column x")), "{shown}");
        let coloured = failure().text(true, Some(50));
        assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31merror[I08]:\u{1b}[0m You may"), "{coloured:?}");
    }
}
