//! `FileStore`: the ports of `sso-core` over the AWS CLI's own files.

use crate::change::{Change, TokenChange};
use crate::lock_note::{Note, holder};
use crate::orphans::{sweep_dead, sweep_dir};
use crate::read::{Content, aws_dir_of, read};
use crate::scan::{CacheEntry, classify_cli, classify_sso, scan};
use crate::{
    assumed_role_file_name, registration_file, registration_file_name, role_file_name, token_file,
    token_file_name,
};
use sso_core::{
    AssumeRoleKey, ClientRegistration, Damage, FailedRefresh, Holder, Lookup, RegistrationKey,
    RegistrationStore, RoleKey, StoreError, StoreOperation, Timestamp, TokenKey, TokenSet, TokenStore,
    TokenTxn,
};
use sso_fs::{Guard, Pending, replace, try_lock_anywhere};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the caches are. No variable moves them: they are always below the home directory.
///
/// Source: `SSO_TOKEN_DIR` in `awscli/customizations/sso/utils.py` and `CACHE_DIR` in `awscli/customizations/assumerole.py`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheDirs {
    /// `~/.aws/sso/cache`: tokens and client registrations.
    pub sso: PathBuf,
    /// `~/.aws/cli/cache`: role credentials.
    pub cli: PathBuf,
}

impl CacheDirs {
    /// The directories below a home directory.
    #[must_use]
    pub fn below(home: &Path) -> Self {
        let aws = home.join(".aws");
        Self { sso: aws.join("sso").join("cache"), cli: aws.join("cli").join("cache") }
    }
}

/// Tokens, registrations and role credentials in the AWS CLI's own files.
#[derive(Clone, Debug)]
pub struct FileStore {
    dirs: CacheDirs,
    pub(crate) wait: Wait,
    local_locks: Option<PathBuf>,
}

/// How a torn file is waited for.
pub(crate) type Wait = fn(Duration);

/// Other tools write in place: a reader in between sees nothing or a half. Read so often again, 250 ms in all.
const AGAIN: [Duration; 6] = [
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(20),
    Duration::from_millis(40),
    Duration::from_millis(75),
    Duration::from_millis(100),
];

impl FileStore {
    /// Names the directories. Nothing is read or made before it is needed. A file that somebody is writing just now is waited
    /// for up to 250 ms, which blocks the thread.
    #[must_use]
    pub fn open(dirs: CacheDirs) -> Self {
        Self::open_with(dirs, std::thread::park_timeout)
    }

    /// The same with another way to wait for a file that somebody is writing just now: called up to six times a read, with how
    /// long. Also used, up to 750 ms, before a change where there are no locks at all.
    #[must_use]
    pub fn open_with(dirs: CacheDirs, wait: fn(Duration)) -> Self {
        Self { dirs, wait, local_locks: None }
    }

    /// Where locks are when the file system of the caches knows none: a directory of this host and of this user alone,
    /// made if it is missing. If it is somebody else's it is not used.
    #[must_use]
    pub fn with_local_locks(self, dir: Option<PathBuf>) -> Self {
        Self { local_locks: dir, ..self }
    }

    /// The file of a token, whether it exists or not.
    #[must_use]
    pub fn token_path(&self, key: &TokenKey) -> PathBuf {
        self.dirs.sso.join(token_file_name(key))
    }

    /// The file of a client registration, whether it exists or not.
    #[must_use]
    pub fn registration_path(&self, key: &RegistrationKey) -> PathBuf {
        self.dirs.sso.join(registration_file_name(key))
    }

    /// The file of role credentials, whether it exists or not.
    #[must_use]
    pub fn role_path(&self, key: &RoleKey) -> PathBuf {
        self.dirs.cli.join(role_file_name(key))
    }

    /// The file of an assumed role's credentials, whether it exists or not.
    #[must_use]
    pub fn assumed_role_path(&self, key: &AssumeRoleKey) -> PathBuf {
        self.dirs.cli.join(assumed_role_file_name(key))
    }

    /// The `*.json` files of both caches, without their secrets.
    ///
    /// # Errors
    /// [`StoreOperation::Read`]: a directory is there and cannot be listed.
    pub fn entries(&self) -> Result<Vec<CacheEntry>, StoreError> {
        let mut entries =
            scan(&self.dirs.sso, classify_sso).map_err(failed(StoreOperation::Read, &self.dirs.sso))?;
        entries.extend(
            scan(&self.dirs.cli, classify_cli).map_err(failed(StoreOperation::Read, &self.dirs.cli))?,
        );
        Ok(entries)
    }

    /// The whole token in one file of the SSO cache, for ending a session that no configuration names.
    ///
    /// # Errors
    /// [`StoreOperation::Read`]: the file is there and cannot be read.
    pub fn load_token_file(&self, path: &Path) -> Result<Lookup<TokenSet>, StoreError> {
        load(path, self.wait, |bytes| token_file::parse(bytes).map(|file| file.token))
    }

