//! What a lock file says: who took the lock, and when a refresh failed last. Only ever a hint: the lock itself is the
//! kernel's. The file's time of change is the time at which the lock was taken.

use sso_core::{FailedRefresh, Holder, format_timestamp, parse_timestamp};
use std::path::Path;

/// The lines `pid N`, `host NAME` and `failed INSTANT CODE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) holder: Option<(u32, String)>,
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
        Self { holder: pid.zip(value("host").map(str::to_owned)), failed }
    }

    pub(crate) fn of(path: &Path) -> Option<Self> {
        Some(Self::parse(&sso_fs::note_of(path)?))
    }

    /// The same, taken by this process.
    pub(crate) fn mine(self) -> Self {
        Self { holder: Some((std::process::id(), host())), ..self }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if let Some((pid, host)) = &self.holder {
            text.push_str(&format!("pid {pid}\nhost {host}\n"));
        }
        if let Some(FailedRefresh { at, code }) = &self.failed {
            text.push_str(&format!("failed {} {code}\n", format_timestamp(*at)));
        }
        text
    }
}

/// Who holds a lock, by what its file says.
pub(crate) fn holder(path: &Path) -> Option<Holder> {
    let (pid, host) = Note::of(path)?.holder?;
    let taken = path.metadata().and_then(|found| found.modified()).ok()?;
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

    #[test]
    fn a_note_comes_back_and_rubbish_says_nothing() {
        let at = parse_timestamp("2026-11-21T06:44:14Z").expect("an instant");
        let failed = Some(FailedRefresh { at, code: "invalid_grant".into() });
        let note = Note { holder: Some((12, "box".into())), failed };
        assert_eq!(Note::parse(&note.text()), note);
        let mine = note.clone().mine();
        assert_eq!(
            (mine.holder.as_ref().map(|mine| mine.0), &mine.failed),
            (Some(std::process::id()), &note.failed)
        );
        for text in ["", "pid 12\n", "pid x\nhost box\n", "failed soon invalid_grant\n", "failed\n", "\0\0\0"]
        {
            assert_eq!(Note::parse(text), Note::default(), "{text:?}");
        }
    }
}
