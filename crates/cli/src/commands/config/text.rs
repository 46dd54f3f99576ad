//! The explanation for people: facts into words. [`super::layout`] puts them into columns.

use super::Explained;
use super::layout::{Layout, Note, Row};
use crate::explain::problem::{cause, effect};
use crate::output::Look;
use crate::output::escape::escape;
use crate::output::fit::cut;
use sso_config::{
    Effect, ExplainedText, ExplainedValue, Origin, OtherReading, Overridden, OverriddenBy, Place, Problem,
    ProfileSource, Reader, SectionKind, SourceCandidate, SourceKind,
};
use std::path::Path;

/// The whole text.
pub(super) fn of(explained: &Explained, look: &Look) -> String {
    let teller = Teller::new(explained);
    let mut rows: Vec<Row> = explained.explanation.lines.iter().map(|line| teller.value(line)).collect();
    rows.extend(teller.variables());
    rows.push(teller.credentials());
    let head = teller.head();
    let layout = Layout::new(&head, &rows, explained.width, look);
    let mut text = layout.head(&head);
    text.extend(rows.iter().map(|row| layout.row(row)));
    text.extend(teller.closing().iter().map(|note| layout.note(note, 2)));
    text
}

/// Facts into words.
struct Teller<'a> {
    explained: &'a Explained,
    /// The profile's file: places in it are shown as lines.
    home: Option<&'a Path>,
}

impl<'a> Teller<'a> {
    fn new(explained: &'a Explained) -> Self {
        Self { explained, home: explained.explanation.places.first().map(|place| &*place.path) }
    }

    /// The first line: the profile, where it is, who chose it, and remarks on its header.
    fn head(&self) -> Row {
        let found = &self.explained.explanation;
        let chosen = match self.explained.chosen_by {
            ProfileSource::Flag => None,
            ProfileSource::Variable(name) => Some(format!("chosen by {name}")),
            ProfileSource::Default => Some("chosen because nothing names another".to_owned()),
        };
        let place = found.places.first().map(|place| self.full(place));
        let others = found.places.iter().skip(1).map(|place| format!("also {}", self.full(place)));
        let problems = found.problems.iter().map(|problem| self.header_problem(problem));
        Row {
            key: format!("profile {}", escape(found.profile.as_str())),
            value: String::new(),
            place: place.unwrap_or_else(|| "written in no file".to_owned()),
            aside: chosen,
            below: others.map(Note::Plain).chain(problems).collect(),
        }
    }

    fn header_problem(&self, problem: &Problem) -> Note {
        let (reader, what) = problem.kind.reading();
        let cause = format!("{} ({})", cause(problem.kind), self.line(&problem.place));
        Note::Care(match (effect(reader, what), what) {
            (Some(effect), Effect::Ignores) => {
                let header = self.is_header_of_profile(&problem.place);
                let section = if header { "the profile" } else { "its session" };
                format!("{}: {cause}", effect.replace(" it", &format!(" {section}")))
            }
            (Some(effect), _) => format!("{effect}: {cause}"),
            (None, _) => cause,
        })
    }

    fn is_header_of_profile(&self, place: &Place) -> bool {
        let same = |header: &Place| header.path == place.path && header.line == place.line;
        self.explained.explanation.places.iter().any(same)
    }

    fn value(&self, line: &ExplainedValue) -> Row {
        let aside = match &line.origin {
            Origin::File { section, .. } if section.kind != SectionKind::Profile => {
                Some(format!("from {}", escape(&section.to_string())))
            }
            _ => None,
        };
        let readings = line.readings.iter().map(|reading| Note::Care(self.reading(reading, line)));
        let overrides = line.overrides.iter().map(|over| Note::Plain(self.overridden(over)));
        let variables =
            self.explained.variables.iter().filter(|variable| goes_before(variable.key, &line.key));
        let variables = variables.map(|variable| {
            Note::Care(match &variable.value {
                Some(value) => format!("{} goes before it: {}", variable.name, quoted(value)),
                None => format!("{} goes before it", variable.name),
            })
        });
        Row {
            key: escape(&line.key),
            value: shown(&line.value),
            place: self.column(&line.origin),
            aside,
            below: readings.chain(overrides).chain(variables).collect(),
        }
    }