    /// Removes one file of a cache directory; tells whether it was there.
    ///
    /// # Errors
    /// [`StoreOperation::Remove`]: it is there and cannot be removed.
    pub fn remove_file(&self, path: &Path) -> Result<bool, StoreError> {
        remove(path)
    }

    /// Removes the temp files that killed processes left in both caches; tells how many. What somebody is saving at the
    /// moment stays, and so do other tools' files.
    pub fn sweep_orphans(&self) -> usize {
        let dirs = [&self.dirs.sso, &self.dirs.cli];
        dirs.into_iter().map(|cache| sweep_dir(cache, &locks_beside(cache))).sum()
    }

    /// The lock of a token, whether it exists or not: `.sso-locks` beside the cache, the file's name with `.lock` for `.json`.
    #[must_use]
    pub fn lock_path(&self, key: &TokenKey) -> PathBuf {
        lock_of(&self.token_path(key))
    }

    /// The lock of role credentials, whether it exists or not; named as that of a token.
    #[must_use]
    pub fn role_lock_path(&self, key: &RoleKey) -> PathBuf {
        lock_of(&self.role_path(key))
    }

    /// Takes a lock, by the rules for whatever file system it is on.
    pub(crate) fn try_lock(&self, path: &Path) -> Result<Option<Guard>, StoreError> {
        try_lock_anywhere(path, aws_dir_of(path), self.local_locks.as_deref())
            .map_err(failed(StoreOperation::Lock, path))
    }
}

impl TokenStore for FileStore {
    fn load(&self, key: &TokenKey) -> Result<Lookup<TokenSet>, StoreError> {
        self.load_token_file(&self.token_path(key))
    }

    fn written_at(&self, key: &TokenKey) -> Option<Timestamp> {
        let at = self.token_path(key).metadata().and_then(|found| found.modified()).ok()?;
        Timestamp::try_from(at).ok()
    }

    fn holder(&self, key: &TokenKey) -> Option<Holder> {
        holder(&self.lock_path(key))
    }

    fn failed_refresh(&self, key: &TokenKey) -> Option<FailedRefresh> {
        Note::of(&self.lock_path(key))?.failed
    }

    fn try_begin(&self, key: &TokenKey) -> Result<Option<Box<dyn TokenTxn>>, StoreError> {
        let change = Change::begin(self, self.token_path(key), &self.lock_path(key))?;
        Ok(change.map(|change| Box::new(TokenChange::of(change)) as Box<dyn TokenTxn>))
    }
}

impl RegistrationStore for FileStore {
    fn load_registration(&self, key: &RegistrationKey) -> Result<Lookup<ClientRegistration>, StoreError> {
        load(&self.registration_path(key), self.wait, registration_file::parse)
    }

    fn save_registration(
        &self,
        key: &RegistrationKey,
        registration: &ClientRegistration,
    ) -> Result<(), StoreError> {
        save(&self.registration_path(key), &registration_file::render(registration))
    }

    fn remove_registration(&self, key: &RegistrationKey) -> Result<bool, StoreError> {
        remove(&self.registration_path(key))
    }
}

/// The lock of a file of a cache directory.
pub(crate) fn lock_of(path: &Path) -> PathBuf {
    let locks = locks_beside(path.parent().unwrap_or(Path::new(".")));
    locks.join(path.file_name().unwrap_or_default()).with_extension("lock")
}

/// Where the locks of a cache directory are.
fn locks_beside(cache: &Path) -> PathBuf {
    cache.parent().unwrap_or(cache).join(".sso-locks")
}

/// A new file, the person's whose `~/.aws` it is even where root makes it (E9).
pub(crate) fn create(path: &Path) -> io::Result<Pending> {
    Pending::create(path, aws_dir_of(path))
}

pub(crate) fn load<T>(
    path: &Path,
    wait: Wait,
    parse: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<Lookup<T>, StoreError> {
    let damaged = |reason| Lookup::Damaged(Damage { path: path.to_owned(), reason });
    Ok(match read_whole(path, wait).map_err(failed(StoreOperation::Read, path))? {
        Content::Absent => Lookup::Absent,
        Content::Refused(reason) => damaged(reason),
        Content::Bytes(bytes) => parse(&bytes).map_or_else(damaged, Lookup::Found),
    })
}

/// Reads again while the file is torn (catalogue E5).
fn read_whole(path: &Path, wait: Wait) -> io::Result<Content> {
    let torn = |content: &Content| matches!(content, Content::Bytes(bytes) if token_file::is_torn(bytes));
    let mut content = read(path)?;
    for pause in AGAIN {
        if !torn(&content) {
            break;
        }
        wait(pause);
        content = read(path)?;
    }
    Ok(content)
}

fn save(path: &Path, text: &str) -> Result<(), StoreError> {
    sweep_dead(path);
    replace(path, text.as_bytes(), aws_dir_of(path)).map_err(failed(StoreOperation::Write, path))
}

pub(crate) fn remove(path: &Path) -> Result<bool, StoreError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(StoreOperation::Remove, path)(error)),
    }
}

pub(crate) fn failed(operation: StoreOperation, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError { operation, path, source: Box::new(source) }
}
