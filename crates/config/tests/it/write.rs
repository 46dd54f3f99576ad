//! Writing: links, modes, locks, what is in the way, and a kill at any moment.

use crate::support::put;
use sso_config::{ConfigEdit, ConfigError, EditError, NotAFile, SectionName, WriteStep, write_config};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn set(value: &str) -> ConfigEdit {
    ConfigEdit::new().set(SectionName::profile("default"), "region", value)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

/// A config file in a home directory.
fn home(text: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join(".aws").join("config");
    put(&path, text);
    (home, path)
}

/// What lies in a directory, but for the locks.
fn listing(dir: &Path) -> Vec<String> {
    let names = dir.read_dir().expect("a directory").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.retain(|name| name != ".sso-locks");
    names.sort();
    names
}

#[test]
fn a_missing_file_is_made_with_its_directories() {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join(".aws").join("config");
    let written = write_config(&path, &set("a"), Some(b"")).expect("written");
    assert!(written.changed);
    assert_eq!(read(&path), "[default]\nregion = a\n");
    assert_eq!(listing(path.parent().expect("a parent")), ["config"]);
    assert!(home.path().join(".aws/.sso-locks/config.lock").exists());
}

#[test]
fn an_edit_that_changes_nothing_leaves_no_trace() {
    let empty = tempfile::tempdir().expect("a directory");
    let nothing = ConfigEdit::new().unset(SectionName::profile("a"), "k");
    assert!(!write_config(&empty.path().join(".aws/config"), &nothing, None).expect("fine").changed);
    assert_eq!(listing(empty.path()), [""; 0]);
    let (home, path) = home("[default]\nregion=a");
    assert!(!write_config(&path, &set("a"), None).expect("fine").changed);
    assert_eq!(read(&path), "[default]\nregion=a");
    assert!(!home.path().join(".aws/.sso-locks").exists());
}

#[test]
fn what_a_person_was_not_shown_is_not_changed() {
    let (_home, path) = home("[default]\nregion = theirs\n");
    let error = write_config(&path, &set("b"), Some(b"[default]\nregion = a\n")).expect_err("refused");
    assert!(matches!(error, EditError::ChangedMeanwhile { .. }), "{error:?}");
    assert_eq!(read(&path), "[default]\nregion = theirs\n");
    let _ = write_config(&path, &set("b"), Some(b"[default]\nregion = theirs\n")).expect("written");
    assert_eq!(read(&path), "[default]\nregion = b\n");
}

#[test]
fn an_invalid_file_stays_as_it_is() {
    let (_home, path) = home("[default]\nregion\n");
    let error = write_config(&path, &set("b"), None).expect_err("refused");
    assert!(matches!(error, EditError::Config(ConfigError::Syntax { .. })), "{error:?}");
    assert_eq!(read(&path), "[default]\nregion\n");
}

#[test]
fn something_else_in_the_place_of_the_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let error = write_config(dir.path(), &set("b"), None).expect_err("a directory");
    assert!(matches!(error, EditError::Config(ConfigError::NotAFile { kind: NotAFile::Directory, .. })));
    put(&dir.path().join("file"), "");
    let error =
        write_config(&dir.path().join("file").join("config"), &set("b"), None).expect_err("below a file");
    assert!(matches!(error, EditError::Write { step: WriteStep::Lock, .. }), "{error:?}");
}

