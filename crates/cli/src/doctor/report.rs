//! What an examination looks like: worst first, calm when healthy, the next command last.

use super::engine::Examination;
use super::finding::{Finding, Severity, Told};
use super::probe::Source;
use crate::catalogue::Code;
use crate::output::charset::is_ascii;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::fit::hanging_fix;
use crate::output::{BAD, CARE, GOOD, Look, Report, STRONG};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// What was found.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    /// The profile that it was about; null: there was none.
    profile: Option<&'a str>,
    /// The name of its `sso-session`; null: it has none.
    session: Option<&'a str>,
    /// Worst first.
    findings: Vec<Told<'a>>,
    /// Codes whose check has found nothing.
    passed: &'a [Code],
    /// Codes whose check did not run.
    not_run: Vec<NotRun<'a>>,
    /// Short facts of the profile, for people.
    facts: &'a [String],
    /// The sources of credentials for the profile, in the order in which AWS tools ask them.
    precedence: Vec<OneSource<'a>>,
    /// What `--fix` has done, a line each.
    fixed: &'a [String],
}

/// A check that did not run.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct NotRun<'a> {
    code: Code,
    /// Why, for people.
    reason: &'a str,
}

/// A source of credentials.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Source"))]
struct OneSource<'a> {
    /// What it is, for people: `static keys`, `IAM Identity Center`.
    source: &'a str,
    /// The variable or the place that names it.
    at: &'a str,
    /// Whether AWS tools take it.
    wins: bool,
    /// Why it wins or does not, for people.
    why: &'a str,
}

/// An examination, told.
pub(crate) struct Examined {
    pub(crate) done: Examination,
    /// `profile dev → session corp → 111122223333/Admin`, as far as it goes.
    pub(crate) subject: String,
    pub(crate) profile: Option<String>,
    pub(crate) session: Option<String>,
    /// Short facts for the healthy screen.
    pub(crate) facts: Vec<String>,
    /// The sources of credentials for the profile in question, in the order in which AWS tools ask them.
    pub(crate) precedence: Vec<Source>,
    /// Whether more is told than needs be.
    pub(crate) verbose: bool,
    pub(crate) took: Duration,
    /// What `--fix` did.
    pub(crate) fixed: Vec<String>,
    /// How the command is called again, with what selects the profile.
    pub(crate) command: String,
}

impl Report for Examined {
    fn json(&self) -> Value {
        let not_run = self.done.not_run.iter().map(|(code, reason)| NotRun { code: *code, reason });
        let sources = self.precedence.iter().map(|Source { what, at, wins, why }| OneSource {
            source: what,
            at,
            wins: *wins,
            why,
        });
        document(&Document {
            profile: self.profile.as_deref(),
            session: self.session.as_deref(),
            findings: self.done.findings.iter().map(Finding::facts).collect(),
            passed: &self.done.passed,
            not_run: not_run.collect(),
            facts: &self.facts,
            precedence: sources.collect(),
            fixed: &self.fixed,
        })
    }

    fn data(&self, look: &Look) -> String {
        let mut text: String =
            self.fixed.iter().map(|line| format!("{} {}\n", look.tick(), escape(line))).collect();
        if !text.is_empty() {
            text.push('\n');
        }
        let healthy = self.done.count(Severity::Error) + self.done.count(Severity::Warning) == 0;
        if healthy {
            text.push_str(&self.healthy(look));
        }
        text.extend(self.done.findings.iter().map(|finding| finding_text(finding, look)));
        text.push_str(&self.sources(look));
        if !healthy {
            text.push_str(&self.summary(look));
        }
        text
    }
}

