//! Whether every link leads somewhere: the file is there, and the heading that its anchor names.

use super::Finding;
use super::page::{Link, Page};
use std::path::{Component, Path, PathBuf};

/// All links of all pages that stay in the repository.
pub(super) fn check(root: &Path, pages: &[Page]) -> Vec<Finding> {
    let of_page = |page: &Page| {
        let bad = page.links.iter().filter_map(|link| wrong(root, pages, page, link));
        bad.map(|(line, what)| Finding::new(&page.file, line, what)).collect::<Vec<_>>()
    };
    pages.iter().flat_map(of_page).collect()
}

fn wrong(root: &Path, pages: &[Page], from: &Page, link: &Link) -> Option<(usize, String)> {
    let told = |what: &str| Some((link.line, format!("{what}: {}", link.target)));
    if is_elsewhere(&link.target) {
        return None;
    }
    let (path, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
    let target = match (path, beside(&from.file, path)) {
        ("", _) => from.file.clone(),
        (_, Some(target)) => target,
        (_, None) => return told("a link that leaves the repository"),
    };
    if !root.join(&target).exists() {
        return told("a link that leads nowhere");
    }
    let page = pages.iter().find(|page| page.file == target);
    match page {
        Some(page) if !anchor.is_empty() && !page.anchors().iter().any(|name| name == anchor) => {
            told("no such heading")
        }
        _ => None,
    }
}

/// Another site, or an item of a crate in a text that rustdoc reads, too.
fn is_elsewhere(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.contains("::")
}

/// The path that a link in `file` names, below the root; `None`: above it, or absolute.
fn beside(file: &Path, link: &str) -> Option<PathBuf> {
    let mut path = file.parent()?.to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => path.push(name),
            Component::ParentDir => path.pop().then_some(())?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_nowhere_is_found() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("docs")).expect("a folder");
        for file in ["docs/here.md", "docs/there.md", "Cargo.toml"] {
            std::fs::write(root.path().join(file), "").expect("a file");
        }
        let there = || Page::parse("docs/there.md", "# There\n\n## A part\n".to_owned());
        for (target, expected) in [
            ("there.md", None),
            ("./there.md#a-part", None),
            ("there.md#there", None),
            ("#here", None),
            ("../Cargo.toml", None),
            ("../docs", None),
            ("https://example.com/gone#x", None),
            ("crate::Thing", None),
            ("gone.md", Some("a link that leads nowhere: gone.md")),
            ("there.md#a-prat", Some("no such heading: there.md#a-prat")),
            ("#there", Some("no such heading: #there")),
            ("../../etc/passwd", Some("a link that leaves the repository: ../../etc/passwd")),
            ("/docs/there.md", Some("a link that leaves the repository: /docs/there.md")),
        ] {
            let pages = [Page::parse("docs/here.md", format!("# Here\n\n[x]({target})\n")), there()];
            let expected: Vec<Finding> =
                expected.map(|what| Finding::new("docs/here.md", 3, what)).into_iter().collect();
            assert_eq!(check(root.path(), &pages), expected, "{target}");
        }
    }
}
