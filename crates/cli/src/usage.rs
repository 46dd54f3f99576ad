//! Mistakes on the command line, told: clap's words, without what could drive a terminal.

use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{option, quote};
use crate::output::{escape, to_stderr, to_stdout};
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Help and version go to stdout, mistakes to stderr, or to stdout as JSON.
pub(crate) fn explain(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // Help may be coloured as clap sees fit; it holds no foreign text. A closed pipe is not an error.
        let _ = error.print();
        return Exit::Success;
    }
    let text = error.render().to_string();
    let meant = meant(error);
    if wants_json() {
        let headline = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let fix = meant.map_or_else(|| "sso --help".to_owned(), |(_, command)| command);
        let told = CliError::new(Code::R01, Exit::Usage, headline).fix(fix);
        let _ = to_stdout(&escape::json(&told.json(), true));
    } else {
        let mut lines: Vec<String> = text.lines().map(|line| format!("{}\n", escape::escape(line))).collect();
        if let Some((why, command)) = meant {
            lines.insert(1.min(lines.len()), format!("\n  tip: {why}: {}\n", escape::escape(&command)));
        }
        to_stderr(&lines.concat());
    }
    Exit::Usage
}

/// What was most likely meant by a word too many: other tools have the profile there, or the command without `--`.
fn meant(error: &clap::Error) -> Option<(&'static str, String)> {
    let word = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word)) if error.kind() == ErrorKind::UnknownArgument => word,
        _ => return None,
    };
    let words: Vec<String> = std::env::args().skip(1).collect();
    meant_by(word, &words)
}

/// `word` is the one that does not belong, `words` are all.
fn meant_by(word: &str, words: &[String]) -> Option<(&'static str, String)> {
    const OF_A_PROFILE: [&str; 9] =
        ["login", "logout", "refresh", "status", "credential-process", "env", "serve", "console", "whoami"];
    if word.starts_with('-') {
        return None;
    }
    let named = words.iter().any(|word| word == "--profile" || word.starts_with("--profile="));
    let command = words.iter().find(|one| *one == "exec" || OF_A_PROFILE.contains(&one.as_str()))?;
    let profile = "the profile is an option";
    match (command.as_str(), named) {
        ("exec", false) => Some((profile, format!("sso exec{} -- ...", option("--profile", word)))),
        ("exec", true) => {
            Some(("the command stands behind --", format!("sso exec --profile ... -- {} ...", quote(word))))
        }
        (command, false) => Some((profile, format!("sso {command}{}", option("--profile", word)))),
        (_, true) => None,
    }
}

/// The arguments could not be parsed, so they are looked at one by one.
fn wants_json() -> bool {
    std::env::args_os().any(|argument| argument == "--json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_too_many() {
        for (line, word, tip) in [
            ("login dev", "dev", Some("sso login --profile dev")),
            ("-q whoami dev", "dev", Some("sso whoami --profile dev")),
            ("console dev --print", "dev", Some("sso console --profile dev")),
            ("env a;b", "a;b", Some("sso env --profile 'a;b'")),
            ("exec dev -- env", "dev", Some("sso exec --profile dev -- ...")),
            ("exec --profile dev env", "env", Some("sso exec --profile ... -- env ...")),
            ("exec --profile=dev env", "env", Some("sso exec --profile ... -- env ...")),
            ("login --profile dev prod", "prod", None),
            ("login --profle dev", "--profle", None),
            ("profiles dev", "dev", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let command = meant_by(word, &words).map(|(_, command)| command);
            assert_eq!(command.as_deref(), tip, "{line}");
        }
    }
}
