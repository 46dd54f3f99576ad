//! Opens a file, and refuses what could make the program wait for ever; reads it whole, with one call.

use crate::document::{Document, MAX_FILE_BYTES};
use crate::error::{ConfigError, NotAFile};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Take};
use std::path::{Path, PathBuf};

/// What there is at a path.
pub(crate) enum Found {
    /// Nothing.
    Absent,
    /// `/dev/null`.
    Null,
    /// A file of about so many bytes. One byte above the limit is read, which is enough to say that it is too large.
    File(Take<File>, usize),
}

/// The document at the path; a file that is not there is an empty one.
pub(crate) fn read_document(path: PathBuf) -> Result<Document, ConfigError> {
    match open(&path)? {
        Found::Absent => Ok(Document::absent(path)),
        Found::Null => Document::parse(Vec::new(), path),
        Found::File(mut file, size) => {
            let mut bytes = Vec::with_capacity(size + 1);
            match file.read_to_end(&mut bytes) {
                Ok(_) => Document::parse(bytes, path),
                Err(source) => Err(ConfigError::Read { path, source }),
            }
        }
    }
}

/// Opens what is a file.
pub(crate) fn open(path: &Path) -> Result<Found, ConfigError> {
    let failed = |source| ConfigError::Read { path: path.to_owned(), source };
    if is_null_name(path) {
        return Ok(Found::Null);
    }
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_absent(&error) => return Ok(Found::Absent),
        Err(source) => return Err(failed(source)),
    };
    let not_a_file = |kind| Err(ConfigError::NotAFile { path: path.to_owned(), kind });
    if metadata.is_dir() {
        return not_a_file(NotAFile::Directory);
    }
    if is_null_device(&metadata) {
        return Ok(Found::Null);
    }
    if !metadata.is_file() {
        return not_a_file(NotAFile::Special);
    }
    let limit = MAX_FILE_BYTES as u64 + 1;
    match File::open(path) {
        Ok(file) => {
            let size = usize::try_from(metadata.len().min(limit)).unwrap_or_default();
            Ok(Found::File(file.take(limit), size))
        }
        Err(error) if is_absent(&error) => Ok(Found::Absent),
        Err(source) => Err(failed(source)),
    }
}

/// A path below something that is no directory names no file either.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// `AWS_CONFIG_FILE=/dev/null` is the usual way to say "no config file".
#[cfg(unix)]
fn is_null_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    metadata.file_type().is_char_device()
        && fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev())
}

#[cfg(not(unix))]
fn is_null_device(_: &Metadata) -> bool {
    false
}

/// Windows says nothing of its null device but the name.
#[cfg(windows)]
fn is_null_name(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.eq_ignore_ascii_case("nul"))
}

#[cfg(not(windows))]
fn is_null_name(_: &Path) -> bool {
    false
}
