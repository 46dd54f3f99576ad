//! T12 and T13: whether the caches can be used, and who else may read them.

use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::{FileFact, FileFacts, Kind, Probe};
use crate::explain::quote;

/// T12.
pub(super) fn cannot_be_used(probe: &Probe) -> Vec<Finding> {
    let files = &probe.files;
    let Some(caches) = &files.caches else { return Vec::new() };
    let mut found: Vec<Finding> = Vec::new();
    for cache in [&caches.sso, &caches.cli] {
        let Some(parent) = cache.parent() else { continue };
        let aws = parent.parent().and_then(|aws| files.dir(aws));
        let dirs: Vec<&FileFact> = files
            .home
            .iter()
            .chain(aws)
            .chain([parent, cache].into_iter().filter_map(|dir| files.dir(dir)))
            .collect();
        // The locks have a directory beside the cache, which is made when it is first needed.
        let locks = parent.join(".sso-locks");
        let beside: Vec<&FileFact> = [parent, &locks].into_iter().filter_map(|dir| files.dir(dir)).collect();
        let blocked =
            obstacle(probe, &dirs, "the cache").or_else(|| obstacle(probe, &beside, "the lock of the cache"));
        // Both caches are below ~/.aws: what is wrong with it is said once.
        found.extend(blocked.filter(|one| !found.iter().any(|known| known.at == one.at)));
    }
    found.extend(files.entries.values().filter_map(|entry| stubborn(probe, entry)));
    let lock = probe.cache.session.as_ref().map(|session| &session.lock);
    let shut = |lock: &&FileFact| lock.kind == Kind::File && !(lock.access.read && lock.access.write);
    if let Some(lock) = lock.filter(shut) {
        let headline = format!("The lock {} cannot be opened.", probe.voice.path(&lock.path));
        found.push(mendable(probe, lock, Severity::Error, headline));
    }
    // The disk itself may be at fault: that shows only when the file is read.
    if let (true, Some(Err(told))) =
        (found.is_empty(), probe.cache.session.as_ref().map(|session| &session.token))
    {
        found.push(Finding::of(told.clone(), Severity::Error));
    }
    found
}

/// The first directory, from above, in which nothing can be made.
fn obstacle(probe: &Probe, dirs: &[&FileFact], what: &str) -> Option<Finding> {
    let mut last: Option<&FileFact> = None;
    for dir in dirs {
        match &dir.kind {
            Kind::Absent if dir.link => {
                let remedy = format!("rm {}", quote(&dir.path.to_string_lossy()));
                return Some(told(probe, dir, "is a link that leads nowhere", what).remedy(remedy));
            }
            Kind::Absent => break,
            Kind::File | Kind::Special => {
                let path = quote(&dir.path.to_string_lossy()).clone();
                let remedy = format!("it is in the way: mv {path} {path}.old");
                return Some(told(probe, dir, "is no directory", what).remedy(remedy));
            }
            Kind::Hidden(reason) => return Some(told(probe, dir, "cannot be seen", what).seen(reason)),
            Kind::Dir if !dir.access.enter => return Some(closed(probe, dir, "cannot be entered", what)),
            Kind::Dir => last = Some(dir),
        }
    }
    let last = last.filter(|dir| !dir.access.write)?;
    Some(closed(probe, last, "cannot be written", what))
}

fn told(probe: &Probe, dir: &FileFact, fault: &str, what: &str) -> Finding {
    let path = probe.voice.path(&dir.path);
    let headline = format!("{path} {fault}, so {what} cannot be used.");
    Finding::new(Code::T12, Severity::Error, headline).at(path)
}

/// A directory that we may not use: because of its mode, which can be mended, its owner, or its disk.
fn closed(probe: &Probe, dir: &FileFact, fault: &str, what: &str) -> Finding {
    let found = told(probe, dir, fault, what).seen(seen(&probe.files, dir));
    let path = quote(&dir.path.to_string_lossy());
    let owned = probe.files.user == Some(dir.uid);
    match () {
        () if owned && dir.mode & 0o300 != 0o300 => {
            let mode = dir.mode & 0o777 | 0o700;
            found.remedy(format!("chmod u+rwx {path}")).fix(Fix::Chmod { path: dir.path.clone(), mode })
        }
        () if owned => found.remedy("the disk is mounted read-only, or something else forbids it: see mount"),
        () => found.remedy(format!("make it yours: sudo chown -R \"$USER\" {path}")),
    }
}

