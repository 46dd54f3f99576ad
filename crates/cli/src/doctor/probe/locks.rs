//! Which of our locks are held, and by a process that is stopped: read from the kernel's tables, nothing is locked.

use super::files::FileFacts;
use std::path::{Path, PathBuf};

/// A lock that a stopped process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoppedHolder {
    /// The lock's file.
    pub(crate) path: PathBuf,
    pub(crate) pid: u32,
    /// The name of its program.
    pub(crate) name: String,
}

/// The locks of the caches and of the config file that stopped processes of this host hold.
pub(super) fn gather(files: &FileFacts, proc: &Path) -> Vec<StoppedHolder> {
    let Ok(table) = std::fs::read(proc.join("locks")) else { return Vec::new() };
    let held = held(&String::from_utf8_lossy(&table));
    let beside = |path: &Path| path.parent().map(|dir| dir.join(".sso-locks"));
    let caches = files.caches.iter().flat_map(|caches| [beside(&caches.sso), beside(&caches.cli)]);
    let config = files.config.iter().map(|config| beside(&config.path));
    let mut found = Vec::new();
    for dir in caches.chain(config).flatten() {
        for entry in dir.read_dir().into_iter().flatten().flatten() {
            let Some(inode) = inode(&entry) else { continue };
            for (pid, _) in held.iter().filter(|(_, of)| *of == inode) {
                let Some(name) = stopped(proc, *pid) else { continue };
                found.push(StoppedHolder { path: entry.path(), pid: *pid, name });
            }
        }
    }
    found
}

/// Process and inode of every lock: `1: FLOCK  ADVISORY  WRITE 4711 fe:00:6160617 0 EOF`. Those who wait are marked `->`.
fn held(table: &str) -> Vec<(u32, u64)> {
    let lock = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK" | "POSIX" | "OFDLCK", _, _, pid, place, ..] = words.as_slice() else { return None };
        Some((pid.parse().ok()?, place.rsplit(':').next()?.parse().ok()?))
    };
    table.lines().filter_map(lock).collect()
}

/// The name of a process that is stopped, by a signal or a debugger; `None` if it runs or is gone.
fn stopped(proc: &Path, pid: u32) -> Option<String> {
    let stat = std::fs::read(proc.join(pid.to_string()).join("stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    // `4711 (name) T ...`; the name may hold anything, parentheses too.
    let (name, rest) = stat.split_once(" (")?.1.rsplit_once(") ")?;
    matches!(rest.chars().next(), Some('T' | 't')).then(|| name.to_owned())
}

#[cfg(unix)]
fn inode(entry: &std::fs::DirEntry) -> Option<u64> {
    use std::os::unix::fs::DirEntryExt as _;
    Some(entry.ino())
}

#[cfg(not(unix))]
fn inode(_: &std::fs::DirEntry) -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use sso_cache::CacheDirs;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn only_a_stopped_process_that_has_the_lock_is_named() {
        let home = tempfile::tempdir().expect("a home");
        let put = |name: &str, text: &str| {
            sso_fs::replace(&home.path().join(name), text.as_bytes(), None).expect("written");
        };
        put(".aws/sso/.sso-locks/abc.lock", "");
        let lock = home.path().join(".aws/sso/.sso-locks/abc.lock");
        let inode = lock.metadata().expect("there").ino();
        let files = FileFacts { caches: Some(CacheDirs::below(home.path())), ..FileFacts::default() };
        for (line, stat, expected) in [
            (
                format!("1: FLOCK  ADVISORY  WRITE 17 fe:00:{inode} 0 EOF"),
                "17 (s) ) o) T 1 1",
                Some("s) ) o"),
            ),
            (format!("1: FLOCK  ADVISORY  WRITE 17 fe:00:{inode} 0 EOF"), "17 (sso) t 1 1", Some("sso")),
            (format!("1: FLOCK  ADVISORY  WRITE 17 fe:00:{inode} 0 EOF"), "17 (sso) S 1 1", None),
            (format!("1: FLOCK  ADVISORY  WRITE 18 fe:00:{inode} 0 EOF"), "17 (sso) T 1 1", None),
            (format!("1: -> FLOCK  ADVISORY  WRITE 17 fe:00:{inode} 0 EOF"), "17 (sso) T 1 1", None),
            ("1: FLOCK  ADVISORY  WRITE 17 fe:00:1 0 EOF".to_owned(), "17 (sso) T 1 1", None),
            (String::new(), "17 (sso) T 1 1", None),
        ] {
            put("proc/locks", &line);
            put("proc/17/stat", stat);
            let found = gather(&files, &home.path().join("proc"));
            let names: Vec<&str> = found.iter().map(|holder| holder.name.as_str()).collect();
            assert_eq!(names, expected.into_iter().collect::<Vec<_>>(), "{line} {stat}");
        }
        assert_eq!(gather(&files, &home.path().join("nowhere")), []);
    }
}
