//! T04 and T05: files of the caches that cannot be read.

use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::{Kind, Probe};
use sso_cache::{CacheEntry, EntryKind};

/// Files that cannot be read as what they are; T05 are those whose end cannot be understood.
pub(super) fn check(probe: &Probe, code: Code) -> Vec<Finding> {
    let mut found = Vec::new();
    let suspect = |entry: &&CacheEntry| entry.tail || matches!(entry.kind, EntryKind::Damaged(_));
    for entry in probe.cache.entries.iter().filter(suspect) {
        let of_session = probe.cache.session.as_ref().is_some_and(|session| session.has(&entry.path));
        let of_others = probe.cache.of_others.contains(&entry.path);
        let severity = match () {
            () if of_session => Severity::Error,
            () if of_others => Severity::Warning,
            // Nobody reads it, or another tool that we do not know.
            () if is_hash(entry) => Severity::Info,
            () => continue,
        };
        if let EntryKind::Damaged(reason) = &entry.kind {
            // One that we may not read is another matter.
            if probe.files.entry(&entry.path).is_some_and(|file| !file.access.read) {
                continue;
            }
            let of_end =
                ["expiresAt is not", "Expiration is not"].iter().any(|word| reason.starts_with(word));
            if (code == Code::T05) == of_end {
                found.push(broken(probe, entry, code, severity, reason));
            }
        } else if code == Code::T04 && entry.tail {
            found.push(with_tail(probe, entry, severity));
        }
    }
    found
}

/// Whether a file is called as the AWS CLI calls its own.
fn is_hash(entry: &CacheEntry) -> bool {
    let stem = entry.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem.len() == 40 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn broken(probe: &Probe, entry: &CacheEntry, code: Code, severity: Severity, reason: &str) -> Finding {
    let session = probe.cache.session.as_ref();
    let is_token = session.is_some_and(|session| session.token_path == entry.path);
    let path = probe.voice.path(&entry.path);
    let headline = match code {
        Code::T05 => format!("{path} says its end in a way that cannot be read."),
        _ => format!("{path} is damaged."),
    };
    let remedy = if is_token { probe.voice.command("login") } else { "move it out of the way".to_owned() };
    let found = Finding::new(code, severity, headline).at(&path).seen(reason).remedy(remedy);
    let fix = Fix::Quarantine { path: entry.path.clone() };
    let found = if is_token { found } else { found.seen("the AWS CLI stops at it; sso passes it over") };
    // A directory in the place of a file is somebody's intent.
    let is_dir = probe.files.entry(&entry.path).is_some_and(|file| file.kind == Kind::Dir);
    if is_dir { found } else { found.fix(fix) }
}

/// It works here, so it stays: only whoever has the lock may write it.
fn with_tail(probe: &Probe, entry: &CacheEntry, severity: Severity) -> Finding {
    let path = probe.voice.path(&entry.path);
    let found = Finding::new(Code::T04, severity, format!("{path} goes on behind its end."))
        .at(&path)
        .seen("two tools have written it at the same time; sso can read it, the AWS CLI cannot");
    let renews = probe.cache.session.as_ref().is_some_and(|session| {
        session.token_path == entry.path
            && session.token().is_some_and(|token| token.refresh_grant(probe.now).is_some())
    });
    found.remedy(if renews {
        probe.voice.command("refresh")
    } else {
        format!("{} --force", probe.voice.command("login"))
    })
}
