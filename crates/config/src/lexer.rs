//! Physical lines to records. No byte is lost: the spans of all records, put together, are the file.

use crate::error::SyntaxErrorKind;
use crate::line::{
    BLANKS, Line, Property, cut_header_comment, has_plain_ends, is_comment, looks_like_item, split_property,
};
use crate::problem::ProblemKind;
use memchr::{memchr, memchr_iter};

/// Whose rules decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Ours: what either AWS reader accepts, in the AWS CLI's meaning where both do.
    #[default]
    Effective,
    /// The AWS SDKs', strictly.
    Sdk,
}

/// A range of bytes of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte, counted from 0.
    pub start: u32,
    /// One after the last byte.
    pub end: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        // A document is at most 64 MiB (document.rs), so nothing saturates.
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    /// The text of the span; empty when the span is not one of this text.
    #[must_use]
    pub fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// Nothing but spaces and tabs.
    Blank,
    /// A comment.
    Comment,
    /// A section header; its name is what stands between the brackets.
    Header,
    /// `name = value`.
    Property,
    /// More text of the property above; its value is the line without the blanks around it.
    Continuation,
    /// A line that makes the file invalid.
    Bad,
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eol {
    /// LF.
    Lf,
    /// CR and LF.
    CrLf,
    /// The file ends here.
    None,
}

/// One physical line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The whole line with its end (and, in line 1, the byte order mark).
    pub span: Span,
    /// What it is.
    pub kind: RecordKind,
    /// The name of a header or property.
    pub name: Span,
    /// The value of a property or continuation.
    pub value: Span,
    /// How the line ends.
    pub eol: Eol,
}

/// A fault or a remark: the record, the byte it points at, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark<K> {
    pub(crate) record: usize,
    pub(crate) at: u32,
    pub(crate) kind: K,
}

/// All records of a text with what is wrong and what is remarkable.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) records: Vec<Record>,
    pub(crate) faults: Vec<Mark<SyntaxErrorKind>>,
    pub(crate) remarks: Vec<Mark<ProblemKind>>,
}

/// The property whose value may go on.
#[derive(Clone, Copy)]
struct Open {
    indent: usize,
    block: bool,
    blank_seen: bool,
}

/// Reads the text line by line.
pub(crate) fn lex(text: &str, dialect: Dialect) -> Lexed {
    let returns = memchr(b'\r', text.as_bytes()).is_some();
    let mut lexer = Lexer { dialect, returns, in_section: false, open: None, out: Lexed::default() };
    // Counting is cheaper than growing.
    lexer.out.records.reserve(memchr_iter(b'\n', text.as_bytes()).count() + 1);
    let ends = memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1).chain([text.len()]);
    let mut at = 0;
    for end in ends {
        if let Some(raw) = text.get(at..end).filter(|raw| !raw.is_empty()) {
            lexer.line(raw, at);
        }
        at = end;
    }
    lexer.out
}

struct Lexer {
    dialect: Dialect,
    /// Whether there is a carriage return anywhere: most files have none, and then no line is searched for one.
    returns: bool,
    in_section: bool,
    open: Option<Open>,
    out: Lexed,
}

impl Lexer {
    fn line(&mut self, raw: &str, at: usize) {
        let strict = self.dialect == Dialect::Sdk;
        let (body, eol) = match raw.strip_suffix('\n') {
            None => (raw, Eol::None),
            Some(body) => body.strip_suffix('\r').map_or((body, Eol::Lf), |body| (body, Eol::CrLf)),
        };
        let bom = if at == 0 && !strict && body.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if bom > 0 {
            self.remark(at, ProblemKind::ByteOrderMark);
        }
        let line = Line::new(body.get(bom..).unwrap_or_default(), at + bom);
        let mut record = Record {
            span: Span::new(at, at + raw.len()),
            kind: RecordKind::Blank,
            name: Span::default(),
            value: Span::default(),
            eol,
        };
        self.classify(&line, &mut record);
        if self.returns && !strict && body.as_bytes().contains(&b'\r') {
            let offset = body.find('\r').unwrap_or_default();
            self.remark(at + offset, ProblemKind::LoneCarriageReturn);
        }
        self.out.records.push(record);
    }

