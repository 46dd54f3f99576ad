//! What somebody has typed so far: the words, and in bash what of the last one is replaced by a candidate.

use crate::args::Shell;

/// The quote that is open at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Single,
    Double,
}

/// What is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// The words without their quotes; the last one is at the cursor, and may be empty.
    pub(super) words: Vec<String>,
    /// So much of the last word stays as it is (in bytes of the word without its quotes).
    pub(super) kept: usize,
    /// The quote that is open at its end.
    pub(super) quote: Quote,
}

impl Typed {
    /// Reads what the script of a shell has passed on.
    ///
    /// bash cuts a line at `:` and `=` too, so it passes the line up to the cursor and the characters it cuts at; fish passes
    /// the last word as it is typed; the others have taken the words apart themselves.
    pub(super) fn read(shell: Shell, passed: &[String]) -> Option<Self> {
        match (shell, passed) {
            (Shell::Bash, [line, breaks]) => Some(bash(line, breaks)),
            (Shell::Fish, [words @ .., last]) => {
                let mut words = words.to_vec();
                words.push(fish(last));
                Some(Self::of(words))
            }
            (Shell::Bash, _) | (_, []) => None,
            // Older ones drop an empty argument, so the script passes a blank.
            (Shell::Pwsh, [words @ .., last]) if last == " " => {
                Some(Self::of([words, &[String::new()]].concat()))
            }
            (Shell::Zsh | Shell::Elvish | Shell::Pwsh, words) => Some(Self::of(words.to_vec())),
        }
    }

    fn of(words: Vec<String>) -> Self {
        Self { words, kept: 0, quote: Quote::None }
    }
}

/// Takes the line apart as bash does: nothing is expanded, `$(x)` is text.
fn bash(line: &str, breaks: &str) -> Typed {
    let mut words = Vec::new();
    let mut typed = Typed::of(Vec::new());
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let text = word.get_or_insert_default();
        match (typed.quote, c) {
            (Quote::None, '\'') => {
                typed = Typed { quote: Quote::Single, kept: text.len(), ..typed };
            }
            (Quote::None, '"') => {
                typed = Typed { quote: Quote::Double, kept: text.len(), ..typed };
            }
            (Quote::Single, '\'') | (Quote::Double, '"') => {
                typed = Typed { quote: Quote::None, kept: 0, ..typed };
            }
            (Quote::None, '\\') => text.extend(chars.next()),
            (Quote::Double, '\\') => match chars.next() {
                Some(c @ ('$' | '`' | '"' | '\\')) => text.push(c),
                other => text.extend(std::iter::once('\\').chain(other)),
            },
            (Quote::None, ' ' | '\t' | '\n') => {
                words.extend(word.take().filter(|word| !word.is_empty()));
                typed.kept = 0;
            }
            (Quote::None, c) => {
                text.push(c);
                if breaks.contains(c) {
                    typed.kept = text.len();
                }
            }
            (_, c) => text.push(c),
        }
    }
    words.push(word.unwrap_or_default());
    Typed { words, ..typed }
}

/// fish's last word without its quotes.
fn fish(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut quote = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '\\') => text.extend(chars.next()),
            // In quotes a backslash stands for itself but before these.
            (Some(open), '\\') => {
                let escaped =
                    chars.next_if(|next| *next == open || *next == '\\' || (open == '"' && *next == '$'));
                text.push(escaped.unwrap_or('\\'));
            }
            (_, c) => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    #[test]
    fn lines_of_bash() {
        for (line, words, kept, quote) in [
            ("sso ", &["sso", ""][..], 0, Quote::None),
            ("sso lo", &["sso", "lo"], 0, Quote::None),
            ("sso  --profile  de", &["sso", "--profile", "de"], 0, Quote::None),
            ("sso --profile=de", &["sso", "--profile=de"], 10, Quote::None),
            ("sso --profile a:b", &["sso", "--profile", "a:b"], 2, Quote::None),
            ("sso --profile a\\:b", &["sso", "--profile", "a:b"], 0, Quote::None),
            ("sso --profile my\\ p", &["sso", "--profile", "my p"], 0, Quote::None),
            ("sso --profile 'my p", &["sso", "--profile", "my p"], 0, Quote::Single),
            ("sso --profile='my p", &["sso", "--profile=my p"], 10, Quote::Single),
            ("sso --profile \"a\\\"b\\x", &["sso", "--profile", "a\"b\\x"], 0, Quote::Double),
            ("sso --profile ab'c d", &["sso", "--profile", "abc d"], 2, Quote::Single),
            ("sso --profile 'a b'c", &["sso", "--profile", "a bc"], 0, Quote::None),
            ("sso --profile $(touch x", &["sso", "--profile", "$(touch", "x"], 0, Quote::None),
            ("sso --profile é@x", &["sso", "--profile", "é@x"], 3, Quote::None),
            ("", &[""], 0, Quote::None),
        ] {
            let words = words.iter().map(|&word| word.to_owned()).collect();
            assert_eq!(bash(line, BREAKS), Typed { words, kept, quote }, "{line}");
        }
    }

    #[test]
    fn words_of_fish() {
        for (word, expected) in [
            ("de", "de"),
            ("my\\ p", "my p"),
            ("'my p", "my p"),
            ("'a\\'b\\\\c\\d", "a'b\\c\\d"),
            ("\"a\\$b\\\"", "a$b\""),
            ("--profile='a b", "--profile=a b"),
            ("", ""),
        ] {
            assert_eq!(fish(word), expected, "{word}");
        }
    }

    #[test]
    fn what_no_script_passes_has_no_answer() {
        for (shell, count) in [(Shell::Bash, 0), (Shell::Bash, 3), (Shell::Fish, 0), (Shell::Zsh, 0)] {
            assert_eq!(Typed::read(shell, &vec![String::new(); count]), None, "{shell:?} {count}");
        }
    }
}
