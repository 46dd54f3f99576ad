//! The document of `sso config explain`.

use super::Explained;
use super::facts::{Step, Variable};
use crate::catalogue::Code;
use crate::error::{CliError, Note};
use crate::explain::problem::{Cause, Makes, Who, cause};
use serde::Serialize;
use sso_config::{
    ExplainedText, ExplainedValue, OtherReading, Overridden, OverriddenBy, ProfileSource, SourceCandidate,
    SourceKind,
};
use std::borrow::Cow;

/// Where each value of a profile comes from, and who reads the text otherwise.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    profile: &'a str,
    /// `--profile`, or the variable that names the profile; null: nothing names it, so it is `default`.
    chosen_by: Option<&'a str>,
    /// Its headers, in the order in which they are merged; `default` need not be written anywhere.
    headers: Vec<Place<'a>>,
    /// The session that it names; null: none.
    session: Option<Session<'a>>,
    /// Its keys in the order of the files, then those of its session.
    values: Vec<Setting<'a>>,
    credentials: Credentials<'a>,
    /// Variables that go before the files.
    variables: Vec<FromVariable<'a>>,
    /// Other readings of headers, and of lines anywhere that make a tool refuse the file.
    problems: Vec<Problem<'a>>,
    /// What using the profile would end with.
    errors: Vec<WouldFail<'a>>,
}

/// A place in a file.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Place<'a> {
    file: Cow<'a, str>,
    /// From 1.
    line: u32,
    /// From 1.
    column: u32,
}

/// Where a value stands: in a section of a file, or in a variable of the environment.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(untagged)]
enum Origin<'a> {
    /// In a file.
    File {
        file: Cow<'a, str>,
        /// From 1.
        line: u32,
        /// From 1.
        column: u32,
        /// `[profile dev]`.
        section: String,
    },
    /// In the environment.
    Variable { variable: &'a str },
}

/// A session that a profile names.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Session<'a> {
    name: &'a str,
    /// The key that names it.
    at: Origin<'a>,
    /// Its headers; none: there is no such section.
    headers: Vec<Place<'a>>,
}

/// A key and where its value comes from.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Value"))]
struct Setting<'a> {
    /// In lower case.
    key: &'a str,
    /// Whole; null: it is secret.
    value: Option<&'a str>,
    secret: bool,
    at: Origin<'a>,
    /// What else stands in the files for the key and does not hold; the nearest first.
    overrides: Vec<Override<'a>>,
    /// Who reads the text otherwise.
    readings: Vec<Reading<'a>>,
}

/// A value that does not hold.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Override<'a> {
    /// Null: it is secret.
    value: Option<&'a str>,
    secret: bool,
    /// Whether it is the value that holds, so that nothing is lost.
    same: bool,
    because: Because,
    at: Origin<'a>,
}

/// Why a value does not hold.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum Because {
    /// The key stands in the same file again, further down.
    LaterLine,
    /// The credentials file goes over the config file.
    CredentialsFile,
    /// The session goes over the profile's own keys.
    Session,
    /// The profile goes over its session, for how tokens are refreshed.
    Profile,
    /// `[profile default]` hides `[default]`.
    ProfileDefault,
}

/// Another reading of a value.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Reading<'a> {
    reader: Who,
    effect: Makes,
    /// The value that is read; null: it is not known, or secret.
    value: Option<&'a str>,
    cause: Cause,
    /// The cause in words, for people.
    text: String,
    at: Place<'a>,
}

/// Another reading of a header or a line.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Problem<'a> {
    reader: Who,
    effect: Makes,
    cause: Cause,
    /// The cause in words, for people.
    text: String,
    at: Place<'a>,
}

/// Where the profile's credentials come from.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Credentials<'a> {
    /// The source that is used; null: the profile names none.
    source: Option<Source<'a>>,
    /// The roles on the way to those of an assumed role, the first one first; else empty.
    chain: Vec<Role<'a>>,
    /// The sources that it wins over.
    over: Vec<Source<'a>>,
}

/// A source of credentials.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Source<'a> {
    kind: Kind,
    at: Origin<'a>,
}

/// A kind of source.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "SourceKind"))]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// `role_arn` with `web_identity_token_file`.
    WebIdentity,
    /// `role_arn`.
    AssumeRole,
    /// `sso_account_id` or `sso_role_name`.
    Sso,
    /// `aws_access_key_id` in the credentials file.
    StaticKeysInCredentials,
    /// `login_session`.
    Login,
    /// `credential_process`.
    CredentialProcess,
    /// `aws_access_key_id` in the config file.
    StaticKeysInConfig,
}

/// A role on the way to a profile's credentials.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Role<'a> {
    /// The profile that it stands in.
    profile: &'a str,
    /// The id of its account; null: its ARN is not one.
    account: Option<&'a str>,
    /// Its name, or what is written for its ARN.
    role: &'a str,
    /// Whether it is assumed with the role before it; the first is the session's.
    assumed: bool,
    /// Whether it asks for a second factor.
    mfa: bool,
    at: Origin<'a>,
}

/// A variable that goes before the files.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Variable"))]
struct FromVariable<'a> {
    variable: &'a str,
    /// The key that it goes before, or `credentials`.
    key: &'a str,
    /// Null: it may hold a secret.
    value: Option<&'a str>,
}

