//! Whether docs/keys.md names every key, variable and setting that the program reads: the names are constants of a few files.

use super::Finding;
use super::page::Page;
use std::path::Path;

const PAGE: &str = "docs/keys.md";
/// Where the names are written, one constant each.
const SOURCES: [&str; 3] =
    ["crates/config/src/keys.rs", "crates/config/src/env.rs", "crates/cli/src/settings/read.rs"];

/// Looks for each name as a span of code.
pub(super) fn check(root: &Path, pages: &[Page]) -> Vec<Finding> {
    let known: Vec<&str> = pages
        .iter()
        .filter(|page| page.file == Path::new(PAGE))
        .flat_map(|page| page.code.iter().map(|code| code.text.as_str()))
        .collect();
    let mut findings = Vec::new();
    for source in SOURCES {
        match std::fs::read_to_string(root.join(source)) {
            Ok(text) => {
                findings.extend(absent(&text, &known).into_iter().map(|name| {
                    Finding::new(PAGE, 0, format!("it does not name {name}, which {source} reads"))
                }))
            }
            Err(error) => findings.push(Finding::new(source, 0, error.to_string())),
        }
    }
    findings
}

/// The constants of the source whose text is not among the known.
fn absent<'s>(source: &'s str, known: &[&str]) -> Vec<&'s str> {
    let names = source.lines().filter_map(|line| {
        let (_, value) = line.trim().split_once(": &str = \"")?;
        value.strip_suffix("\";")
    });
    // A section is no key.
    names.filter(|name| *name != "sso-session" && !known.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_the_page_leaves_out() {
        let source = "\
/// Ours.
pub(crate) const ONE: &str = \"sso_one\";
const TWO: &str = \"AWS_TWO\";
const SESSION: &str = \"sso-session\";
const KEYS: [&str; 1] = [ONE];
";
        assert_eq!(absent(source, &["sso_one"]), ["AWS_TWO"]);
        assert_eq!(absent(source, &["sso_one", "AWS_TWO"]), [""; 0]);
    }

    #[test]
    fn a_source_that_is_gone_is_told() {
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(check(root.path(), &[]).len(), SOURCES.len());
    }
}