/// `mode 0555, owned by user 0; we are user 1000`.
fn seen(files: &FileFacts, fact: &FileFact) -> String {
    match files.user {
        Some(user) => format!(
            "mode {:04o}, owned by user {} and group {}; this is user {user}",
            fact.mode, fact.uid, fact.gid
        ),
        None => "it is read-only".to_owned(),
    }
}

/// A file of a cache that we cannot read, or that its tools cannot write: they write in place.
fn stubborn(probe: &Probe, file: &FileFact) -> Option<Finding> {
    probe.files.user?;
    if file.kind != Kind::File {
        return None;
    }
    let path = probe.voice.path(&file.path);
    let of_session = probe.cache.session.as_ref().is_some_and(|session| session.has(&file.path));
    // Where nothing can be written at all, that is said of the directory.
    let dir = file.path.parent().and_then(|dir| probe.files.dir(dir));
    let in_writable = dir.is_some_and(|dir| dir.access.write);
    let home_owner = home_owner(&probe.files);
    let (severity, fault) = match () {
        () if !file.access.read && of_session => (Severity::Error, "cannot be read"),
        () if !file.access.read => (Severity::Warning, "cannot be read"),
        () if !file.access.write && in_writable => {
            (Severity::Warning, "cannot be written by tools that write in place, as the AWS CLI does")
        }
        // Root leaves something behind that the owner of the directory cannot use afterwards.
        () if home_owner.is_some_and(|owner| owner != file.uid && owner != 0) => {
            (Severity::Warning, "belongs to somebody else than the directory")
        }
        () => return None,
    };
    Some(mendable(probe, file, severity, format!("{path} {fault}.")))
}

/// A finding on a file that we may not use: its mode can be mended, its owner not.
fn mendable(probe: &Probe, file: &FileFact, severity: Severity, headline: String) -> Finding {
    let found = Finding::new(Code::T12, severity, headline)
        .at(probe.voice.path(&file.path))
        .seen(seen(&probe.files, file));
    let shell_path = quote(&file.path.to_string_lossy());
    if probe.files.user == Some(file.uid) && file.mode & 0o600 != 0o600 {
        let fix = Fix::Chmod { path: file.path.clone(), mode: 0o600 };
        return found.remedy(format!("chmod 600 {shell_path}")).fix(fix);
    }
    let owner = home_owner(&probe.files).map_or_else(|| "\"$USER\"".to_owned(), |owner| owner.to_string());
    found.remedy(format!("sudo chown {owner} {shell_path}"))
}

/// Whose `~/.aws` is.
fn home_owner(files: &FileFacts) -> Option<u32> {
    files.dirs.first().filter(|dir| dir.kind == Kind::Dir).map(|dir| dir.uid)
}

/// T13.
pub(super) fn too_open(probe: &Probe) -> Vec<Finding> {
    let files = &probe.files;
    if files.user.is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for dir in files.dirs.iter().filter(|dir| dir.kind == Kind::Dir && others_write(dir)) {
        let headline = format!("Others can put files into {}.", probe.voice.path(&dir.path));
        found.push(open(probe, dir, Code::T13, Severity::Warning, headline, 0o700));
    }
    for entry in files.entries.values().filter(|entry| is_open(entry)) {
        let headline = readable(probe, entry);
        found.push(open(probe, entry, Code::T13, Severity::Warning, headline, 0o600));
    }
    if let Some(config) = files.config.as_ref().filter(|config| is_open(config)) {
        let bytes = probe.config.config.as_ref().ok().and_then(|file| file.bytes.as_deref());
        let (severity, headline) = match () {
            () if others_write(config) => {
                let path = probe.voice.path(&config.path);
                (Severity::Warning, format!("Others can write {path}, and so choose what your tools run."))
            }
            () if holds_secrets(bytes) => (Severity::Warning, readable(probe, config)),
            () => (Severity::Info, readable(probe, config)),
        };
        // What somebody else provides for us to read, as a configuration management does, is no remark worth.
        if severity == Severity::Warning || files.ours(config) {
            found.push(open(probe, config, Code::T13, severity, headline, 0o600));
        }
    }
    let credentials = files.credentials.as_ref().filter(|file| is_open(file));
    let bytes = probe.config.credentials.as_ref().ok().and_then(|file| file.bytes.as_deref());
    // With secrets in it, it is S02.
    if let Some(file) = credentials.filter(|_| !holds_secrets(bytes)) {
        found.push(open(probe, file, Code::T13, Severity::Info, readable(probe, file), 0o600));
    }
    found
}

