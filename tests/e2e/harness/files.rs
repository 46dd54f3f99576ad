//! The files below HOME, as a story reads, writes and compares them.

use super::world::{TOKEN_FILE, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Every file and directory below HOME: mode, and content of files.
pub(crate) type Snapshot = BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>;

impl World {
    /// Writes a file below HOME, with its directories.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.home().join(name);
        let folder = path.parent().expect("a file has a folder");
        std::fs::create_dir_all(folder).expect("a folder can be made");
        std::fs::write(path, content).expect("a file can be written");
    }

    /// Writes a cache file as AWS tools do: readable by the owner only.
    pub(crate) fn write_private(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.home().join(name), mode).expect("a mode can be set");
    }

    /// Whether a file is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.home().join(name).exists()
    }

    /// A file below HOME as JSON.
    pub(crate) fn json(&self, name: &str) -> Value {
        let bytes = std::fs::read(self.home().join(name));
        serde_json::from_slice(&bytes.unwrap_or_else(|error| panic!("{name}: {error}"))).expect("it is JSON")
    }

    /// Changes the token of `corp` on the disk.
    pub(crate) fn edit_token(&self, edit: impl FnOnce(&mut Value)) {
        let mut token = self.json(TOKEN_FILE);
        edit(&mut token);
        self.write(TOKEN_FILE, token.to_string());
    }

    /// Lets the token of `corp` end so many minutes from now (as far as the file says).
    pub(crate) fn token_ends_in(&self, minutes: i64) {
        self.edit_token(|token| token["expiresAt"] = in_minutes(minutes).into());
    }

    /// Lets the token of `corp` have been saved so many minutes ago.
    pub(crate) fn token_saved_ago(&self, minutes: u64) {
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(minutes * 60);
        let file = std::fs::File::options().write(true).open(self.home().join(TOKEN_FILE));
        file.and_then(|file| file.set_modified(then)).expect("a time can be set");
    }

    /// Everything below HOME.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut found = Snapshot::new();
        collect(self.home(), &mut found);
        found
    }

    /// The files below HOME, without our locks, which hold nothing.
    pub(crate) fn files(&self) -> Snapshot {
        let mut found = self.snapshot();
        let is_lock = |path: &Path| path.components().any(|part| part.as_os_str() == ".sso-locks");
        found.retain(|path, (_, content)| content.is_some() && !is_lock(path));
        found
    }

    /// The names of the files in a folder below HOME, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.home().join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The temp files in both caches, sorted.
    pub(crate) fn temps(&self) -> Vec<String> {
        let mut names = [self.names(".aws/sso/cache"), self.names(".aws/cli/cache")].concat();
        names.retain(|name| name.ends_with(".tmp"));
        names
    }
}

pub(super) fn collect(folder: &Path, found: &mut Snapshot) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, meta) = (entry.path(), entry.metadata().expect("it was there a moment ago"));
        let content = meta.is_file().then(|| std::fs::read(&path).unwrap_or_default());
        found.insert(path.clone(), (meta.permissions().mode() & 0o7777, content));
        if meta.is_dir() {
            collect(&path, found);
        }
    }
}

/// An instant as the AWS CLI writes it.
pub(crate) fn in_minutes(minutes: i64) -> String {
    in_seconds(minutes * 60)
}

/// The same, to the second.
pub(crate) fn in_seconds(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
