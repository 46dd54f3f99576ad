//! Whether every `sso ...` that a page shows is a command line that the program has: the command, its options, and words of a
//! closed list. Values of people's own (names, numbers) are not judged.

use super::Finding;
use super::outline::{Argument, Command, Outline};
use super::page::{Code, Page};
use std::path::Path;

/// Languages of blocks in which the word is no command.
const OTHER_LANGUAGES: [&str; 5] = ["rust", "toml", "json", "xml", "text"];
/// Words that a command may stand behind.
const LEADS: [&str; 11] = ["|", "||", "&&", ";", "!", "$", "then", "do", "exec", "sudo", "time"];

/// What a sentence or a quote around a command line adds to its last word.
const PUNCTUATION: [char; 9] = [')', '"', '\'', '`', ',', ';', ':', '}', '.'];

/// What happened stays as it was.
fn is_history(page: &Page) -> bool {
    page.file == Path::new("CHANGELOG.md")
}

/// All command lines of all pages.
pub(super) fn check(pages: &[Page], outline: &Outline) -> Vec<Finding> {
    let told = pages.iter().filter(|page| !is_history(page)).flat_map(|page| {
        let lines = shown(page).into_iter();
        lines.filter_map(|(line, words)| {
            let what = wrong(&outline.command, &words)?;
            Some(Finding::new(&page.file, line, format!("sso {}: {what}", words.join(" "))))
        })
    });
    told.collect()
}

/// How many command lines there are.
pub(super) fn count(pages: &[Page]) -> usize {
    pages.iter().filter(|page| !is_history(page)).map(|page| shown(page).len()).sum()
}

/// Each command line with its line number: the words behind `sso`.
fn shown(page: &Page) -> Vec<(usize, Vec<String>)> {
    let judged = page
        .code
        .iter()
        .filter(|code| code.block.as_deref().is_none_or(|language| !OTHER_LANGUAGES.contains(&language)));
    let mut found = Vec::new();
    let mut open: Option<Code> = None;
    for code in judged {
        // A line that ends with a backslash goes on in the next.
        let whole = match open.take() {
            Some(first) if code.block.is_some() => {
                Code { text: format!("{} {}", first.text.trim_end(), code.text.trim_start()), ..first }
            }
            _ => code.clone(),
        };
        match whole.text.strip_suffix('\\') {
            Some(text) if whole.block.is_some() => {
                open = Some(Code { text: text.to_owned(), ..whole.clone() })
            }
            _ => found.extend(invocations(&whole.text).into_iter().map(|words| (whole.line, words))),
        }
    }
    found
}

/// The words behind each `sso` in the line that stands where a command stands.
fn invocations(line: &str) -> Vec<Vec<String>> {
    let starts = line.match_indices("sso").filter(|(at, word)| {
        let (before, behind) = (line.get(..*at).unwrap_or_default(), line.get(at + word.len()..));
        behind.is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) && is_command_position(before)
    });
    starts.map(|(at, word)| words(line.get(at + word.len()..).unwrap_or_default())).collect()
}

fn is_command_position(before: &str) -> bool {
    let trimmed = before.trim_end();
    let Some(last) = trimmed.split_whitespace().next_back() else { return true };
    if trimmed.len() == before.len() {
        // Right behind it: `$(sso`, `"sso`, `!sso`, `'sso`.
        return trimmed.ends_with(['(', '"', '\'', '`', '!', '{']);
    }
    // `host$`, `fix:`, `credential_process =`, `AWS_PROFILE=dev`.
    let is_assignment = last.split_once('=').is_some_and(|(name, _)| is_variable(name));
    LEADS.contains(&last) || last.ends_with(['$', ':', '=', ';', '(', '{']) || is_assignment
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The words up to what ends the command line: an operator, a comment, a gap before an explanation, or the quote around it.
fn words(rest: &str) -> Vec<String> {
    let line = rest.trim_start_matches(' ');
    // More than one blank at once: an explanation, or a column, follows.
    if rest.len() > line.len() + 1 {
        return Vec::new();
    }
    let line = line.split("  ").next().unwrap_or_default();
    let (mut found, mut in_placeholder) = (Vec::new(), false);
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        // `<one of yours>` is one word.
        let goes_on = in_placeholder;
        in_placeholder = (goes_on || word.starts_with('<')) && !word.contains('>');
        if goes_on {
            continue;
        }
        let ends = matches!(word, "|" | "||" | "&&" | "&" | ";" | "#" | "<" | "2>" | "2>&1" | "--");
        if ends || word.starts_with('>') {
            break;
        }
        // Three dots are a word of their own.
        let bare = if word.ends_with("...") { word } else { word.trim_end_matches(PUNCTUATION) };
        if !bare.is_empty() {
            found.push(bare.to_owned());
        }
        if bare != word {
            break;
        }
    }
    found
}

