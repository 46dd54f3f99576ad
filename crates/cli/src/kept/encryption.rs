//! Whether the disk below a directory is encrypted, as far as the system says so for certain. What it does not say is not known:
//! a drive or a host may encrypt by itself, and nobody here can tell.

use serde::Serialize;
use std::path::Path;

/// How a disk is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "DiskEncryption"))]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems do not tell"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encryption {
    /// The block device, or all that it consists of.
    DmCrypt,
    /// The directory, by its file system.
    Fscrypt,
}

impl Encryption {
    fn name(self) -> &'static str {
        match self {
            Self::DmCrypt => "dm-crypt",
            Self::Fscrypt => "fscrypt",
        }
    }
}

/// How a directory's disk is encrypted; `None`: not known.
pub(crate) fn of(dir: &Path) -> Option<Encryption> {
    let there = dir.ancestors().find(|dir| dir.is_dir())?;
    native::of(there)
}

/// The end of a sentence on a directory.
pub(crate) fn words(found: Option<Encryption>) -> String {
    match found {
        Some(how) => format!("its disk is encrypted ({})", how.name()),
        None => "whether its disk is encrypted is not known".to_owned(),
    }
}

#[cfg(target_os = "linux")]
mod native {
    use super::{Encryption, Path};
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, major, minor, statx};
    use std::os::unix::fs::MetadataExt as _;

    pub(super) fn of(dir: &Path) -> Option<Encryption> {
        let own = statx(CWD, dir, AtFlags::empty(), StatxFlags::BASIC_STATS).ok();
        if own.is_some_and(|found| found.stx_attributes.contains(StatxAttributes::ENCRYPTED)) {
            return Some(Encryption::Fscrypt);
        }
        let device = device(dir)?;
        let name = format!("{}:{}", major(device), minor(device));
        super::on_dm_crypt(Path::new("/sys/dev/block"), &name, 0).then_some(Encryption::DmCrypt)
    }

    /// The block device; of file systems with a number of their own (btrfs) the one that the table of mounts names.
    fn device(dir: &Path) -> Option<u64> {
        let device = dir.metadata().ok()?.dev();
        if major(device) != 0 {
            return Some(device);
        }
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
        let name = format!("{}:{}", major(device), minor(device));
        let source = super::source_of(&mounts, &name)?;
        Path::new(source).metadata().ok().map(|found| found.rdev()).filter(|device| *device != 0)
    }
}

#[cfg(not(target_os = "linux"))]
mod native {
    use super::{Encryption, Path};

    pub(super) fn of(_: &Path) -> Option<Encryption> {
        None
    }
}

/// Whether all that a device consists of is dm-crypt, by the kernel's own names: LVM or RAID on LUKS counts, LUKS beside a plain
/// disk does not.
#[cfg(any(target_os = "linux", test))]
fn on_dm_crypt(devices: &Path, name: &str, depth: u8) -> bool {
    let device = devices.join(name);
    let uuid = std::fs::read_to_string(device.join("dm/uuid")).unwrap_or_default();
    if uuid.starts_with("CRYPT-") {
        return true;
    }
    let slaves = device.join("slaves").read_dir().into_iter().flatten().flatten();
    let below: Vec<bool> = slaves
        .map(|slave| {
            let name = std::fs::read_to_string(slave.path().join("dev")).unwrap_or_default();
            // Deeper than any real pile.
            depth < 8 && !name.trim().is_empty() && on_dm_crypt(devices, name.trim(), depth + 1)
        })
        .collect();
    !below.is_empty() && below.into_iter().all(|crypted| crypted)
}

/// The block device that a file system is mounted from, by the kernel's table of mounts.
#[cfg(any(target_os = "linux", test))]
fn source_of<'t>(mounts: &'t str, device: &str) -> Option<&'t str> {
    mounts.lines().find_map(|line| {
        let (place, system) = line.split_once(" - ")?;
        let here = place.split(' ').nth(2)? == device;
        system.split(' ').nth(1).filter(|source| here && source.starts_with("/dev/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line a device: its number, what device mapper calls it (`-`: it is none), and what it is made of.
    fn sys(devices: &[&str]) -> tempfile::TempDir {
        let sys = tempfile::tempdir().expect("a directory");
        let put = |name: &str, text: &str| {
            let path = sys.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            sso_fs::replace(&path, text.as_bytes(), None).expect("written");
        };
        for device in devices {
            let mut words = device.split(' ');
            let (name, uuid) = (words.next().expect("a name"), words.next().expect("an id"));
            put(&format!("{name}/dev"), name);
            if uuid != "-" {
                put(&format!("{name}/dm/uuid"), &format!("{uuid}\n"));
            }
            words.for_each(|slave| put(&format!("{name}/slaves/x{slave}/dev"), &format!("{slave}\n")));
        }
        sys
    }

    #[test]
    fn only_what_the_kernel_calls_so_is_encrypted() {
        for (devices, encrypted) in [
            (&["8:1 -"] as &[&str], false),
            (&["253:0 CRYPT-LUKS2-0123-root 8:1"], true),
            (&["253:1 LVM-abc 253:0", "253:0 CRYPT-LUKS2-0123-root 8:1"], true),
            (&["253:1 LVM-abc 8:1", "8:1 -"], false),
            // A volume over an encrypted and a plain disk, and over two encrypted ones.
            (&["9:0 - 253:0 8:2", "253:0 CRYPT-LUKS1-0 8:1", "8:2 -"], false),
            (&["9:0 - 253:0 253:1", "253:0 CRYPT-LUKS1-0 8:1", "253:1 CRYPT-PLAIN-1 8:2"], true),
            // No end.
            (&["9:0 - 9:0"], false),
        ] {
            let first = devices[0].split(' ').next().expect("a name");
            assert_eq!(on_dm_crypt(sys(devices).path(), first, 0), encrypted, "{devices:?}");
        }
        assert!(!on_dm_crypt(Path::new("/nonexistent"), "8:1", 0));
    }

    #[test]
    fn the_device_of_a_file_system_with_a_number_of_its_own() {
        let table = "22 1 254:0 / / rw - ext4 /dev/vda rw\n\
                     30 22 0:44 / /home rw shared:7 - btrfs /dev/mapper/home rw\n\
                     31 22 0:45 / /nas rw - nfs4 nas:/home rw\n32 22 0:46 / /tmp rw - tmpfs tmpfs rw\nrubbish\n";
        for (device, source) in [
            ("0:44", Some("/dev/mapper/home")),
            ("254:0", Some("/dev/vda")),
            ("0:45", None),
            ("0:46", None),
            ("0:9", None),
        ] {
            assert_eq!(source_of(table, device), source, "{device}");
        }
    }
}
