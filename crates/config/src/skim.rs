//! Leaves out of a large file what is plainly the profile of somebody else, before the rest is read.
//!
//! This is no second grammar: a section is left out only where the first look shows both that it is another profile and that
//! no line of it could make the file invalid. Whatever gives cause for doubt is kept, for [`crate::document::Document`] to
//! judge.

use crate::document::MAX_FILE_BYTES;
use crate::line::is_portable_byte;
use crate::section::FileRole;
use memchr::memchr_iter;
use std::io::{self, Read};

/// How much is in memory at once: the file's pages are copied into a cache, not into fresh memory.
const CHUNK: usize = 32 << 10;

/// The text of the file without the sections of other profiles; `None` if it is too large.
pub(crate) fn skim(
    mut file: impl Read,
    size: usize,
    role: FileRole,
    profile: &str,
) -> io::Result<Option<Vec<u8>>> {
    let opening: &[u8] = match role {
        FileRole::Config => b"[profile ",
        FileRole::Credentials => b"[",
    };
    let mut skimmer = Skimmer { opening, profile: profile.as_bytes(), kept: Vec::new() };
    // One byte more than the file has, so that its end is seen.
    let mut buffer = vec![0; (size + 1).min(CHUNK)];
    let (mut filled, mut total) = (0, 0);
    loop {
        let read = file.read(buffer.get_mut(filled..).unwrap_or_default())?;
        (filled, total) = (filled + read, total + read);
        if total > MAX_FILE_BYTES {
            return Ok(None);
        }
        let text = buffer.get(..filled).unwrap_or_default();
        let done = skimmer.sections(text);
        if read == 0 {
            skimmer.section(text.get(done..).unwrap_or_default());
            return Ok(Some(skimmer.kept));
        }
        buffer.copy_within(done..filled, 0);
        filled -= done;
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
    }
}

struct Skimmer<'a> {
    /// What stands before the name in a header.
    opening: &'static [u8],
    /// The profile that is wanted.
    profile: &'a [u8],
    kept: Vec<u8>,
}

impl Skimmer<'_> {
    /// Takes all sections of which the end is seen; tells where the one begins of which it is not.
    ///
    /// A `[` at the start of a line is always a header, whatever stands above it.
    fn sections(&mut self, text: &[u8]) -> usize {
        let mut start = 0;
        for at in memchr_iter(b'[', text) {
            if at > start && text.get(at - 1) == Some(&b'\n') {
                self.section(text.get(start..at).unwrap_or_default());
                start = at;
            }
        }
        start
    }

    fn section(&mut self, text: &[u8]) {
        if !self.is_elses(text) {
            self.kept.extend_from_slice(text);
        }
    }

    /// `[profile other]` with nothing but empty lines, comments and properties below it.
    fn is_elses(&self, text: &[u8]) -> bool {
        let mut lines = Lines { text, at: 0, ends: memchr_iter(b'\n', text) };
        lines.next().is_some_and(|header| self.names_another(header)) && lines.all(is_plain) && text.is_ascii()
    }

    fn names_another(&self, header: &[u8]) -> bool {
        let name = header.strip_prefix(self.opening).and_then(|rest| rest.strip_suffix(b"]"));
        name.is_some_and(|name| {
            name != self.profile && !name.is_empty() && name.iter().copied().all(is_portable_byte)
        })
    }
}

/// The lines without their ends. A carriage return at the end of the file is part of its line.
struct Lines<'a, I> {
    text: &'a [u8],
    at: usize,
    ends: I,
}

impl<'a, I: Iterator<Item = usize>> Iterator for Lines<'a, I> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let Some(end) = self.ends.next() else {
            let last = self.text.get(self.at..).filter(|last| !last.is_empty());
            self.at = self.text.len();
            return last;
        };
        let line = self.text.get(self.at..end).unwrap_or_default();
        self.at = end + 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// Empty, a comment, or `name = value` with a name of letters, digits and the like.
fn is_plain(line: &[u8]) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match line.first() {
        None | Some(b'#' | b';') => true,
        Some(first) => {
            in_name(*first)
                && line.iter().find(|byte| !in_name(**byte) && !matches!(byte, b' ' | b'\t')) == Some(&b'=')
        }
    }
}
