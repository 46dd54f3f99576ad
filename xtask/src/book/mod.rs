//! `cargo xtask book [--write]`: docs/ as a book. Checks that what is generated is current, that every page is in the
//! table of contents, that links and anchors lead somewhere, that every `sso ...` that is shown is a command line that the
//! program has, and that every key and variable that it reads is in the reference. `--write` generates what can be.

mod contents;
mod lines;
mod links;
mod names;
mod outline;
mod page;
mod reference;

use crate::run::{cargo, workspace};
use crate::test::PACKAGED;
use outline::Outline;
use page::Page;
use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// Below the root.
    file: PathBuf,
    /// 0: the file as a whole.
    line: usize,
    what: String,
}

impl Finding {
    fn new(file: impl Into<PathBuf>, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.what),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.what),
        }
    }
}

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let write = match arguments {
        [] => false,
        [flag] if flag == "--write" => true,
        _ => return Err("usage: cargo xtask book [--write]".to_owned()),
    };
    let root = workspace();
    let outline = Outline::parse(&ask("__outline")?)?;
    if write {
        let path = root.join(reference::PAGE);
        std::fs::write(&path, reference::page(&outline))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        println!("written: {}", reference::PAGE);
    }
    let pages = pages(&root)?;
    let mut findings = check(&root, &pages, &outline);
    findings.sort();
    findings.dedup();
    findings.iter().for_each(|finding| println!("{finding}"));
    let links: usize = pages.iter().map(|page| page.links.len()).sum();
    println!("{} pages, {links} links, {} command lines", pages.len(), lines::count(&pages));
    if findings.is_empty() { Ok(()) } else { Err(format!("{} findings", findings.len())) }
}

fn check(root: &Path, pages: &[Page], outline: &Outline) -> Vec<Finding> {
    let mut findings = links::check(root, pages);
    findings.extend(contents::check(pages));
    findings.extend(reference::check(pages, outline));
    findings.extend(lines::check(pages, outline));
    findings.extend(names::check(root, pages));
    findings
}

/// What the program of this tree prints about itself.
fn ask(what: &str) -> Result<String, String> {
    // With the features of the suite, so that little has to be built beside it.
    let features = format!("{PACKAGED},sso-cli/manual");
    let run = ["run", "--quiet", "-p", "sso-cli", "--features", &features, "--", what];
    let output = cargo().args(run).stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("sso {what} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("sso {what}: {error}"))
}

/// The pages of the book and those beside it, sorted.
fn pages(root: &Path) -> Result<Vec<Page>, String> {
    let mut files: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .into_iter()
        .map(PathBuf::from)
        .collect();
    walk(root, Path::new("docs"), &mut files)?;
    for folder in entries(root, Path::new("crates"))? {
        let readme = folder.join("README.md");
        files.extend(root.join(&readme).is_file().then_some(readme));
    }
    files.sort();
    files.into_iter().map(|file| Page::read(root, file)).collect()
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    for entry in entries(root, folder)? {
        if root.join(&entry).is_dir() {
            walk(root, &entry, found)?;
        } else if entry.extension().is_some_and(|extension| extension == "md") {
            found.push(entry);
        }
    }
    Ok(())
}

fn entries(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = root.join(folder).read_dir().map_err(unreadable)?;
    entries.map(|entry| Ok(folder.join(entry.map_err(unreadable)?.file_name()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_where() {
        assert_eq!(Finding::new("docs/x.md", 7, "wrong").to_string(), "docs/x.md:7: wrong");
        assert_eq!(Finding::new("docs/x.md", 0, "wrong").to_string(), "docs/x.md: wrong");
    }

    #[test]
    fn pages_are_those_of_the_book_and_those_beside_it() {
        let pages = pages(&workspace()).expect("the pages");
        let has = |file: &str| pages.iter().any(|page| page.file == Path::new(file));
        assert!(has("README.md") && has("docs/login.md") && has("docs/doctor/C01.md"));
        assert!(pages.is_sorted_by_key(|page| page.file.clone()), "so that findings come in one order");
    }
}
