//! Accounts and roles as they were read last: a file of our own for each session, so that lists and completions need not ask
//! again. Best effort: who cannot read or write it asks. It holds no secret, and nobody else may read it all the same.

use jiff::SignedDuration;
use serde_json::{Value, json};
use sso_cache::token_file_name;
use sso_config::{Env, SsoSession};
use sso_core::{AccountId, RoleName, Timestamp, format_timestamp, parse_timestamp};
use sso_portal::{Account, Role};
use std::path::{Path, PathBuf};

/// What is older is not shown any more: it may be of another day, and of somebody else.
const OLDEST: SignedDuration = SignedDuration::from_hours(12);
/// A clock that was put back.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// A longer list is of no organization, and to keep it would take as much memory again.
const MOST: usize = 20_000;
/// A larger file is not ours.
const LONGEST: u64 = 64 * 1024 * 1024;

/// An account, with its roles if they were read.
pub(crate) type Known = (Account, Option<Vec<Role>>);

/// What was read.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) read_at: Timestamp,
    pub(crate) accounts: Vec<Known>,
}

impl Kept {
    /// What was read last for the session, if that is not too long ago.
    pub(crate) fn load(env: &Env, session: &SsoSession, now: Timestamp) -> Option<Self> {
        let document = read(&path(env, session)?)?;
        let is = |name: &str, wanted: &str| document.get(name).and_then(Value::as_str) == Some(wanted);
        if !is("startUrl", session.start_url.value.as_str()) || !is("region", &session.region.value) {
            return None;
        }
        let kept = Self::of(&document)?;
        let age = now.duration_since(kept.read_at);
        (-TOLERANCE..=OLDEST).contains(&age).then_some(kept)
    }

    /// The same, if the roles of every account are known.
    pub(crate) fn with_roles(env: &Env, session: &SsoSession, now: Timestamp) -> Option<Self> {
        Self::load(env, session, now).filter(|kept| kept.accounts.iter().all(|(_, roles)| roles.is_some()))
    }

    /// What was read last for any session, however long ago: names to be completed.
    pub(crate) fn all(env: &Env) -> Vec<Self> {
        let entries = folder(env).and_then(|folder| folder.read_dir().ok()).into_iter().flatten().flatten();
        entries.filter_map(|entry| Self::of(&read(&entry.path())?)).collect()
    }

    /// Keeps what was read. What knows the roles, too, is kept rather than what does not.
    pub(crate) fn save(env: &Env, session: &SsoSession, now: Timestamp, accounts: &[Known]) {
        let knows_less = accounts.iter().any(|(_, roles)| roles.is_none());
        let is_kept = knows_less && Self::with_roles(env, session, now).is_some();
        if is_kept || accounts.len() > MOST {
            return;
        }
        // Row by row: a document of 20,000 accounts would take more memory than all that was read.
        let rows = accounts.iter().map(|(account, roles)| {
            let roles = roles.as_ref().map(|roles| roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>());
            json!({ "accountId": account.id.as_str(), "accountName": account.name, "emailAddress": account.email, "roles": roles })
                .to_string()
        });
        let rows = rows.collect::<Vec<_>>().join(",");
        let [start_url, region] =
            [session.start_url.value.as_str(), &session.region.value].map(|text| json!(text));
        let read_at = json!(format_timestamp(now));
        let document =
            format!(r#"{{"startUrl":{start_url},"region":{region},"readAt":{read_at},"accounts":[{rows}]}}"#);
        let write = || {
            let path = path(env, session)?;
            sso_fs::create_private_dir(path.parent()?, None).ok()?;
            sso_fs::replace(&path, document.as_bytes(), None).ok()
        };
        // Best effort: the command has what it was asked for.
        let _ = write();
    }

    /// Forgets what was read for the session: somebody else may sign in next.
    pub(crate) fn forget(env: &Env, session: &SsoSession) {
        if let Some(path) = path(env, session) {
            // Where there is none, none has to go.
            let _ = std::fs::remove_file(path);
        }
    }

    fn of(document: &Value) -> Option<Self> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let account = |value: &Value| -> Option<Known> {
            let account = Account {
                id: AccountId::new(text(value, "accountId")?),
                name: text(value, "accountName"),
                email: text(value, "emailAddress"),
            };
            let roles = value.get("roles").and_then(Value::as_array);
            let names = |roles: &Vec<Value>| {
                roles
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|name| Role { name: RoleName::new(name) })
                    .collect()
            };
            Some((account, roles.map(names)))
        };
        let accounts = document.get("accounts")?.as_array()?.iter().map(account).collect::<Option<_>>()?;
        Some(Self { read_at: parse_timestamp(&text(document, "readAt")?).ok()?, accounts })
    }
}

