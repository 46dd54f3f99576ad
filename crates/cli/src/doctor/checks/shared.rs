//! T15: caches on network file systems and in folders that are synchronised.

use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::{Disk, Probe};
use std::path::{Component, Path};

/// File systems that other hosts see.
const SHARES: [&str; 14] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "lustre",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.glusterfs",
    "fuse.davfs2",
];

/// T15.
pub(super) fn check(probe: &Probe) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for disk in &probe.files.disks {
        let Some(what) = share(disk) else { continue };
        let path = probe.voice.path(&disk.path);
        let headline = format!("The cache lies {what}.");
        let one = Finding::new(Code::T15, Severity::Warning, headline.clone())
            .at(path)
            .seen("locks may not hold there, and tokens leave this machine")
            .remedy("move ~/.aws to a local disk, or set HOME to a directory on one");
        if !found.iter().any(|known| known.headline == headline) {
            found.push(one);
        }
    }
    found
}

fn share(disk: &Disk) -> Option<String> {
    if let Some(cloud) = cloud(&disk.path) {
        return Some(format!("in a folder that {cloud} synchronises"));
    }
    let kind = disk.kind.as_deref().filter(|_| disk.is(&SHARES))?;
    Some(format!("on a file system that other hosts see ({kind})"))
}

/// Whose folder a path leads through.
fn cloud(path: &Path) -> Option<&'static str> {
    let names: Vec<String> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let pair = |a: &str, b: &str| names.windows(2).any(|pair| matches!(pair, [x, y] if x == a && y == b));
    // `Dropbox`, `Dropbox (Personal)`, `OneDrive - Company`, `GoogleDrive-ann@example.com`.
    let named = |cloud: &str| {
        names.iter().filter_map(|name| name.strip_prefix(cloud)).any(|rest| {
            rest.is_empty() || rest.starts_with(" (") || rest.starts_with(" - ") || rest.starts_with('-')
        })
    };
    match () {
        () if pair("Library", "Mobile Documents") || named("iCloudDrive") => Some("iCloud"),
        () if named("OneDrive") => Some("OneDrive"),
        () if named("Dropbox") => Some("Dropbox"),
        () if named("Google Drive") || named("GoogleDrive") => Some("Google Drive"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::tests::probe;
    use std::path::PathBuf;

    #[test]
    fn shares_and_synchronised_folders() {
        for (path, kind, said) in [
            ("/home/ann/.aws/sso/cache", Some("ext4"), None),
            ("/home/ann/.aws/sso/cache", None, None),
            ("/home/ann/.aws", Some("nfs4"), Some("(nfs4)")),
            ("/mnt/c/Users/ann/.aws", Some("9p"), Some("(9p)")),
            ("/home/ann/.aws", Some("fuse.sshfs"), Some("(fuse.sshfs)")),
            ("/home/ann/.aws", Some("fuse.gocryptfs"), None),
            ("/home/ann/Dropbox/aws/sso", Some("ext4"), Some("Dropbox")),
            ("/Users/ann/Dropbox (Personal)/aws", None, Some("Dropbox")),
            ("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/aws", None, Some("iCloud")),
            ("/mnt/c/Users/ann/OneDrive - ACME/.aws", Some("9p"), Some("OneDrive")),
            ("/Users/ann/Library/CloudStorage/GoogleDrive-ann@example.com/My Drive", None, Some("Google")),
            ("/home/ann/DropboxTools/.aws", Some("ext4"), None),
            ("/home/ann/Library/.aws", Some("ext4"), None),
        ] {
            let mut facts = probe();
            let kind = kind.map(str::to_owned);
            facts.files.disks =
                vec![Disk { path: PathBuf::from(path), kind, free: None, no_more_files: false }];
            let found = check(&facts);
            assert_eq!(found.len(), usize::from(said.is_some()), "{path}");
            let headline = found.first().map(|found| found.headline.as_str()).unwrap_or_default();
            assert!(headline.contains(said.unwrap_or_default()), "{path}: {headline}");
        }
    }
}
