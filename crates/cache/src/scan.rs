//! What lies in the caches, for status, logout and doctor. A listing holds no secret.

use crate::read::{Content, read};
use crate::{registration_file, role_file, token_file};
use sso_core::{AccountId, StartUrl, Timestamp};
use std::path::{Path, PathBuf};

/// One `*.json` file in a cache directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// Whether text stands behind the object, as two writers of different length leave it. We pass it over; the AWS CLI
    /// refuses the file.
    pub tail: bool,
}

/// What a cache file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A token.
    Token {
        /// The portal it is for, if it says.
        start_url: Option<StartUrl>,
        /// The region, if it says.
        region: Option<String>,
        /// Its end, in whole seconds.
        expires_at: Timestamp,
        /// Whether it names its client: tokens of some other tools do not.
        has_client: bool,
    },
    /// A client registration.
    Registration {
        /// The client's public id.
        client_id: String,
        /// Its end.
        expires_at: Timestamp,
    },
    /// Role credentials that came through SSO.
    Role {
        /// The account, if it says.
        account_id: Option<AccountId>,
        /// Their end.
        expires_at: Timestamp,
    },
    /// Somebody else's file (AssumeRole credentials, an IDE's state, ...).
    Foreign,
    /// It cannot be read as anything; the reason.
    Damaged(String),
}

/// Lists the `*.json` files of a directory, by name. A missing directory is empty.
pub(crate) fn scan(dir: &Path, classify: fn(&[u8]) -> EntryKind) -> std::io::Result<Vec<CacheEntry>> {
    let listing = match dir.read_dir() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut paths: Vec<PathBuf> = listing
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    paths.sort();
    Ok(paths.into_iter().map(|path| entry(path, classify)).collect())
}

fn entry(path: PathBuf, classify: fn(&[u8]) -> EntryKind) -> CacheEntry {
    let (kind, tail) = match read(&path) {
        Ok(Content::Bytes(bytes)) => (classify(&bytes), token_file::has_tail(&bytes)),
        Ok(Content::Refused(reason)) => (EntryKind::Damaged(reason), false),
        Ok(Content::Absent) => (EntryKind::Damaged("it went away".into()), false),
        Err(error) => (EntryKind::Damaged(error.to_string()), false),
    };
    CacheEntry { path, kind, tail }
}

/// For `~/.aws/sso/cache`.
pub(crate) fn classify_sso(bytes: &[u8]) -> EntryKind {
    let fields = match token_file::first_object(bytes) {
        Ok(fields) => fields,
        Err(reason) => return EntryKind::Damaged(reason),
    };
    if fields.contains_key("accessToken") {
        return match token_file::parse(bytes) {
            Ok(file) => EntryKind::Token {
                expires_at: file.token.expires_at,
                has_client: file.token.client.is_some(),
                start_url: file.token.start_url,
                region: file.token.region,
            },
            Err(reason) => EntryKind::Damaged(reason),
        };
    }
    if fields.contains_key("clientSecret") {
        return match registration_file::parse(bytes) {
            Ok(registration) => EntryKind::Registration {
                client_id: registration.client_id,
                expires_at: registration.expires_at,
            },
            Err(reason) => EntryKind::Damaged(reason),
        };
    }
    EntryKind::Foreign
}

/// For `~/.aws/cli/cache`.
pub(crate) fn classify_cli(bytes: &[u8]) -> EntryKind {
    match role_file::parse_any(bytes) {
        Ok(found) => EntryKind::Role { account_id: found.account_id, expires_at: found.expires_at },
        // No tool reads a file of this directory that has a tail.
        Err(reason) if token_file::has_tail(bytes) => EntryKind::Damaged(reason),
        Err(_) if token_file::first_object(bytes).is_ok() => EntryKind::Foreign,
        Err(reason) => EntryKind::Damaged(reason),
    }
}
