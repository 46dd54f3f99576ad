//! `sso serve`: the endpoint for other processes, in the foreground, until it is stopped.

mod events;

use super::Outcome;
use super::served::{FULL_URI, Served, TOKEN, new_token, no_port};
use crate::args::ServeArgs;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::quote;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use events::Told;
use serde::Serialize;
use serde_json::Value;
use sso_core::EndpointToken;
use sso_endpoint::{Door, Endpoint, Keeper, Observer};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use url::Url;

/// Serves the selected profile, and those of `--also`, each at its path and with its token.
pub(crate) fn run(context: &Context, args: &ServeArgs) -> Result<Outcome, CliError> {
    let mut served: Vec<Served> = vec![Served::open(context.again(None))?];
    for name in &args.also {
        if served.iter().any(|known| known.name() == name) {
            let text = format!("The profile \"{name}\" is given twice.");
            return Err(CliError::new(Code::R01, Exit::Usage, text).fix("leave one --also out"));
        }
        served.push(Served::open(context.again(Some(name)))?);
    }
    block_on(None, serve(context, args.port, &served))
}

async fn serve(context: &Context, port: u16, served: &[Served]) -> Result<Outcome, CliError> {
    let endpoint =
        Endpoint::bind(port).await.map_err(|error| no_port(&error, &context.voice().command("serve")))?;
    let (mut doors, mut keepers) = (Vec::new(), Vec::new());
    for (number, role) in served.iter().enumerate() {
        let clock = Arc::clone(&role.context.clock);
        let (keeper, asker) = Keeper::new(role, Some(role.first.clone()), clock);
        doors.push(Door { path: path(number, role.name()), token: new_token(), asker });
        keepers.push(keeper);
    }
    let open = Open::new(endpoint.port(), served, &doors);
    context.output.report(&open, context.now()).map_err(|error| {
        CliError::new(Code::S04, Exit::Disk, "The output could not be written.").cause(error.to_string())
    })?;
    let names = served.iter().map(|role| role.name().to_owned()).collect();
    let told = Told::new(context.output, Arc::clone(&context.clock), names);
    let observer: Observer = Arc::new(move |event| told.tell(&event));
    tokio::select! {
        never = endpoint.serve(doors, observer) => match never {},
        () = all(keepers.into_iter().map(Keeper::run)) => {}
    }
    Ok(Outcome::success(open))
}

/// `/` is the selected profile's.
fn path(number: usize, profile: &str) -> String {
    let mut url = match Url::parse("http://127.0.0.1/") {
        Ok(url) if number > 0 => url,
        _ => return "/".to_owned(),
    };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend(["profile", profile]);
    }
    url.path().to_owned()
}

/// Runs all to their end.
async fn all(work: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut work: Vec<_> = work.map(Box::pin).collect();
    poll_fn(|context| {
        work.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if work.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// What is served. It is printed once; what happens then is said on stderr.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// The port on 127.0.0.1.
    port: u16,
    /// The selected profile, then those of `--also`.
    profiles: Vec<Profile<'a>>,
}

/// A profile whose credentials are handed out.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Profile<'a> {
    profile: &'a str,
    /// The id of the account.
    account: &'a str,
    /// The name of the role.
    role: &'a str,
    /// The profile's region; null: it names none.
    region: Option<&'a str>,
    environment: Environment<'a>,
}

/// The variables that let an SDK or the AWS CLI ask for them.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Environment<'a> {
    #[serde(rename = "AWS_CONTAINER_CREDENTIALS_FULL_URI")]
    uri: &'a str,
    /// A secret.
    #[serde(rename = "AWS_CONTAINER_AUTHORIZATION_TOKEN")]
    token: &'a str,
}

/// What is served, and how it is asked for.
struct Open {
    port: u16,
    profiles: Vec<Row>,
}

struct Row {
    profile: String,
    account: String,
    role: String,
    region: Option<String>,
    uri: String,
    token: EndpointToken,
}

impl Open {
    fn new(port: u16, served: &[Served], doors: &[Door]) -> Self {
        let row = |(role, door): (&Served, &Door)| Row {
            profile: role.name().to_owned(),
            account: role.wanted.key.account_id.as_str().to_owned(),
            role: role.wanted.key.role_name.as_str().to_owned(),
            region: role.region.as_ref().map(|region| region.value.clone()),
            uri: format!("http://127.0.0.1:{port}{}", door.path),
            token: door.token.clone(),
        };
        Self { port, profiles: served.iter().zip(doors).map(row).collect() }
    }
}

impl Row {
    fn variables(&self) -> [(&'static str, &str); 2] {
        [(FULL_URI, &self.uri), (TOKEN, self.token.expose())]
    }
}

impl Report for Open {
    fn json(&self) -> Value {
        let profiles = self.profiles.iter().map(|row| Profile {
            profile: &row.profile,
            account: &row.account,
            role: &row.role,
            region: row.region.as_deref(),
            environment: Environment { uri: &row.uri, token: row.token.expose() },
        });
        document(&Document { port: self.port, profiles: profiles.collect() })
    }

    /// Lines for a shell; all but the first profile's are comments, so that the whole can be evaluated.
    fn data(&self, _: &Look) -> String {
        let mut text = String::new();
        for (number, row) in self.profiles.iter().enumerate() {
            let mark = if number == 0 { "" } else { "# " };
            if self.profiles.len() > 1 {
                text.push_str(&format!("# {}\n", escape(&row.profile)));
            }
            for (name, value) in row.variables() {
                text.push_str(&format!("{mark}export {name}={}\n", quote(value)));
            }
        }
        text
    }

    fn talk(&self, look: &Look) -> String {
        let of = |row: &Row| format!("{} ({} in {})", row.profile, row.role, row.account);
        let names: Vec<String> = self.profiles.iter().map(of).collect();
        let names = escape(&names.join(", "));
        let listening = format!("Serving {names} on 127.0.0.1:{}. Stop it with Ctrl-C.", self.port);
        format!("{} {listening}\n", look.tick())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_hold_any_profile_name() {
        for (number, profile, expected) in [
            (0, "dev", "/"),
            (1, "prod", "/profile/prod"),
            (1, "a b/c?d#e%", "/profile/a%20b%2Fc%3Fd%23e%25"),
            (2, "é", "/profile/%C3%A9"),
        ] {
            assert_eq!(path(number, profile), expected);
        }
    }

    #[test]
    fn the_output_can_be_evaluated_whole() {
        let row = |profile: &str, path: &str| Row {
            profile: profile.into(),
            account: "111122223333".into(),
            role: "Admin".into(),
            region: None,
            uri: format!("http://127.0.0.1:1{path}"),
            token: EndpointToken::new("T".into()),
        };
        let open = Open { port: 1, profiles: vec![row("dev", "/"), row("x\ny", "/profile/x")] };
        let look = crate::output::Output {
            json: false,
            lines: false,
            quiet: false,
            dumb: false,
            color: (false, false),
            columns: (None, None),
        }
        .stderr_look("2026-11-20T12:00:00Z".parse().expect("an instant"));
        assert_eq!(
            open.data(&look),
            "# dev\nexport AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/\n\
             export AWS_CONTAINER_AUTHORIZATION_TOKEN=T\n# x\\u{a}y\n\
             # export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/profile/x\n\
             # export AWS_CONTAINER_AUTHORIZATION_TOKEN=T\n"
        );
    }
}
