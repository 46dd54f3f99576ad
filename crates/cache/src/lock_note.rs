//! What a lock file says: who took the lock, and when a refresh failed last. Only ever a hint: the lock itself is the
//! kernel's.

use sso_core::{FailedRefresh, Holder, Timestamp, format_timestamp, parse_timestamp};
use sso_fs::Guard;
use std::path::Path;
use std::time::SystemTime;

/// The lines `pid N`, `host NAME`, `since INSTANT` and `failed INSTANT CODE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    holder: Option<(u32, String)>,
    /// When the holder took the lock.
    since: Option<Timestamp>,
    pub(crate) failed: Option<FailedRefresh>,
}

impl Note {
    /// What a note says; lines that say nothing to us are passed over.
    pub(crate) fn parse(text: &str) -> Self {
        let value = |name: &str| {
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(str::trim)
        };
        let pid = value("pid").and_then(|pid| pid.parse().ok());
        let failed = value("failed").and_then(|failed| {
            let (at, code) = failed.split_once(' ')?;
            Some(FailedRefresh { at: parse_timestamp(at).ok()?, code: code.to_owned() })
        });
        let since = value("since").and_then(|since| parse_timestamp(since).ok());
        Self { holder: pid.zip(value("host").map(str::to_owned)), since, failed }
    }

    pub(crate) fn of(path: &Path) -> Option<Self> {
        Some(Self::parse(&sso_fs::note_of(path)?))
    }

    /// Notes in the lock file that this process holds the lock from now on; what was noted of failures stays.
    pub(crate) fn take(guard: &mut Guard) -> Self {
        let holder = Some((std::process::id(), host()));
        let note = Self { holder, since: None, ..Self::parse(&guard.note()) };
        guard.set_note(&note.text());
        // The file system's clock is the one that whoever reads this can compare with.
        let since = guard.noted_at().and_then(|at| Timestamp::try_from(at).ok());
        let note = Self { since, ..note };
        guard.set_note(&note.text());
        note
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if let Some((pid, host)) = &self.holder {
            text.push_str(&format!("pid {pid}\nhost {host}\n"));
        }
        if let Some(since) = self.since {
            text.push_str(&format!("since {}\n", format_timestamp(since)));
        }
        if let Some(FailedRefresh { at, code }) = &self.failed {
            text.push_str(&format!("failed {} {code}\n", format_timestamp(*at)));
        }
        text
    }
}

/// Who holds a lock, by what its file says.
pub(crate) fn holder(path: &Path) -> Option<Holder> {
    let note = Note::of(path)?;
    let (pid, host) = note.holder?;
    let taken = match note.since {
        Some(since) => SystemTime::from(since),
        None => path.metadata().and_then(|found| found.modified()).ok()?,
    };
    // The clock was set back since: nothing can be said.
    let held_for = taken.elapsed().unwrap_or_default();
    Some(Holder { pid, host, held_for })
}

#[cfg(unix)]
fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    name.chars().filter(|one| !one.is_control()).collect()
}

#[cfg(not(unix))]
fn host() -> String {
    "this host".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_fs::note_of;

    #[test]
    fn a_note_comes_back_and_rubbish_says_nothing() {
        let at = parse_timestamp("2026-11-21T06:44:14Z").expect("an instant");
        let failed = Some(FailedRefresh { at, code: "invalid_grant".into() });
        let note = Note { holder: Some((12, "box".into())), since: Some(at), failed };
        assert_eq!(Note::parse(&note.text()), note);
        for text in ["", "pid 12\n", "pid x\nhost box\n", "failed soon invalid_grant\n", "failed\n", "\0\0\0"]
        {
            assert_eq!(Note::parse(text), Note::default(), "{text:?}");
        }
    }

    #[test]
    fn whoever_takes_the_lock_says_who_and_since_when_and_keeps_what_failed() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("abc.lock");
        let mut guard = sso_fs::try_lock_anywhere(&path, None, None).expect("no error").expect("free");
        guard.set_note(
            "pid 1\nhost other\nsince 2001-01-01T00:00:00Z\nfailed 2026-11-21T06:44:14Z invalid_grant\n",
        );
        let mut note = Note::take(&mut guard);
        note.failed.as_mut().expect("kept").code = "no_answer".into();
        guard.set_note(&note.text());
        let found = holder(&path).expect("noted");
        assert_eq!((found.pid, found.host), (std::process::id(), host()));
        assert!(found.held_for.as_secs() < 3600, "{:?}", found.held_for);
        assert_eq!(note_of(&path), Some(note.text()));
    }
}