#[test]
fn orphans_of_killed_writers_are_swept() {
    let (_home, path) = home("");
    for name in [".config.12.abc.tmp", ".config.work.12.abc.tmp"] {
        put(&path.with_file_name(name), "half");
    }
    let _ = write_config(&path, &set("a"), None).expect("written");
    assert_eq!(listing(path.parent().expect("a parent")), [".config.work.12.abc.tmp", "config"]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("there").mode() & 0o7777
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changed");
    }

    #[test]
    fn modes() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join(".aws").join("config");
        let _ = write_config(&path, &set("a"), None).expect("written");
        assert_eq!((mode(&path), mode(path.parent().expect("a parent"))), (0o600, 0o700));
        for kept in [0o644, 0o640, 0o600, 0o666] {
            chmod(&path, kept);
            let _ = write_config(&path, &set(&kept.to_string()), None).expect("written");
            assert_eq!(mode(&path), kept);
        }
    }

    #[test]
    fn links_stay_and_lead_to_the_new_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let (real, link) = (dir.path().join("dotfiles/aws-config"), dir.path().join("home/.aws/config"));
        put(&real, "[default]\n");
        fs::create_dir_all(link.parent().expect("a parent")).expect("made");
        symlink("hop", &link).expect("linked");
        symlink("../../dotfiles/aws-config", link.with_file_name("hop")).expect("linked");
        let written = write_config(&link, &set("a"), None).expect("written");
        assert_eq!(written.path.canonicalize().expect("there"), real.canonicalize().expect("there"));
        assert!(link.is_symlink() && link.with_file_name("hop").is_symlink());
        assert_eq!(read(&real), "[default]\nregion = a\n");
        fs::remove_file(&real).expect("removed");
        let _ = write_config(&link, &set("b"), None).expect("a link to nothing leads to the new file");
        assert_eq!(read(&real), "[default]\nregion = b\n");
        symlink("round", link.with_file_name("round")).expect("linked");
        let error = write_config(&link.with_file_name("round"), &set("c"), None).expect_err("a circle");
        assert!(matches!(error, EditError::Write { step: WriteStep::Resolve, .. }), "{error:?}");
    }

    #[test]
    fn a_device_is_not_replaced() {
        let error = write_config(Path::new("/dev/null"), &set("a"), None).expect_err("refused");
        assert!(matches!(error, EditError::Config(ConfigError::NotAFile { kind: NotAFile::Special, .. })));
        let dir = tempfile::tempdir().expect("a directory");
        let fifo = dir.path().join("config");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
        assert!(write_config(&fifo, &set("a"), None).is_err());
        assert_eq!(listing(dir.path()), ["config"]);
    }

    /// Only root can see it: what root makes in somebody's home is that person's (E9).
    #[test]
    fn root_leaves_nothing_of_its_own_behind() {
        let home = tempfile::tempdir().expect("a directory");
        if home.path().metadata().expect("there").uid() != 0 {
            return sso_vectors::announce("files of root", "this is not root");
        }
        std::os::unix::fs::chown(home.path(), Some(1234), Some(1235)).expect("root may");
        let path = home.path().join(".aws").join("config");
        for value in ["a", "b"] {
            let _ = write_config(&path, &set(value), None).expect("written");
            for made in [".aws", ".aws/config", ".aws/.sso-locks", ".aws/.sso-locks/config.lock"] {
                let found = home.path().join(made).metadata().expect("made");
                assert_eq!((found.uid(), found.gid()), (1234, 1235), "{made}");
            }
        }
    }

    /// Root may write anywhere, so there is nothing to see for root.
    #[test]
    fn what_is_read_only_stays() {
        let (_home, path) = home("[default]\n");
        let dir = path.parent().expect("a parent").to_owned();
        for (mode_of_dir, mode_of_file) in [(0o555, 0o644), (0o755, 0o444)] {
            chmod(&path, mode_of_file);
            chmod(&dir, mode_of_dir);
            let written = write_config(&path, &set("a"), None);
            chmod(&dir, 0o755);
            match written {
                Err(EditError::Write { step: WriteStep::Lock | WriteStep::Open, source, .. }) => {
                    assert_eq!(source.kind(), ErrorKind::PermissionDenied);
                    assert_eq!(read(&path), "[default]\n");
                    assert_eq!(listing(&dir), ["config"]);
                }
                other => assert_eq!(dir.metadata().expect("there").uid(), 0, "{other:?}"),
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use std::process::Command;

    fn small_disk(dir: &Path) -> bool {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(dir).output();
        mounted.is_ok_and(|output| output.status.success())
    }

    #[test]
    fn a_full_disk_keeps_the_old_file() {
        let dir = tempfile::tempdir().expect("a directory");
        if !small_disk(dir.path()) {
            return sso_vectors::announce("a full disk", "nothing can be mounted here");
        }
        let path = dir.path().join("config");
        let old = format!("# {}\n[default]\n", "x".repeat(30_000));
        put(&path, &old);
        let error = write_config(&path, &set(&"y".repeat(20_000)), None);
        let (found, left) = (read(&path), listing(dir.path()));
        let unmounted = Command::new("umount").arg(dir.path()).status().expect("umount runs");
        assert!(unmounted.success());
        let step = matches!(error, Err(EditError::Write { step: WriteStep::Fill, ref source, .. }) if source.kind() == ErrorKind::StorageFull);
        assert!(step, "{error:?}");
        assert_eq!((found, left), (old, vec!["config".to_owned()]));
    }
}

/// Changes the file to and fro until it is killed: what the next test does when it runs itself again.
fn write_until_killed(path: &Path) {
    loop {
        for value in ["one", "two"] {
            let _ = write_config(path, &large(value), None).expect("written");
        }
    }
}

fn modified(path: &Path) -> std::time::SystemTime {
    path.metadata().and_then(|metadata| metadata.modified()).expect("there at any moment")
}

fn large(value: &str) -> ConfigEdit {
    set(value).set(SectionName::profile("last"), "region", value.repeat(30_000))
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "the child is told the file in a variable; the kill comes at a moment that nothing announces"
)]
fn killed_at_any_moment_the_file_is_the_old_or_the_new_one() {
    if let Some(path) = std::env::var_os("SSO_TEST_WRITER") {
        return write_until_killed(Path::new(&path));
    }
    let (_home, path) = home("# mine\n[default]\nregion = one\n# last words");
    let mut whole = Vec::new();
    for value in ["one", "two"] {
        let _ = write_config(&path, &large(value), None).expect("written");
        whole.push(read(&path));
    }
    let mut seen = [0_usize; 2];
    for round in 0..50_u64 {
        let mut child = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--exact",
                "write::killed_at_any_moment_the_file_is_the_old_or_the_new_one",
                "--nocapture",
            ])
            .env("SSO_TEST_WRITER", &path)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("started");
        let before = modified(&path);
        while modified(&path) == before {
            std::thread::sleep(Duration::from_micros(100));
        }
        std::thread::sleep(Duration::from_micros(round * 7_919 % 5_000));
        child.kill().expect("killed");
        let status = child.wait().expect("ended");
        assert!(!status.success());
        let found = read(&path);
        let which = whole.iter().position(|whole| *whole == found);
        let which = which.unwrap_or_else(|| panic!("torn in round {round}"));
        seen[which] += 1;
    }
    assert!(seen.iter().all(|times| *times > 0), "the kills came at different moments: {seen:?}");
    let _ = write_config(&path, &set("three"), None).expect("the lock of the killed is free");
    assert_eq!(listing(path.parent().expect("a parent")), ["config"], "no temp file is left");
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    let (_home, path) = home("");
    std::thread::scope(|scope| {
        for number in 0..16 {
            let path = &path;
            scope.spawn(move || {
                let edit = ConfigEdit::new().set(SectionName::profile(format!("p{number}")), "k", "v");
                let _ = write_config(path, &edit, None).expect("written");
            });
        }
    });
    let text = read(&path);
    assert!((0..16).all(|number| text.contains(&format!("[profile p{number}]\nk = v\n"))), "{text}");
}
