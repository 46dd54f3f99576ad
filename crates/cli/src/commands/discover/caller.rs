//! Whose credentials sign, and in which region IAM Identity Center is looked for.

use crate::args::{DiscoverArgs, answered};
use crate::catalogue::Code;
use crate::commands::credentials::{OfKeys, Wanted};
use crate::commands::{pick, sessions, sts};
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, Voice, option};
use sso_config::{ConfigSet, CredentialSource, Origin, Sourced};
use sso_core::{ProfileName, Region, RoleCredentials};
use sso_discovery::Signer;
use std::time::Duration;

/// Credentials are renewed when less than this is left: reading thousands of assignments takes long.
const RENEW: Duration = Duration::from_secs(10 * 60);
/// How often that is looked at.
const LOOK: Duration = Duration::from_secs(30);

/// Who asks.
pub(super) struct Caller {
    pub(super) profile: ProfileName,
    /// How errors are worded.
    pub(super) voice: Voice,
    source: Source,
    /// Where the profile signs in.
    session_region: Option<Sourced<String>>,
}

enum Source {
    /// A role of a session, and roles assumed with it.
    Role(Box<Wanted>),
    /// Keys in a file, and roles assumed with them.
    Keys(Box<OfKeys>),
}

impl Caller {
    /// The selected profile; the picked one where none is selected.
    pub(super) fn of(context: &Context, set: &ConfigSet) -> Result<Self, CliError> {
        let profile = match keys_of_default(context, set) {
            Some(profile) => profile,
            None => pick::profile(context, set)?,
        };
        let voice = context.voice().profile(profile.as_str()).about(profile.as_str());
        let resolved = set.resolve(&profile).map_err(|error| error.explain(&voice))?;
        let session_region = resolved.beginning().sso.as_ref().map(|sso| sso.session.region.clone());
        let source = match OfKeys::new(&resolved, &voice)? {
            Some(keys) => Source::Keys(Box::new(keys)),
            None => {
                let (profile, role, _) = sessions::role_of(context, set, &profile)?;
                Source::Role(Box::new(Wanted::new(profile, role, &voice)?))
            }
        };
        Ok(Self { profile, voice, source, session_region })
    }

    /// `--region`, the region where the profile signs in, else that of service calls; nothing if nobody says one.
    pub(super) fn region(&self, args: &DiscoverArgs, network: &Network) -> Result<Option<Region>, CliError> {
        if let Some(given) = answered(&args.region) {
            let given = Sourced { value: given.to_owned(), origin: Origin::Variable("--region") };
            let checked = sts::checked("region", &given, &self.voice);
            return checked.map(Some).map_err(|error| CliError { exit: Exit::Usage, fix: None, ..error });
        }
        let found = match (&self.session_region, &network.settings.region) {
            (Some(session), _) => Some(("sso_region", session)),
            (None, Some(chosen)) => Some(("region", chosen)),
            (None, None) => None,
        };
        found.map(|(key, chosen)| sts::checked(key, chosen, &self.voice)).transpose()
    }

    /// As [`Caller::region`], where one is needed.
    pub(super) fn needed_region(&self, args: &DiscoverArgs, network: &Network) -> Result<Region, CliError> {
        self.region(args, network)?.ok_or_else(|| {
            let headline = "In which region is IAM Identity Center?";
            CliError::new(Code::C14, Exit::Usage, headline)
                .cause(format!("the profile \"{}\" has no sso_region and no region", self.profile))
                .note("note", "`sso discover instances` looks in all of them")
                .fix(format!("sso discover instances{}", option("--profile", self.profile.as_str())))
        })
    }

    /// The credentials, cached or new; never opens a browser.
    pub(super) async fn credentials(
        &self,
        context: &Context,
        network: &Network,
        region: &Region,
    ) -> Result<RoleCredentials, CliError> {
        match &self.source {
            Source::Keys(keys) => keys.fetch(context, network, region, &self.voice).await,
            Source::Role(wanted) => {
                let store = context.store()?;
                match wanted.cached(&store, context) {
                    Some(cached) => Ok(cached),
                    None => wanted.fetch(context, store, network).await,
                }
            }
        }
    }

    /// Renews the credentials of the signer in time, for ever. What does not succeed is tried again; what signs with ended
    /// credentials is told so by AWS.
    pub(super) async fn keep(
        &self,
        context: &Context,
        network: &Network,
        region: &Region,
        signer: &Signer,
        mut credentials: RoleCredentials,
    ) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(LOOK).await;
            let left = Duration::try_from(credentials.remaining(context.now())).unwrap_or_default();
            if left > RENEW {
                continue;
            }
            match self.credentials(context, network, region).await {
                Ok(new) => {
                    signer.renew(new.clone());
                    credentials = new;
                }
                Err(error) => tracing::info!(code = error.code.id(), "the credentials cannot be renewed"),
            }
        }
    }
}

/// A default profile with keys is nothing to pick, and is what every AWS tool takes.
fn keys_of_default(context: &Context, set: &ConfigSet) -> Option<ProfileName> {
    let (name, source) = sessions::selected(context);
    let resolved = set.resolve(&name).ok()?;
    let keys = matches!(resolved.beginning().source, CredentialSource::Static(_));
    (source == sso_config::ProfileSource::Default && keys).then_some(name)
}
