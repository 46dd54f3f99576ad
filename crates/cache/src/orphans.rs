//! Temp files that a killed process left: each may hold a live secret, so they go (catalogue E12).
//!
//! The name tells whose it is: `.<40 hex digits>.<pid>.<random>.tmp`. A temp whose process lives is somebody's save in
//! progress and stays, and so does every name that is not of this form.

use sso_fs::{Reach, try_lock_anywhere};
use std::path::{Path, PathBuf};

/// A temp file of ours.
struct Temp {
    path: PathBuf,
    /// Name of its target without `.json`.
    stem: String,
    #[cfg_attr(not(unix), allow(dead_code, reason = "only Unix is asked whether a process lives"))]
    pid: u32,
}

/// Removes the temps of `target` whose process is dead. For files that have no lock.
pub(crate) fn sweep_dead(target: &Path) {
    sweep(target, is_dead);
}

/// Removes the temps of `target` that are older than any save. For where processes of other hosts cannot be kept out.
pub(crate) fn sweep_old(target: &Path) {
    sweep(target, is_old);
}

fn sweep(target: &Path, left_over: fn(&Temp) -> bool) {
    let Some(stem) = target.file_stem().and_then(|stem| stem.to_str()) else { return };
    let dir = target.parent().unwrap_or(Path::new("."));
    remove_all(temps(dir).into_iter().filter(|temp| temp.stem == stem && left_over(temp)));
}

/// No save takes ten minutes.
fn is_old(temp: &Temp) -> bool {
    let age = temp.path.metadata().and_then(|found| found.modified()).map(|at| at.elapsed());
    matches!(age, Ok(Ok(age)) if age > std::time::Duration::from_secs(600))
}

/// Removes the left-over temps of a whole directory; tells how many.
///
/// Where the target has a lock, holding it proves that nobody saves now, whatever the process id says (the process may
/// be in another container). A lock that is held, or cannot be had, keeps its temps.
pub(crate) fn sweep_dir(dir: &Path, locks: &Path) -> usize {
    let left_over = |temp: &Temp| {
        let lock = locks.join(&temp.stem).with_extension("lock");
        if !lock.exists() {
            return is_dead(temp);
        }
        match try_lock_anywhere(&lock, None, None) {
            Ok(Some(guard)) => guard.reach() == Reach::All || is_old(temp),
            Ok(None) | Err(_) => false,
        }
    };
    remove_all(temps(dir).into_iter().filter(left_over))
}

/// Best effort: an orphan that cannot be removed stands in nobody's way.
fn remove_all(temps: impl Iterator<Item = Temp>) -> usize {
    temps.filter(|temp| std::fs::remove_file(&temp.path).is_ok()).count()
}

fn temps(dir: &Path) -> Vec<Temp> {
    let entries = dir.read_dir().into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let (stem, pid) = parse(entry.file_name().to_str()?)?;
            Some(Temp { path: entry.path(), stem, pid })
        })
        .collect()
}

/// The target's stem and the process id.
fn parse(name: &str) -> Option<(String, u32)> {
    let mut parts = name.strip_prefix('.')?.strip_suffix(".tmp")?.split('.');
    let (stem, pid, random) = (parts.next()?, parts.next()?, parts.next()?);
    let ours = parts.next().is_none()
        && stem.len() == 40
        && stem.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && !random.is_empty();
    ours.then_some(())?;
    Some((stem.to_owned(), pid.parse().ok()?))
}

