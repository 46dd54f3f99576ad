//! Edits of the config file: what each does to the text, and what is refused.

use sso_config::{ConfigEdit, Document, EditError, Edited, GENERATED_MARKER, SectionName};
use std::path::Path;

fn document(text: &str) -> Document {
    Document::parse(text, Path::new("/h/.aws/config")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(crate) fn edited(before: &str, edit: &ConfigEdit) -> Result<Edited, EditError> {
    edit.preview(&document(before))
}

fn check(before: &str, edit: &ConfigEdit, after: &str) {
    let found = edited(before, edit).unwrap_or_else(|error| panic!("{error}\n{before}"));
    assert_eq!(String::from_utf8(found.bytes).expect("text"), after, "{before:?}");
}

pub(crate) fn a() -> SectionName {
    SectionName::profile("a")
}

pub(crate) fn new() -> ConfigEdit {
    ConfigEdit::new()
}

#[test]
fn a_value_is_changed_in_its_line() {
    let edit = new().set(a(), "k", "new");
    for (before, after) in [
        ("[profile a]\nk = v\n", "[profile a]\nk = new\n"),
        ("[profile a]\nk=v", "[profile a]\nk = new"),
        ("[profile a]\r\nk=v\r\nj = w\r\n", "[profile a]\r\nk = new\r\nj = w\r\n"),
        ("# c\n\n[profile a] # d\n; e\nk = v\n\n# f\n", "# c\n\n[profile a] # d\n; e\nk = new\n\n# f\n"),
        ("[profile a]\nk = v  # why\n", "[profile a]\nk = new  # why\n"),
        ("[profile a]\nk = # why\n", "[profile a]\nk = new # why\n"),
        ("[profile a]\nk = v  \t\n", "[profile a]\nk = new\n"),
        ("[profile a]\nK = v\n", "[profile a]\nK = new\n"),
        ("[profile a]\nk = v\n  more\n# c\n  last\nj = w\n", "[profile a]\nk = new\n# c\nj = w\n"),
        ("[profile a]\nk =\n  x = 1\nj = w\n", "[profile a]\nk = new\nj = w\n"),
        ("[profile a]\n  k = v\n  j = w\n", "[profile a]\n  k = new\n  j = w\n"),
        ("[profile a]\nk = 1\nk = 2\n", "[profile a]\nk = 1\nk = new\n"),
        (
            "[profile a]\nk = 1\n[profile b]\n[profile a]\nK = 2\n",
            "[profile a]\nk = 1\n[profile b]\n[profile a]\nK = new\n",
        ),
        ("[profile \"a\"]\nk = v\n", "[profile \"a\"]\nk = new\n"),
        ("[ profile  a ]\nk = v\n", "[ profile  a ]\nk = new\n"),
        ("\u{feff}[profile a]\nk = v\n", "[profile a]\nk = new\n"),
    ] {
        check(before, &edit, after);
    }
}

#[test]
fn what_is_said_already_is_left_alone() {
    let edit = new()
        .set(a(), "k", "v")
        .set_nested(a(), "s3", "x", "1")
        .unset(a(), "j")
        .remove_section(SectionName::profile("b"));
    for before in [
        "[profile a]\nk=v # c\ns3=\n\tx=1\n",
        "\u{feff}[profile \"a\"]\r\nK  =  v\r\ns3 =\r\n  x = 0\r\n  x = 1",
        "[profile a]\nk = 1\nk = v\ns3 = \n x = 1\n",
    ] {
        let found = edited(before, &edit).expect("no error");
        assert_eq!(String::from_utf8(found.bytes).expect("text"), before);
        assert!(found.diff.is_empty());
    }
}

#[test]
fn a_new_key_goes_below_the_last_one() {
    let edit = new().set(a(), "k", "v");
    for (before, after) in [
        ("[profile a]\n", "[profile a]\nk = v\n"),
        ("[profile a]", "[profile a]\nk = v\n"),
        ("[profile a]\n\n[profile b]\n", "[profile a]\nk = v\n\n[profile b]\n"),
        (
            "[profile a]\nj = 1\n\n# about b\n[profile b]\n",
            "[profile a]\nj = 1\nk = v\n\n# about b\n[profile b]\n",
        ),
        ("[profile a]\ns3 =\n  x = 1\n\n[profile b]\n", "[profile a]\ns3 =\n  x = 1\nk = v\n\n[profile b]\n"),
        ("[profile a]\r\nj = 1\r\n", "[profile a]\r\nj = 1\r\nk = v\r\n"),
        ("[profile b]\r\n[profile a]\r\nj = 1", "[profile b]\r\n[profile a]\r\nj = 1\r\nk = v\r\n"),
        ("[profile a]\n  j = 1\n  [profile b]\n", "[profile a]\n  j = 1\n  k = v\n  [profile b]\n"),
        ("[profile a]\n  [profile b]\n", "[profile a]\n  k = v\n  [profile b]\n"),
        (
            "[profile a]\nx = 1\n[profile a]\ny = 2\n[profile b]\n",
            "[profile a]\nx = 1\n[profile a]\ny = 2\nk = v\n[profile b]\n",
        ),
        ("[default]\n", "[default]\n[profile a]\nk = v\n"),
        ("[default]\r\nx = 1", "[default]\r\nx = 1\r\n[profile a]\r\nk = v\r\n"),
        ("", "[profile a]\nk = v\n"),
        ("# only a comment", "# only a comment\n[profile a]\nk = v\n"),
        ("\u{feff}", "[profile a]\nk = v\n"),
        // To the SDKs an indented comment is a part of the value above it.
        ("[profile a]\nj = 1\n  # c\n# d\n", "[profile a]\nj = 1\n  # c\nk = v\n# d\n"),
        (
            "[profile a]\ns3 =\n  x = 1\n # c\n[profile b]\n",
            "[profile a]\ns3 =\n  x = 1\n # c\nk = v\n[profile b]\n",
        ),
        ("[profile a]\n  # c\n[profile b]\n", "[profile a]\n  # c\nk = v\n[profile b]\n"),
        ("  [profile a]\n # c\n", "  [profile a]\n # c\nk = v\n"),
        (
            "[profile a]\n  j = 1\n  # about b\n  [profile b]\n",
            "[profile a]\n  j = 1\n  k = v\n  # about b\n  [profile b]\n",
        ),
    ] {
        check(before, &edit, after);
    }
    let marked = format!("[profile a]\n{GENERATED_MARKER}\n# mine\n");
    check(&marked, &edit, &format!("[profile a]\n{GENERATED_MARKER}\nk = v\n# mine\n"));
}

#[test]
fn the_default_profile_is_changed_where_it_counts() {
    let edit = new().set(SectionName::profile("default"), "k", "new");
    check("[default]\nk = v\n", &edit, "[default]\nk = new\n");
    check(
        "[default]\nk = 1\n[profile default]\nk = 2\n",
        &edit,
        "[default]\nk = 1\n[profile default]\nk = new\n",
    );
    check("[profile default]\n[default]\nk = 1\n", &edit, "[profile default]\nk = new\n[default]\nk = 1\n");
    check("[profile a]\n", &edit, "[profile a]\n[default]\nk = new\n");
    let remove = new().remove_section(SectionName::profile("default"));
    check("[default]\nk = 1\n[profile default]\nk = 2\n[profile a]\n", &remove, "[profile a]\n");
}

#[test]
fn nested_values() {
    let edit = new().set_nested(a(), "s3", "x", "2");
    for (before, after) in [
        ("[profile a]\ns3 =\n\tx=1 # c\n\ty=2\n", "[profile a]\ns3 =\n\tx = 2\n\ty=2\n"),
        ("[profile a]\ns3 =\n  x = 1\n  x = 1\n", "[profile a]\ns3 =\n  x = 1\n  x = 2\n"),
        ("[profile a]\ns3 =\n  y = 1\n\nj = 1\n", "[profile a]\ns3 =\n  y = 1\n  x = 2\n\nj = 1\n"),
        ("[profile a]\ns3 =", "[profile a]\ns3 =\n    x = 2\n"),
        ("[profile a]\n  s3 =\n", "[profile a]\n  s3 =\n      x = 2\n"),
        ("[profile a]\nj = 1\n", "[profile a]\nj = 1\ns3 =\n    x = 2\n"),
    ] {
        check(before, &edit, after);
    }
    let error = edited("[profile a]\n\ns3 = v\n", &edit).expect_err("a value of its own");
    assert!(matches!(error, EditError::NotABlock { place, .. } if place.line == 3));
    let same_name_elsewhere = new().set(a(), "x", "3");
    check("[profile a]\ns3 =\n  x = 1\n", &same_name_elsewhere, "[profile a]\ns3 =\n  x = 1\nx = 3\n");
}

#[test]
fn keys_that_go() {
    let edit = new().unset(a(), "k");
    for (before, after) in [
        ("[profile a]\n# c\nk = v # d\nj = 1\n", "[profile a]\n# c\nj = 1\n"),
        ("[profile a]\nk =\n  x = 1\n# c\n  y = 2\n\n", "[profile a]\n# c\n\n"),
        (
            "[profile a]\nk = 1\n[profile b]\nk = 2\n[profile a]\nK = 3",
            "[profile a]\n[profile b]\nk = 2\n[profile a]\n",
        ),
        ("[default]\nk = 1\n", "[default]\nk = 1\n"),
        ("[profile a]\nj = 1\nk = v\n  # c\n", "[profile a]\nj = 1\n"),
        ("[profile a]\nk = v\n  # c\n# d\nj = 1\n", "[profile a]\n# d\nj = 1\n"),
        ("[profile a]\n  k = v\n  # c\n  j = 1\n", "[profile a]\n  # c\n  j = 1\n"),
    ] {
        check(before, &edit, after);
    }
}

#[test]
fn sections_that_come_and_go() {
    let add = new().add_section(a(), true, [("sso_session", "corp"), ("region", "eu-west-1")]);
    let section = format!("[profile a]\n{GENERATED_MARKER}\nsso_session = corp\nregion = eu-west-1\n");
    let remove = new().remove_section(a());
    for (before, between) in [("", ""), ("[default]\nk = 1\n", "\n"), ("[default]\n\n", ""), ("# c\n", "\n")]
    {
        check(before, &add, &format!("{before}{between}{section}"));
        if !before.ends_with("\n\n") {
            check(&format!("{before}{between}{section}"), &remove, before);
        }
    }
    check("[default]", &add, &format!("[default]\n\n{section}"));
    let two = new().add_section(a(), false, [("k", "v")]).add_section(
        SectionName::sso_session("two words"),
        false,
        [("k", "v")],
    );
    check("", &two, "[profile a]\nk = v\n\n[sso-session 'two words']\nk = v\n");
    for (before, after) in [
        ("# one\n[profile a]\nk = 1\n\n# two\n[profile b]\n", "# one\n\n# two\n[profile b]\n"),
        ("[profile b]\n\n[profile a]\n# c\nk = 1\n\n[profile c]\n", "[profile b]\n\n[profile c]\n"),
        ("[profile a]\nk = 1\n# tail\n", "# tail\n"),
        ("[profile b]\nj = 1\n[profile a]\nk = 1\n  # c\n# d\n", "[profile b]\nj = 1\n# d\n"),
        ("[profile a]\n[profile b]\n[profile a]\nk = 1\n", "[profile b]\n"),
    ] {
        check(before, &remove, after);
    }
    let error = edited("\n[profile 'a']\n", &add).expect_err("it is there");
    assert!(matches!(error, EditError::SectionExists { place, .. } if place.line == 2));
    check(&section, &new().remove_section(a()).add_section(a(), false, [("k", "v")]), "[profile a]\nk = v\n");
}

#[test]
fn generated_sections_say_so() {
    let generated =
        |text: &str| crate::support::config(text).profile(&"a".into()).expect("there").is_generated();
    for (text, expected) in [
        (format!("[profile a]\n{GENERATED_MARKER}\nk = v\n"), true),
        (format!("[profile a] # c\r\n{GENERATED_MARKER}\r\n"), true),
        (format!("[profile a]\n\n{GENERATED_MARKER}\n"), false),
        (format!("[profile a]\nk = v\n{GENERATED_MARKER}\n"), false),
        (format!("[profile a]\n{GENERATED_MARKER}\n[profile a]\nk = mine\n"), false),
        ("[profile a]\nk = v\n".to_owned(), false),
    ] {
        assert_eq!(generated(&text), expected, "{text}");
    }
}
