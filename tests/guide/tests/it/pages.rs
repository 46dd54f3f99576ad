//! Every library has its page, its README and its place in the index, and nothing else has.

use crate::{LIBRARIES, root, text};
use std::collections::BTreeSet;

/// The names of what is in a folder.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = root().join(folder).read_dir().expect(folder).flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[test]
fn the_list_is_that_of_the_folders() {
    let mut crates: BTreeSet<String> = LIBRARIES.into_iter().map(str::to_owned).collect();
    let pages: BTreeSet<String> = crates.iter().map(|name| format!("{name}.md")).collect();
    assert_eq!(names("docs/library"), pages);
    // The program is no library.
    crates.insert("cli".to_owned());
    assert_eq!(names("crates"), crates);
}

#[test]
fn each_page_is_tested_and_in_the_index() {
    let sources = text("tests/guide/src/lib.rs");
    let tested =
        sources.split_once("pages!(").and_then(|(_, rest)| rest.split_once(')')).expect("the list").0;
    assert_eq!(tested.split_whitespace().collect::<Vec<_>>(), LIBRARIES);
    let index = text("docs/library.md");
    for name in LIBRARIES {
        assert!(index.contains(&format!("[`sso-{name}`](library/{name}.md)")), "{name} is not in the index");
        let page = text(&format!("docs/library/{name}.md"));
        let code = page.matches("\n```rust").count();
        assert_eq!(code, 3, "{name}: three things that people do");
        for heading in
            ["How it fits together", "Three things", "Errors", "Guarantees", "Limits", "Extending it"]
        {
            assert!(page.contains(&format!("\n## {heading}")), "{name}: nothing on {heading}");
        }
        // Shown and hidden at once would be tested and not what is copied.
        assert!(
            page.lines().all(|line| !line.starts_with("# ") || line == format!("# sso-{name}")),
            "{name}"
        );
    }
}

#[test]
fn each_readme_is_a_doc_test_and_leads_on() {
    for name in LIBRARIES {
        let library = text(&format!("crates/{name}/src/lib.rs"));
        assert!(
            library.contains(r#"#[doc = include_str!("../README.md")]"#),
            "{name}: its README is not tested"
        );
        let readme = text(&format!("crates/{name}/README.md"));
        assert_eq!(readme.matches("\n```rust").count(), 1, "{name}: one example");
        assert!(readme.contains(&format!("(../../docs/library/{name}.md)")), "{name}: no way to its page");
    }
}