    /// Who reads what.
    fn reading(&self, reading: &OtherReading, line: &ExplainedValue) -> String {
        let values = match (&reading.value, &line.value) {
            (Some(ExplainedText::Text(theirs)), ExplainedText::Text(ours)) => {
                match (quoted(theirs), quoted(ours)) {
                    // The difference is behind the cut.
                    (short, same) if short == same => Some((quoted_end(theirs), quoted_end(ours))),
                    both => Some(both),
                }
            }
            _ => None,
        };
        match (reading.reader, values) {
            (Reader::AwsCli, Some((theirs, ours))) => format!("AWS CLI reads {theirs}, SDKs read {ours}"),
            (Reader::AwsSdks, Some((theirs, ours))) => format!("SDKs read {theirs}, AWS CLI reads {ours}"),
            (reader, _) => {
                let at = &reading.problem.place;
                let elsewhere = line.origin.place().is_none_or(|place| place.line != at.line);
                let at = if elsewhere { format!(" ({})", self.line(at)) } else { String::new() };
                let cause = format!("{}{at}", cause(reading.problem.kind));
                match effect(reader, reading.effect) {
                    Some(effect) => format!("{effect}: {cause}"),
                    None => cause,
                }
            }
        }
    }

    fn overridden(&self, over: &Overridden) -> String {
        let value = match (&over.value, over.same) {
            (_, true) => "the same value".to_owned(),
            (ExplainedText::Secret, false) => "another value".to_owned(),
            (ExplainedText::Text(text), false) => quoted(text),
        };
        let why = match over.by {
            OverriddenBy::LaterLine => "the last line holds",
            OverriddenBy::CredentialsFile => "the credentials file goes before",
            OverriddenBy::Session => "a session goes before its profile",
            OverriddenBy::Profile => "a profile goes before its session here",
            OverriddenBy::ProfileDefault => "[profile default] hides [default]",
        };
        let at = over.origin.place().map(|place| self.line(place)).unwrap_or_default();
        format!("overrides {value} in {at} ({why})")
    }

    /// Settings that stand in no file.
    fn variables(&self) -> Vec<Row> {
        let written = |key: &str| self.explained.explanation.lines.iter().any(|line| line.key == key);
        let alone = self.explained.variables.iter().filter(|variable| !written(variable.key));
        let row = |variable: &super::Variable| {
            Some(Row {
                key: variable.key.to_owned(),
                value: value(variable.value.as_ref()?),
                place: variable.name.to_owned(),
                aside: None,
                below: Vec::new(),
            })
        };
        alone.filter_map(row).collect()
    }

    /// The last row: which source of credentials wins, over which.
    fn credentials(&self) -> Row {
        let sources = &self.explained.explanation.sources;
        let others: Vec<String> = sources.iter().skip(1).map(|source| self.source(source)).collect();
        let variable = self.explained.variables.iter().filter(|variable| variable.key == "credentials");
        let variable = variable.map(|variable| {
            let name = variable.name;
            Note::Care(format!("{name} is set: AWS CLI and SDKs use its keys, unless told --profile"))
        });
        let none = sources
            .is_empty()
            .then(|| Note::Plain("to set up a profile that has some: sso configure".into()));
        Row {
            key: "credentials".to_owned(),
            value: sources.first().map_or("none", |source| kind(source.kind)).to_owned(),
            place: sources.first().map(|source| self.column(&source.origin)).unwrap_or_default(),
            aside: (!others.is_empty()).then(|| format!("wins over {}", others.join(", "))),
            below: self.chain().chain(variable).chain(none).collect(),
        }
    }

