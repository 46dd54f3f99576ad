//! The rules of the file format as tables: what is read, what is refused, what is remarked.

use crate::support::{map, profiles, sessions, set_of};
use sso_config::{
    ConfigError, ConfigSet, Dialect, Effect, Ignored, Place, Problem, ProblemKind as P, Reader,
    SyntaxErrorKind as S,
};

/// Text of the config file, our reading of the profiles, the SDKs' reading (`None`: refused), remarks as line:column.
type Row = (&'static str, &'static str, Option<&'static str>, &'static [(&'static str, P)]);

const READ: &[Row] = &[
    // Plain.
    ("", "", Some(""), &[]),
    ("[default]\nregion=eu-west-1\n", "default: region=eu-west-1", Some("default: region=eu-west-1"), &[]),
    ("[profile dev]\nREGION = x", "dev: region=x", Some("dev: region=x"), &[]),
    (
        "# c\n; c\n\n \t\n[profile dev]# c\nk = \"v\" % = ;\\",
        "dev: k=\"v\" % =",
        Some("dev: k=\"v\" % ="),
        &[("6:13", P::InlineComment)],
    ),
    ("[profile dev ]\r\nk = v\r\n", "dev: k=v", Some("dev: k=v"), &[]),
    // Comments.
    ("[profile dev]\nk = v ; c", "dev: k=v", Some("dev: k=v"), &[("2:7", P::InlineComment)]),
    ("[profile dev]\nk = # c", "dev: k=", Some("dev: k="), &[("2:5", P::InlineComment)]),
    ("[profile dev]\nk = v#c", "dev: k=v#c", Some("dev: k=v#c"), &[]),
    ("[profile dev]\nk = v\n  # c\n", "dev: k=v", Some("dev: k=v\\n# c"), &[("3:3", P::IndentedComment)]),
    ("[profile dev]\n # c\nk = v\n", "dev: k=v", None, &[("2:2", P::IndentedComment)]),
    // Indentation.
    (
        "[profile dev]\n  k = v\n  l = w",
        "dev: k=v|l=w",
        None,
        &[("2:3", P::IndentedProperty), ("3:3", P::IndentedProperty)],
    ),
    ("[profile dev]\n  k = v\n   -w", "dev: k=v\\n-w", None, &[("2:3", P::IndentedProperty)]),
    ("\t[profile dev]\nk = v", "dev: k=v", None, &[("1:2", P::IndentedHeader)]),
    (
        "[profile dev]\nk = v\n l = w",
        "dev: k=v\\nl = w",
        Some("dev: k=v\\nl = w"),
        &[("3:2", P::SwallowedLine)],
    ),
    (
        "[profile dev]\nk = v\n [profile b]",
        "dev: k=v\\n[profile b]",
        Some("dev: k=v\\n[profile b]"),
        &[("3:2", P::SwallowedLine)],
    ),
    // Values of several lines, and blocks.
    ("[profile dev]\nk = v\n\n w", "dev: k=v\\nw", Some("dev: k=v\\nw"), &[("4:2", P::BlankLineInValue)]),
    (
        "[profile dev]\ns3 =\n  a = 1\n\n# c\n b = 2",
        "dev: s3=\\na = 1\\nb = 2",
        Some("dev: s3=\\na = 1\\nb = 2"),
        &[],
    ),
    (
        "[profile dev]\ns3 =\n  a = 1 # c",
        "dev: s3=\\na = 1 # c",
        Some("dev: s3=\\na = 1 # c"),
        &[("3:9", P::CommentInContinuation)],
    ),
    // Headers.
    ("[profile dev] junk\nk = v", "dev: k=v", None, &[("1:14", P::TextAfterHeader)]),
    (
        "[profile d#v]\nk = v",
        "d#v: k=v",
        None,
        &[("1:2", P::NotPortableName), ("1:11", P::CommentSignInName)],
    ),
    ("[profile dev] # [x]\nk = v", "dev: k=v", Some("dev: k=v"), &[("1:19", P::BracketInComment)]),
    ("[ profile dev ]\nk = v", "dev: k=v", Some("dev: k=v"), &[("1:2", P::BlankInBrackets)]),
    ("[profile 'a b']\nk = v", "a b: k=v", Some(""), &[("1:2", P::QuotedName)]),
    ("[profile é]\nk = v", "é: k=v", Some(""), &[("1:2", P::NotPortableName)]),
    ("[profile a\\b]\nk = v", "", Some(""), &[("1:2", P::IgnoredSection(Ignored::Backslash))]),
    ("[profile a b]\nk = v", "", Some(""), &[("1:2", P::IgnoredSection(Ignored::SeveralWords))]),
    ("[dev]\nk = v", "", Some(""), &[("1:2", P::IgnoredSection(Ignored::UnknownHeader))]),
    ("[DEFAULT]\nk = v", "", Some(""), &[("1:2", P::IgnoredSection(Ignored::UpperCaseDefault))]),
    ("[]\nk = v", "", Some(""), &[("1:2", P::IgnoredSection(Ignored::EmptyBrackets))]),
    // Duplicates.
    ("[profile a]\nk = 1\nK = 2", "a: k=2", Some("a: k=2"), &[("3:1", P::DuplicateKey { first: 2 })]),
    (
        "[profile a]\nk = 1\n[profile a]\nl = 2",
        "a: k=1|l=2",
        Some("a: k=1|l=2"),
        &[("3:2", P::DuplicateSection { first: 1 })],
    ),
    (
        "[profile a]\nk = 1\n[profile 'a']\nl = 2",
        "a: k=1|l=2",
        Some("a: k=1"),
        &[("3:2", P::QuotedName), ("3:2", P::OtherSpelling { first: 1 })],
    ),
    (
        "[default]\nk = 1\n[profile default]\nl = 2",
        "default: l=2",
        Some("default: l=2"),
        &[("1:2", P::HiddenDefault { by: 3 })],
    ),
    ("[profile a]\nodd key = 1", "a:", Some("a:"), &[("2:1", P::InvalidKey)]),
    // Bytes.
    ("\u{feff}[profile a]\nk = v", "a: k=v", None, &[("1:1", P::ByteOrderMark)]),
    ("[profile a]\nk = v\rw\n", "a: k=v\rw", Some("a: k=v\rw"), &[("2:6", P::LoneCarriageReturn)]),
    (
        "[profile a]\nk = \u{a0}v\0w\u{a0}",
        "a: k=\u{a0}v\0w\u{a0}",
        Some("a: k=\u{a0}v\0w\u{a0}"),
        &[("2:1", P::OddBlank)],
    ),
    ("[profile a]\nx:y = 1", "a: x:y=1", Some("a: x:y=1"), &[("2:2", P::ColonInKey)]),
];

#[test]
fn what_is_read() {
    for (text, wanted, sdk, problems) in READ {
        let set = set_of(text, "", Dialect::Effective).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(profiles(&set), map(wanted), "{text}");
        let strict = set_of(text, "", Dialect::Sdk).ok().map(|set| profiles(&set));
        assert_eq!(strict, sdk.map(map), "as the SDKs read {text}");
        assert_eq!(remarks(&set), *problems, "{text}");
    }
}

fn remarks(set: &ConfigSet) -> Vec<(&'static str, P)> {
    let shown = |place: &Place| -> &'static str { format!("{}:{}", place.line, place.column).leak() };
    set.problems().iter().map(|problem| (shown(&problem.place), problem.kind)).collect()
}

#[test]
fn every_leniency_names_the_reader_that_differs() {
    for (text, wanted, sdk, problems) in READ {
        let readers: Vec<(Reader, Effect)> = problems.iter().map(|(_, kind)| kind.reading()).collect();
        let by = |reader: Reader| readers.iter().any(|(found, _)| *found == reader || *found == Reader::Both);
        let sdks_differ = sdk.map(map) != Some(map(wanted));
        assert!(!sdks_differ || by(Reader::AwsSdks), "{text}: {readers:?}");
        let refused = readers.iter().any(|(reader, effect)| {
            *effect == Effect::RefusesFile && matches!(reader, Reader::AwsSdks | Reader::Both)
        });
        assert!(!refused || sdk.is_none(), "{text}");
    }
}

#[test]
fn what_is_refused_and_where() {
    for (text, at, kind) in [
        ("[profile dev\nk = v", "1:1", S::UnclosedHeader),
        ("[", "1:1", S::UnclosedHeader),
        ("k = v", "1:1", S::OutsideSection),
        (" -x", "1:2", S::OutsideSection),
        ("[profile dev]\n -x", "2:2", S::ContinuesNothing),
        ("[profile dev]\nk = v\n[profile b]\n\t-x", "4:2", S::ContinuesNothing),
        ("[profile dev]\nk : v", "2:1", S::NoEquals { colon: true }),
        ("[profile dev]\n  k : v", "2:3", S::NoEquals { colon: true }),
        ("[profile dev]\nword", "2:1", S::NoEquals { colon: false }),
        ("[profile dev]\n= v", "2:1", S::NoName),
        ("[profile dev]\ns3 =\n word", "3:2", S::NoEqualsInBlock),
        ("[profile dev]\ns3 =\n = v", "3:2", S::NoNameInBlock),
        ("[nobody]\né", "2:1", S::NoEquals { colon: false }),
    ] {
        match set_of(text, "", Dialect::Effective) {
            Err(ConfigError::Syntax { place, kind: found }) => {
                assert_eq!(
                    (format!("{}:{}", place.line, place.column).as_str(), found),
                    (at, kind),
                    "{text}"
                );
            }
            other => panic!("{text}: {other:?}"),
        }
        assert!(set_of(text, "", Dialect::Sdk).is_err(), "{text}");
    }
}

#[test]
fn the_credentials_file_goes_over_the_config_file() {
    for (config, credentials, wanted) in [
        ("[profile a]\nk = 1\nl = 1", "[a]\nk = 2", "a: k=2|l=1"),
        ("[profile default]\nk = 1\n[default]\nl = 1", "[default]\nm = 1", "default: k=1|m=1"),
        ("", "[profile a]\nk = 1\n[sso-session s]\nk = 1", ""),
        ("", "[a]\nk = 1", "a: k=1"),
    ] {
        for dialect in [Dialect::Effective, Dialect::Sdk] {
            let set = set_of(config, credentials, dialect).expect("valid");
            assert_eq!(profiles(&set), map(wanted), "{config} + {credentials}");
            assert!(sessions(&set).is_empty());
        }
    }
}

#[test]
fn places_are_those_of_the_text() {
    let text = "[default]\n[profile é]\n  k = 1 # é\n[sso-session s]\n\tsso_region = x\n";
    let set = set_of(text, "", Dialect::Effective).expect("valid");
    let line_of = |problem: &Problem| (problem.place.line, problem.place.column);
    assert_eq!(set.problems().iter().map(line_of).collect::<Vec<_>>(), [(2, 2), (3, 3), (3, 9), (5, 2)]);
    let session = set.sso_sessions().next().expect("a session");
    assert_eq!((session.place().line, session.is_portable()), (4, true));
    assert_eq!(session.get("sso_region").expect("a region").origin.to_string(), "/h/.aws/config:5");
}
