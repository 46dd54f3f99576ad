//! The config file written anew, where it cannot be read and so not be edited: lines change, all else stays byte for byte.
//! Pure functions of the bytes. What is told of the changes holds no values: a line that nobody understands may be a secret.

pub(crate) mod encoding;
mod sections;
mod unreadable;

use sso_config::Document;
use std::collections::BTreeMap;
use std::path::Path;

/// One thing that is put right. They are done in this order, whoever asked for them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// UTF-8 without a mark, with line ends that tools know.
    Encoding,
    /// Lines that no tool understands.
    Unreadable,
    /// `[from]` becomes `[to]`.
    Header { from: String, to: String },
    /// `[default]` beside `[profile default]`.
    Defaults,
    /// Sections and keys that stand twice.
    Duplicates,
}

/// What the steps make of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) bytes: Vec<u8>,
    /// What is different, a line each.
    pub(crate) changes: Vec<String>,
}

/// Does the steps, in their order; `None` if one cannot be done, or nothing is to do.
pub(crate) fn rewrite(before: &[u8], steps: &[Step]) -> Option<Rewritten> {
    let mut steps: Vec<&Step> = steps.iter().collect();
    steps.sort();
    steps.dedup();
    let mut done = Rewritten { bytes: before.to_vec(), changes: Vec::new() };
    // Thousands of headers are one pass.
    let headers: BTreeMap<&str, &str> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Header { from, to } => Some((from.as_str(), to.as_str())),
            _ => None,
        })
        .collect();
    let is_header = |step: &Step| matches!(step, Step::Header { .. });
    steps.dedup_by(|one, other| is_header(one) && is_header(other));
    for step in steps {
        let next = one(&done.bytes, step, &headers)?;
        done.bytes = next.bytes;
        done.changes.extend(next.changes);
    }
    (done.bytes != before).then_some(done)
}