/// A failure, as it would be told. It has not happened, so it has no exit code.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Error"))]
struct WouldFail<'a> {
    code: Code,
    /// What would happen: a sentence for people, whose words may change.
    message: &'a str,
    /// Why, and where.
    notes: Vec<Note<'a>>,
    /// The command that helps, or what to do; null: there is nothing that surely helps.
    fix: Option<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn of(explained: &'a Explained) -> Self {
        let found = &explained.explanation;
        let session = found.session.as_ref().map(|session| Session {
            name: session.name.value.as_str(),
            at: (&session.name.origin).into(),
            headers: places(&session.places),
        });
        Self {
            profile: found.profile.as_str(),
            chosen_by: match explained.chosen_by {
                ProfileSource::Flag => Some("--profile"),
                ProfileSource::Variable(variable) => Some(variable),
                ProfileSource::Default => None,
            },
            headers: places(&found.places),
            session,
            values: found.lines.iter().map(Setting::from).collect(),
            credentials: Credentials {
                source: found.sources.first().map(Source::from),
                chain: explained.chain.iter().map(Role::from).collect(),
                over: found.sources.iter().skip(1).map(Source::from).collect(),
            },
            variables: explained.variables.iter().map(FromVariable::from).collect(),
            problems: found.problems.iter().chain(&explained.refusals).map(Problem::from).collect(),
            errors: explained.errors.iter().map(WouldFail::from).collect(),
        }
    }
}

fn places(places: &[sso_config::Place]) -> Vec<Place<'_>> {
    places.iter().map(Place::from).collect()
}

impl<'a> From<&'a sso_config::Place> for Place<'a> {
    fn from(place: &'a sso_config::Place) -> Self {
        Self { file: place.path.to_string_lossy(), line: place.line, column: place.column }
    }
}

impl<'a> From<&'a sso_config::Origin> for Origin<'a> {
    fn from(origin: &'a sso_config::Origin) -> Self {
        match origin {
            sso_config::Origin::File { place, section } => {
                let Place { file, line, column } = place.into();
                Self::File { file, line, column, section: section.to_string() }
            }
            sso_config::Origin::Variable(variable) => Self::Variable { variable },
        }
    }
}

impl<'a> From<&'a ExplainedValue> for Setting<'a> {
    fn from(line: &'a ExplainedValue) -> Self {
        Self {
            key: &line.key,
            value: text_of(&line.value),
            secret: line.value == ExplainedText::Secret,
            at: (&line.origin).into(),
            overrides: line.overrides.iter().map(Override::from).collect(),
            readings: line.readings.iter().map(Reading::from).collect(),
        }
    }
}

fn text_of(text: &ExplainedText) -> Option<&str> {
    match text {
        ExplainedText::Text(text) => Some(text),
        ExplainedText::Secret => None,
    }
}

impl<'a> From<&'a Overridden> for Override<'a> {
    fn from(over: &'a Overridden) -> Self {
        Self {
            value: text_of(&over.value),
            secret: over.value == ExplainedText::Secret,
            same: over.same,
            because: match over.by {
                OverriddenBy::LaterLine => Because::LaterLine,
                OverriddenBy::CredentialsFile => Because::CredentialsFile,
                OverriddenBy::Session => Because::Session,
                OverriddenBy::Profile => Because::Profile,
                OverriddenBy::ProfileDefault => Because::ProfileDefault,
            },
            at: (&over.origin).into(),
        }
    }
}

impl<'a> From<&'a OtherReading> for Reading<'a> {
    fn from(reading: &'a OtherReading) -> Self {
        Self {
            reader: reading.reader.into(),
            effect: reading.effect.into(),
            value: reading.value.as_ref().and_then(text_of),
            cause: reading.problem.kind.into(),
            text: cause(reading.problem.kind),
            at: (&reading.problem.place).into(),
        }
    }
}

impl<'a> From<&'a sso_config::Problem> for Problem<'a> {
    fn from(problem: &'a sso_config::Problem) -> Self {
        let (reader, effect) = problem.kind.reading();
        Self {
            reader: reader.into(),
            effect: effect.into(),
            cause: problem.kind.into(),
            text: cause(problem.kind),
            at: (&problem.place).into(),
        }
    }
}

impl<'a> From<&'a SourceCandidate> for Source<'a> {
    fn from(source: &'a SourceCandidate) -> Self {
        let kind = match source.kind {
            SourceKind::WebIdentity => Kind::WebIdentity,
            SourceKind::AssumeRole => Kind::AssumeRole,
            SourceKind::Sso => Kind::Sso,
            SourceKind::CredentialsFile => Kind::StaticKeysInCredentials,
            SourceKind::Login => Kind::Login,
            SourceKind::Process => Kind::CredentialProcess,
            SourceKind::ConfigFile => Kind::StaticKeysInConfig,
        };
        Self { kind, at: (&source.origin).into() }
    }
}

impl<'a> From<&'a Step> for Role<'a> {
    fn from(step: &'a Step) -> Self {
        Self {
            profile: &step.profile,
            account: step.account.as_deref(),
            role: &step.role,
            assumed: step.assumed,
            mfa: step.mfa,
            at: (&step.origin).into(),
        }
    }
}

impl<'a> From<&'a Variable> for FromVariable<'a> {
    fn from(variable: &'a Variable) -> Self {
        Self { variable: variable.name, key: variable.key, value: variable.value.as_deref() }
    }
}

impl<'a> From<&'a CliError> for WouldFail<'a> {
    fn from(error: &'a CliError) -> Self {
        Self {
            code: error.code,
            message: &error.headline,
            notes: error.labelled(),
            fix: error.fix.as_deref(),
        }
    }
}
