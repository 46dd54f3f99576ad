//! A role that is served at an endpoint: its first credentials, and how they are renewed.

use super::credential_process::LIMIT;
use super::credentials::Wanted;
use super::sessions;
use crate::catalogue::Code;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::escape::escape;
use crate::runtime::block_on;
use sso_cache::FileStore;
use sso_config::{ConfigSet, Sourced};
use sso_core::{EndpointToken, RoleCredentials};
use sso_endpoint::{Answer, ListenError, Refusal, Source, token_of};
use std::cell::OnceCell;

/// The endpoint's address, as SDKs look for it.
pub(crate) const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// What the endpoint wants to see in the `Authorization` header.
pub(crate) const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/// A role of a profile, signed in.
pub(crate) struct Served {
    pub(crate) context: Context,
    pub(crate) set: ConfigSet,
    pub(crate) wanted: Wanted,
    /// The profile's `region`.
    pub(crate) region: Option<Sourced<String>>,
    /// What there was at the start.
    pub(crate) first: RoleCredentials,
    store: FileStore,
    network: OnceCell<Network>,
}

impl Served {
    /// The selected profile's role, with credentials; never opens a browser.
    pub(crate) fn open(context: Context) -> Result<Self, CliError> {
        let set = context.config()?;
        let (profile, role, region) = sessions::role(&context, &set)?;
        let wanted = Wanted::new(profile, role, &context.voice())?;
        let (store, network) = (context.store()?, OnceCell::new());
        let first = match wanted.cached(&store, &context) {
            Some(credentials) => credentials,
            None => {
                let network = network_of(&network, &context, &set, &wanted)?;
                let fetched = block_on(context.within(LIMIT), wanted.fetch(&context, store.clone(), network));
                fetched.map_err(|error| context.with_clock(error))?
            }
        };
        let first = RoleCredentials { account_id: Some(wanted.key.account_id.clone()), ..first };
        Ok(Self { context, set, wanted, region, first, store, network })
    }

    /// The profile's name.
    pub(crate) fn name(&self) -> &str {
        self.wanted.profile.as_str()
    }

    async fn newer(&self, than: Option<&RoleCredentials>) -> Result<RoleCredentials, CliError> {
        // Another process may have asked already.
        let cached = self.wanted.cached(&self.store, &self.context);
        if let Some(cached) = cached.filter(|it| than.is_none_or(|old| it.expires_at > old.expires_at)) {
            return Ok(cached);
        }
        let network = network_of(&self.network, &self.context, &self.set, &self.wanted)?;
        self.context.within(LIMIT);
        let fetched = self.wanted.fetch(&self.context, self.store.clone(), network);
        match tokio::time::timeout(LIMIT, fetched).await {
            Ok(fetched) => fetched.map_err(|error| self.context.with_clock(error)),
            Err(_) => Err(CliError::new(
                Code::R07,
                Exit::TimedOut,
                format!("No credentials within {} s.", LIMIT.as_secs()),
            )),
        }
    }
}

impl Source for &Served {
    async fn renew(&self, than: Option<&RoleCredentials>) -> Answer {
        let newer = self.newer(than).await.map_err(|error| refusal(&error))?;
        Ok(RoleCredentials { account_id: Some(self.wanted.key.account_id.clone()), ..newer })
    }
}

/// The network, made when it is needed first.
fn network_of<'n>(
    cell: &'n OnceCell<Network>,
    context: &Context,
    set: &ConfigSet,
    wanted: &Wanted,
) -> Result<&'n Network, CliError> {
    if let Some(network) = cell.get() {
        return Ok(network);
    }
    let network = context.network(set, &wanted.profile)?;
    Ok(cell.get_or_init(|| network))
}

/// What an SDK is told: some show the message to people, perhaps on another machine.
fn refusal(error: &CliError) -> Refusal {
    let causes = error.notes.iter().map(|(label, text)| format!(" {label}: {text}"));
    let fix = error.fix.iter().map(|fix| format!(" fix: {fix}"));
    let message: String = std::iter::once(error.headline.clone()).chain(causes).chain(fix).collect();
    let status = match error.exit {
        Exit::LoginNeeded => 401,
        Exit::NotAssigned | Exit::Denied => 403,
        Exit::Network | Exit::TimedOut => 503,
        _ => 500,
    };
    let temporary = matches!(error.exit, Exit::Network | Exit::TimedOut | Exit::Disk);
    Refusal { status, code: error.code.id().to_owned(), message: escape(&message), temporary }
}

/// A token of 256 random bits.
pub(crate) fn new_token() -> EndpointToken {
    token_of(rand::random())
}

/// The port cannot be had.
pub(crate) fn no_port(error: &ListenError, command: &str) -> CliError {
    let port = if error.port == 0 { String::new() } else { format!(" {}", error.port) };
    CliError::new(Code::B05, Exit::Failure, format!("The port{port} on 127.0.0.1 cannot be listened on."))
        .cause(error.source.to_string())
        .fix(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_sdk_is_told() {
        let error = CliError::new(Code::T01, Exit::LoginNeeded, "You are not signed in to \"corp\".")
            .cause("\u{1b}[31mred")
            .fix("sso login --profile dev");
        let told = refusal(&error);
        assert_eq!((told.status, &*told.code, told.temporary), (401, "T01", false));
        assert_eq!(
            told.message,
            "You are not signed in to \"corp\". cause: \\u{1b}[31mred fix: sso login --profile dev"
        );
        for (exit, status, temporary) in [
            (Exit::NotAssigned, 403, false),
            (Exit::Network, 503, true),
            (Exit::TimedOut, 503, true),
            (Exit::Disk, 500, true),
            (Exit::Configuration, 500, false),
            (Exit::Failure, 500, false),
        ] {
            let told = refusal(&CliError::new(Code::R08, exit, "x"));
            assert_eq!((told.status, told.temporary), (status, temporary), "{exit:?}");
        }
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (new_token(), new_token());
        assert!(one.expose().len() * 4 >= 128 && one != other);
    }
}
