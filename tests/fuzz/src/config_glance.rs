//! Target: the short cut of a cache hit. Input: the config file, the credentials file and a profile between record
//! separators.
//!
//! Where it answers, it answers what the whole configuration says.

use crate::fields::{fields, text};
use crate::scratch::{home, put};
use sso_config::{ConfigSet, CredentialSource, Env, SsoSession, glance, glance_login};
use sso_core::{ProfileName, RoleKey, TokenKey};

/// Runs the target.
pub fn config_glance(data: &[u8]) {
    let mut fields = fields(data);
    let home = home();
    for name in ["config", "credentials"] {
        put(&home.join(".aws").join(name), fields.next().unwrap_or_default());
    }
    let env = Env::new([("HOME".into(), home.into())], None);
    let wanted = text(fields.next().unwrap_or_default());
    let set = ConfigSet::load(&env).ok();
    for profile in [wanted.as_str(), "dev", "default"].map(ProfileName::new) {
        // What is left out may be why the file ends its lines as it does; then there is no answer.
        if let Some(found) = glance(&env, &profile) {
            assert_eq!(Some(found), set.as_ref().and_then(|set| slowly(set, &profile)), "{profile}");
        }
        if let Some(found) = glance_login(&env, &profile) {
            let whole = set.as_ref().and_then(|set| set.resolve_login(&profile).ok());
            assert_eq!(Some(values(&found)), whole.as_ref().map(values), "{profile}");
        }
    }
}

/// What the whole configuration says, and nothing if anything is wrong with it.
fn slowly(set: &ConfigSet, profile: &ProfileName) -> Option<RoleKey> {
    let CredentialSource::Sso(role) = set.resolve(profile).ok()?.source else { return None };
    role.account_id.check().ok()?;
    let token = role.session.token_key();
    Some(RoleKey { token, account_id: role.account_id.value, role_name: role.role_name.value })
}

/// A session without the lines that its values are on.
fn values(session: &SsoSession) -> (TokenKey, String, String) {
    let url = session.start_url.value.as_str().to_owned();
    (session.token_key(), url, session.region.value.clone())
}