/// `$XDG_CACHE_HOME/sso/inventory`, else `~/.cache/sso/inventory`.
fn folder(env: &Env) -> Option<PathBuf> {
    let named = env.get("XDG_CACHE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let base = named.or_else(|| Some(env.home_dir().ok()?.join(".cache")))?;
    Some(base.join("sso").join("inventory"))
}

/// Called as the session's token file is.
fn path(env: &Env, session: &SsoSession) -> Option<PathBuf> {
    Some(folder(env)?.join(token_file_name(&session.token_key())))
}

fn read(path: &Path) -> Option<Value> {
    let meta = std::fs::metadata(path).ok()?;
    let whole = meta.is_file() && meta.len() <= LONGEST;
    serde_json::from_slice(&whole.then(|| std::fs::read(path).ok())??).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_config::{ConfigSet, Document};
    use sso_core::SessionName;

    const CONFIG: &str =
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n";

    fn session(config: &str) -> SsoSession {
        let parse =
            |text: &str, path: &str| Document::parse(text, std::path::PathBuf::from(path)).expect("a config");
        let set = ConfigSet::from_documents(parse(config, "/c"), parse("", "/d"));
        set.resolve_session(&SessionName::new("corp")).expect("a session")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn known(id: &str, roles: Option<&[&str]>) -> Known {
        let account = Account { id: AccountId::new(id), name: Some("dev \u{1b}".to_owned()), email: None };
        let role = |name: &&str| Role { name: RoleName::new(*name) };
        (account, roles.map(|roles| roles.iter().map(role).collect()))
    }

    #[test]
    fn what_was_read_is_there_for_half_a_day() {
        let home = tempfile::tempdir().expect("a directory");
        let env = Env::new([("HOME".into(), home.path().into())], None);
        let (corp, noon) = (session(CONFIG), at("2026-11-26T12:00:00Z"));
        assert!(Kept::load(&env, &corp, noon).is_none());
        let all = [known("111122223333", Some(&["Admin", "ReadOnly"]))];
        Kept::save(&env, &corp, noon, &all);
        for (now, there) in [
            ("2026-11-26T12:00:00Z", true),
            ("2026-11-26T11:58:00Z", true),
            ("2026-11-26T23:59:00Z", true),
            ("2026-11-27T00:01:00Z", false),
            ("2026-11-26T11:00:00Z", false),
        ] {
            assert_eq!(Kept::load(&env, &corp, at(now)).is_some(), there, "{now}");
        }
        let kept = Kept::with_roles(&env, &corp, noon).expect("kept");
        assert_eq!((kept.read_at, kept.accounts.as_slice()), (noon, &all[..]));
        // What knows less does not take its place, unless it is too old.
        let less = [known("111122223333", None)];
        Kept::save(&env, &corp, at("2026-11-26T13:00:00Z"), &less);
        assert_eq!(Kept::load(&env, &corp, noon).expect("kept").accounts, all);
        Kept::save(&env, &corp, at("2026-11-28T12:00:00Z"), &less);
        assert!(Kept::with_roles(&env, &corp, at("2026-11-28T12:00:00Z")).is_none());
        assert_eq!(Kept::all(&env).len(), 1);
        // Another portal under the same name is another world.
        let moved = session(&CONFIG.replace("corp.aws", "other.aws"));
        assert!(Kept::load(&env, &moved, at("2026-11-28T12:00:00Z")).is_none());
        Kept::forget(&env, &corp);
        assert!(Kept::all(&env).is_empty());
    }

    #[test]
    fn what_is_damaged_counts_as_not_there() {
        let home = tempfile::tempdir().expect("a directory");
        let env = Env::new([("HOME".into(), home.path().into())], None);
        let (corp, noon) = (session(CONFIG), at("2026-11-26T12:00:00Z"));
        Kept::save(&env, &corp, noon, &[known("111122223333", None)]);
        let path = path(&env, &corp).expect("a path");
        let whole = std::fs::read_to_string(&path).expect("it is there");
        for damaged in [
            "",
            "{",
            "[]",
            &whole.chars().take(40).collect::<String>(),
            &whole.replace("\"accountId\"", "\"x\""),
            &whole.replace("2026", "x"),
        ] {
            sso_fs::replace(&path, damaged.as_bytes(), None).expect("written");
            assert!(Kept::load(&env, &corp, noon).is_none(), "{damaged}");
        }
    }
}