impl Examined {
    /// Whose credentials win, where that could be asked.
    fn sources(&self, look: &Look) -> String {
        let unclear = |finding: &Finding| matches!(finding.code, Code::C16 | Code::C17 | Code::E01);
        let asked = self.verbose || self.done.findings.iter().any(unclear);
        if self.precedence.is_empty() || self.precedence.len() == 1 && !asked {
            return String::new();
        }
        let widest = self.precedence.iter().map(|source| source.what.len()).max().unwrap_or(0);
        let places: Vec<String> = self.precedence.iter().map(|source| escape(&source.at)).collect();
        let place_width = places.iter().map(|place| place.width()).max().unwrap_or(0);
        let mut text = "\nCredentials, in the order in which AWS tools ask:\n".to_owned();
        for (source, at) in self.precedence.iter().zip(places) {
            let (mark, does) =
                if source.wins { (look.paint(GOOD, "→"), "wins: ") } else { (" ".into(), "") };
            let gap = " ".repeat(place_width - at.width());
            text.push_str(&format!("  {mark} {:widest$}  {at}{gap}  {does}{}\n", source.what, source.why));
        }
        text
    }

    fn healthy(&self, look: &Look) -> String {
        let seconds = self.took.as_secs_f64();
        let subject =
            if self.subject.is_empty() { String::new() } else { format!(" {}.", escape(&self.subject)) };
        let passed = format!("{} checks passed in {seconds:.1} s.{subject}", self.done.passed.len());
        let mut text = format!("{} {}\n", look.tick(), look.hanging(2, &passed));
        if !self.facts.is_empty() {
            text.push_str(&format!("  {}.\n", look.hanging(2, &escape(&self.facts.join("; ")))));
        }
        if let Some(line) = self.not_run() {
            text.push_str(&format!("  {}\n", look.hanging(2, &format!("Not run: {line}."))));
        }
        text
    }

    /// `2 errors, 1 warning, 71 passed, 6 not run (--offline). 1 can be fixed: sso doctor --fix`
    fn summary(&self, look: &Look) -> String {
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            more => Some(format!("{more} {many}")),
        };
        let done = &self.done;
        let parts = [
            counted(done.count(Severity::Error), "error", "errors"),
            counted(done.count(Severity::Warning), "warning", "warnings"),
            counted(done.count(Severity::Info), "remark", "remarks"),
            counted(done.passed.len(), "passed", "passed"),
            self.not_run().map(|line| format!("not run: {line}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let counts = format!("{}.", parts.join(", "));
        let fixable = match done.fixable() {
            0 => return format!("\n{}\n", look.hanging(0, &counts)),
            count => format!("{count} can be fixed: {} --fix", self.command),
        };
        // A command is not broken.
        let gap = if look.fits(counts.width() + 1 + fixable.width()) { " " } else { "\n" };
        format!("\n{}{gap}{fixable}\n", look.hanging(0, &counts))
    }

    /// `6 (--offline)`: how many, by reason.
    fn not_run(&self) -> Option<String> {
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for (_, why) in &self.done.not_run {
            match reasons.iter_mut().find(|(known, _)| known == why) {
                Some((_, count)) => *count += 1,
                None => reasons.push((why, 1)),
            }
        }
        let parts: Vec<String> =
            reasons.iter().map(|(why, count)| format!("{count} ({})", escape(why))).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

fn finding_text(finding: &Finding, look: &Look) -> String {
    const INDENT: usize = 7;
    let (style, mark) = match finding.severity {
        Severity::Error => (Some(BAD), "✗"),
        Severity::Warning if is_ascii() => (Some(CARE), "warning"),
        Severity::Warning => (Some(CARE), "!"),
        Severity::Info => (None, "·"),
    };
    let mark = format!("{mark} {} ", finding.code.id());
    let mark = style.map_or(mark.clone(), |style| look.paint(style, &mark));
    let headline = escape(&finding.headline);
    let place = finding.at.as_deref().map(escape).filter(|at| !headline.contains(at.as_str()));
    let place = place.map(|at| format!("  {at}")).unwrap_or_default();
    let mut text = format!("{mark} {}\n", look.hanging(INDENT, &format!("{headline}{place}")));
    for line in &finding.evidence {
        text.push_str(&format!("       {}\n", look.hanging(INDENT, &escape(line))));
    }
    if let Some(remedy) = &finding.remedy {
        let by_us = if finding.fix.is_some() { "  (--fix does it)" } else { "" };
        let remedy = hanging_fix(&format!("{}{by_us}", escape(remedy)), INDENT + 5, look.columns);
        text.push_str(&format!("       {} {remedy}\n", look.paint(STRONG, "fix:")));
    }
    text
}
