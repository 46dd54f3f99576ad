//! Directories that only their owner may enter.

use crate::owner::{Owner, give_dir};
use std::io;
use std::path::Path;

/// Makes a directory and its parents, for the owner only (0700); what exists stays as it is.
///
/// Where root makes them in somebody's home (a container with a mounted home), they become that person's: the owner of
/// `like` if it exists, else of the nearest directory that does.
///
/// # Errors
/// A directory cannot be made, in the system's words; a file in its place is [`io::ErrorKind::AlreadyExists`].
pub fn create_private_dir(dir: &Path, like: Option<&Path>) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.as_os_str().is_empty()).collect();
    missing.retain(|dir| !dir.exists());
    let nearest = || missing.last().and_then(|top| top.parent());
    let heir = like.filter(|like| like.exists()).or_else(nearest).and_then(Owner::of_foreign);
    for dir in missing.into_iter().rev() {
        match builder().create(dir) {
            // Somebody else made it just now.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
            Err(error) => return Err(error),
            Ok(()) => give_dir(dir, heir),
        }
    }
    // A path whose parents exist and which is still no directory: a file is in its place.
    if dir.is_dir() { Ok(()) } else { builder().create(dir) }
}

#[cfg(unix)]
fn builder() -> std::fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn builder() -> std::fs::DirBuilder {
    std::fs::DirBuilder::new()
}

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
        create_private_dir(&aws.join("sso/cache"), Some(&aws)).expect("made");
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
        create_private_dir(&aws.join("sso/cache"), Some(&aws)).expect("made");
        for new in [&aws, &aws.join("sso"), &aws.join("sso/cache")] {
            assert_eq!(owner_and_mode(new), (65534, 0o700), "{}", new.display());
        }
        // `~/.aws` decides, even where an earlier run of another tool left a directory of root's below it.
        chown(aws.join("sso"), Some(0), Some(0)).expect("taken");
        create_private_dir(&aws.join("sso/.sso-locks"), Some(&aws)).expect("made");
        assert_eq!(owner_and_mode(&aws.join("sso/.sso-locks")), (65534, 0o700));
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let home = tempfile::tempdir().expect("a home");
        std::fs::File::create(home.path().join(".aws")).expect("made");
        let aws = home.path().join(".aws");
        assert!(create_private_dir(&aws.join("sso/cache"), Some(&aws)).is_err());
    }
}
