//! Cache and disk errors, told.

use super::{Explain, Voice, quote};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_core::{StoreError, StoreOperation};
use std::error::Error;
use std::io;
use std::path::Path;

impl Explain for StoreError {
    fn explain(&self, voice: &Voice) -> CliError {
        #[cfg(feature = "keyring")]
        if let Some(error) = self.source.downcast_ref::<sso_keyring::VaultError>() {
            return error.explain(voice);
        }
        let io = self.source.downcast_ref::<io::Error>();
        let path = voice.path(&self.path);
        if io.is_some_and(is_full) {
            return CliError::new(Code::S04, Exit::Disk, format!("There is no space to write {path}."))
                .cause(words(self.source.as_ref()))
                .note("note", "what was stored before is unchanged")
                .fix(format!("free some space: df -h {}", quote(&nearest(&self.path).to_string_lossy())));
        }
        if self.operation == StoreOperation::Lock && io.is_none() {
            let headline = format!("Cannot change {} now: {}.", self.path.display(), self.source);
            return CliError::new(Code::R02, Exit::Disk, headline)
                .fix("end the process that hangs, then try again");
        }
        let read_only = io.is_some_and(|error| error.kind() == io::ErrorKind::ReadOnlyFilesystem);
        let there = nearest(&self.path);
        let fix = if read_only {
            let name = quote(&there.to_string_lossy());
            format!("mount that file system writable; its name: df {name}")
        } else {
            way_out(there, &self.path)
        };
        CliError::new(Code::T12, Exit::Disk, format!("Cannot {} {path}.", self.operation))
            .cause(words(self.source.as_ref()))
            .fix(fix)
    }
}

/// No room, whoever sets the limit: the disk, the quota, `ulimit -f`.
pub(super) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// What helps: a file where a directory should be is moved away, what the user has closed is opened, anything else is made
/// the user's own.
fn way_out(there: &Path, wanted: &Path) -> String {
    let name = quote(&there.to_string_lossy());
    if there != wanted && !there.is_dir() {
        return format!("it is in the way: mv {name} {name}.old");
    }
    // A file is replaced, so its directory counts too.
    let both = [Some(there), there.parent()].into_iter().flatten();
    match both.map(|path| (path, Door::of(path))).find(|(_, door)| *door != Door::Open) {
        Some((path, Door::Closed)) => {
            format!("let yourself write there: chmod u+rwX {}", quote(&path.to_string_lossy()))
        }
        Some((path, _)) => chown(path),
        None => chown(there),
    }
}

fn chown(path: &Path) -> String {
    format!("make it yours: sudo chown -R \"$USER\" {}", quote(&path.to_string_lossy()))
}

/// What stands between the user and a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Open,
    /// It is the user's, and its mode forbids writing.
    Closed,
    /// It is somebody else's.
    Foreign,
}

impl Door {
    #[cfg(unix)]
    fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let Ok(found) = path.metadata() else { return Self::Foreign };
        let needed = if found.is_dir() { 0o300 } else { 0o200 };
        match found.uid() == rustix::process::geteuid().as_raw() {
            true if found.mode() & needed == needed => Self::Open,
            true => Self::Closed,
            false => Self::Foreign,
        }
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> Self {
        match path.metadata() {
            Ok(found) if found.permissions().readonly() => Self::Closed,
            Ok(_) => Self::Open,
            Err(_) => Self::Foreign,
        }
    }
}

/// The operating system's words, without the temp file's name, of which the user knows nothing.
pub(super) fn words(error: &(dyn Error + 'static)) -> String {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).and_then(Error::source);
    let text = wrapped.map_or_else(|| error.to_string(), ToString::to_string);
    text.split_once(" at path ").map_or(text.clone(), |(words, _)| words.to_owned())
}

/// The path, or the nearest thing above it that is there: what stands in the way.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|path| path.symlink_metadata().is_ok()).unwrap_or(path)
}
