//! `sso whoami`: STS GetCallerIdentity through the profile.

use super::credentials::Wanted;
use super::{Outcome, sessions, sts};
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::Explain as _;
use crate::output::document::{Time, document};
use crate::output::escape::escape;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde::Serialize;
use serde_json::Value;
use sso_core::{ProfileName, RoleCredentials, Timestamp};
use sso_discovery::{CallerIdentity, Sts};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(40);

/// Shows who the profile's credentials belong to.
pub(crate) fn run(context: &Context) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let (profile, role, _) = sessions::role(context, &set)?;
    let voice = context.voice();
    let wanted = Wanted::new(profile, role, &voice)?;
    let network = context.network(&set, &wanted.profile)?;
    let sts = sts::client(&network, &wanted.role.session, &voice)?;
    let (identity, credentials) = block_on(context.within(LIMIT), ask(context, &wanted, &network, &sts))?;
    Ok(Outcome::success(Identity { identity, profile: wanted.profile, expires_at: credentials.expires_at }))
}

async fn ask(
    context: &Context,
    wanted: &Wanted,
    network: &Network,
    sts: &Sts,
) -> Result<(CallerIdentity, RoleCredentials), CliError> {
    let store = context.store()?;
    let credentials = match wanted.cached(&store, context) {
        Some(credentials) => credentials,
        None => wanted.fetch(context, store, network).await?,
    };
    let identity = sts.get_caller_identity(&credentials, context.now()).await;
    let voice = context.voice().about(wanted.profile.as_str());
    Ok((identity.map_err(|error| error.explain(&voice))?, credentials))
}

/// Who the profile's credentials belong to, as AWS says.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    /// The id of the account.
    account: &'a str,
    /// The ARN of the role's session.
    arn: &'a str,
    /// The unique id of the role's session.
    user_id: &'a str,
    profile: &'a str,
    /// When the role credentials end that it was asked with.
    expires_at: Time,
}

struct Identity {
    identity: CallerIdentity,
    profile: ProfileName,
    expires_at: Timestamp,
}

impl Report for Identity {
    fn json(&self) -> Value {
        document(&Document {
            account: self.identity.account.as_str(),
            arn: &self.identity.arn,
            user_id: &self.identity.user_id,
            profile: self.profile.as_str(),
            expires_at: Time(self.expires_at),
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
