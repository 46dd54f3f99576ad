//! `sso exec`: a command with credentials of the profile, and no others.

mod child;
mod shadow;
#[cfg(unix)]
mod supervise;
#[cfg(not(unix))]
#[path = "exec/supervise_elsewhere.rs"]
mod supervise;

use super::pick;
use super::served::{Served, new_token, no_port};
use crate::args::ExecArgs;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::escape::escape;
use crate::runtime;
pub(crate) use child::INSIDE;
use child::{Credentials, Plan};
use shadow::Shadow;
use sso_config::{Env, Platform};
use sso_endpoint::{Door, Endpoint, Event, Keeper, Observer};
use std::ffi::OsString;
use std::sync::Arc;
use supervise::Watch;

/// Runs the command; its exit code.
pub(crate) fn run(mut context: Context, args: &ExecArgs) -> Result<u8, CliError> {
    if let (Some(profile), false) = (context.env.text(INSIDE), args.nested) {
        return Err(inside(&profile));
    }
    if context.global.sso_session.is_none() {
        pick::fill(&mut context)?;
    }
    let (words, shell) = match args.command.as_slice() {
        [] => (vec![shell_of(&context.env)], true),
        words => (words.to_vec(), false),
    };
    let mut served = Served::open(context)?;
    let shadow = if args.static_keys { None } else { shadow::find(&served.set) };
    if let Some(shadow) = &shadow {
        served.context.output.warn(&shadowed(shadow, &served));
    }
    let plan = Plan { words, profile: served.name().to_owned(), region: served.region.clone() };
    if shell {
        served.context.output.say(&welcome(&served));
    }
    if args.static_keys || shadow.is_some() {
        let error = supervise::become_it(plan.command(&Credentials::Static(&served.first)));
        return error.map_or_else(|error| Ok(told(&served.context, &plan, &error)), Ok);
    }
    // From here on the terminal is the command's.
    served.context.output.quiet = true;
    runtime::run(with_endpoint(&served, &plan))
}

/// Runs the command beside the endpoint that it asks.
async fn with_endpoint(served: &Served, plan: &Plan) -> Result<u8, CliError> {
    let endpoint = Endpoint::bind(0).await.map_err(|error| no_port(&error, "sso exec --static"))?;
    let (uri, token) = (format!("http://127.0.0.1:{}/", endpoint.port()), new_token());
    let clock = Arc::clone(&served.context.clock);
    let (keeper, asker) = Keeper::new(served, Some(served.first.clone()), clock);
    let watch = Watch::start().map_err(|error| refused(&error))?;
    let mut command = plan.command(&Credentials::Endpoint { uri: &uri, token: &token });
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(told(&served.context, plan, &error)),
    };
    // What it was started with is not needed here any more.
    drop(command);
    let observer: Observer = Arc::new(|event| match event {
        Event::Given { expires_at, .. } => tracing::info!(%expires_at, "credentials given"),
        Event::Failed { refusal, .. } => tracing::info!(code = refusal.code, "no credentials"),
        Event::Denied(denial) => tracing::info!("refused: {denial}"),
    });
    let doors = vec![Door { path: "/".to_owned(), token, asker }];
    tokio::select! {
        ended = watch.follow(child) => ended.map_err(|error| refused(&error)),
        never = endpoint.serve(doors, observer) => match never {},
        () = keeper.run() => Err(refused(&std::io::Error::other("the endpoint has ended"))),
    }
}

/// The caller's shell. On Windows only the shells of Unix say what they are; else it is the one that Windows names.
fn shell_of(env: &Env) -> OsString {
    let (more, last) = match env.platform() {
        Platform::Unix => (None, "/bin/sh"),
        Platform::Windows => (env.get("COMSPEC"), "cmd.exe"),
    };
    env.get("SHELL").or(more).map_or_else(|| last.into(), OsString::from)
}

fn inside(profile: &str) -> CliError {
    CliError::new(
        Code::X01,
        Exit::Usage,
        format!("This is inside `sso exec` already, with the profile \"{profile}\"."),
    )
    .cause(format!("{INSIDE} is set"))
    .fix("leave it with: exit, or add --nested")
}

fn welcome(served: &Served) -> String {
    let key = &served.wanted.key;
    let (account, role) = (key.account_id.as_str(), key.role_name.as_str());
    let who = escape(&format!("{} ({role} in {account})", served.name()));
    format!("A shell with the credentials of {who}. Leave it with: exit\n")
}

fn shadowed(shadow: &Shadow, served: &Served) -> String {
    let place = served.context.voice().origin(&shadow.origin);
    let until = served.context.output.stderr_look(served.context.now()).until(served.first.expires_at);
    format!(
        "AWS SDKs read {} of [default] ({place}) before the endpoint, so the command gets static keys; they end at {until}.",
        shadow.key
    )
}

/// As shells have it: 127 if there is no such command, 126 if it cannot be run.
fn told(context: &Context, plan: &Plan, error: &std::io::Error) -> u8 {
    let name = plan.words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    let (headline, code) = match error.kind() {
        std::io::ErrorKind::NotFound => (format!("There is no command \"{name}\"."), 127),
        _ => (format!("The command \"{name}\" cannot be run."), 126),
    };
    let told = CliError::new(Code::X02, Exit::Failure, headline).cause(error.to_string()).fix(match code {
        127 => "look for it on PATH, or give the path to it",
        _ => "make it executable, or name what runs it",
    });
    // Whoever reads no stderr has the exit code.
    let _ = context.output.error(&told);
    code
}

fn refused(error: &std::io::Error) -> CliError {
    CliError::new(Code::R08, Exit::Failure, "The command cannot be watched.").cause(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_command_it_is_the_callers_shell() {
        for (platform, variables, shell) in [
            (Platform::Unix, &[("SHELL", "/usr/bin/fish"), ("COMSPEC", "x")][..], "/usr/bin/fish"),
            (Platform::Unix, &[("SHELL", "")], "/bin/sh"),
            (Platform::Windows, &[("ComSpec", "C:\\W\\cmd.exe")], "C:\\W\\cmd.exe"),
            (Platform::Windows, &[("SHELL", "C:\\Git\\bash.exe"), ("COMSPEC", "x")], "C:\\Git\\bash.exe"),
            (Platform::Windows, &[], "cmd.exe"),
        ] {
            let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            assert_eq!(shell_of(&Env::new(variables, None).on(platform)), shell, "{platform:?}");
        }
    }
}
