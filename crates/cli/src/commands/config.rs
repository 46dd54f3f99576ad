//! `sso config explain`: where each value of a profile comes from, and who reads it otherwise. No network.

pub(crate) mod document;
mod facts;
mod layout;
mod text;

use super::{Outcome, sessions};
use crate::context::Context;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use crate::output::document::document;
use crate::output::{Look, Report};
use document::Document;
use facts::{Step, Variable};
use serde_json::Value;
use sso_config::{Explanation, Problem, ProfileSource};

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
        document(&Document::of(self))
    }

    fn data(&self, look: &Look) -> String {
        text::of(self, look)
    }
}
