//! What a check finds: a fact with its code, where it is, and what helps.

use super::fix::Fix;
use crate::catalogue::Code;
use crate::error::CliError;
use serde::Serialize;

/// How bad it is, the worst first: the order in which findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// A command of ours, or this profile in an AWS tool, fails now.
    Error,
    /// It will fail, or it weakens safety.
    Warning,
    /// True, but harmless.
    Info,
}

/// One thing that was found, for programs. Only findings have both `code` and `severity`.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Finding"))]
pub(crate) struct Told<'a> {
    code: Code,
    severity: Severity,
    /// What the code is about.
    title: &'a str,
    /// `~/.aws/config:12`, a path, a variable or a host; null: no single place.
    #[serde(rename = "where")]
    at: Option<&'a str>,
    /// What is wrong, for people.
    message: &'a str,
    /// What was seen, a line each.
    evidence: &'a [String],
    /// What the code means: the first paragraph of its page.
    explanation: String,
    /// The command that helps, or what to do; null: nothing is known.
    fix: Option<&'a str>,
    /// Whether `--fix` mends it.
    auto_fixable: bool,
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

    /// For `--json`.
    pub(crate) fn facts(&self) -> Told<'_> {
        Told {
            code: self.code,
            severity: self.severity,
            title: self.code.title(),
            at: self.at.as_deref(),
            message: &self.headline,
            evidence: &self.evidence,
            explanation: super::pages::summary(self.code),
            fix: self.remedy.as_deref(),
            auto_fixable: self.fix.is_some(),
        }
    }
}
