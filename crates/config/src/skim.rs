//! Leaves out of a large file what is plainly the profile of somebody else, before the rest is read.
//!
//! This is no second grammar: a section is left out only where the first look shows both that it is another profile and that
//! no line of it could make the file invalid. Whatever gives cause for doubt is kept, for [`crate::document::Document`] to
//! judge.

use crate::document::MAX_FILE_BYTES;
use crate::line::is_portable_byte;
use crate::section::FileRole;
use memchr::{memchr, memchr_iter};
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
        let Some(rest) = text.strip_prefix(self.opening) else { return false };
        let (name, rest) = split_where(rest, |byte| !is(byte, NAME));
        let rest = rest.strip_prefix(b"]").and_then(after_end);
        !name.is_empty() && name != self.profile && rest.is_some_and(are_plain) && text.is_ascii()
    }
}

/// Whether all lines are empty, comments, or `name = value` with a name of letters, digits and the like.
fn are_plain(mut text: &[u8]) -> bool {
    while let Some(first) = text.first() {
        text = match first {
            b'#' | b';' => after_line(text),
            _ if is(*first, KEY) => {
                let (_, rest) = split_where(text, |byte| !is(byte, KEY | BLANK));
                if rest.first() != Some(&b'=') {
                    return false;
                }
                after_line(rest)
            }
            _ => match after_end(text) {
                Some(rest) => rest,
                None => return false,
            },
        };
    }
    true
}

/// What follows if the line ends here. A carriage return at the end of the file is part of its line.
fn after_end(text: &[u8]) -> Option<&[u8]> {
    match text {
        [] => Some(text),
        [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn after_line(text: &[u8]) -> &[u8] {
    memchr(b'\n', text).and_then(|end| text.get(end + 1..)).unwrap_or_default()
}

fn split_where(text: &[u8], stop: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let at = text.iter().position(|byte| stop(*byte)).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, &[]))
}

/// What a byte may be part of, in a table: most bytes of the file are looked up.
#[allow(clippy::indexing_slicing, reason = "done by the compiler")]
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    loop {
        let name = if is_portable_byte(byte) { NAME } else { 0 };
        let key = if byte.is_ascii_alphanumeric() || byte == b'_' { KEY } else { 0 };
        let blank = if matches!(byte, b' ' | b'\t') { BLANK } else { 0 };
        classes[byte as usize] = name | key | blank;
        match byte.checked_add(1) {
            Some(next) => byte = next,
            None => break classes,
        }
    }
};

/// The name of a profile that needs no quotes.
const NAME: u8 = 1;
/// The name of a property.
const KEY: u8 = 2;
/// A space or a tab.
const BLANK: u8 = 4;

fn is(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Hands out so many bytes a time.
    struct Sips<'a>(&'a [u8], usize);

    impl Read for Sips<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn kept(text: &str, role: FileRole) -> String {
        let kept = skim(text.as_bytes(), text.len(), role, "dev").expect("read").expect("small");
        String::from_utf8(kept).expect("text")
    }

    #[test]
    fn only_what_is_plainly_another_profile_is_left_out() {
        for (section, left_out) in [
            ("[profile other]\n", true),
            ("[profile other]\r\n", true),
            ("[profile dev2]\nregion = x\nsso_session=corp # c\n\n# c\n; c\nk\t= v = w\n", true),
            ("[profile other]\r\nk = v\r\n\r\n", true),
            ("[profile dev]\n", false),
            ("[default]\n", false),
            ("[sso-session other]\n", false),
            ("[services other]\n", false),
            ("[profiles other]\n", false),
            ("[profile \"other\"]\n", false),
            ("[profile  other]\n", false),
            ("[profile other ]\n", false),
            ("[profile a b]\n", false),
            ("[profile ]\n", false),
            ("[profile other] # c\n", false),
            ("[profile öther]\n", false),
            ("[profile other]\n  k = v\n", false),
            ("[profile other]\ns3 =\n  k = v\n", false),
            ("[profile other]\n \n", false),
            ("[profile other]\nno equals\n", false),
            ("[profile other]\nk # = v\n", false),
            ("[profile other]\n= v\n", false),
            ("[profile other]\nk = ö\n", false),
            ("[profile other]\r", false),
            ("[profile other]\n\r", false),
        ] {
            // It is the last section, and then one in the middle.
            assert_eq!(kept(section, FileRole::Config).is_empty(), left_out, "{section:?}");
            if section.ends_with('\n') {
                let (before, after) = ("[default]\na = [\n", "[profile dev]\nb = c");
                let expected =
                    if left_out { format!("{before}{after}") } else { format!("{before}{section}{after}") };
                assert_eq!(kept(&format!("{before}{section}{after}"), FileRole::Config), expected);
            }
        }
    }

    #[test]
    fn names_stand_alone_in_the_credentials_file() {
        for (section, left_out) in [("[other]\nk = v\n", true), ("[dev]\n", false), ("[a b]\n", false)] {
            assert_eq!(kept(section, FileRole::Credentials).is_empty(), left_out, "{section:?}");
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_not_kept() {
        let endless = io::repeat(b'\n').take(MAX_FILE_BYTES as u64 + 1);
        assert!(matches!(skim(endless, 0, FileRole::Config, "dev"), Ok(None)));
    }

    proptest! {
        #[test]
        fn where_a_read_ends_does_not_matter(
            sections in proptest::collection::vec("\\[profile (dev|b)\\]\n([a-z]{1,3} = [a-z]{0,9}(\n|  ))*", 0..9),
            size in 0..40_usize,
            sip in 1..30_usize,
        ) {
            let text = sections.concat();
            let sips = Sips(text.as_bytes(), sip);
            let found = skim(sips, size, FileRole::Config, "dev").expect("read").expect("small");
            prop_assert_eq!(String::from_utf8(found).expect("text"), kept(&text, FileRole::Config));
        }
    }
}
