//! How candidates are handed to a shell, one a line, so that what it puts into the command line is text and never code.

use super::Candidate;
use super::line::{Quote, Typed};
use crate::args::Shell;

/// The lines for a shell.
pub(super) fn text(shell: Shell, typed: &Typed, candidates: &[Candidate]) -> String {
    let lines = candidates.iter().filter_map(|candidate| line(shell, typed, candidate));
    lines.fold(String::new(), |mut text, line| {
        text.push_str(&line);
        text.push('\n');
        text
    })
}

fn line(shell: Shell, typed: &Typed, Candidate { value, about }: &Candidate) -> Option<String> {
    let with_about =
        |value: &str| if about.is_empty() { value.to_owned() } else { format!("{value}\t{about}") };
    Some(match shell {
        // bash takes candidates as they are: only those that begin as typed, and quoted for where they will stand.
        Shell::Bash => {
            let (kept, rest) = typed.words.last()?.split_at_checked(typed.kept)?;
            let new = value.strip_prefix(kept).filter(|new| new.starts_with(rest))?;
            in_bash(new, typed.quote)
        }
        // `_describe` cuts at the first colon without a backslash.
        Shell::Zsh => {
            let value = value.replace('\\', "\\\\").replace(':', "\\:");
            if about.is_empty() { value } else { format!("{value}:{about}") }
        }
        // These quote what they insert.
        Shell::Fish | Shell::Elvish => with_about(value),
        Shell::Pwsh => format!("{}\t{value}\t{about}", in_powershell(value)),
    })
}

/// Quoted for a line of bash in which `quote` is open.
fn in_bash(text: &str, quote: Quote) -> String {
    let mut out = text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match (quote, c) {
            (Quote::Single, '\'') => out.push_str("'\\''"),
            // No backslash helps against history expansion here.
            (Quote::Double, '!') => out.push_str("\"'!'\""),
            (Quote::Double, '$' | '`' | '"' | '\\') => out.extend(['\\', c]),
            (Quote::None, c) if !is_plain(c) => out.extend(['\\', c]),
            _ => out.push(c),
        }
        out
    });
    let closing = match quote {
        Quote::None => return out,
        Quote::Single => '\'',
        Quote::Double => '"',
    };
    // readline closes the quote, unless the text seems to do so itself.
    if out.ends_with(closing) {
        out.push(closing);
    }
    out
}

/// What no shell reads anything into, wherever it stands in a word.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '%' | '@' | ':' | '+' | '=' | ',')
}

/// A word of PowerShell: in single quotes where it is not plain. It takes typographic quotes for quotes too.
fn in_powershell(text: &str) -> String {
    if text.chars().all(|c| is_plain(c) && !matches!(c, '@' | ',')) {
        return text.to_owned();
    }
    let quoted: String = text
        .chars()
        .flat_map(|c| {
            let twice = matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
            std::iter::repeat_n(c, if twice { 2 } else { 1 })
        })
        .collect();
    format!("'{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(shell: Shell, word: &str, kept: usize, quote: Quote, value: &str) -> String {
        let typed = Typed { words: vec!["sso".into(), word.into()], kept, quote };
        text(shell, &typed, &[Candidate { value: value.into(), about: "what: it is".into() }])
    }

    #[test]
    fn candidates_are_quoted_for_where_they_will_stand() {
        for (shell, word, kept, quote, value, expected) in [
            (Shell::Bash, "--profile=d", 10, Quote::None, "--profile=dev", "dev\n"),
            (Shell::Bash, "", 0, Quote::None, "$(touch x)", "\\$\\(touch\\ x\\)\n"),
            (Shell::Bash, "", 0, Quote::None, "~a'b\"c`d\\e!f#é", "\\~a\\'b\\\"c\\`d\\\\e\\!f\\#é\n"),
            (Shell::Bash, "it", 0, Quote::Single, "it's $x", "it'\\''s $x\n"),
            (Shell::Bash, "a", 0, Quote::Double, "a$b`c\"d!", "a\\$b\\`c\\\"d\"'!'\"\"\n"),
            (Shell::Bash, "it", 0, Quote::Single, "it's'", "it'\\''s'\\'''\n"),
            (Shell::Bash, "a:b", 2, Quote::None, "a:b c", "b\\ c\n"),
            (Shell::Bash, "DE", 0, Quote::None, "dev", ""),
            (Shell::Zsh, "", 0, Quote::None, "a:b\\c $d", "a\\:b\\\\c $d:what: it is\n"),
            (Shell::Fish, "", 0, Quote::None, "a b$c", "a b$c\twhat: it is\n"),
            (Shell::Elvish, "", 0, Quote::None, "a b", "a b\twhat: it is\n"),
            (Shell::Pwsh, "", 0, Quote::None, "it's", "'it''s'\tit's\twhat: it is\n"),
            (
                Shell::Pwsh,
                "",
                0,
                Quote::None,
                "a\u{2019}b",
                "'a\u{2019}\u{2019}b'\ta\u{2019}b\twhat: it is\n",
            ),
            (Shell::Pwsh, "", 0, Quote::None, "--json", "--json\t--json\twhat: it is\n"),
        ] {
            assert_eq!(lines(shell, word, kept, quote, value), expected, "{shell:?} {value}");
        }
    }
}
