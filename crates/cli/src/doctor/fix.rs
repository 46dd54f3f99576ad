//! What `--fix` may do, as values; and the one place that does it: shown first, backed up, confirmed.

use super::rewrite::{Step, rewrite};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use crate::output::{diff, escape::escape};
use sso_config::{Change, ConfigEdit, ConfigSet, replace_config, write_config};
use sso_core::{StoreError, StoreOperation, Timestamp};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One thing that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fix {
    /// Changes of the config file.
    Config(ConfigEdit),
    /// The config file anew, where it cannot be read and so not be edited: from what is there, by these steps.
    Rewrite { path: PathBuf, before: Arc<[u8]>, steps: Vec<Step> },
    /// Who may read it.
    Chmod { path: PathBuf, mode: u32 },
    /// Out of the way, under a name that no tool reads.
    Quarantine { path: PathBuf },
    /// A new file.
    Create { path: PathBuf, bytes: Vec<u8>, what: String },
}

/// All that is to be done, in the order in which it is done.
#[derive(Default)]
pub(crate) struct Plan {
    edit: ConfigEdit,
    others: Vec<Fix>,
}

impl Plan {
    /// Puts fixes together: each thing is done once, all changes of the config file in one go.
    pub(crate) fn of(fixes: impl IntoIterator<Item = Fix>) -> Self {
        let mut plan = Self::default();
        let mut known: HashSet<Change> = HashSet::new();
        for fix in fixes {
            match fix {
                Fix::Config(edit) => {
                    let new = edit.changes.into_iter().filter(|change| known.insert(change.clone()));
                    plan.edit.changes.extend(new);
                }
                Fix::Rewrite { path, before, steps } => plan.rewrite(path, before, steps),
                other if plan.others.contains(&other) => {}
                other => plan.others.push(other),
            }
        }
        // A file that cannot be read is not edited: first it is written anew, the rest is for the next round.
        if plan.others.iter().any(|fix| matches!(fix, Fix::Rewrite { .. })) {
            plan.edit = ConfigEdit::new();
        }
        plan
    }

    /// One file is written anew once, whatever is wrong with it.
    fn rewrite(&mut self, path: PathBuf, before: Arc<[u8]>, steps: Vec<Step>) {
        for fix in &mut self.others {
            if let Fix::Rewrite { path: known, steps: more, .. } = fix
                && *known == path
            {
                let both: Vec<Step> = more.iter().cloned().chain(steps).collect();
                // What cannot be done together is for the next round.
                if rewrite(&before, &both).is_some() {
                    *more = both;
                }
                return;
            }
        }
        self.others.push(Fix::Rewrite { path, before, steps });
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.edit.changes.is_empty() && self.others.is_empty()
    }

    /// What would be done, for a person: the diff of the config file, and a line for everything else.
    ///
    /// # Errors
    /// The edit does not fit the file.
    pub(crate) fn text(
        &self,
        set: Option<&ConfigSet>,
        voice: &Voice,
        color: bool,
    ) -> Result<String, CliError> {
        let mut text = String::new();
        if let (Some(set), false) = (set, self.edit.changes.is_empty()) {
            let edited = self.edit.preview(set.config()).map_err(|error| error.explain(voice))?;
            text.push_str(&format!("{}\n", escape(&voice.path(set.config().path()))));
            text.push_str(&diff::text(&edited.diff, color, None));
        }
        for fix in &self.others {
            text.push_str(&escape(&line(fix, voice)));
            text.push('\n');
            if let Fix::Rewrite { before, steps, .. } = fix {
                let changes = rewrite(before, steps).map(|done| done.changes).unwrap_or_default();
                text.extend(changes.iter().map(|change| format!("  {}\n", escape(change))));
            }
        }
        Ok(text)
    }

    /// Does it. Every file that is changed or replaced is kept as it was, readable by its owner only; tells what was done.
    ///
    /// # Errors
    /// Something could not be done; what was done before stays done, and is told with the error.
    pub(crate) fn apply(
        &self,
        set: Option<&ConfigSet>,
        voice: &Voice,
        now: Timestamp,
        done: &mut Vec<String>,
    ) -> Result<(), CliError> {
        if let (Some(set), false) = (set, self.edit.changes.is_empty()) {
            let path = set.config().path();
            let kept = keep(path, now).map_err(|error| failed(path, error).explain(voice))?;
            // Only what was shown is edited.
            let expected = set.config().text().as_bytes();
            write_config(path, &self.edit, Some(expected)).map_err(|error| error.explain(voice))?;
            done.push(with_backup(format!("edited {}", voice.path(path)), kept.as_deref(), voice));
        }
        for fix in &self.others {
            let path = fix.path();
            let told = match fix {
                Fix::Rewrite { before, steps, .. } => anew(path, before, steps, voice, now)?,
                other => carry_out(other, voice, now).map_err(|error| failed(path, error).explain(voice))?,
            };
            done.push(told);
        }
        Ok(())
    }
}

