//! The folders of the fuzzing name the same targets.

use sso_fuzz::TARGETS;
use sso_fuzz::seeds::{here, inputs, words};
use std::collections::BTreeSet;
use std::path::Path;

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = folder.read_dir().expect("a folder");
    let stem = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    entries.map(|entry| stem(&entry.expect("an entry").path())).collect()
}

#[test]
fn every_target_has_a_program_a_corpus_and_words() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let nightly = here().join("../../fuzz");
    assert_eq!(names(&here().join("corpus")), targets);
    assert_eq!(names(&nightly.join("fuzz_targets")), targets);
    assert!(names(&here().join("regressions")).is_subset(&targets));
    let manifest = std::fs::read_to_string(nightly.join("Cargo.toml")).expect("readable");
    for target in &targets {
        let program = std::fs::read_to_string(nightly.join(format!("fuzz_targets/{target}.rs")));
        assert!(program.expect("readable").contains(&format!("sso_fuzz::{target}(")), "{target}");
        assert!(manifest.contains(&format!("name = \"{target}\"\n")), "{target}");
        assert!(inputs("corpus", target).len() >= 2, "{target}");
        assert!(words(target).len() > 10, "{target}");
    }
}
