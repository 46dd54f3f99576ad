//! The files of a package: in a folder, and as an archive that is the same to the byte whoever packs it, and when.

use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use tar::{Builder, EntryType, Header};

/// One file.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    Program(Vec<u8>),
    Text(Vec<u8>),
}

impl Item {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Program(bytes) | Self::Text(bytes) => bytes,
        }
    }

    fn mode(&self) -> u32 {
        match self {
            Self::Program(_) => 0o755,
            Self::Text(_) => 0o644,
        }
    }
}

/// The files by their paths, with `/` between, in the order of their names.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Files(BTreeMap<String, Item>);

impl Files {
    pub(super) fn add(&mut self, path: &str, item: Item) {
        self.0.insert(path.to_owned(), item);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.0.iter().map(|(path, item)| (path.as_str(), item))
    }

    /// Into a folder, which then holds nothing else: a page of a command that is no more would stay.
    pub(super) fn write(&self, folder: &Path) -> Result<(), String> {
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        for (path, item) in self.iter() {
            let file = folder.join(path);
            let written = std::fs::create_dir_all(file.parent().unwrap_or(folder))
                .and_then(|()| std::fs::write(&file, item.bytes()))
                .and_then(|()| set_mode(&file, item.mode()));
            written.map_err(|error| format!("{}: {error}", file.display()))?;
        }
        Ok(())
    }

    /// As a .tar.gz, below one folder: sorted, nobody's, and all of one time.
    pub(super) fn pack(&self, folder: &str, time: u64) -> io::Result<Vec<u8>> {
        // The stream itself says neither when nor on what system it was packed.
        let stream = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
        let mut archive = Builder::new(stream);
        let mut folders = BTreeSet::new();
        for (path, item) in self.iter() {
            let path = format!("{folder}/{path}");
            for (end, _) in path.match_indices('/') {
                let above = path.get(..=end).unwrap_or_default();
                if folders.insert(above.to_owned()) {
                    let mut header = header(EntryType::Directory, 0o755, time);
                    archive.append_data(&mut header, above, io::empty())?;
                }
            }
            let mut header = header(EntryType::Regular, item.mode(), time);
            header.set_size(item.bytes().len() as u64);
            archive.append_data(&mut header, path, item.bytes())?;
        }
        archive.into_inner()?.finish()
    }
}

fn header(kind: EntryType, mode: u32, time: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_mtime(time);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(0);
    header
}

#[cfg(unix)]
fn set_mode(file: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// In lower case hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    const TIME: u64 = 1_795_000_000;

    /// The same files, added in one order or the other.
    fn files(reversed: bool) -> Files {
        let mut all = vec![
            ("sso", Item::Program(vec![0x7f; 100_000])),
            ("man/sso.1", Item::Text(b".TH SSO 1\n".to_vec())),
            ("man/sso-login.1", Item::Text(b".TH SSO-LOGIN 1\n".to_vec())),
            ("README", Item::Text(b"sso\n".to_vec())),
        ];
        if reversed {
            all.reverse();
        }
        let mut files = Files::default();
        all.into_iter().for_each(|(path, item)| files.add(path, item));
        files
    }

    #[test]
    fn the_archive_lists_everything_sorted_and_of_nobody() {
        let packed = files(false).pack("sso-1", TIME).expect("packed");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice()));
        let listed = archive.entries().expect("entries").map(|entry| {
            let mut entry = entry.expect("an entry");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("read");
            let header = entry.header();
            assert_eq!(header.mtime().expect("a time"), TIME);
            assert_eq!((header.uid().expect("an owner"), header.gid().expect("a group")), (0, 0));
            assert_eq!((header.username(), header.groupname()), (Ok(Some("")), Ok(Some(""))));
            let path = String::from_utf8(entry.path_bytes().into_owned()).expect("text");
            format!("{:04o} {path} {}", header.mode().expect("a mode"), content.len())
        });
        assert_eq!(
            listed.collect::<Vec<_>>(),
            [
                "0755 sso-1/ 0",
                "0644 sso-1/README 4",
                "0755 sso-1/man/ 0",
                "0644 sso-1/man/sso-login.1 16",
                "0644 sso-1/man/sso.1 10",
                "0755 sso-1/sso 100000",
            ]
        );
    }

    #[test]
    fn one_commit_has_one_archive() {
        let first = files(false).pack("sso-1", TIME).expect("packed");
        let second = files(true).pack("sso-1", TIME).expect("packed");
        assert_eq!(sha256(&first), sha256(&second));
        let later = files(false).pack("sso-1", TIME + 1).expect("packed");
        assert_ne!(sha256(&first), sha256(&later), "the time is in it");
    }

    #[test]
    fn the_folder_holds_what_is_in_the_package_and_no_more() {
        let dir = tempfile::tempdir().expect("a directory");
        let folder = dir.path().join("sso-1");
        std::fs::create_dir_all(folder.join("man")).expect("made");
        std::fs::write(folder.join("man/sso-gone.1"), b"old").expect("written");
        files(false).write(&folder).expect("written");
        let mut pages: Vec<_> =
            folder.join("man").read_dir().expect("listed").flatten().map(|e| e.file_name()).collect();
        pages.sort();
        assert_eq!(pages, ["sso-login.1", "sso.1"]);
        assert_eq!(std::fs::read(folder.join("README")).expect("read"), b"sso\n");
    }

    #[cfg(unix)]
    #[test]
    fn the_program_of_the_folder_can_be_run() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a directory");
        files(false).write(dir.path()).expect("written");
        let mode = |name: &str| dir.path().join(name).metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!((mode("sso"), mode("README")), (0o755, 0o644));
    }

    #[test]
    fn sums_are_those_of_sha256sum() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
