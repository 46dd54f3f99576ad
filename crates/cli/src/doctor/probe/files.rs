//! The AWS files and directories as the disk shows them: kind, mode, owner, access, file system. Nothing is opened.

use crate::kept::encryption::{self, Encryption};
use sso_cache::CacheDirs;
use sso_config::Env;
use sso_core::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is known of the files.
#[derive(Default)]
pub(crate) struct FileFacts {
    /// Who we are to the file system; `None` where users have no number.
    pub(crate) user: Option<u32>,
    /// The home directory.
    pub(crate) home: Option<FileFact>,
    /// `~/.aws` and the directories below it, in the order in which they would be made.
    pub(crate) dirs: Vec<FileFact>,
    /// The `*.json` files of both caches.
    pub(crate) entries: BTreeMap<PathBuf, FileFact>,
    pub(crate) config: Option<FileFact>,
    pub(crate) credentials: Option<FileFact>,
    /// The disks that the caches are on.
    pub(crate) disks: Vec<Disk>,
    /// The caches' directories; `None` without a home directory.
    pub(crate) caches: Option<CacheDirs>,
    /// How the disk of the tokens is encrypted; `None`: not known.
    pub(crate) encrypted: Option<Encryption>,
}

/// A file or a directory. Of a link: what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFact {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) link: bool,
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) access: Access,
    pub(crate) modified: Option<Timestamp>,
}

/// What is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Absent,
    File,
    Dir,
    /// A pipe, a device, a socket.
    Special,
    /// It cannot be seen; the system's words.
    Hidden(String),
}

/// What we may do, as access(2) says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) read: bool,
    pub(crate) write: bool,
    /// Enter a directory.
    pub(crate) enter: bool,
}

/// A file system that a cache is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    /// The directory, or the nearest above it that is there, links followed.
    pub(crate) path: PathBuf,
    /// `ext4`, where the system says it.
    pub(crate) kind: Option<String>,
    /// Bytes that we may still use; `None` where the system does not say.
    pub(crate) free: Option<u64>,
    /// Whether no further file can be made.
    pub(crate) no_more_files: bool,
}

impl FileFacts {
    pub(super) fn gather(env: &Env) -> Self {
        let (Ok(aws), Ok(sso), Ok(cli)) = (env.aws_dir(), env.sso_cache_dir(), env.cli_cache_dir()) else {
            return Self { user: user(), ..Self::default() };
        };
        let caches = CacheDirs { sso, cli };
        let mut dirs = vec![look(&aws)];
        for cache in [&caches.sso, &caches.cli] {
            let parent = cache.parent().unwrap_or(&aws);
            dirs.extend([look(parent), look(cache), look(&parent.join(".sso-locks"))]);
        }
        let mut disks: Vec<Disk> = Vec::new();
        for disk in [disk(&caches.sso), disk(&caches.cli)].into_iter().flatten() {
            let known = |known: &Disk| known.kind == disk.kind && known.free == disk.free;
            if !disks.iter().any(known) {
                disks.push(disk);
            }
        }
        Self {
            user: user(),
            home: aws.parent().map(look),
            dirs,
            entries: [&caches.sso, &caches.cli].into_iter().flat_map(|dir| json_files(dir)).collect(),
            config: env.config_file().ok().map(|path| look(&path)),
            credentials: env.credentials_file().ok().map(|path| look(&path)),
            disks,
            encrypted: encryption::of(&caches.sso),
            caches: Some(caches),
        }
    }

    /// What is known of a directory on the way to a cache.
    pub(crate) fn dir(&self, path: &Path) -> Option<&FileFact> {
        self.dirs.iter().find(|dir| dir.path == path)
    }

    /// What is known of a file of a cache.
    pub(crate) fn entry(&self, path: &Path) -> Option<&FileFact> {
        self.entries.get(path)
    }

    /// Whether it is ours to change: we own it, or we are root.
    pub(crate) fn ours(&self, fact: &FileFact) -> bool {
        self.user.is_none_or(|user| user == 0 || user == fact.uid)
    }

    /// Whether modes mean something where the file is: they do not on the file systems of Windows.
    pub(crate) fn modes_count(&self) -> bool {
        self.user.is_some() && !self.disks.iter().any(|disk| disk.is(&MODELESS))
    }
}

/// File systems on which everything has the same mode, whatever is set.
const MODELESS: [&str; 9] = ["vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk", "9p", "cifs", "smb3"];

impl Disk {
    /// Whether its kind is one of these.
    pub(crate) fn is(&self, kinds: &[&str]) -> bool {
        self.kind.as_deref().is_some_and(|kind| kinds.contains(&kind))
    }
}

fn json_files(dir: &Path) -> impl Iterator<Item = (PathBuf, FileFact)> {
    let listed = dir.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let json = listed.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    json.map(|path| {
        let fact = look(&path);
        (path, fact)
    })
}

