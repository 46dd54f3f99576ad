//! The example, run.

use sso_vectors::example;

#[test]
fn replace() {
    let home = tempfile::tempdir().expect("a home");
    let target = home.path().join("new/token");
    let name = target.to_str().expect("a text");
    for content in ["first, and longer", "second"] {
        let ended = example("replace", &[name], &[], content);
        assert!(ended.ok, "{}", ended.err);
        assert_eq!(std::fs::read_to_string(&target).expect("there"), content);
    }
    let mut left: Vec<_> = target.parent().expect("new").read_dir().expect("a directory").collect();
    left.retain(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "tmp"))
    });
    assert!(left.is_empty(), "{left:?}");
}
