//! `cargo xtask schemas`: whether docs/schemas is what the program says of its own documents; with `--write` it is made so.
//!
//! It asks the program, as `dist` does, and shares no code with it: `sso __schemas` of a build with the feature `manual`.

use crate::run::cargo;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schemas");

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let write = match arguments {
        [] => false,
        [one] if one == "--write" => true,
        _ => return Err("usage: cargo xtask schemas [--write]".to_owned()),
    };
    let said = schemas()?;
    let there = files(Path::new(FOLDER))?;
    let stale = stale(&said, &there);
    if !write && !stale.is_empty() {
        let list: Vec<&str> = stale.into_iter().collect();
        return Err(format!("stale in docs/schemas: {}; cargo xtask schemas --write", list.join(", ")));
    }
    for name in &stale {
        let path = Path::new(FOLDER).join(name);
        let done = match said.get(*name) {
            Some(text) => std::fs::write(&path, text),
            None => std::fs::remove_file(&path),
        };
        done.map_err(|error| format!("{}: {error}", path.display()))?;
        println!("written: docs/schemas/{name}");
    }
    println!("docs/schemas has the schemas of {} documents", said.len());
    Ok(())
}

/// The names of files that are there and should not be, that should be and are not, or that say something else.
fn stale<'n>(said: &'n BTreeMap<String, String>, there: &'n BTreeMap<String, String>) -> BTreeSet<&'n str> {
    let names = said.keys().chain(there.keys());
    names.filter(|name| said.get(*name) != there.get(*name)).map(String::as_str).collect()
}

/// What the program says: texts by the names of their files.
fn schemas() -> Result<BTreeMap<String, String>, String> {
    let run = ["run", "--quiet", "-p", "sso-cli", "--features", "manual", "--", "__schemas"];
    let output = cargo().args(run).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("sso __schemas ended with {}", output.status));
    }
    let printed: serde_json::Map<String, Value> = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("sso __schemas printed no schemas: {error}"))?;
    let text = |(name, schema): (String, Value)| match serde_json::to_string_pretty(&schema) {
        Ok(text) => Ok((name, format!("{text}\n"))),
        Err(error) => Err(format!("{name}: {error}")),
    };
    printed.into_iter().map(text).collect()
}

/// The schemas that are there.
fn files(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = BTreeMap::new();
    for entry in folder.read_dir().map_err(told)? {
        let name = entry.map_err(told)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            let text = std::fs::read_to_string(folder.join(&name)).map_err(told)?;
            found.insert(name, text);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_other_or_left_over_is_stale() {
        let map = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        let said = map(&[("a.json", "1"), ("b.json", "2"), ("c.json", "3")]);
        let there = map(&[("b.json", "2"), ("c.json", "x"), ("d.json", "4")]);
        let found: Vec<_> = stale(&said, &there).into_iter().collect();
        assert_eq!(found, ["a.json", "c.json", "d.json"]);
        assert!(stale(&said, &said).is_empty());
    }
}
