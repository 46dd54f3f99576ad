//! Cache and disk errors, told.

use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_core::{StoreError, StoreOperation};
use std::io;
use std::path::Path;

impl Explain for StoreError {
    fn explain(&self, voice: &Voice) -> CliError {
        let io = self.source.downcast_ref::<io::Error>();
        let path = voice.path(&self.path);
        let full = io.is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
            )
        });
        if full {
            return CliError::new(Code::S04, Exit::Disk, format!("There is no space to write {path}."))
                .cause(self.source.to_string())
                .note("note", "what was stored before is unchanged");
        }
        if self.operation == StoreOperation::Lock && io.is_none() {
            return CliError::new(Code::R02, Exit::Disk, "Another process holds the lock of this session.")
                .cause(self.source.to_string())
                .fix("end the process that hangs, then try again");
        }
        CliError::new(Code::T12, Exit::Disk, format!("Cannot {} {path}.", self.operation))
            .cause(self.source.to_string())
            .fix(format!("make it yours: ls -ld {}", voice.path(nearest(&self.path))))
    }
}

/// The path, or the nearest thing above it that is there: what stands in the way.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|path| path.symlink_metadata().is_ok()).unwrap_or(path)
}
