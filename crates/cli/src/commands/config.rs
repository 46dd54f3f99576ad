//! `sso config explain`: where each value of a profile comes from, and who reads it otherwise. No network.

mod facts;
mod layout;
mod text;

use super::{Outcome, sessions};
use crate::context::Context;
use crate::error::CliError;
use crate::explain::problem::{cause, effect_name, name, reader_name};
use crate::explain::{Explain as _, Voice};
use crate::output::{Look, Report};
use facts::{Step, Variable};
use serde_json::{Value, json};
use sso_config::{
    ExplainedText, ExplainedValue, Explanation, Origin, OverriddenBy, Place, Problem, ProfileSource,
    SourceCandidate, SourceKind,
};

/// Explains the selected profile. What is wrong with it is told, not failed with.
pub(crate) fn run(context: &Context) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let (profile, chosen_by) = sessions::selected(context);
    let explanation = set.explain(&profile).map_err(|error| {
        let told = error.explain(&context.voice());
        match chosen_by {
            ProfileSource::Variable(variable) => told.note("chosen by", variable),
            ProfileSource::Flag | ProfileSource::Default => told,
        }
    })?;
    let voice = Voice::new(&context.env).during(context.command).profile(profile.as_str());
    let (variables, errors) = facts::of_profile(context, &set, &explanation, &voice);
    let refusals = facts::refusals(&set, &explanation);
    let chain = facts::chain(&set, &explanation);
    let width = usize::from(context.output.width()).clamp(60, 160);
    Ok(Outcome::success(Explained {
        explanation,
        chain,
        chosen_by,
        variables,
        errors,
        refusals,
        voice,
        width,
    }))
}

/// All that is told of a profile.
struct Explained {
    explanation: Explanation,
    /// Roles that are assumed one with the other.
    chain: Vec<Step>,
    chosen_by: ProfileSource,
    /// Variables that go before the files.
    variables: Vec<Variable>,
    /// Why the profile, or a part of it, cannot be used.
    errors: Vec<CliError>,
    /// What makes another tool refuse a file, anywhere in it.
    refusals: Vec<Problem>,
    voice: Voice,
    width: usize,
}

impl Report for Explained {
    fn json(&self) -> Value {
        let found = &self.explanation;
        let session = found.session.as_ref().map(|session| {
            json!({
                "name": session.name.value.as_str(),
                "at": origin(&session.name.origin),
                "headers": places(&session.places),
            })
        });
        let variables = self.variables.iter().map(|variable| {
            json!({
                "variable": variable.name,
                "key": variable.key,
                "value": variable.value,
            })
        });
        json!({
            "profile": found.profile.as_str(),
            "chosenBy": match self.chosen_by {
                ProfileSource::Flag => Some("--profile"),
                ProfileSource::Variable(variable) => Some(variable),
                ProfileSource::Default => None,
            },
            "headers": places(&found.places),
            "session": session,
            "values": found.lines.iter().map(line).collect::<Vec<_>>(),
            "credentials": {
                "source": found.sources.first().map(source),
                "chain": self.chain.iter().map(step).collect::<Vec<_>>(),
                "over": found.sources.iter().skip(1).map(source).collect::<Vec<_>>(),
            },
            "variables": variables.collect::<Vec<_>>(),
            "problems": found.problems.iter().chain(&self.refusals).map(problem).collect::<Vec<_>>(),
            "errors": self.errors.iter().map(error).collect::<Vec<_>>(),
        })
    }

    fn data(&self, look: &Look) -> String {
        text::of(self, look)
    }
}

fn line(line: &ExplainedValue) -> Value {
    let overrides = line.overrides.iter().map(|over| {
        json!({
            "value": text_of(&over.value),
            "secret": over.value == ExplainedText::Secret,
            "same": over.same,
            "because": match over.by {
                OverriddenBy::LaterLine => "later-line",
                OverriddenBy::CredentialsFile => "credentials-file",
                OverriddenBy::Session => "session",
                OverriddenBy::Profile => "profile",
                OverriddenBy::ProfileDefault => "profile-default",
            },
            "at": origin(&over.origin),
        })
    });
    let readings = line.readings.iter().map(|reading| {
        json!({
            "reader": reader_name(reading.reader),
            "effect": effect_name(reading.effect),
            "value": reading.value.as_ref().and_then(text_of),
            "cause": name(reading.problem.kind),
            "text": cause(reading.problem.kind),
            "at": place(&reading.problem.place),
        })
    });
    json!({
        "key": line.key,
        "value": text_of(&line.value),
        "secret": line.value == ExplainedText::Secret,
        "at": origin(&line.origin),
        "overrides": overrides.collect::<Vec<_>>(),
        "readings": readings.collect::<Vec<_>>(),
    })
}

fn text_of(text: &ExplainedText) -> Option<&str> {
    match text {
        ExplainedText::Text(text) => Some(text),
        ExplainedText::Secret => None,
    }
}

fn source(source: &SourceCandidate) -> Value {
    let kind = match source.kind {
        SourceKind::WebIdentity => "web-identity",
        SourceKind::AssumeRole => "assume-role",
        SourceKind::Sso => "sso",
        SourceKind::CredentialsFile => "static-keys-in-credentials",
        SourceKind::Login => "login",
        SourceKind::Process => "credential-process",
        SourceKind::ConfigFile => "static-keys-in-config",
    };
    json!({ "kind": kind, "at": origin(&source.origin) })
}

fn step(step: &Step) -> Value {
    json!({
        "profile": step.profile,
        "account": step.account,
        "role": step.role,
        "assumed": step.assumed,
        "mfa": step.mfa,
        "at": origin(&step.origin),
    })
}

fn problem(problem: &Problem) -> Value {
    let (reader, effect) = problem.kind.reading();
    json!({
        "reader": reader_name(reader),
        "effect": effect_name(effect),
        "cause": name(problem.kind),
        "text": cause(problem.kind),
        "at": place(&problem.place),
    })
}

/// As a failure is told, without the exit code: nothing has failed.
fn error(error: &CliError) -> Value {
    let mut told = error.facts();
    if let Some(fields) = told.as_object_mut() {
        fields.shift_remove("exit");
    }
    told
}

fn origin(origin: &Origin) -> Value {
    match origin {
        Origin::File { place: at, section } => {
            let mut told = place(at);
            if let Some(fields) = told.as_object_mut() {
                fields.insert("section".to_owned(), section.to_string().into());
            }
            told
        }
        Origin::Variable(name) => json!({ "variable": name }),
    }
}

fn places(places: &[Place]) -> Vec<Value> {
    places.iter().map(place).collect()
}

fn place(place: &Place) -> Value {
    json!({ "file": place.path.to_string_lossy(), "line": place.line, "column": place.column })
}
