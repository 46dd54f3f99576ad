//! S02 to S05: secrets that lie about, locks that nobody lets go of, full disks, Windows.

use super::files::{holds_secrets, open};
use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::{Kind, Probe};
use sso_config::Platform;
use std::path::Path;

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::S02, secrets_lie_about),
    Check::disk(Code::S03, stopped_holder),
    Check::disk(Code::S04, disk_full),
    Check::disk(Code::S05, windows),
];

/// Variables that may hold a proxy's password.
const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

fn secrets_lie_about(probe: &Probe) -> Vec<Finding> {
    let mut found = Vec::new();
    let bytes = probe.config.credentials.as_ref().ok().and_then(|file| file.bytes.as_deref());
    let credentials = probe.files.credentials.as_ref();
    if let Some(file) = credentials.filter(|file| file.kind == Kind::File && file.mode & 0o077 != 0)
        && holds_secrets(bytes)
    {
        let headline =
            format!("The secret keys in {} can be read by other users.", probe.voice.path(&file.path));
        let one = open(probe, file, Code::S02, Severity::Warning, headline, 0o600);
        found.push(one.seen("if others use this machine, change the keys, too"));
    }
    let has_password = |name: &&str| probe.env.text(name).is_some_and(|value| has_password(&value));
    let variables: Vec<&str> = PROXIES.into_iter().filter(has_password).collect();
    if !variables.is_empty() {
        let names = variables.join(", ");
        let headline = format!("{names} {} a password.", if variables.len() == 1 { "holds" } else { "hold" });
        found.push(
            Finding::new(Code::S02, Severity::Info, headline)
                .at(names)
                .seen("every program that is started from here sees it")
                .remedy("keep it from shell files that others can read, or let a local proxy know it"),
        );
    }
    found
}

/// `http://user:password@host`, or the same without a scheme.
fn has_password(proxy: &str) -> bool {
    let rest = proxy.split_once("://").map_or(proxy, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
}

fn stopped_holder(probe: &Probe) -> Vec<Finding> {
    let session = probe.cache.session.as_ref();
    let own = session.map(|session| session.lock_path.as_path());
    let role = session.and_then(|session| session.role.as_ref()).map(|role| role.lock_path.as_path());
    let config = probe.files.config.as_ref().and_then(|config| config.path.file_name());
    let found = probe.stopped.iter().map(|holder| {
        let path = holder.path.as_path();
        let is_config = holder.path.file_stem() == config;
        let severity = match () {
            () if Some(path) == own || Some(path) == role || is_config => Severity::Error,
            () => Severity::Warning,
        };
        let what = match () {
            () if is_config => "of the config file",
            () if Some(path) == own => "of the session",
            () if Some(path) == role => "of the role's credentials",
            () => "of another session or role",
        };
        let pid = holder.pid;
        let headline = format!("The process {pid} ({}) is stopped and holds the lock {what}.", holder.name);
        Finding::new(Code::S03, severity, headline)
            .at(probe.voice.path(path))
            .seen("whoever needs the lock waits for it in vain")
            .remedy(format!("kill -CONT {pid}, or kill -KILL {pid}"))
    });
    found.collect()
}

/// What a token needs while it is replaced.
const NEEDED: u64 = 128 * 1024;
/// With less other programs soon fill the rest.
const SCARCE: u64 = 8 * 1024 * 1024;

fn disk_full(probe: &Probe) -> Vec<Finding> {
    let mut found = Vec::new();
    for disk in &probe.files.disks {
        let free = disk.free.unwrap_or(u64::MAX);
        let (severity, headline) = match () {
            () if disk.no_more_files => {
                (Severity::Error, "No further file can be made on the disk of the cache.")
            }
            () if free < NEEDED => (Severity::Error, "The disk of the cache is full."),
            () if free < SCARCE => (Severity::Warning, "The disk of the cache is almost full."),
            () => continue,
        };
        let path = probe.voice.path(&disk.path);
        let one = Finding::new(Code::S04, severity, headline).at(path);
        let one =
            disk.free.into_iter().fold(one, |one, free| one.seen(format!("{} KiB are free", free / 1024)));
        let name = crate::explain::quote(&disk.path.to_string_lossy());
        let option = if disk.no_more_files { "-i" } else { "-h" };
        found.push(one.remedy(format!("free some space: df {option} {name}")));
    }
    found
}

/// What a path may have on Windows without special care.
const LONGEST_PATH: usize = 259;
/// What a temp file's name has more than that of the file it replaces.
const TEMP: usize = 25;

fn windows(probe: &Probe) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Ok(set) = &probe.config.set {
        let of = probe.config.subject.profile.as_ref().map(|name| name.as_str());
        for section in set.profiles() {
            let Some(command) = section.text("credential_process") else { continue };
            let Some((program, rest)) = split_program(&command.value) else { continue };
            let severity = if of == Some(section.name()) { Severity::Error } else { Severity::Warning };
            let headline = format!(
                "The path in credential_process of \"{}\" has a space and no quotes, so it is split there.",
                section.name()
            );
            found.push(
                Finding::new(Code::S05, severity, headline)
                    .at(probe.voice.origin(&command.origin))
                    .remedy(format!("credential_process = \"{program}\"{rest}")),
            );
        }
    }
    let longest = probe.cache.session.as_ref().map(|session| session.token_path.as_path());
    if let Some(path) = longest.filter(|path| probe.env.platform() == Platform::Windows && too_long(path)) {
        found.push(
            Finding::new(
                Code::S05,
                Severity::Warning,
                "The paths of the cache are longer than Windows allows.",
            )
            .at(probe.voice.path(path))
            .seen(format!("at most {LONGEST_PATH} characters, unless long paths are switched on"))
            .remedy("set HOME to a directory with a shorter path"),
        );
    }
    found
}

