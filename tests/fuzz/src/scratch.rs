//! A home directory in memory, one for each thread that fuzzes: targets of files go through the real file system.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Where files cost no disk, on Linux.
const IN_MEMORY: &str = "/dev/shm";

thread_local! {
    static HOME: TempDir = {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("sso-fuzz-");
        let home = builder.tempdir_in(IN_MEMORY).or_else(|_| builder.tempdir()).expect("a directory");
        for folder in [".aws/sso/cache", ".aws/cli/cache"] {
            fs::create_dir_all(home.path().join(folder)).expect("made");
        }
        home
    };
}

/// The home directory of this thread.
pub(crate) fn home() -> PathBuf {
    HOME.with(|home| home.path().to_owned())
}

/// Makes a file what it is to be, in place: its readers come afterwards.
pub(crate) fn put(path: &Path, bytes: &[u8]) {
    let mut file = File::create(path).expect("created");
    file.write_all(bytes).expect("written");
}

/// What a file holds.
pub(crate) fn content(path: &Path) -> Vec<u8> {
    fs::read(path).expect("it is there")
}

/// What somebody else holds for a moment: another thread that starts a process hands our lock on to it, until it is another
/// program.
pub(crate) fn in_a_moment<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    (0..100_000)
        .find_map(|_| {
            attempt().or_else(|| {
                std::thread::yield_now();
                None
            })
        })
        .expect("nobody else is here")
}
