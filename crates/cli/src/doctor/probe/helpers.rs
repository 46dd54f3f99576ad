//! The programs of `credential_process`: how they are called, and whether they are there. None is run.

use sso_config::{ConfigSet, Env, Platform};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The text of a `credential_process`, read.
pub(crate) struct Helper {
    /// Program and arguments; none if the text cannot be split.
    pub(crate) words: Vec<String>,
    pub(crate) program: Program,
}

/// Whether a program is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    There,
    Missing,
    /// By a path that does not start at the root; the file that was probably meant.
    Relative(Option<PathBuf>),
    /// The text cannot be split into words.
    Unreadable,
}

impl Helper {
    /// The profile whose credentials it asks one of the AWS tools or us for; empty if it names none.
    pub(crate) fn asks(&self) -> Option<String> {
        let program = self.words.first().map(|path| file_stem(path))?;
        let asked = match program {
            "sso" => "credential-process",
            "aws" => "export-credentials",
            _ => return None,
        };
        let asks = self.words.iter().any(|word| word == asked);
        asks.then(|| self.profile().unwrap_or_default().to_owned())
    }

    /// `aws sso get-credentials`, which many pages tell of.
    pub(crate) fn is_get_credentials(&self) -> bool {
        self.words.first().is_some_and(|path| file_stem(path) == "aws")
            && self.words.iter().any(|word| word == "get-credentials")
    }

    /// What `--profile` says.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix("--profile")? {
            "" => self.words.get(index + 1).map(String::as_str),
            rest => rest.strip_prefix('='),
        })
    }
}

fn file_stem(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// Every `credential_process` of the files by its text.
pub(super) fn gather(env: &Env, set: &ConfigSet) -> HashMap<String, Helper> {
    let mut found = HashMap::new();
    // Thousands of profiles may be helped by one program.
    let mut programs: HashMap<String, Program> = HashMap::new();
    for command in set.profiles().filter_map(|section| section.text("credential_process")) {
        if found.contains_key(&command.value) {
            continue;
        }
        let words = split(&command.value, env.platform());
        let program = match words.first() {
            None => Program::Unreadable,
            Some(word) => programs.entry(word.clone()).or_insert_with(|| look(env, word)).clone(),
        };
        found.insert(command.value, Helper { words, program });
    }
    found
}

/// As the AWS CLI splits it; on Windows `\` is no escape.
fn split(text: &str, platform: Platform) -> Vec<String> {
    let text = match platform {
        Platform::Unix => text.to_owned(),
        Platform::Windows => text.replace('\\', "\\\\"),
    };
    shlex::split(&text).unwrap_or_default()
}

fn look(env: &Env, word: &str) -> Program {
    let path = Path::new(word);
    if path.is_absolute() {
        return if is_program(path) { Program::There } else { Program::Missing };
    }
    if path.components().count() > 1 || word.starts_with('~') {
        let rest = ["~/", "$HOME/", "${HOME}/"].iter().find_map(|start| word.strip_prefix(start));
        let meant = rest.and_then(|rest| Some(env.home_dir().ok()?.join(rest)));
        return Program::Relative(meant.filter(|meant| is_program(meant)));
    }
    let dirs =
        env.raw("PATH").map(|path| std::env::split_paths(path).collect::<Vec<_>>()).unwrap_or_default();
    let names = file_names(env, word);
    let there = dirs.iter().any(|dir| names.iter().any(|name| is_program(&dir.join(name))));
    if there { Program::There } else { Program::Missing }
}

/// What the file of a program may be called.
pub(super) fn file_names(env: &Env, word: &str) -> Vec<String> {
    let ends: &[&str] = match env.platform() {
        Platform::Unix => &[""],
        Platform::Windows => &["", ".exe", ".cmd", ".bat"],
    };
    ends.iter().map(|end| format!("{word}{end}")).collect()
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn programs_and_whom_they_ask() {
        let home = tempfile::tempdir().expect("a home");
        std::fs::create_dir(home.path().join("bin")).expect("made");
        let put = |name: &str, mode: u32| {
            use std::os::unix::fs::PermissionsExt as _;
            let path = home.path().join("bin").join(name);
            sso_fs::replace(&path, b"", None).expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        };
        put("helper", 0o755);
        put("plain", 0o644);
        let bin = home.path().join("bin");
        let env = Env::new([("PATH".into(), bin.clone().into())], Some(home.path().to_owned()));
        let absolute = bin.join("helper").display().to_string();
        for (word, expected) in [
            ("helper", Program::There),
            ("plain", Program::Missing),
            ("nothing", Program::Missing),
            (&absolute, Program::There),
            ("/nonexistent/helper", Program::Missing),
            ("bin/helper", Program::Relative(None)),
            ("~/bin/helper", Program::Relative(Some(bin.join("helper")))),
            ("$HOME/bin/nothing", Program::Relative(None)),
        ] {
            assert_eq!(look(&env, word), expected, "{word}");
        }
        for (text, asks, profile, is_get) in [
            ("sso credential-process --profile a", Some("a"), Some("a"), false),
            ("/opt/sso credential-process --profile='b c'", Some("b c"), Some("b c"), false),
            ("sso credential-process", Some(""), None, false),
            ("aws configure export-credentials --profile d", Some("d"), Some("d"), false),
            ("aws sso get-credentials --profile e", None, Some("e"), true),
            ("other credential-process --profile f", None, Some("f"), false),
        ] {
            let helper = Helper { words: split(text, Platform::Unix), program: Program::There };
            let found = (helper.asks(), helper.profile(), helper.is_get_credentials());
            assert_eq!((found.0.as_deref(), found.1, found.2), (asks, profile, is_get), "{text}");
        }
        assert!(split("\"open", Platform::Unix).is_empty());
        assert_eq!(split(r#""C:\a b\x.exe" y"#, Platform::Windows), [r"C:\a b\x.exe", "y"]);
    }
}