fn one(bytes: &[u8], step: &Step, headers: &BTreeMap<&str, &str>) -> Option<Rewritten> {
    if *step == Step::Encoding {
        return encoding::plain(bytes);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    match step {
        Step::Unreadable => unreadable::readable(text),
        Step::Header { .. } => sections::renamed(text, headers),
        Step::Defaults => sections::one_default(text),
        Step::Duplicates => sections::merged(text),
        Step::Encoding => None,
    }
}

/// The text, read.
fn read(text: &str) -> Option<Document> {
    Document::parse(text, Path::new("config")).ok()
}

/// The line as a comment.
fn commented(line: &str) -> String {
    format!("# {line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table row: step, before, after (or that it cannot be done), and one of the changes.
    fn check(step: &Step, before: &[u8], after: Option<&str>, change: &str) {
        let found = rewrite(before, std::slice::from_ref(step));
        let shown = String::from_utf8_lossy(before);
        let text = found.as_ref().map(|found| String::from_utf8_lossy(&found.bytes).into_owned());
        assert_eq!(text.as_deref(), after, "{step:?}: {shown:?}");
        let changes = found.map(|found| found.changes.join("; ")).unwrap_or_default();
        assert!(changes.contains(change), "{step:?}: {shown:?}: {changes}");
    }

    #[test]
    fn encodings() {
        let wide = |text: &str, big: bool, mark: bool| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let text = "[default]\r\nregion = x # \u{e4}\r\n";
        for (before, after, change) in [
            (b"\xef\xbb\xbf[default]\n".to_vec(), Some("[default]\n"), "byte order mark"),
            (wide(text, false, true), Some(text), "UTF-16"),
            (wide(text, true, true), Some(text), "UTF-16"),
            (wide(text, false, false), Some(text), "UTF-16"),
            (wide(text, true, false), Some(text), "UTF-16"),
            (b"[a]\rk = v\r".to_vec(), Some("[a]\nk = v\n"), "CR"),
            (b"[a]\nk = v\n\0\0\0".to_vec(), Some("[a]\nk = v\n"), "3 NUL bytes"),
            (b"# gr\xfc\xdfe \xc3\xa4\n[a]".to_vec(), Some("# gr\u{fc}\u{df}e \u{e4}\n[a]"), "Latin-1"),
            (b"\xff\xfe\x00\xd8".to_vec(), None, ""),
            (b"# \x93quoted\x94\n".to_vec(), None, ""),
            (b"[a]\r\nk = v".to_vec(), None, ""),
            (Vec::new(), None, ""),
        ] {
            check(&Step::Encoding, &before, after, change);
        }
    }

    #[test]
    fn lines_that_cannot_be_read() {
        for (before, after, change) in [
            ("oops\n[a]\nk = v\n", Some("# oops\n[a]\nk = v\n"), "line 1"),
            ("[a]\r\nk = v\r\njunk\r\n", Some("[a]\r\nk = v\r\n# junk\r\n"), "line 3"),
            ("[a]\nk = v\njunk", Some("[a]\nk = v\n# junk"), "line 3"),
            ("[a]\nregion: x\n", Some("[a]\nregion = x\n"), "':' becomes '='"),
            ("[a]\nregion:x", Some("[a]\nregion = x"), "line 2"),
            ("[a]\nsee https://x\n", Some("[a]\n# see https://x\n"), "comment"),
            ("[profile a\nk = v\n", Some("[profile a]\nk = v\n"), "']'"),
            ("[profile a # x\r\nk = v\r\n", Some("[profile a] # x\r\nk = v\r\n"), "']'"),
            // Its keys must not fall into the section above.
            (
                "[a]\nk = v\n[what is\nk = w\n[b]\n",
                Some("[a]\nk = v\n# [what is\n# k = w\n[b]\n"),
                "lines 3 to 4",
            ),
            // What continued the bad line must not continue the value above.
            (
                "[a]\nk = v\ns3\n  max = 1\n\nl = w\n",
                Some("[a]\nk = v\n# s3\n#   max = 1\n\nl = w\n"),
                "lines 3 to 4",
            ),
            (
                "[a]\n= v\n[a]\nx\n",
                Some("[a]\n# = v\n[a]\n# x\n"),
                "line 2 becomes a comment; line 4 becomes a comment",
            ),
            ("[a]\ns3 =\n  junk\n  b = c\n", Some("[a]\ns3 =\n#   junk\n  b = c\n"), "line 3"),
            ("[a]\nk = v\n", None, ""),
        ] {
            check(&Step::Unreadable, before.as_bytes(), after, change);
        }
        let many = format!("[a]\n{}", "junk\n".repeat(500));
        assert_eq!(rewrite(many.as_bytes(), &[Step::Unreadable]), None, "that is no config file");
        let colons = (0..500).map(|number| format!("[p{number}]\nregion: x\n")).collect::<String>();
        assert!(rewrite(colons.as_bytes(), &[Step::Unreadable]).is_some());
    }

    #[test]
    fn headers() {
        for (before, after) in [
            ("[prod]\nk = v", Some("[profile prod]\nk = v")),
            (
                "  [prod] # mine\r\nk = v\r\n[prod]\r\n",
                Some("  [profile prod] # mine\r\nk = v\r\n[profile prod]\r\n"),
            ),
            ("[prods]\n", None),
        ] {
            let step = Step::Header { from: "prod".into(), to: "profile prod".into() };
            check(
                &step,
                before.as_bytes(),
                after,
                if after.is_some() { "[prod] becomes [profile prod]" } else { "" },
            );
        }
    }

    #[test]
    fn two_defaults() {
        for (before, after) in [
            (
                "[default]\nregion = x\n# mine\n\n[profile default]\nregion = y\n",
                Some("# [default]\n# region = x\n# mine\n\n[default]\nregion = y\n"),
            ),
            (
                "[profile default] # d\r\na = b\r\n[default]\r\ns3 =\r\n  c = d",
                Some("[default] # d\r\na = b\r\n# [default]\r\n# s3 =\r\n#   c = d"),
            ),
            ("[default]\n", None),
            ("[profile default]\n", None),
        ] {
            check(&Step::Defaults, before.as_bytes(), after, "");
        }
    }

    #[test]
    fn what_stands_twice() {
        for (before, after, change) in [
            (
                "[a]\nk = 1\nK = 2\n",
                Some("[a]\n# k = 1\nK = 2\n"),
                "line 2 becomes a comment: k is set again below",
            ),
            ("[a]\nk =\n  x = 1\nk = 2", Some("[a]\n# k =\n#   x = 1\nk = 2"), "lines 2 to 3"),
            (
                "[a]\nk = 1\n\n[b]\nx = y\n\n[a]\nl = 2\n",
                Some("[a]\nk = 1\nl = 2\n\n[b]\nx = y\n"),
                "[a] in line 7 goes to the one in line 1",
            ),
            (
                "[a]\r\nk = 1\r\n[b]\r\nx = y\r\n[a]\r\n  k = 2\r\n  l =\r\n    m = 3",
                Some("[a]\r\n# k = 1\r\nk = 2\r\nl =\r\n    m = 3\r\n[b]\r\nx = y\r\n"),
                "line 2",
            ),
            ("[a]\n[a]\n# why\nk = 1\n", Some("[a]\n# why\nk = 1\n"), ""),
            ("[a]\nk = 1\n[b]\nk = 1\n", None, ""),
        ] {
            check(&Step::Duplicates, before.as_bytes(), after, change);
        }
    }

    /// A section that a person wrote must not become one that we may take away.
    #[test]
    fn the_marker_of_generated_sections_stays_only_where_all_have_it() {
        let marker = sso_config::GENERATED_MARKER;
        let both = format!("[a]\n{marker}\nk = 1\n[a]\n{marker}\nl = 2\n");
        check(&Step::Duplicates, both.as_bytes(), Some(&format!("[a]\n{marker}\nk = 1\nl = 2\n")), "");
        let first = format!("[a]\n{marker}\nk = 1\n[a]\nl = 2\n");
        check(&Step::Duplicates, first.as_bytes(), Some("[a]\nk = 1\nl = 2\n"), "");
    }

    #[test]
    fn steps_are_done_in_their_order_and_once() {
        let steps = [Step::Duplicates, Step::Unreadable, Step::Encoding, Step::Unreadable];
        let done = rewrite(b"\xef\xbb\xbf[a]\njunk\nk = 1\nk = 2\n", &steps).expect("all can be done");
        assert_eq!(String::from_utf8_lossy(&done.bytes), "[a]\n# junk\n# k = 1\nk = 2\n");
        assert_eq!(done.changes.len(), 3);
    }
}
