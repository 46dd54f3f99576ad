//! C08, C09, C10 and C15: the form of the files, which can make tools refuse all that is in them.

use super::hit::{Hit, config_bytes, listed, told, troubles};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::{FileText, Probe};
use crate::doctor::rewrite::Step;
use crate::doctor::rewrite::encoding::fault;
use crate::explain::problem::{cause, effect};
use sso_config::{ConfigError, ConfigSet, Effect, Ignored, Problem, ProblemKind, Reader};
use std::path::Path;

/// How many lines are named.
const NAMED: usize = 4;

/// C10. The files are looked at as they are: one of them may not be readable.
pub(super) fn encoding(probe: &Probe) -> Vec<Finding> {
    let files = [&probe.config.config, &probe.config.credentials];
    let one = |file: &FileText| {
        let fault = fault(file.bytes.as_deref()?)?;
        let path = probe.voice.path(&file.path);
        let headline = format!("{path} {}; AWS tools cannot read it.", fault.says());
        let finding = Finding::new(Code::C10, Severity::Error, headline).at(path.clone());
        let hit = Hit::from(
            finding
                .remedy(format!("save {path} as UTF-8 without a byte order mark, with LF or CRLF line ends")),
        );
        Some(if is_config(probe, &file.path) { hit.rewrite(Step::Encoding) } else { hit })
    };
    let hits = files.into_iter().filter_map(|file| one(file.as_ref().ok()?)).collect();
    told(probe, hits, |count| format!("{count} files are not UTF-8."))
}

/// C09.
pub(super) fn unreadable(probe: &Probe) -> Vec<Finding> {
    let mut hits = Vec::new();
    if let Err(ConfigError::Syntax { place, .. }) = &probe.config.set {
        let files = [&probe.config.config, &probe.config.credentials];
        let file = files.into_iter().flatten().find(|file| *file.path == *place.path);
        // A file in another encoding has no lines that could be read.
        let encoded = file.and_then(|file| fault(file.bytes.as_deref()?)).is_some();
        for trouble in troubles(probe, Code::C09).filter(|_| !encoded) {
            let hit = Hit::of(trouble, probe);
            hits.push(if is_config(probe, &place.path) { hit.rewrite(Step::Unreadable) } else { hit });
        }
    } else {
        hits.extend(troubles(probe, Code::C09).map(|trouble| Hit::of(trouble, probe)));
    }
    if let Ok(set) = &probe.config.set {
        hits.extend(refused_by_others(probe, set));
    }
    told(probe, hits, |count| format!("{count} lines cannot be read."))
}

/// What we read and another tool refuses, and what all read as it was hardly meant. One finding a kind.
fn refused_by_others(probe: &Probe, set: &ConfigSet) -> Vec<Hit> {
    let mut kinds: Vec<(Severity, ProblemKind, Vec<Problem>)> = Vec::new();
    for problem in &probe.config.problems {
        let severity = match problem.kind {
            ProblemKind::IgnoredSection(Ignored::EmptyBrackets) => Severity::Error,
            ProblemKind::SwallowedLine | ProblemKind::IgnoredSection(Ignored::UpperCaseDefault) => {
                Severity::Warning
            }
            ProblemKind::InlineComment if decides(set, problem) => Severity::Warning,
            ProblemKind::IndentedHeader
            | ProblemKind::IndentedProperty
            | ProblemKind::TextAfterHeader
            | ProblemKind::CommentSignInName => Severity::Info,
            _ => continue,
        };
        match kinds.iter_mut().find(|(_, kind, _)| *kind == problem.kind) {
            Some((_, _, all)) => all.push(problem.clone()),
            None => kinds.push((severity, problem.kind, vec![problem.clone()])),
        }
    }
    kinds
        .into_iter()
        .filter_map(|(severity, kind, all)| Some(otherwise(probe, severity, kind, &all)?.into()))
        .collect()
}

/// Whether the line holds what an AWS CLI cannot use with a comment behind it.
fn decides(set: &ConfigSet, problem: &Problem) -> bool {
    let document = if problem.place.path == *set.config().path() { set.config() } else { set.credentials() };
    let index = usize::try_from(problem.place.line).unwrap_or_default().saturating_sub(1);
    let key =
        document.records().get(index).map(|record| record.name.of(document.text()).to_ascii_lowercase());
    key.is_some_and(|key| key == "region" || key.starts_with("sso_") && !key.starts_with("sso_auto"))
}

