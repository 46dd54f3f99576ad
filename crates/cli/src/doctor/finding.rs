//! What a check finds: a fact with its code, where it is, and what helps.

use super::fix::Fix;
use crate::catalogue::Code;
use crate::error::CliError;
use serde_json::{Value, json};

/// How bad it is. The order is the order in which findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// A command of ours, or this profile in an AWS tool, fails now.
    Error,
    /// It will fail, or it weakens safety.
    Warning,
    /// True, but harmless.
    Info,
}

impl Severity {
    /// In JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that was found. Texts may hold foreign parts; they are escaped where they are written. Never a secret.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    /// `~/.aws/config:12`, a path, a variable or a host.
    pub(crate) at: Option<String>,
    pub(crate) headline: String,
    /// What was seen, a line each.
    pub(crate) evidence: Vec<String>,
    /// The command that helps, or what to do.
    pub(crate) remedy: Option<String>,
    /// What `--fix` would do.
    pub(crate) fix: Option<Fix>,
}

impl Finding {
    /// A finding with its headline; the rest is added with the other methods.
    pub(crate) fn new(code: Code, severity: Severity, headline: impl Into<String>) -> Self {
        let (evidence, headline) = (Vec::new(), headline.into());
        Self { code, severity, at: None, headline, evidence, remedy: None, fix: None }
    }

    /// A command's error is a finding too: the same code, the same words.
    pub(crate) fn of(error: CliError, severity: Severity) -> Self {
        let evidence = error.notes.into_iter().map(|(label, text)| match label {
            "cause" => text,
            label => format!("{label}: {text}"),
        });
        Self {
            evidence: evidence.collect(),
            remedy: error.fix,
            ..Self::new(error.code, severity, error.headline)
        }
    }

    /// Says where it is.
    pub(crate) fn at(self, place: impl Into<String>) -> Self {
        Self { at: Some(place.into()), ..self }
    }

    /// Adds a line of what was seen.
    pub(crate) fn seen(mut self, line: impl Into<String>) -> Self {
        self.evidence.push(line.into());
        self
    }

    /// Says what helps.
    pub(crate) fn remedy(self, text: impl Into<String>) -> Self {
        Self { remedy: Some(text.into()), ..self }
    }

    /// Says what `--fix` would do.
    pub(crate) fn fix(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }

    /// For `--json`. Only findings have both `code` and `severity`.
    pub(crate) fn json(&self) -> Value {
        json!({
            "code": self.code.id(),
            "severity": self.severity.name(),
            "title": self.code.title(),
            "where": self.at,
            "message": self.headline,
            "evidence": self.evidence,
            "explanation": super::pages::summary(self.code),
            "fix": self.remedy,
            "autoFixable": self.fix.is_some(),
        })
    }
}