    fn classify(&mut self, line: &Line<'_>, record: &mut Record) {
        let strict = self.dialect == Dialect::Sdk;
        if line.trimmed.is_empty() {
            if let Some(open) = &mut self.open {
                open.blank_seen = true;
            }
        } else if is_comment(line.trimmed) && !(strict && line.indent > 0) {
            record.kind = RecordKind::Comment;
            if line.indent > 0 {
                self.remark(line.start(), ProblemKind::IndentedComment);
            }
        } else if strict && line.indent > 0 || self.open.is_some_and(|open| line.indent > open.indent) {
            self.continuation(line, record);
        } else if line.trimmed.starts_with('[') {
            self.header(line, record);
        } else {
            self.property(line, record);
        }
    }

    fn header(&mut self, line: &Line<'_>, record: &mut Record) {
        self.open = None;
        if line.indent > 0 {
            self.remark(line.start(), ProblemKind::IndentedHeader);
        }
        let (head, comment) = cut_header_comment(line.trimmed);
        let end = match (head.strip_suffix(']'), self.dialect) {
            (Some(closed), _) => Some(closed.len()),
            (None, Dialect::Sdk) => None,
            (None, Dialect::Effective) => head.rfind(']').or_else(|| line.trimmed.rfind(']')),
        };
        let Some(end) = end.filter(|end| *end > 0) else {
            return self.fault(record, line.start(), SyntaxErrorKind::UnclosedHeader);
        };
        if end + 1 < head.len() {
            self.remark(line.start() + end + 1, ProblemKind::TextAfterHeader);
        } else if end >= head.len() {
            self.remark(line.start() + head.len(), ProblemKind::CommentSignInName);
        } else if let Some(offset) = comment.find(']') {
            self.remark(line.end() - comment.len() + offset, ProblemKind::BracketInComment);
        }
        let inside = line.trimmed.get(1..end).unwrap_or_default();
        let name = inside.trim_matches(BLANKS);
        let lead = inside.len() - inside.trim_start_matches(BLANKS).len();
        if lead > 0 || (name.len() < inside.len() && !name.contains(BLANKS)) {
            self.remark(line.start() + 1, ProblemKind::BlankInBrackets);
        }
        self.in_section = true;
        record.kind = RecordKind::Header;
        record.name = Span::new(line.start() + 1 + lead, line.start() + 1 + lead + name.len());
    }

    fn property(&mut self, line: &Line<'_>, record: &mut Record) {
        self.open = None;
        let found = split_property(line.trimmed);
        if !self.in_section {
            return self.fault(record, line.start(), SyntaxErrorKind::OutsideSection);
        }
        match found {
            Property::NoEquals => {
                let colon = line.trimmed.contains(':');
                let kind = match line.indent > 0 && !colon {
                    true => SyntaxErrorKind::ContinuesNothing,
                    false => SyntaxErrorKind::NoEquals { colon },
                };
                self.fault(record, line.start(), kind);
            }
            Property::NoName => self.fault(record, line.start(), SyntaxErrorKind::NoName),
            Property::Found { name, value, value_at, comment_at } => {
                if line.indent > 0 {
                    self.remark(line.start(), ProblemKind::IndentedProperty);
                }
                if let Some(offset) = comment_at {
                    self.remark(line.start() + offset, ProblemKind::InlineComment);
                }
                if let Some(offset) = memchr(b':', name.as_bytes()) {
                    self.remark(line.start() + offset, ProblemKind::ColonInKey);
                }
                let odd = |text: &str| !has_plain_ends(text) && text.trim() != text;
                if odd(name) || odd(value) {
                    self.remark(line.start(), ProblemKind::OddBlank);
                }
                record.kind = RecordKind::Property;
                record.name = Span::new(line.start(), line.start() + name.len());
                let start = line.start() + value_at;
                record.value = Span::new(start, start + value.len());
                self.open = Some(Open { indent: line.indent, block: value.is_empty(), blank_seen: false });
            }
        }
    }

