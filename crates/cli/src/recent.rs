//! What was used last, for the pickers: a small file of our own. Best effort: who cannot read or write it has no order.

use serde_json::{Value, json};
use sso_config::Env;
use std::collections::HashMap;
use std::path::PathBuf;

/// Names that are remembered of each kind.
const MOST: usize = 50;
/// A larger file is not ours.
const LONGEST: u64 = 256 * 1024;

/// Whose names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Profile,
    Session,
}

impl Kind {
    fn key(self) -> &'static str {
        match self {
            Self::Profile => "profiles",
            Self::Session => "sessions",
        }
    }
}

/// The items, those used last before the others, which stay in their order.
pub(crate) fn first<T>(env: &Env, kind: Kind, mut items: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let names = names(&load(env), kind);
    let ranks: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
    items.sort_by_key(|item| ranks.get(name(item)).copied().unwrap_or(usize::MAX));
    items
}

/// Remembers that it was used. Who is first already costs no write.
pub(crate) fn note(env: &Env, kind: Kind, name: &str) {
    let state = load(env);
    let mut names = names(&state, kind);
    if names.first().map(String::as_str) == Some(name) {
        return;
    }
    names.retain(|known| known != name);
    names.insert(0, name.to_owned());
    names.truncate(MOST);
    // What a later version keeps there stays.
    let mut state = if state.is_object() { state } else { json!({}) };
    if let Some(fields) = state.as_object_mut() {
        fields.insert(kind.key().to_owned(), names.into());
    }
    // Best effort: the command has done what it was asked for.
    let _ = save(env, &state);
}

fn names(state: &Value, kind: Kind) -> Vec<String> {
    let list = state.get(kind.key()).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// `$XDG_STATE_HOME/sso/recent.json`, else `~/.local/state/sso/recent.json`.
fn path(env: &Env) -> Option<PathBuf> {
    let named = env.get("XDG_STATE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let base = named.or_else(|| Some(env.home_dir().ok()?.join(".local").join("state")))?;
    Some(base.join("sso").join("recent.json"))
}

fn load(env: &Env) -> Value {
    let read = || {
        let path = path(env)?;
        let meta = std::fs::metadata(&path).ok().filter(|meta| meta.is_file() && meta.len() <= LONGEST)?;
        let bytes = (meta.len() > 0).then(|| std::fs::read(&path).ok())??;
        serde_json::from_slice(&bytes).ok()
    };
    read().unwrap_or_default()
}

fn save(env: &Env, state: &Value) -> Option<()> {
    let path = path(env)?;
    sso_fs::create_private_dir(path.parent()?, None).ok()?;
    sso_fs::replace(&path, format!("{state}\n").as_bytes(), None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(home: &std::path::Path) -> Env {
        Env::new([("HOME".into(), home.into())], None)
    }

    fn order(env: &Env) -> String {
        first(env, Kind::Profile, vec!["a", "b", "c", "d"], |name| name).concat()
    }

    #[test]
    fn the_last_used_come_first() {
        let home = tempfile::tempdir().expect("a directory");
        let env = env(home.path());
        assert_eq!(order(&env), "abcd");
        for (used, expected) in [("c", "cabd"), ("b", "bcad"), ("c", "cbad"), ("gone", "cbad")] {
            note(&env, Kind::Profile, used);
            assert_eq!(order(&env), expected, "{used}");
        }
        // Sessions have their own list.
        note(&env, Kind::Session, "d");
        assert_eq!(order(&env), "cbad");
        assert_eq!(first(&env, Kind::Session, vec!["a", "d"], |name| name), ["d", "a"]);
    }

    #[test]
    fn only_so_many_and_for_the_owner_only() {
        let home = tempfile::tempdir().expect("a directory");
        let env = env(home.path());
        for number in 0..MOST + 5 {
            note(&env, Kind::Profile, &format!("p{number}"));
        }
        let file = path(&env).expect("a path");
        assert_eq!(file, home.path().join(".local/state/sso/recent.json"));
        assert_eq!(names(&load(&env), Kind::Profile).len(), MOST);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &std::path::Path| {
                std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
            };
            assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
        }
    }

    #[test]
    fn the_place_of_the_file() {
        for (variable, expected) in
            [("/state", "/state/sso/recent.json"), ("relative", "/h/.local/state/sso/recent.json")]
        {
            let variables = [("HOME".into(), "/h".into()), ("XDG_STATE_HOME".into(), variable.into())];
            assert_eq!(path(&Env::new(variables, None)), Some(expected.into()));
        }
    }

    /// Whatever stands there, and wherever it cannot be written: an order, and no error.
    #[test]
    fn a_foreign_or_unusable_file() {
        for content in ["", "{", "[]", "\"x\"", "{\"profiles\": 3}", "{\"profiles\": [1, \"b\"], \"new\": 1}"]
        {
            let home = tempfile::tempdir().expect("a directory");
            let env = env(home.path());
            let file = path(&env).expect("a path");
            sso_fs::create_private_dir(file.parent().expect("a folder"), None).expect("a directory");
            sso_fs::replace(&file, content.as_bytes(), None).expect("a file");
            assert!(order(&env).ends_with("cd"), "{content}");
            note(&env, Kind::Profile, "d");
            assert!(order(&env).starts_with('d'), "{content}");
            assert_eq!(load(&env).get("new").is_some(), content.contains("new"));
        }
        let home = tempfile::tempdir().expect("a directory");
        sso_fs::replace(&home.path().join(".local"), b"a file in the way", None).expect("a file");
        let env = env(home.path());
        note(&env, Kind::Profile, "d");
        assert_eq!(order(&env), "abcd");
    }
}
