//! Whose a new file is. Root in somebody's home (sudo, a container with a mounted home) leaves nothing root-owned (E9).

use std::fs::File;
use std::path::Path;

/// Somebody else than root, for whom root makes a file.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix knows owners by number"))]
pub(crate) struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    /// The owner of what is at the path, where we are root and it is somebody else's.
    #[cfg(unix)]
    pub(crate) fn of_foreign(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        if !rustix::process::geteuid().is_root() {
            return None;
        }
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let owner = here.metadata().ok()?;
        (owner.uid() != 0).then(|| Self { uid: owner.uid(), gid: owner.gid() })
    }

    #[cfg(not(unix))]
    pub(crate) fn of_foreign(_: &Path) -> Option<Self> {
        None
    }

    /// Best effort: where the file system knows no owners, the file is as good as it gets.
    #[cfg(unix)]
    pub(crate) fn take(self, file: &File) {
        let _ = std::os::unix::fs::fchown(file, Some(self.uid), Some(self.gid));
    }

    #[cfg(not(unix))]
    pub(crate) fn take(self, _: &File) {}
}

/// Gives a file that was just made to the owner of what is at `like`.
pub(crate) fn give_file(file: &File, like: Option<&Path>) {
    if let Some(owner) = like.and_then(Owner::of_foreign) {
        owner.take(file);
    }
}

/// Gives a directory that was just made to its heir. By handle and never through a link, because the heir could have
/// put something else in its place.
#[cfg(unix)]
pub(crate) fn give_dir(dir: &Path, heir: Option<Owner>) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let Some(owner) = heir else { return };
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::DIRECTORY).bits().try_into().unwrap_or(0);
    if let Ok(dir) = std::fs::OpenOptions::new().read(true).custom_flags(flags).open(dir) {
        owner.take(&dir);
    }
}

#[cfg(not(unix))]
pub(crate) fn give_dir(_: &Path, _: Option<Owner>) {}
