//! Directories that only their owner may enter.

use crate::owner::{Owner, give_dir};
use std::io;
use std::path::Path;

/// Makes a directory and its parents, for the owner only (0700); what exists stays as it is.
///
/// Where root makes them in somebody's home (a container with a mounted home), they become that person's: the owner
/// of the nearest directory that exists.
///
/// # Errors
/// A directory cannot be made.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty()).collect();
    missing.retain(|dir| !dir.exists());
    let heir = missing.last().and_then(|top| top.parent()).and_then(Owner::of_foreign);
    for dir in missing.into_iter().rev() {
        match builder().create(dir) {
            // Somebody else made it just now.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
            Err(error) => return Err(error),
            Ok(()) => give_dir(dir, heir),
        }
    }
    // A path whose parents exist and which is still no directory: a file is in its place.
    if dir.is_dir() { Ok(()) } else { builder().create(dir) }
}

#[cfg(unix)]
fn builder() -> std::fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn builder() -> std::fs::DirBuilder {
    std::fs::DirBuilder::new()
}