fn otherwise(probe: &Probe, severity: Severity, kind: ProblemKind, all: &[Problem]) -> Option<Finding> {
    let first = probe.voice.place(&all.first()?.place);
    let (reader, what) = match kind {
        ProblemKind::IgnoredSection(Ignored::UpperCaseDefault) => (Reader::AwsCli, Effect::Accepts),
        kind => kind.reading(),
    };
    let headline = match (kind, effect(reader, what)) {
        (ProblemKind::IgnoredSection(Ignored::UpperCaseDefault), _) => {
            "The AWS CLI hands the keys of [DEFAULT] to every profile; other tools do not read it.".to_owned()
        }
        (ProblemKind::InlineComment, _) => {
            "The AWS CLI takes the comment behind a value into the value.".to_owned()
        }
        (_, Some(effect)) => format!("{effect}: {}.", cause(kind)),
        (_, None) => {
            let cause = cause(kind);
            let mut letters = cause.chars();
            letters
                .next()
                .map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
                .unwrap_or_default()
        }
    };
    let lines: Vec<String> = all.iter().skip(1).map(|problem| probe.voice.place(&problem.place)).collect();
    let remedy = match kind {
        ProblemKind::InlineComment => format!("put the comment on a line of its own: edit {first}"),
        _ => format!("edit {first}"),
    };
    let finding = Finding::new(Code::C09, severity, headline).at(first).remedy(remedy);
    Some(if lines.is_empty() { finding } else { finding.seen(format!("also {}", listed(&lines))) })
}

/// C08: one finding a file.
pub(super) fn twice(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let is_twice =
        |kind| matches!(kind, ProblemKind::DuplicateSection { .. } | ProblemKind::DuplicateKey { .. });
    let mut hits = Vec::new();
    for document in [set.config(), set.credentials()] {
        let path = probe.voice.path(document.path());
        let here = probe.config.problems.iter().filter(|one| is_twice(one.kind));
        let here: Vec<&Problem> = here.filter(|one| one.place.path == *document.path()).collect();
        let Some(first) = here.first() else { continue };
        let what = match (here.len(), first.kind) {
            (1, ProblemKind::DuplicateSection { .. }) => "a section stands twice".to_owned(),
            (1, _) => "a key stands twice".to_owned(),
            (count, _) => format!("{count} sections or keys stand twice"),
        };
        let headline = format!("The AWS CLI refuses {path}: {what}.");
        let mut finding =
            Finding::new(Code::C08, Severity::Error, headline).at(probe.voice.place(&first.place));
        for problem in here.iter().take(NAMED) {
            finding = finding.seen(told_twice(document, problem));
        }
        if here.len() > NAMED {
            finding = finding.seen(format!("and {} more", here.len() - NAMED));
        }
        let hit = Hit::from(finding.remedy(format!("keep one of each: edit {path}")));
        hits.push(if is_config(probe, document.path()) { hit.rewrite(Step::Duplicates) } else { hit });
    }
    told(probe, hits, |count| format!("{count} files have sections or keys twice."))
}

/// `region in lines 3 and 7; the last one holds`.
fn told_twice(document: &sso_config::Document, problem: &Problem) -> String {
    let index = usize::try_from(problem.place.line).unwrap_or_default().saturating_sub(1);
    let name = document.records().get(index).map_or("", |record| record.name.of(document.text()));
    let line = problem.place.line;
    match problem.kind {
        ProblemKind::DuplicateSection { first } => format!("[{name}] in lines {first} and {line}"),
        ProblemKind::DuplicateKey { first } => {
            format!("{name} in lines {first} and {line}; the last one holds")
        }
        _ => String::new(),
    }
}

/// C15.
pub(super) fn two_defaults(probe: &Probe) -> Vec<Finding> {
    let hidden = probe.config.problems.iter().find_map(|problem| match problem.kind {
        ProblemKind::HiddenDefault { by } => Some((problem, by)),
        _ => None,
    });
    let Some((problem, by)) = hidden else { return Vec::new() };
    let line = problem.place.line;
    let headline = "There are two default profiles, [default] and [profile default]; tools take one and ignore the other.";
    let finding = Finding::new(Code::C15, Severity::Warning, headline)
        .at(probe.voice.place(&problem.place))
        .remedy("keep one of them");
    let last_is_bare = line > by;
    let hit = match last_is_bare {
        false => Hit::from(
            finding
                .seen(format!("[profile default] in line {by} holds, [default] in line {line} is not read")),
        )
        .rewrite(Step::Defaults),
        // Which one is meant only its owner knows.
        true => Hit::from(finding.seen(format!(
            "the AWS CLI takes [default] in line {line}, SDKs and sso take [profile default] in line {by}"
        ))),
    };
    told(probe, vec![hit], |_| headline.to_owned())
}

fn is_config(probe: &Probe, path: &Path) -> bool {
    config_bytes(probe).is_some_and(|(config, _)| config == path)
}
