//! What is kept for a target: its corpus, the cases that were found once, and the words of its dictionary.

use std::path::{Path, PathBuf};

/// The folder of this crate.
pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The inputs of a folder (`corpus`, `regressions`) for a target, by name; none if it has no such folder.
pub fn inputs(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = here().join(folder).join(target).read_dir() else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(&path).expect("readable"))).collect()
}

/// The words for a target, of the dictionary that `cargo xtask fuzz` takes, too: the one of its name, of its last or of its
/// first word.
pub fn words(target: &str) -> Vec<Vec<u8>> {
    let last = target.rsplit('_').next().unwrap_or(target);
    let first = target.split('_').next().unwrap_or(target);
    let files = [target, last, first].map(|name| here().join("dictionary").join(format!("{name}.dict")));
    let file = files.into_iter().find(|file| file.exists()).expect("a dictionary");
    let text = std::fs::read_to_string(file).expect("readable");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| word(line).unwrap_or_else(|| panic!("{target}: {line}"))).collect()
}

/// A line of a dictionary as libFuzzer reads it: `"a\x1eb"`.
fn word(line: &str) -> Option<Vec<u8>> {
    let (mut rest, mut word) = (line.strip_prefix('"')?.strip_suffix('"')?.as_bytes(), Vec::new());
    while let [byte, more @ ..] = rest {
        rest = match (byte, more) {
            (b'\\', [sign @ (b'\\' | b'"'), more @ ..]) => {
                word.push(*sign);
                more
            }
            (b'\\', [b'x', high, low, more @ ..]) => {
                let digits = [char::from(*high), char::from(*low)].map(|digit| digit.to_digit(16));
                let [Some(high), Some(low)] = digits else { return None };
                word.push(u8::try_from(high * 16 + low).ok()?);
                more
            }
            (b'\\', _) => return None,
            _ => {
                word.push(*byte);
                more
            }
        };
    }
    Some(word)
}