fn too_long(path: &Path) -> bool {
    path.to_string_lossy().encode_utf16().count() + TEMP > LONGEST_PATH
}

/// A program of Windows whose path has a space and no quotes, and what follows it: `C:\Program Files\sso\sso.exe`, ` login`.
fn split_program(command: &str) -> Option<(&str, &str)> {
    let mut start = command.chars();
    let drive = start.next().is_some_and(|letter| letter.is_ascii_alphabetic());
    if !drive || start.next() != Some(':') || !matches!(start.next(), Some('\\' | '/')) {
        return None;
    }
    let lower = command.to_ascii_lowercase();
    let ends = [".exe", ".cmd", ".bat", ".com", ".ps1"]
        .iter()
        .filter_map(|ending| Some(lower.find(ending)? + ending.len()));
    let (program, rest) = command.split_at_checked(ends.min()?)?;
    let whole = rest.is_empty() || rest.starts_with([' ', '\t']);
    (whole && program.contains([' ', '\t'])).then_some((program, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::Disk;
    use crate::doctor::probe::tests::probe;

    #[test]
    fn programs_that_would_be_split() {
        for (command, split) in [
            (
                r"C:\Program Files\sso\sso.exe credential-process",
                Some((r"C:\Program Files\sso\sso.exe", " credential-process")),
            ),
            (r"c:/my tools/get.cmd", Some(("c:/my tools/get.cmd", ""))),
            (r#""C:\Program Files\sso\sso.exe" credential-process"#, None),
            (r"C:\sso\sso.exe --file C:\My Files\x.exe", None),
            ("/usr/bin/sso credential-process", None),
            ("sso credential-process --profile C:\\a b.exe", None),
            (r"C:\Program Files\sso\sso", None),
            ("", None),
        ] {
            assert_eq!(split_program(command), split, "{command}");
        }
    }

    #[test]
    fn passwords_of_proxies() {
        for (proxy, has) in [
            ("http://ann:secret@proxy:3128", true),
            ("ann:secret@proxy:3128", true),
            ("http://ann@proxy:3128", false),
            ("http://ann:@proxy", false),
            ("http://proxy:3128/x:y@z", false),
            ("socks5h://a:b@127.0.0.1:1080", true),
            ("", false),
        ] {
            assert_eq!(has_password(proxy), has, "{proxy}");
        }
    }

    #[test]
    fn little_space_and_none() {
        for (free, no_more_files, expected) in [
            (None, false, None),
            (Some(1 << 40), false, None),
            (Some(1 << 40), true, Some(Severity::Error)),
            (Some(1 << 20), false, Some(Severity::Warning)),
            (Some(0), false, Some(Severity::Error)),
        ] {
            let mut facts = probe();
            facts.files.disks = vec![Disk { path: "/home".into(), kind: None, free, no_more_files }];
            let found = disk_full(&facts);
            assert_eq!(found.first().map(|found| found.severity), expected, "{free:?} {no_more_files}");
        }
    }

    #[test]
    fn long_paths_count_in_utf_16() {
        let path = |length: usize| std::path::PathBuf::from("é".repeat(length));
        assert!(!too_long(&path(234)) && too_long(&path(235)));
    }
}
