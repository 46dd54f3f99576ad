//! A diff of the configuration, its signs coloured where colours are wanted. Every line is foreign text and escaped.

use super::escape::escape;
use super::{BAD, GOOD};
use sso_config::{Diff, DiffLine, Hunk, Sign};

/// The lines with `+`, `-` or a blank before them. With `most`, so many sections and a count of the rest.
pub(crate) fn text(diff: &Diff, color: bool, most: Option<usize>) -> String {
    annotated(diff, color, most, |_| None)
}

/// As [`text`], with a remark behind some headers: `note` is asked with what stands between the brackets.
pub(crate) fn annotated(
    diff: &Diff,
    color: bool,
    most: Option<usize>,
    note: impl Fn(&str) -> Option<&'static str>,
) -> String {
    let most = most.unwrap_or(usize::MAX);
    // A blank line that comes with a section, or goes with one, says nothing.
    let hunks: Vec<&Hunk> = diff.hunks.iter().filter(|hunk| hunk.lines.iter().any(is_change)).collect();
    let mut text = String::new();
    for hunk in hunks.iter().take(most) {
        let mut note = hunk.section.as_deref().and_then(&note);
        for one in hunk.lines.iter().filter(|line| !is_blank(line)) {
            let remark = if one.text.trim_start().starts_with('[') { note.take() } else { None };
            text.push_str(&line(one, color, remark));
        }
    }
    let rest = hunks.len().saturating_sub(most);
    if rest > 0 {
        text.push_str(&format!("  ... {rest} more\n"));
    }
    text
}

/// All lines, neither coloured nor escaped: for JSON.
pub(crate) fn plain(diff: &Diff) -> String {
    diff.lines().map(|line| format!("{}\n", signed(line, &discreet(line)))).collect()
}

fn is_blank(line: &DiffLine) -> bool {
    line.text.trim().is_empty()
}

fn is_change(line: &DiffLine) -> bool {
    line.sign != Sign::Context && !is_blank(line)
}

fn line(line: &DiffLine, color: bool, remark: Option<&str>) -> String {
    let shown = signed(line, &escape(&discreet(line).replace('\t', "    ")));
    let remark = remark.map(|remark| format!("  # {remark}")).unwrap_or_default();
    let style = match line.sign {
        Sign::Removed => BAD,
        Sign::Added => GOOD,
        Sign::Context => return format!("{shown}{remark}\n"),
    };
    match shown.split_at_checked(1) {
        Some((sign, text)) if color => format!("{style}{sign}{style:#}{text}{remark}\n"),
        _ => format!("{shown}{remark}\n"),
    }
}

fn signed(line: &DiffLine, text: &str) -> String {
    let sign = match line.sign {
        Sign::Context => ' ',
        Sign::Removed => '-',
        Sign::Added => '+',
    };
    format!("{sign} {text}").trim_end().to_owned()
}

/// The text; where the value is secret, stars stand for it (the diff has left it out already).
fn discreet(line: &DiffLine) -> String {
    if line.secret { format!("{} ***", line.text.trim_end()) } else { line.text.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_config::{ConfigEdit, Document, SectionName};
    use std::path::Path;

    const CONFIG: &str =
        "[profile a]\nregion = x\n\n[profile b]\nregion = \u{1b}[31m\naws_secret_access_key = hush\n";

    #[test]
    fn what_comes_goes_and_stays() {
        let edit = ConfigEdit::new()
            .remove_section(SectionName::profile("a"))
            .set(SectionName::profile("b"), "output", "json")
            .add_section(SectionName::profile("c"), false, [("region", "y")]);
        let document = Document::parse(CONFIG.replace('\u{1b}', ""), Path::new("/c")).expect("a config");
        let diff = edit.preview(&document).expect("an edit").diff;
        let note = |header: &str| (header == "profile a").then_some("gone");
        assert_eq!(
            annotated(&diff, false, None, note),
            "- [profile a]  # gone\n- region = x\n  [profile b]\n  region = [31m\n  aws_secret_access_key = ***\n\
             + output = json\n+ [profile c]\n+ region = y\n"
        );
        assert_eq!(text(&diff, false, Some(1)), "- [profile a]\n- region = x\n  ... 2 more\n");
        assert!(!plain(&diff).contains("hush"));
        assert!(text(&diff, true, None).contains("\u{1b}[32m+\u{1b}[0m output = json\n"));
    }

    #[test]
    fn foreign_text_is_escaped() {
        let edit = ConfigEdit::new().set(SectionName::profile("b"), "output", "json");
        let document = Document::parse(CONFIG, Path::new("/c")).expect("a config");
        let diff = edit.preview(&document).expect("an edit").diff;
        assert!(text(&diff, false, None).contains("  region = \\u{1b}[31m\n"));
    }
}
