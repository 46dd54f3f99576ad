//! Making the directories of the caches: private, and the home owner's where root makes them (catalogue E1, E9).

use std::io;
use std::path::Path;

/// Makes a directory and its missing parents one at a time (0700); what exists stays as it is.
///
/// Root in a container with a mounted home: each new directory gets the owner of `aws` (`~/.aws`) if that exists, else of
/// the nearest existing ancestor, so that the person behind the home can still use it.
pub(crate) fn create_owned_dir(dir: &Path, aws: Option<&Path>) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    let model = aws.filter(|aws| aws.exists());
    let model = model.or_else(|| missing.last().and_then(|top| top.parent()));
    for new in missing.into_iter().rev().filter(|new| !new.as_os_str().is_empty()) {
        match create_private(new) {
            Ok(()) => give_dir(new, model),
            // Somebody else was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && new.is_dir() => {}
            Err(error) => return Err(error),
        }
    }
    // A file, or a link that leads nowhere, stands where the directory should be.
    if dir.is_dir() { Ok(()) } else { create_private(dir) }
}

#[cfg(unix)]
fn create_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn create_private(dir: &Path) -> io::Result<()> {
    std::fs::create_dir(dir)
}

/// By handle and never through a link: the owner of the home could have put something else in its place.
#[cfg(unix)]
fn give_dir(new: &Path, model: Option<&Path>) {
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let model = model.map(|model| if model.as_os_str().is_empty() { Path::new(".") } else { model });
    let Some(owner) = model.and_then(|model| model.metadata().ok()).filter(|owner| owner.uid() != 0) else {
        return;
    };
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::DIRECTORY;
    let flags = flags.bits().try_into().unwrap_or(0);
    // Best effort: where the file system knows no owners, the directory is as good as it gets.
    let _ = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(new)
        .and_then(|handle| fchown(&handle, Some(owner.uid()), Some(owner.gid())));
}

#[cfg(not(unix))]
fn give_dir(_: &Path, _: Option<&Path>) {}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    fn owner_and_mode(path: &Path) -> (u32, u32) {
        let found = path.metadata().expect("there");
        (found.uid(), found.mode() & 0o777)
    }

    #[test]
    fn every_new_directory_is_private_and_old_ones_stay() {
        let home = tempfile::tempdir().expect("a home");
        std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755)).expect("set");
        let aws = home.path().join(".aws");
        create_owned_dir(&aws.join("sso/cache"), Some(&aws)).expect("made");
        let me = rustix::process::geteuid().as_raw();
        for new in [&aws, &aws.join("sso"), &aws.join("sso/cache")] {
            assert_eq!(owner_and_mode(new), (me, 0o700), "{}", new.display());
        }
        assert_eq!(owner_and_mode(home.path()).1, 0o755);
    }

    #[test]
    fn root_leaves_no_directory_of_its_own_in_somebody_elses_home() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let home = tempfile::tempdir().expect("a home");
        chown(home.path(), Some(65534), Some(65534)).expect("given away");
        let aws = home.path().join(".aws");
        create_owned_dir(&aws.join("sso/cache"), Some(&aws)).expect("made");
        for new in [&aws, &aws.join("sso"), &aws.join("sso/cache")] {
            assert_eq!(owner_and_mode(new), (65534, 0o700), "{}", new.display());
        }
        // `~/.aws` decides, even where an earlier run of another tool left a directory of root's below it.
        chown(aws.join("sso"), Some(0), Some(0)).expect("taken");
        create_owned_dir(&aws.join("sso/.sso-locks"), Some(&aws)).expect("made");
        assert_eq!(owner_and_mode(&aws.join("sso/.sso-locks")), (65534, 0o700));
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let home = tempfile::tempdir().expect("a home");
        std::fs::File::create(home.path().join(".aws")).expect("made");
        let aws = home.path().join(".aws");
        assert!(create_owned_dir(&aws.join("sso/cache"), Some(&aws)).is_err());
    }
}
