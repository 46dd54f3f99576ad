//! Lines that no tool understands: put right where it is plain what was meant, else turned into comments.

use super::{Rewritten, commented};
use sso_config::{ConfigError, Document, SyntaxErrorKind};
use std::path::Path;

/// So many bytes are read at most: after each line that is put right all are read again.
const WORK: usize = 64 << 20;

/// The text without them; `None` if there are none, or too many.
pub(super) fn readable(text: &str) -> Option<Rewritten> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut changes = Vec::new();
    let most = (WORK / text.len().max(1)).clamp(1, 10_000);
    for _ in 0..most {
        let (line, kind) = match Document::parse(lines.concat(), Path::new("config")) {
            Ok(_) => {
                let fine = !changes.is_empty() && is_config(text, &lines);
                return fine.then(|| Rewritten { bytes: lines.concat().into_bytes(), changes });
            }
            Err(ConfigError::Syntax { place, kind }) => (usize::try_from(place.line).ok()?, kind),
            Err(_) => return None,
        };
        changes.push(mend(&mut lines, line.checked_sub(1)?, kind)?);
    }
    None
}

/// Where more than half of the lines were to become comments, the file is something else than a config file.
fn is_config(before: &str, lines: &[String]) -> bool {
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';']);
    let left = lines.iter().map(String::as_str).filter(says).count();
    left * 2 >= before.lines().filter(says).count()
}

/// Puts one line right and says how.
fn mend(lines: &mut [String], at: usize, kind: SyntaxErrorKind) -> Option<String> {
    let line = lines.get_mut(at)?;
    let number = at + 1;
    let (body, end) = cut(line);
    let mended = match kind {
        SyntaxErrorKind::NoEquals { colon: true } => with_equals(body),
        SyntaxErrorKind::UnclosedHeader => closed(body),
        _ => None,
    };
    if let Some(mended) = mended {
        *line = format!("{mended}{end}");
        let how = match kind {
            SyntaxErrorKind::UnclosedHeader => "gets its ']'",
            _ => "the ':' becomes '='",
        };
        return Some(format!("line {number}: {how}"));
    }
    let whole_section = kind == SyntaxErrorKind::UnclosedHeader;
    let last = at + below(lines.get(at + 1..)?, indent(lines.get(at)?), whole_section);
    for line in lines.get_mut(at..=last)?.iter_mut().filter(|line| !line.trim().is_empty()) {
        if !line.trim_start().starts_with(['#', ';']) {
            *line = commented(line);
        }
    }
    Some(match last {
        last if last == at => format!("line {number} becomes a comment"),
        last => format!("lines {number} to {} become comments", last + 1),
    })
}

/// How many lines below belong to a line that becomes a comment: those that are deeper, since they would continue what is
/// above; of a header all up to the next, since they would fall into the section above.
fn below(lines: &[String], indent: usize, whole_section: bool) -> usize {
    let belongs = |line: &String| match whole_section {
        true => !line.trim_start().starts_with('['),
        false => line.trim().is_empty() || self::indent(line) > indent,
    };
    let run = lines.iter().take_while(|line| belongs(line));
    run.enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, _)| number + 1)
        .last()
        .unwrap_or(0)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// A line and its end.
fn cut(line: &str) -> (&str, &str) {
    line.split_at(line.trim_end_matches(['\r', '\n']).len())
}

/// `region: x`: what the AWS CLI reads as a key.
fn with_equals(body: &str) -> Option<String> {
    let (key, value) = body.split_once(':')?;
    let name = key.trim();
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain.then(|| format!("{} = {}", key.trim_end(), value.trim()))
}

/// `[profile dev # mine`, if closing it makes a header that is read.
fn closed(body: &str) -> Option<String> {
    let (head, comment) = body.split_at(body.find(['#', ';']).unwrap_or(body.len()));
    let name = head.trim_end();
    let gap = head.get(name.len()..).unwrap_or_default();
    let closed = format!("{name}]{gap}{comment}");
    let document = Document::parse(closed.clone(), Path::new("config")).ok()?;
    let set = sso_config::ConfigSet::from_documents(document, Document::absent(Path::new("none")));
    let named = set.profiles().chain(set.sso_sessions()).next().is_some();
    named.then_some(closed)
}
