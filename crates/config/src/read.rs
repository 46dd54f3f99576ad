//! Reads a file with one call, and refuses what could make the program wait for ever.

use crate::document::{Document, MAX_FILE_BYTES};
use crate::error::{ConfigError, NotAFile};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The document at the path; a file that is not there is an empty one.
pub(crate) fn read_document(path: PathBuf) -> Result<Document, ConfigError> {
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if is_absent(&error) => return Ok(Document::absent(path)),
        Err(source) => return Err(ConfigError::Read { path, source }),
    };
    if metadata.is_dir() {
        return Err(ConfigError::NotAFile { path, kind: NotAFile::Directory });
    }
    if is_null_device(&path, &metadata) {
        return Document::parse(Vec::new(), path);
    }
    if !metadata.is_file() {
        return Err(ConfigError::NotAFile { path, kind: NotAFile::Special });
    }
    match read_bytes(&path, metadata.len()) {
        Ok(bytes) => Document::parse(bytes, path),
        Err(error) if is_absent(&error) => Ok(Document::absent(path)),
        Err(source) => Err(ConfigError::Read { path, source }),
    }
}

fn read_bytes(path: &Path, expected: u64) -> io::Result<Vec<u8>> {
    // One byte above the limit is enough for the parser to say that the file is too large.
    let limit = MAX_FILE_BYTES as u64 + 1;
    let capacity = usize::try_from(expected.min(limit)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(capacity + 1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path below something that is no directory names no file either.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// `AWS_CONFIG_FILE=/dev/null` is the usual way to say "no config file".
#[cfg(unix)]
fn is_null_device(_: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    metadata.file_type().is_char_device()
        && fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev())
}

#[cfg(not(unix))]
fn is_null_device(path: &Path, _: &Metadata) -> bool {
    path.to_str().is_some_and(|path| path.eq_ignore_ascii_case("nul"))
}
