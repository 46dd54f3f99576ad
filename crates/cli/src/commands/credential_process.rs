//! `sso credential-process`: the JSON that AWS tools read. The hot path: cached credentials cost a few file reads.

use super::credentials::Wanted;
use super::{Outcome, sessions};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{Look, Report, escape};
use crate::runtime::block_on;
use serde_json::{Value, json};
use sso_core::{RoleCredentials, RoleKey, format_timestamp};
use std::time::Duration;

/// Callers give up after a minute; ours is the shorter patience, so that they see our words.
pub(crate) const LIMIT: Duration = Duration::from_secs(25);

/// Prints credentials of the selected profile. Never prompts, never opens a browser.
pub(crate) fn run(context: &Context) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let (profile, role, _) = sessions::role(context, &set)?;
    let wanted = Wanted::new(profile, role, &context.voice())?;
    let store = context.store()?;
    let credentials = match wanted.cached(&store, context) {
        Some(credentials) => {
            tracing::info!("the cached credentials are fresh");
            credentials
        }
        None => {
            let network = context.network(&set, &wanted.profile)?;
            block_on(context.within(LIMIT), wanted.fetch(context, store, &network))?
        }
    };
    // The process ends: taking 10,000 profiles apart first would only cost time.
    std::mem::forget(set);
    Ok(Outcome::success(Printed { credentials, key: wanted.key }))
}

/// Credentials for a program.
struct Printed {
    credentials: RoleCredentials,
    key: RoleKey,
}

impl Report for Printed {
    fn json(&self) -> Value {
        json!({
            "Version": 1,
            "AccessKeyId": self.credentials.access_key_id,
            "SecretAccessKey": self.credentials.secret_access_key.expose(),
            "SessionToken": self.credentials.session_token.expose(),
            "Expiration": format_timestamp(self.credentials.expires_at),
            "AccountId": self.key.account_id.as_str(),
        })
    }

    fn data(&self, _: &Look) -> String {
        escape::json(&self.json(), false)
    }
}