/// What the program would not take; `None`: nothing.
fn wrong(root: &Command, words: &[String]) -> Option<String> {
    let mut command = root;
    let mut words = words.iter().map(|word| word.trim_matches(['[', ']']));
    let mut given = 0;
    while let Some(word) = words.next() {
        if word.starts_with('-') && word.len() > 1 {
            let (name, value) =
                word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let option = match option(command, name) {
                Some(option) => option,
                None => return Some(format!("{} has no {name}", command.name)),
            };
            if option.value.is_some() {
                let value = value.or_else(|| words.next()).unwrap_or_default();
                if let Some(what) = not_one_of(option, value) {
                    return Some(what);
                }
            }
        } else if is_placeholder(word) {
            // `...`, `NAME`, `<name>`: whatever it stands for.
            given += 1;
        } else if word.starts_with("__") {
            // What programs ask it, in no outline.
            return None;
        } else if !command.commands.is_empty() {
            match command.below(word) {
                Some(below) => command = below,
                None => return Some(format!("{} has no command {word}", command.name)),
            }
        } else {
            let value =
                command.values.get(given).or_else(|| command.values.last().filter(|last| last.repeats));
            match value {
                Some(value) => match not_one_of(value, word) {
                    Some(what) => return Some(what),
                    None => given += 1,
                },
                None => return Some(format!("{} takes no {word}", command.name)),
            }
        }
    }
    None
}

/// `--long`, `-s`, and several short ones that take no value: `-vvv`.
fn option<'c>(command: &'c Command, name: &str) -> Option<&'c Argument> {
    command.option(name).or_else(|| {
        let letters = name.strip_prefix('-').filter(|letters| !letters.starts_with('-'))?;
        let each: Option<Vec<&Argument>> =
            letters.chars().map(|letter| command.option(&format!("-{letter}"))).collect();
        each?.into_iter().find(|option| option.value.is_none())
    })
}

/// A word of a closed list that is not in it; several are written `bash|zsh`.
fn not_one_of(argument: &Argument, given: &str) -> Option<String> {
    if argument.possible.is_empty() || is_placeholder(given) {
        return None;
    }
    let unknown = given.split('|').find(|word| !argument.possible.iter().any(|known| known == word))?;
    Some(format!("{unknown} is none of {}", argument.possible.join(", ")))
}

fn is_placeholder(word: &str) -> bool {
    let shouted = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_.|".contains(c));
    word.starts_with(['<', '$', '"', '\'']) || word.starts_with("...") || shouted
}

#[cfg(test)]
mod tests {
    use super::super::outline::sample;
    use super::*;

    #[test]
    fn which_words_are_a_command_line() {
        for (line, expected) in [
            ("sso login --all", &["login --all"][..]),
            ("$ sso login  --all: every session", &["login"]),
            ("here$ sso login # now", &["login"]),
            ("eval \"$(sso env --format fish)\"", &["env --format fish"]),
            ("vars=$(sso env) && eval \"$vars\"", &["env"]),
            ("sso env | source", &["env"]),
            ("sso login --profile <one of yours> --all", &["login --profile <one --all"]),
            ("sso login -q >/dev/null", &["login -q"]),
            ("AWS_PROFILE=dev sso login", &["login"]),
            ("credential_process = sso env --profile dev", &["env --profile dev"]),
            ("login = !sso login", &["login"]),
            ("fix: sso login, or: sso env.", &["login", "env"]),
            ("by `sso login`.", &["login"]),
            ("sso discover ...", &["discover ..."]),
            ("sso exec --profile dev -- sso nonsense", &["exec --profile dev"]),
            ("sso              the program", &[""]),
            ("sso", &[""]),
            ("aws sso login", &[]),
            ("generated by sso; delete", &[]),
            ("sso-use dev", &[]),
            ("cat sso/cache", &[]),
        ] {
            let found: Vec<String> = invocations(line).iter().map(|words| words.join(" ")).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn what_the_program_would_not_take() {
        let outline = sample();
        for (line, expected) in [
            ("login --all --profile dev", None),
            ("signin", None),
            ("login --timeout=5 -h", None),
            ("login [--all]", None),
            ("env --format sh|fish", None),
            ("env --format FORMAT", None),
            ("completions bash|zsh", None),
            ("configure populate", None),
            ("exec aws s3", None),
            ("COMMAND --help", None),
            ("__complete bash", None),
            ("<command> ...", None),
            ("logn", Some("sso has no command logn")),
            ("configure popluate", Some("configure has no command popluate")),
            ("login --al", Some("login has no --al")),
            ("login -x", Some("login has no -x")),
            ("login now", Some("login takes no now")),
            ("env --format csh", Some("csh is none of sh, fish")),
            ("completions bash|tcsh", Some("tcsh is none of bash, zsh")),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(wrong(&outline.command, &words).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn in_blocks_in_spans_and_over_two_lines() {
        let text = "`sso logn` and\n\n```\nsso env \\\n    --format csh\n```\n\n```rust\nsso nothing\n```\n";
        let page = Page::parse("docs/x.md", text.to_owned());
        let found: Vec<String> = check(&[page], &sample()).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/x.md:1: sso logn: sso has no command logn",
                "docs/x.md:4: sso env --format csh: csh is none of sh, fish",
            ]
        );
    }
}