impl Fix {
    fn path(&self) -> &Path {
        match self {
            Self::Config(_) => Path::new("config"),
            Self::Rewrite { path, .. }
            | Self::Chmod { path, .. }
            | Self::Quarantine { path }
            | Self::Create { path, .. } => path,
        }
    }
}

/// The fix in one line.
pub(crate) fn line(fix: &Fix, voice: &Voice) -> String {
    let path = voice.path(fix.path());
    match fix {
        Fix::Config(_) => "edit the config file".to_owned(),
        Fix::Rewrite { .. } => format!("write {path} anew:"),
        Fix::Chmod { mode, .. } => format!("chmod {mode:04o} {path}"),
        Fix::Quarantine { .. } => format!("move {path} out of the way"),
        Fix::Create { what, .. } => format!("write {path}: {what}"),
    }
}

fn carry_out(fix: &Fix, voice: &Voice, now: Timestamp) -> io::Result<String> {
    let shown = voice.path(fix.path());
    match fix {
        Fix::Config(_) | Fix::Rewrite { .. } => Ok(shown),
        Fix::Chmod { path, mode } => {
            set_mode(path, *mode)?;
            Ok(format!("chmod {mode:04o} {shown}"))
        }
        Fix::Quarantine { path } => {
            let away = beside(path, "broken", now);
            std::fs::rename(path, &away)?;
            // It may hold a token that still lives. A link is moved as a link, and a directory stays one that can be entered.
            if away.symlink_metadata()?.is_file() {
                set_mode(&away, 0o600)?;
            }
            Ok(format!("moved {shown} to {}", voice.path(&away)))
        }
        Fix::Create { path, bytes, .. } => {
            let kept = keep(path, now)?;
            sso_fs::replace(path, bytes, path.parent())?;
            Ok(with_backup(format!("wrote {shown}"), kept.as_deref(), voice))
        }
    }
}

/// Writes a config file anew, if it is still what was looked at.
fn anew(
    path: &Path,
    before: &[u8],
    steps: &[Step],
    voice: &Voice,
    now: Timestamp,
) -> Result<String, CliError> {
    let shown = voice.path(path);
    let Some(done) = rewrite(before, steps) else { return Ok(format!("left {shown} as it is")) };
    let kept = keep(path, now).map_err(|error| failed(path, error).explain(voice))?;
    replace_config(path, before, &done.bytes).map_err(|error| error.explain(voice))?;
    Ok(with_backup(format!("wrote {shown} anew"), kept.as_deref(), voice))
}

/// A copy of a file, readable by its owner only; `None` if there is no file.
fn keep(path: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    let copy = beside(path, "backup", now);
    sso_fs::replace(&copy, &bytes, Some(path))?;
    Ok(Some(copy))
}

/// `config.backup-20261121T120000Z`; `abc.broken-...` for a cache file, which then ends in `.json` no more.
fn beside(path: &Path, word: &str, now: Timestamp) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    let first = path.with_file_name(format!("{stem}.{word}-{}", now.strftime("%Y%m%dT%H%M%SZ")));
    // A second round may come within the same second, and must not take the place of the first copy.
    let numbered = (2..).map(|number| PathBuf::from(format!("{}-{number}", first.display())));
    let free = |path: &PathBuf| path.symlink_metadata().is_err();
    std::iter::once(first.clone()).chain(numbered).find(free).unwrap_or(first)
}

