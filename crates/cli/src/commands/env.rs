//! `sso env`: credentials and region for a shell to evaluate. stdout is that, or nothing.

use super::credentials::Wanted;
use super::{Outcome, sessions};
use crate::args::EnvArgs;
use crate::catalogue::Code;
use crate::commands::credential_process::LIMIT;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::shell::{Format, Unfit, Variable, document, script};
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde_json::Value;
use sso_core::{RoleCredentials, format_timestamp};
use std::io::IsTerminal as _;

/// What would go before the credentials: a profile that is named, and the session token in the name that botocore asks
/// first.
const IN_THE_WAY: [&str; 3] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"];
const KEYS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
];
const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Gives the profile's credentials to a shell, or takes them back.
pub(crate) fn run(context: &Context, args: EnvArgs) -> Result<Outcome, CliError> {
    let format = format(context, args)?;
    let variables = if args.unset { taken_back() } else { given(context)? };
    let text = script(format, &variables).map_err(|unfit| refuse(context, format, &unfit))?;
    let seen = std::io::stdout().is_terminal() && !args.unset;
    let hint = if seen { hint(format, &context.voice().command("env")) } else { None };
    Ok(Outcome::success(Script { variables, text, hint }))
}

/// `--json` and `--format json` are the same.
fn format(context: &Context, args: EnvArgs) -> Result<Format, CliError> {
    match args.format {
        None if context.global.json => Ok(Format::Json),
        None => Ok(Format::Sh),
        Some(Format::Dotenv) if args.unset => {
            Err(CliError::new(Code::R01, Exit::Usage, "A .env file cannot take variables back.")
                .fix("remove the file, or unset them in your shell: eval \"$(sso env --unset)\""))
        }
        Some(format) if context.global.json && format != Format::Json => Err(CliError::new(
            Code::R01,
            Exit::Usage,
            format!("--json and --format {} exclude each other.", format.name()),
        )
        .fix("leave one of them out")),
        Some(format) => Ok(format),
    }
}

fn given(context: &Context) -> Result<Vec<Variable>, CliError> {
    let set = context.config()?;
    let (profile, role, region) = sessions::role(context, &set)?;
    let wanted = Wanted::new(profile, role, &context.voice())?;
    let store = context.store()?;
    let credentials = match wanted.cached(&store, context) {
        Some(credentials) => credentials,
        None => {
            let network = context.network(&set, &wanted.profile)?;
            block_on(context.within(LIMIT), wanted.fetch(context, store, &network))?
        }
    };
    Ok(variables(
        &credentials,
        wanted.key.account_id.as_str(),
        region.as_ref().map(|region| region.value.as_str()),
    ))
}

/// A profile without a region says nothing about it, so the shell's stands; as in `sso exec`.
fn variables(credentials: &RoleCredentials, account: &str, region: Option<&str>) -> Vec<Variable> {
    let in_the_way = IN_THE_WAY.iter().map(|&name| Variable { name, value: None });
    let values = [
        credentials.access_key_id.as_str(),
        credentials.secret_access_key.expose(),
        credentials.session_token.expose(),
        &format_timestamp(credentials.expires_at),
        account,
    ];
    let keys = KEYS.into_iter().zip(values.map(str::to_owned));
    let regions = REGION.iter().filter_map(|&name| Some((name, region?.to_owned())));
    let set = keys.chain(regions).map(|(name, value)| Variable { name, value: Some(value) });
    in_the_way.chain(set).collect()
}

/// All that may have been set. What was unset before cannot be known again.
fn taken_back() -> Vec<Variable> {
    KEYS.into_iter().chain(REGION).map(|name| Variable { name, value: None }).collect()
}

fn refuse(context: &Context, format: Format, unfit: &Unfit) -> CliError {
    let headline = format!("{} cannot be given in the format {}.", unfit.name, format.name());
    CliError::new(Code::R01, Exit::Usage, headline)
        .cause(format!("its value holds {}", unfit.what))
        .fix(format!("{} --format json", context.voice().command("env")))
}

/// How the text gets into the shell, for somebody who looks at it.
fn hint(format: Format, command: &str) -> Option<String> {
    Some(match format {
        Format::Sh => format!("eval \"$({command})\""),
        Format::Fish => format!("{command} --format fish | source"),
        Format::PowerShell => format!("{command} --format powershell | Out-String | Invoke-Expression"),
        Format::Cmd => format!("for /f \"delims=\" %i in ('{command} --format cmd') do @%i"),
        Format::Dotenv | Format::Json => return None,
    })
}

/// The document is an object of the variables themselves.
#[cfg(any(test, feature = "manual"))]
pub(crate) struct Document;

#[cfg(any(test, feature = "manual"))]
impl schemars::JsonSchema for Document {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Variables".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = |name: &str| (name.to_owned(), serde_json::json!({ "type": ["string", "null"] }));
        let variables: serde_json::Map<_, _> =
            IN_THE_WAY.into_iter().chain(KEYS).chain(REGION).map(one).collect();
        schemars::json_schema!({
            "description": "Environment variables, and secrets; null: to be unset. What is not there is left as it is.",
            "type": "object",
            "properties": variables,
            "required": KEYS,
        })
    }
}

struct Script {
    variables: Vec<Variable>,
    text: String,
    hint: Option<String>,
}

impl Report for Script {
    fn json(&self) -> Value {
        document(&self.variables)
    }

    fn data(&self, _: &Look) -> String {
        self.text.clone()
    }

    fn talk(&self, _: &Look) -> String {
        let hint = self.hint.as_ref();
        hint.map(|hint| format!("These are secrets. To load them: {}\n", crate::output::escape::escape(hint)))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_core::{SecretAccessKey, SessionToken};

    fn names(variables: &[Variable], set: bool) -> Vec<&'static str> {
        variables.iter().filter(|one| one.value.is_some() == set).map(|one| one.name).collect()
    }

    #[test]
    fn all_that_is_set_is_taken_back() {
        let credentials = RoleCredentials {
            access_key_id: "ASIA".into(),
            secret_access_key: SecretAccessKey::new("secret".into()),
            session_token: SessionToken::new("token".into()),
            expires_at: "2026-11-21T12:00:00Z".parse().expect("an instant"),
            account_id: None,
        };
        let with = variables(&credentials, "111122223333", Some("eu-west-1"));
        assert_eq!(names(&with, false), IN_THE_WAY);
        let taken = taken_back();
        assert_eq!(names(&with, true), names(&taken, false));
        assert_eq!(names(&taken, true), [""; 0]);
        let without = variables(&credentials, "111122223333", None);
        assert!(without.iter().all(|one| !REGION.contains(&one.name)));
    }
}