    fn continuation(&mut self, line: &Line<'_>, record: &mut Record) {
        let Some(open) = self.open else {
            let kind = match self.in_section {
                true => SyntaxErrorKind::ContinuesNothing,
                false => SyntaxErrorKind::OutsideSection,
            };
            return self.fault(record, line.start(), kind);
        };
        let found = split_property(line.trimmed);
        match (open.block, &found) {
            (true, Property::NoEquals) => {
                return self.fault(record, line.start(), SyntaxErrorKind::NoEqualsInBlock);
            }
            (true, Property::NoName) => {
                return self.fault(record, line.start(), SyntaxErrorKind::NoNameInBlock);
            }
            (false, _) if looks_like_item(line.trimmed, &found) => {
                self.remark(line.start(), ProblemKind::SwallowedLine);
            }
            _ => {}
        }
        if let Property::Found { comment_at: Some(offset), .. } = found {
            self.remark(line.start() + offset, ProblemKind::CommentInContinuation);
        }
        if open.blank_seen && !open.block {
            self.remark(line.start(), ProblemKind::BlankLineInValue);
        }
        self.open = Some(Open { blank_seen: false, ..open });
        record.kind = RecordKind::Continuation;
        record.value = Span::new(line.start(), line.end());
    }

    fn fault(&mut self, record: &mut Record, at: usize, kind: SyntaxErrorKind) {
        record.kind = RecordKind::Bad;
        let mark = Mark { record: self.out.records.len(), at: Span::new(at, at).start, kind };
        self.out.faults.push(mark);
    }

    /// Remarks are about our own reading; the SDKs' is only right or wrong.
    fn remark(&mut self, at: usize, kind: ProblemKind) {
        if self.dialect == Dialect::Effective {
            let mark = Mark { record: self.out.records.len(), at: Span::new(at, at).start, kind };
            self.out.remarks.push(mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds_names_values_and_ends() {
        use RecordKind::{Bad, Blank, Comment, Continuation, Header, Property};
        let text = "\u{feff} ; c\r\n[ profile a ] # x\nk = v ; c\r\n  more # m\n\t\n  # c\nbad\ns3=\n a = 1";
        let found: Vec<_> = lex(text, Dialect::Effective)
            .records
            .iter()
            .map(|record| (record.kind, record.name.of(text), record.value.of(text), record.eol))
            .collect();
        let expected = [
            (Comment, "", "", Eol::CrLf),
            (Header, "profile a", "", Eol::Lf),
            (Property, "k", "v", Eol::CrLf),
            (Continuation, "", "more # m", Eol::Lf),
            (Blank, "", "", Eol::Lf),
            (Comment, "", "", Eol::Lf),
            (Bad, "", "", Eol::Lf),
            (Property, "s3", "", Eol::Lf),
            (Continuation, "", "a = 1", Eol::None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_continues_only_when_it_is_deeper() {
        use RecordKind::{Bad, Continuation, Header, Property};
        for (text, effective, sdk) in [
            ("[a]\nk=v\n l=w", [Header, Property, Continuation], [Header, Property, Continuation]),
            ("[a]\n k=v\n l=w", [Header, Property, Property], [Header, Bad, Bad]),
            ("[a]\n  k=v\n l=w", [Header, Property, Property], [Header, Bad, Bad]),
            ("[a]\n k=v\n\t\tx", [Header, Property, Continuation], [Header, Bad, Bad]),
            ("[a]\n [b]\nk=v", [Header, Header, Property], [Header, Bad, Property]),
        ] {
            let kinds = |dialect| lex(text, dialect).records.iter().map(|r| r.kind).collect::<Vec<_>>();
            assert_eq!(kinds(Dialect::Effective), effective, "{text}");
            assert_eq!(kinds(Dialect::Sdk), sdk, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_even_of_bad_files(text in "([ \t]{0,2}[\\[\\]#=a-c\u{feff}é\r]{0,6}(\n|\r\n|\r)?){0,12}") {
            for dialect in [Dialect::Effective, Dialect::Sdk] {
                let lexed = lex(&text, dialect);
                let whole: String = lexed.records.iter().map(|record| record.span.of(&text)).collect();
                prop_assert_eq!(&whole, &text);
                let bad = lexed.records.iter().filter(|record| record.kind == RecordKind::Bad).count();
                prop_assert_eq!(bad, lexed.faults.len());
            }
        }
    }
}
