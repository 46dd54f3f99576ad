//! Reading one cache file: only a regular file, of an owner we trust, of a sane size (catalogue E8, E9).

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// A cache file larger than this is no cache file.
const MOST: u64 = 1 << 20;

/// What reading gave.
pub(crate) enum Content {
    /// The bytes.
    Bytes(Vec<u8>),
    /// There is no such file.
    Absent,
    /// There is something that must not be used, and why.
    Refused(String),
}

/// Reads a cache file. A FIFO or device never blocks.
pub(crate) fn read(path: &Path) -> io::Result<Content> {
    let file = match open(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Content::Absent);
        }
        // A socket cannot be opened at all.
        Err(error) if !is_regular(path) && error.kind() != io::ErrorKind::PermissionDenied => {
            return Ok(Content::Refused("it is not a regular file".into()));
        }
        other => other?,
    };
    let metadata = file.metadata()?;
    if let Some(reason) = refusal(&metadata, path) {
        return Ok(Content::Refused(reason));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(Content::Bytes(bytes))
}

fn is_regular(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // NONBLOCK: opening a FIFO for reading would wait for a writer.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().try_into().unwrap_or(0);
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn refusal(metadata: &Metadata, path: &Path) -> Option<String> {
    if !metadata.is_file() {
        return Some("it is not a regular file".into());
    }
    if metadata.len() > MOST {
        return Some(format!("it has {} bytes, more than any cache file", metadata.len()));
    }
    (!trusted_owner(metadata, path)).then(|| "it belongs to another user".into())
}

/// A trusted owner is the effective user, root, or the owner of the `~/.aws` directory.
#[cfg(unix)]
fn trusted_owner(metadata: &Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = metadata.uid();
    owner == rustix::process::geteuid().as_raw()
        || owner == 0
        || aws_dir_of(path).and_then(|dir| dir.metadata().ok()).is_some_and(|dir| dir.uid() == owner)
}

#[cfg(not(unix))]
fn trusted_owner(_: &Metadata, _: &Path) -> bool {
    true
}

/// `~/.aws` of `~/.aws/sso/cache/x.json`.
pub(crate) fn aws_dir_of(path: &Path) -> Option<&Path> {
    path.ancestors().nth(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_is_read() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("x.json");
        assert!(matches!(read(&path), Ok(Content::Absent)));
        std::fs::create_dir(&path).expect("made");
        assert!(matches!(read(&path), Ok(Content::Refused(_)) | Err(_)));
        assert!(matches!(read(&path.join("below").join("it")), Ok(Content::Absent)));
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_a_socket_and_a_device_never_block() {
        let dir = tempfile::tempdir().expect("a directory");
        let fifo = dir.path().join("fifo.json");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs");
        assert!(made.success());
        assert!(matches!(read(&fifo), Ok(Content::Refused(_))));
        let socket = dir.path().join("socket.json");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
        assert!(matches!(read(&socket), Ok(Content::Refused(_))));
        let device = dir.path().join("device.json");
        std::os::unix::fs::symlink("/dev/zero", &device).expect("linked");
        assert!(matches!(read(&device), Ok(Content::Refused(_))));
    }

    #[test]
    fn a_huge_file_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("huge.json");
        File::create(&path).and_then(|file| file.set_len(MOST + 1)).expect("made");
        assert!(matches!(read(&path), Ok(Content::Refused(_))));
    }
}
