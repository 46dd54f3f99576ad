//! The quick answer for a caller that wants cached role credentials, of which role, and for a prompt, of which session.

use crate::document::Document;
use crate::env::Env;
use crate::read::{Found, open};
use crate::resolve::CredentialSource;
use crate::section::FileRole;
use crate::session::SsoSession;
use crate::set::ConfigSet;
use crate::skim::skim;
use sso_core::{ProfileName, RoleKey};
use std::path::PathBuf;

/// What the role credentials of a profile are kept under, found without taking every other profile apart.
///
/// `None`: it takes more to tell, or something is wrong. [`ConfigSet::load`] and [`ConfigSet::resolve`] say what; where there
/// is an answer it is theirs. (A role of IAM Identity Center depends on its profile and on the `sso-session`s alone. The first
/// has the wanted name, and the others are never left out.)
#[must_use]
pub fn glance(env: &Env, profile: &ProfileName) -> Option<RoleKey> {
    let set = skimmed(env, profile)?;
    let CredentialSource::Sso(role) = set.resolve(profile).ok()?.source else { return None };
    role.account_id.check().ok()?;
    let (token, account_id, role_name) =
        (role.session.token_key(), role.account_id.value, role.role_name.value);
    Some(RoleKey { token, account_id, role_name })
}

/// The session of a profile, found in the same way. The lines that its values are said to be on are not the files'.
#[must_use]
pub fn glance_login(env: &Env, profile: &ProfileName) -> Option<SsoSession> {
    skimmed(env, profile)?.resolve_login(profile).ok()
}

/// What of both files concerns the profile.
fn skimmed(env: &Env, profile: &ProfileName) -> Option<ConfigSet> {
    let config = document(env.config_file().ok()?, FileRole::Config, profile)?;
    let credentials = document(env.credentials_file().ok()?, FileRole::Credentials, profile)?;
    Some(ConfigSet::from_documents(config, credentials))
}

/// What of a file concerns the profile. Its line numbers are not the file's.
fn document(path: PathBuf, role: FileRole, profile: &ProfileName) -> Option<Document> {
    match open(&path).ok()? {
        Found::Absent => Some(Document::absent(path)),
        Found::Null => Document::parse(Vec::new(), path).ok(),
        Found::File(file, size) => {
            Document::parse(skim(file, size, role, profile.as_str()).ok()??, path).ok()
        }
    }
}