fn with_backup(what: String, kept: Option<&Path>, voice: &Voice) -> String {
    match kept {
        Some(kept) => format!("{what} (as it was: {})", voice.path(kept)),
        None => what,
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    StoreError { operation: StoreOperation::Write, path: path.to_owned(), source: Box::new(source) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use sso_config::{Env, SectionName};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_second_copy_within_the_same_second_leaves_the_first_alone() {
        let home = tempfile::tempdir().expect("a home");
        let file = home.path().join("config");
        let now = sso_core::parse_timestamp("2026-11-21T12:00:00Z").expect("an instant");
        for (text, name) in
            [("one", "20261121T120000Z"), ("two", "20261121T120000Z-2"), ("three", "20261121T120000Z-3")]
        {
            sso_fs::replace(&file, text.as_bytes(), None).expect("written");
            let copy = keep(&file, now).expect("kept").expect("there was a file");
            assert_eq!(copy, home.path().join(format!("config.backup-{name}")));
        }
        let first = std::fs::read(home.path().join("config.backup-20261121T120000Z")).expect("there");
        assert_eq!(first, b"one");
    }

    #[test]
    fn what_is_done_is_kept_as_it_was_and_told() {
        let home = tempfile::tempdir().expect("a home");
        let aws = home.path().join(".aws");
        std::fs::create_dir(&aws).expect("made");
        let put = |name: &str, text: &str| {
            sso_fs::replace(&aws.join(name), text.as_bytes(), None).expect("written")
        };
        put("config", "[default]\nregion = x\n");
        put("torn.json", "{");
        put("open.json", "{}");
        let env = Env::new([], Some(home.path().to_owned()));
        let (voice, set) = (Voice::new(&env), ConfigSet::load(&env).expect("read"));
        let edit = |value: &str| ConfigEdit::new().set(SectionName::profile("default"), "region", value);
        let plan = Plan::of([
            Fix::Config(edit("eu-west-1")),
            Fix::Config(edit("eu-west-1")),
            Fix::Quarantine { path: aws.join("torn.json") },
            Fix::Chmod { path: aws.join("open.json"), mode: 0o600 },
            Fix::Chmod { path: aws.join("open.json"), mode: 0o600 },
        ]);
        let shown = plan.text(Some(&set), &voice, false).expect("it fits");
        assert_eq!(
            shown,
            "~/.aws/config\n  [default]\n- region = x\n+ region = eu-west-1\n\
             move ~/.aws/torn.json out of the way\nchmod 0600 ~/.aws/open.json\n"
        );
        let now = sso_core::parse_timestamp("2026-11-21T12:00:00Z").expect("an instant");
        let mut done = Vec::new();
        plan.apply(Some(&set), &voice, now, &mut done).expect("done");
        assert_eq!(
            done,
            [
                "edited ~/.aws/config (as it was: ~/.aws/config.backup-20261121T120000Z)",
                "moved ~/.aws/torn.json to ~/.aws/torn.broken-20261121T120000Z",
                "chmod 0600 ~/.aws/open.json",
            ]
        );
        let read = |name: &str| std::fs::read_to_string(aws.join(name)).expect("there");
        assert_eq!(read("config"), "[default]\nregion = eu-west-1\n");
        assert_eq!(read("config.backup-20261121T120000Z"), "[default]\nregion = x\n");
        let mode = |name: &str| aws.join(name).metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(
            (mode("config.backup-20261121T120000Z"), mode("torn.broken-20261121T120000Z")),
            (0o600, 0o600)
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_written_anew_before_anything_is_edited() {
        let edit = ConfigEdit::new().set(SectionName::profile("default"), "region", "x");
        let before: Arc<[u8]> = Arc::from(b"\xef\xbb\xbf[a]\njunk\n".as_slice());
        let rewrite = |steps: &[Step]| Fix::Rewrite {
            path: "/c".into(),
            before: Arc::clone(&before),
            steps: steps.to_vec(),
        };
        let (one, other) = (rewrite(&[Step::Encoding]), rewrite(&[Step::Unreadable]));
        let plan = Plan::of([Fix::Config(edit), one, other]);
        assert!(plan.edit.changes.is_empty());
        assert_eq!(plan.others, [rewrite(&[Step::Encoding, Step::Unreadable])]);
        assert!(Plan::of([]).is_empty());
    }

    #[test]
    fn a_file_that_has_changed_since_is_not_written_anew() {
        let home = tempfile::tempdir().expect("a home");
        let (real, link) = (home.path().join("real"), home.path().join("config"));
        std::os::unix::fs::symlink(&real, &link).expect("linked");
        let voice = Voice::new(&Env::new([], Some(home.path().to_owned())));
        let now = sso_core::parse_timestamp("2026-11-21T12:00:00Z").expect("an instant");
        for (there, ok, after) in
            [("junk\n[a]\n", true, "# junk\n[a]\n"), ("other\n[a]\n", false, "other\n[a]\n")]
        {
            sso_fs::replace(&real, there.as_bytes(), None).expect("written");
            let before = Arc::from(b"junk\n[a]\n".as_slice());
            let plan = Plan::of([Fix::Rewrite { path: link.clone(), before, steps: vec![Step::Unreadable] }]);
            assert_eq!(plan.apply(None, &voice, now, &mut Vec::new()).is_ok(), ok);
            assert_eq!(std::fs::read_to_string(&real).expect("there"), after);
            assert!(link.is_symlink(), "a link stays one");
        }
    }
}
