//! What a package of a crate holds and needs, by cargo.

use crate::{LIBRARIES, cargo, text};
use std::collections::BTreeSet;

/// How many packages a build takes beside the crate itself, as the READMEs count: procedural macros too, build scripts' not.
fn weight(name: &str) -> usize {
    let package = format!("sso-{name}");
    let tree = cargo(&["tree", "-p", &package, "-e", "normal", "--prefix", "none", "--locked"]);
    let packages: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    packages.len() - 1
}

/// `- Weight: 38 other packages ...`
fn said(readme: &str) -> Option<usize> {
    let line = readme.lines().find_map(|line| line.strip_prefix("- Weight: "))?;
    line.split_once(" other packages")?.0.parse().ok()
}

/// Which packages are needed differs between systems; the READMEs have Linux's.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn readmes_say_what_a_crate_weighs() {
    for name in LIBRARIES {
        let said = said(&text(&format!("crates/{name}/README.md")));
        assert_eq!(said, Some(weight(name)), "crates/{name}/README.md");
    }
}

#[test]
fn a_package_has_its_readme_and_both_licences() {
    for name in LIBRARIES.into_iter().chain(["cli"]) {
        let package = format!("sso-{name}");
        let listed = cargo(&["package", "-p", &package, "--list", "--allow-dirty", "--no-verify"]);
        let files: BTreeSet<&str> = listed.lines().collect();
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(files.contains(file), "{package} has no {file}");
            let other = text(&format!("crates/{name}/{file}"));
            assert!(file == "README.md" || other == text(file), "{package}: its {file} is another");
        }
        assert!(
            files.iter().all(|file| !file.starts_with("tests/")),
            "{package}: tests that cannot run there"
        );
    }
}

/// A package names its dependencies by version; those for tests alone have none, and are left out.
#[test]
fn what_is_published_names_versions_and_what_is_not_does_not() {
    let manifest = text("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).expect("a version");
    let ours = manifest.lines().filter(|line| line.starts_with("sso-"));
    let (published, kept): (Vec<&str>, Vec<&str>) = ours.partition(|line| line.contains("\"crates/"));
    assert_eq!((published.len(), kept.len()), (LIBRARIES.len(), 2));
    let named = |line: &&str| line.ends_with(&format!(", version = {version} }}"));
    assert_eq!(published.iter().find(|line| !named(line)), None);
    assert_eq!(kept.iter().find(|line| line.contains("version")), None);
}