    /// The way to the credentials of an assumed role, from its beginning.
    fn chain(&self) -> impl Iterator<Item = Note> {
        self.explained.chain.iter().map(|step| {
            let place = step.origin.place().map(|place| self.line(place)).unwrap_or_default();
            let (role, profile) = (escape(&step.role), escape(&step.profile));
            let account = step.account.as_deref().map(|id| format!(" in account {}", escape(id)));
            let whose = format!("{role}{} ({profile}, {place})", account.unwrap_or_default());
            match (step.assumed, step.mfa) {
                (false, _) => Note::Plain(format!("begins with {whose}")),
                (true, false) => Note::Plain(format!("then assumes {whose}")),
                (true, true) => Note::Care(format!("then assumes {whose}, which asks for an MFA code")),
            }
        })
    }

    fn source(&self, source: &SourceCandidate) -> String {
        let place = source.origin.place().map(|place| self.full(place)).unwrap_or_default();
        format!("{} in {place}", kind(source.kind))
    }

    /// What is about no single value: errors, and files that other tools refuse.
    fn closing(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        for error in &self.explained.errors {
            notes.push(Note::Care(escape(&error.headline)));
            let labelled = error.notes.iter().map(|(label, text)| (*label, text));
            let fix = error.fix.iter().map(|fix| ("fix", fix));
            notes.extend(
                labelled.chain(fix).map(|(label, text)| Note::Plain(format!("  {label}: {}", escape(text)))),
            );
        }
        let refusals = &self.explained.refusals;
        for problem in refusals.iter().take(3) {
            let (reader, what) = problem.kind.reading();
            let what = effect(reader, what).unwrap_or_default();
            let file = escape(&self.explained.voice.path(&problem.place.path));
            let what = what.replace("the whole file", &file);
            notes.push(Note::Care(format!("{what}: {} (line {})", cause(problem.kind), problem.place.line)));
        }
        if let Some(more @ 1..) = refusals.len().checked_sub(3) {
            notes.push(Note::Care(format!("and {more} more such places")));
        }
        notes
    }

    /// `~/.aws/config:12`.
    fn full(&self, place: &Place) -> String {
        escape(&self.explained.voice.place(place))
    }

    /// `:12` in the profile's file.
    fn column(&self, origin: &Origin) -> String {
        match origin.place() {
            Some(place) if self.home == Some(&*place.path) => format!(":{}", place.line),
            _ => escape(&self.explained.voice.origin(origin)),
        }
    }

    /// `line 12` in the profile's file.
    fn line(&self, place: &Place) -> String {
        match self.home == Some(&*place.path) {
            true => format!("line {}", place.line),
            false => self.full(place),
        }
    }
}

/// Whether a setting of the environment replaces what the key says.
fn goes_before(setting: &str, key: &str) -> bool {
    setting == key || setting == "endpoint_url" && key == "services"
}

fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::WebIdentity => "web identity",
        SourceKind::AssumeRole => "assumed role",
        SourceKind::Sso => "SSO",
        SourceKind::CredentialsFile | SourceKind::ConfigFile => "static keys",
        SourceKind::Login => "aws login",
        SourceKind::Process => "credential_process",
    }
}

/// The longest text in quotes.
const QUOTED: usize = 40;

fn quoted(text: &str) -> String {
    format!("\"{}\"", cut(&value(text), QUOTED))
}

fn quoted_end(text: &str) -> String {
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    format!("\"{}\"", backwards(&cut(&backwards(&value(text)), QUOTED)))
}

fn shown(text: &ExplainedText) -> String {
    match text {
        ExplainedText::Text(text) => value(text),
        ExplainedText::Secret => "(secret)".to_owned(),
    }
}

/// A value on one line.
fn value(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escape).collect();
    lines.join(" ⏎ ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn the_end_of_a_text_is_quoted_where_that_is_what_matters() {
        let end = quoted_end(&format!("{} # c", "a".repeat(90)));
        assert!(
            end.starts_with("\"…aaa") && end.ends_with("aaa # c\"") && end.width() == QUOTED + 2,
            "{end}"
        );
        assert_eq!(quoted("a\n  b\u{1b}"), "\"a ⏎   b\\u{1b}\"");
    }
}