/// Looks at one path.
pub(super) fn look(path: &Path) -> FileFact {
    let link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    let nothing = |kind| FileFact {
        path: path.to_owned(),
        kind,
        link,
        mode: 0,
        uid: 0,
        gid: 0,
        access: Access::default(),
        modified: None,
    };
    let found = match path.metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return nothing(Kind::Absent),
        Err(error) => return nothing(Kind::Hidden(error.to_string())),
    };
    let kind = match () {
        () if found.is_file() => Kind::File,
        () if found.is_dir() => Kind::Dir,
        () => Kind::Special,
    };
    let modified = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    let (mode, uid, gid) = owner(&found);
    FileFact { mode, uid, gid, access: access(path, &found), modified, ..nothing(kind) }
}

#[cfg(unix)]
fn user() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn user() -> Option<u32> {
    None
}

#[cfg(unix)]
fn owner(found: &std::fs::Metadata) -> (u32, u32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    (found.mode() & 0o7777, found.uid(), found.gid())
}

#[cfg(not(unix))]
fn owner(_: &std::fs::Metadata) -> (u32, u32, u32) {
    (0, 0, 0)
}

/// The kernel's own answer: it knows groups, access lists and read-only mounts.
#[cfg(unix)]
fn access(path: &Path, _: &std::fs::Metadata) -> Access {
    use rustix::fs::{Access as May, AtFlags, CWD, accessat};
    let may = |what| accessat(CWD, path, what, AtFlags::EACCESS).is_ok();
    Access { read: may(May::READ_OK), write: may(May::WRITE_OK), enter: may(May::EXEC_OK) }
}

#[cfg(not(unix))]
fn access(_: &Path, found: &std::fs::Metadata) -> Access {
    Access { read: true, write: found.is_dir() || !found.permissions().readonly(), enter: true }
}

/// The disk that a directory is on, or would be.
fn disk(dir: &Path) -> Option<Disk> {
    let there = dir.ancestors().find(|dir| dir.is_dir())?;
    let path = there.canonicalize().unwrap_or_else(|_| there.to_owned());
    let (free, no_more_files) = space(&path);
    Some(Disk { kind: kind_of(&path), free, no_more_files, path })
}

#[cfg(unix)]
fn space(path: &Path) -> (Option<u64>, bool) {
    let Ok(found) = rustix::fs::statvfs(path) else { return (None, false) };
    // Some file systems do not count files: then there are none in all.
    let no_more_files = found.f_files > 0 && found.f_favail == 0;
    // Nor do some count blocks.
    let counts = found.f_blocks > 0;
    (counts.then(|| found.f_bavail.saturating_mul(found.f_frsize)), no_more_files)
}

#[cfg(not(unix))]
fn space(_: &Path) -> (Option<u64>, bool) {
    (None, false)
}

#[cfg(target_os = "linux")]
fn kind_of(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let device = path.metadata().ok()?.dev();
    let mounts = std::fs::read("/proc/self/mountinfo").ok()?;
    let device = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
    mounted_as(&String::from_utf8_lossy(&mounts), &device)
}

#[cfg(not(target_os = "linux"))]
fn kind_of(_: &Path) -> Option<String> {
    None
}

/// The kind of file system of a device `MAJOR:MINOR`, by the kernel's table of mounts.
#[cfg(any(target_os = "linux", test))]
fn mounted_as(mounts: &str, device: &str) -> Option<String> {
    mounts.lines().find_map(|line| {
        let (place, system) = line.split_once(" - ")?;
        let here = place.split(' ').nth(2)? == device;
        here.then(|| system.split(' ').next().unwrap_or_default().to_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_kind_of_a_file_system_is_read_from_the_table_of_mounts() {
        let table = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
                     30 22 0:44 / /home rw shared:7 master:1 - nfs4 nas:/home rw,vers=4.2\n\
                     31 22 0:45 / /mnt/c rw - 9p drvfs rw\nrubbish\n";
        for (device, kind) in
            [("254:0", Some("ext4")), ("0:44", Some("nfs4")), ("0:45", Some("9p")), ("0:9", None)]
        {
            assert_eq!(mounted_as(table, device).as_deref(), kind, "{device}");
        }
    }

    #[test]
    fn links_pipes_and_what_is_not_there() {
        let home = tempfile::tempdir().expect("a home");
        let at = |name: &str| home.path().join(name);
        std::fs::create_dir(at("dir")).expect("made");
        std::fs::set_permissions(at("dir"), std::fs::Permissions::from_mode(0o751)).expect("set");
        std::os::unix::fs::symlink("dir", at("link")).expect("linked");
        std::os::unix::fs::symlink("nowhere", at("dangling")).expect("linked");
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo runs");
        assert!(made.success());
        for (name, kind, link) in [
            ("dir", Kind::Dir, false),
            ("link", Kind::Dir, true),
            ("dangling", Kind::Absent, true),
            ("pipe", Kind::Special, false),
            ("none", Kind::Absent, false),
        ] {
            let found = look(&at(name));
            assert_eq!((found.kind, found.link), (kind, link), "{name}");
        }
        let found = look(&at("link"));
        assert_eq!((found.mode, found.uid), (0o751, rustix::process::geteuid().as_raw()));
        assert_eq!(found.access, Access { read: true, write: true, enter: true });
    }
}
