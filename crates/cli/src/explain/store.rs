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
        CliError::new(Code::T12, Exit::Disk, format!("Cannot {} {path}.", self.operation))
            .cause(words(self.source.as_ref()))
            .fix(way_out(nearest(&self.path), &self.path))
    }
}

/// No room, whoever sets the limit: the disk, the quota, `ulimit -f`.
pub(super) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// What helps: a file where a directory should be is moved away, anything else is made the user's own.
fn way_out(there: &Path, wanted: &Path) -> String {
    let name = quote(&there.to_string_lossy());
    if there != wanted && !there.is_dir() {
        return format!("it is in the way: mv {name} {name}.old");
    }
    format!("make it yours: sudo chown -R \"$USER\" {name}")
}

/// The operating system's words, without the temp file's name that wraps them.
pub(super) fn words(error: &(dyn Error + 'static)) -> String {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).and_then(Error::source);
    wrapped.map_or_else(|| error.to_string(), ToString::to_string)
}

/// The path, or the nearest thing above it that is there: what stands in the way.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|path| path.symlink_metadata().is_ok()).unwrap_or(path)
}