fn readable(probe: &Probe, file: &FileFact) -> String {
    format!("{} can be read by other users.", probe.voice.path(&file.path))
}

fn is_open(file: &FileFact) -> bool {
    file.kind == Kind::File && file.mode & 0o077 != 0
}

/// A group of the user's own, as most Linux systems make it, holds nobody else.
fn others_write(fact: &FileFact) -> bool {
    fact.mode & 0o002 != 0 || fact.mode & 0o020 != 0 && fact.gid != fact.uid
}

/// A finding on a mode, with the change of mode where it can be changed.
pub(super) fn open(
    probe: &Probe,
    fact: &FileFact,
    code: Code,
    severity: Severity,
    headline: String,
    mode: u32,
) -> Finding {
    let found = Finding::new(code, severity, headline)
        .at(probe.voice.path(&fact.path))
        .seen(format!("mode {:04o}", fact.mode));
    let path = quote(&fact.path.to_string_lossy());
    match () {
        () if !probe.files.modes_count() => {
            found.remedy("keep ~/.aws on a disk that knows modes (under WSL: in the Linux home directory)")
        }
        () if !probe.files.ours(fact) => found.remedy(format!("sudo chmod {mode:o} {path}")),
        () => {
            found.remedy(format!("chmod {mode:o} {path}")).fix(Fix::Chmod { path: fact.path.clone(), mode })
        }
    }
}

/// Whether a config or credentials file holds a secret key. Only names are looked at.
pub(super) fn holds_secrets(bytes: Option<&[u8]>) -> bool {
    let text = String::from_utf8_lossy(bytes.unwrap_or_default());
    text.lines().any(|line| {
        let key = line.split(['=', ':']).next().unwrap_or_default().trim().to_ascii_lowercase();
        line.len() > key.len() && sso_config::is_secret(&key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::Wanted;
    use crate::doctor::probe::tests::of;
    use crate::error::CliError;
    use crate::exit::Exit;

    #[test]
    fn a_disk_that_cannot_be_read_is_told_as_a_command_tells_it() {
        let home = tempfile::tempdir().expect("a home");
        let config =
            "[sso-session corp]\nsso_start_url = https://c.awsapps.com/start\nsso_region = us-east-1\n";
        sso_fs::replace(&home.path().join(".aws/config"), config.as_bytes(), None).expect("written");
        let mut facts = of(home.path(), &[], &Wanted::default());
        assert!(cannot_be_used(&facts).is_empty());
        let session = facts.cache.session.as_mut().expect("a session");
        session.token =
            Err(CliError::new(Code::T12, Exit::Disk, "Cannot read it.").cause("Input/output error"));
        let found = cannot_be_used(&facts);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].evidence, ["Input/output error"]);
    }

    #[test]
    fn secrets_are_seen_by_their_names() {
        for (text, secret) in [
            ("[a]\naws_secret_access_key = x\n", true),
            ("[a]\n  AWS_SESSION_TOKEN=x\n", true),
            ("[a]\naws_access_key_id = AKIA\n# aws_secret_access_key\n", false),
            ("", false),
        ] {
            assert_eq!(holds_secrets(Some(text.as_bytes())), secret, "{text}");
        }
    }
}
