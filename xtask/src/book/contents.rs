//! Whether the table of contents, docs/SUMMARY.md, has every page once, and calls the doctor's as they are called.

use super::Finding;
use super::page::Page;
use std::path::{Path, PathBuf};

const SUMMARY: &str = "docs/SUMMARY.md";

/// Compares the table with the pages below docs/.
pub(super) fn check(pages: &[Page]) -> Vec<Finding> {
    let Some(summary) = pages.iter().find(|page| page.file == Path::new(SUMMARY)) else {
        return vec![Finding::new(SUMMARY, 0, "there is no table of contents")];
    };
    let entries: Vec<(usize, PathBuf, &str)> = summary
        .links
        .iter()
        .map(|link| (link.line, Path::new("docs").join(&link.target), link.text.as_str()))
        .collect();
    let mut findings = Vec::new();
    let mut seen = Vec::new();
    for (line, file, text) in &entries {
        if seen.contains(&file) {
            findings.push(Finding::new(SUMMARY, *line, format!("{} stands here twice", file.display())));
        }
        seen.push(file);
        let page = pages.iter().find(|page| page.file == *file);
        if let Some(page) = page.filter(|page| is_of_the_doctor(&page.file) && page.title() != *text) {
            let what = format!("{} is called {}", file.display(), page.title());
            findings.push(Finding::new(SUMMARY, *line, what));
        }
    }
    let of_the_book = pages.iter().filter(|page| page.file.starts_with("docs") && page.file != summary.file);
    for page in of_the_book.filter(|page| !seen.contains(&&page.file)) {
        findings.push(Finding::new(&page.file, 0, format!("the page is not in {SUMMARY}")));
    }
    findings
}

fn is_of_the_doctor(file: &Path) -> bool {
    file.parent().is_some_and(|folder| folder.ends_with("doctor")) && !file.ends_with("README.md")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(file: &str, text: &str) -> Page {
        Page::parse(file, text.to_owned())
    }

    #[test]
    fn a_page_that_is_missing_doubled_or_misnamed() {
        let pages = [
            page("README.md", "# Beside the book"),
            page("docs/a.md", "# A"),
            page("docs/b.md", "# B"),
            page("docs/doctor/C01.md", "# C01 Nothing"),
            page(SUMMARY, "- [the first](a.md)\n- [a](a.md)\n- [C01 Something](doctor/C01.md)\n"),
        ];
        let found: Vec<String> = check(&pages).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/SUMMARY.md:2: docs/a.md stands here twice",
                "docs/SUMMARY.md:3: docs/doctor/C01.md is called C01 Nothing",
                "docs/b.md: the page is not in docs/SUMMARY.md",
            ]
        );
        assert_eq!(check(&pages[..1]).len(), 1, "no table at all");
    }
}