#[cfg(unix)]
fn is_dead(temp: &Temp) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(temp.pid).ok().and_then(Pid::from_raw);
    // No number of a process, or one that nobody has. Somebody else's process (EPERM) lives.
    pid.is_none_or(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

/// Where processes cannot be asked for, age tells.
#[cfg(not(unix))]
fn is_dead(temp: &Temp) -> bool {
    is_old(temp)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs::File;

    const STEM: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f";
    const OTHER: &str = "0cdbf32b99792a73981dd3f142bc63ab50240b44";

    /// The id of a process that has ended and was waited for.
    fn dead() -> u32 {
        let mut child = std::process::Command::new("true").spawn().expect("it starts");
        child.wait().expect("it ends");
        child.id()
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = dir.read_dir().expect("listed").flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn make(dir: &Path, names: &[String]) {
        for name in names {
            File::create(dir.join(name)).expect("made");
        }
    }

    #[test]
    fn only_names_of_our_form_are_ours() {
        assert_eq!(parse(&format!(".{STEM}.12.Ab3.tmp")), Some((STEM.to_owned(), 12)));
        for name in [
            format!("{STEM}.12.x.tmp"),
            format!(".{STEM}.12.x.json"),
            format!(".{STEM}.12.tmp"),
            format!(".{STEM}.12..tmp"),
            format!(".{STEM}.12.x.y.tmp"),
            format!(".{STEM}.-1.x.tmp"),
            format!(".{}.12.x.tmp", STEM.to_uppercase()),
            ".notes.12.x.tmp".into(),
            ".tmp".into(),
            String::new(),
        ] {
            assert_eq!(parse(&name), None, "{name}");
        }
    }

    #[test]
    fn dead_temps_of_the_target_go_and_all_others_stay() {
        let dir = tempfile::tempdir().expect("a directory");
        let (dead, me) = (dead(), std::process::id());
        let stay = [
            format!(".{OTHER}.{dead}.x.tmp"),
            format!(".{STEM}.{me}.x.tmp"),
            ".notes.1.x.tmp".into(),
            format!("{STEM}.json"),
        ];
        make(dir.path(), &stay);
        make(dir.path(), &[format!(".{STEM}.{dead}.x.tmp"), format!(".{STEM}.4294967295.x.tmp")]);
        sweep_dead(&dir.path().join(format!("{STEM}.json")));
        let mut stay = stay.to_vec();
        stay.sort();
        assert_eq!(names(dir.path()), stay);
        sweep_dead(Path::new("/nowhere/x.json"));
    }

    #[test]
    fn where_other_hosts_may_be_saving_only_old_temps_go() {
        let dir = tempfile::tempdir().expect("a directory");
        let (old, new) = (format!(".{STEM}.1.old.tmp"), format!(".{STEM}.{}.new.tmp", dead()));
        make(dir.path(), &[old.clone(), new.clone()]);
        let file = File::options().append(true).open(dir.path().join(&old)).expect("there");
        let hour = std::time::Duration::from_secs(3600);
        let at = file.metadata().and_then(|found| found.modified()).expect("dated") - hour;
        file.set_modified(at).expect("it can be dated");
        sweep_old(&dir.path().join(format!("{STEM}.json")));
        assert_eq!(names(dir.path()), [new]);
    }

    #[test]
    fn a_whole_directory_is_swept_but_not_what_somebody_is_saving() {
        let home = tempfile::tempdir().expect("a home");
        let (cache, locks) = (home.path().join("cache"), home.path().join(".sso-locks"));
        std::fs::create_dir(&cache).expect("made");
        let (dead, me) = (dead(), std::process::id());
        let lock = locks.join(STEM).with_extension("lock");
        let held = try_lock_anywhere(&lock, None, None).expect("no error").expect("free");
        make(&cache, &[format!(".{STEM}.{dead}.x.tmp"), format!(".{OTHER}.{dead}.x.tmp")]);
        make(&cache, &[format!(".{OTHER}.{me}.x.tmp"), ".notes.1.x.tmp".into()]);
        assert_eq!(sweep_dir(&cache, &locks), 1, "the other's");
        assert!(
            cache.join(format!(".{STEM}.{dead}.x.tmp")).exists(),
            "the holder may be in another container"
        );
        drop(held);
        assert_eq!(sweep_dir(&cache, &locks), 1);
        assert_eq!(names(&cache), [format!(".{OTHER}.{me}.x.tmp"), ".notes.1.x.tmp".to_owned()]);
        assert_eq!(sweep_dir(Path::new("/nowhere"), &locks), 0);
    }
}
