//! `sso whoami`: STS GetCallerIdentity through the profile.

use super::credentials::Wanted;
use super::{Outcome, sessions};
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use crate::output::escape::escape;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde_json::{Value, json};
use sso_config::{ConfigError, Origin, Sourced};
use sso_core::{ProfileName, Region, RoleCredentials, Service, Timestamp, format_timestamp};
use sso_discovery::{CallerIdentity, Sts};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(40);

/// Shows who the profile's credentials belong to.
pub(crate) fn run(context: &Context) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let (profile, role, region) = sessions::role(context, &set)?;
    let voice = context.voice();
    let region = client_region(context, region.as_ref(), &role.session.region, &voice)?;
    let wanted = Wanted::new(profile, role, &voice)?;
    let network = context.network(&set, &wanted.profile)?;
    let (identity, credentials) = block_on(context.within(LIMIT), ask(context, &wanted, &network, region))?;
    Ok(Outcome::success(Identity { identity, profile: wanted.profile, expires_at: credentials.expires_at }))
}

async fn ask(
    context: &Context,
    wanted: &Wanted,
    network: &Network,
    region: Region,
) -> Result<(CallerIdentity, RoleCredentials), CliError> {
    let store = context.store()?;
    let credentials = match wanted.cached(&store, context) {
        Some(credentials) => credentials,
        None => wanted.fetch(context, store, network).await?,
    };
    let endpoint = network.endpoint(Service::Sts, &region, network.settings.options())?;
    let sts = Sts::new(network.http.clone(), endpoint, region);
    let identity = sts.get_caller_identity(&credentials, context.now()).await;
    let voice = context.voice().about(wanted.profile.as_str());
    Ok((identity.map_err(|error| error.explain(&voice))?, credentials))
}

/// The region of the call: AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`, else the session's.
pub(super) fn client_region(
    context: &Context,
    profile: Option<&Sourced<String>>,
    session: &Sourced<String>,
    voice: &Voice,
) -> Result<Region, CliError> {
    let variable = |name: &'static str| {
        context.env.text(name).map(|value| Sourced { value, origin: Origin::Variable(name) })
    };
    let chosen =
        variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).or_else(|| profile.cloned());
    let (key, chosen) = match chosen {
        Some(chosen) => ("region", chosen),
        None => ("sso_region", session.clone()),
    };
    Region::parse(&chosen.value)
        .map_err(|source| ConfigError::Region { key, value: Box::new(chosen), source }.explain(voice))
}

struct Identity {
    identity: CallerIdentity,
    profile: ProfileName,
    expires_at: Timestamp,
}

impl Report for Identity {
    fn json(&self) -> Value {
        json!({
            "account": self.identity.account.as_str(),
            "arn": self.identity.arn,
            "userId": self.identity.user_id,
            "profile": self.profile.as_str(),
            "expiresAt": format_timestamp(self.expires_at),
        })
    }

    fn data(&self, look: &Look) -> String {
        [
            ("Account", self.identity.account.as_str().to_owned()),
            ("ARN", self.identity.arn.clone()),
            ("User id", self.identity.user_id.clone()),
            ("Profile", self.profile.as_str().to_owned()),
            ("Expires", look.until(self.expires_at)),
        ]
        .iter()
        .map(|(name, value)| format!("{name:<8} {}\n", escape(value)))
        .collect()
    }
}
