//! Mistakes on the command line, told as all others: what is wrong, what is near, the line that was meant.

use crate::args::{Cli, ColorWhen};
use crate::catalogue::Code;
use crate::context::stderr_looks;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{option, quote};
use crate::output::{escape, to_stderr, to_stdout};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _, ValueEnum as _};
use std::error::Error as _;

/// Help and version go to stdout, mistakes to stderr, or to stdout as JSON.
pub(crate) fn explain(error: &clap::Error) -> Exit {
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let when = color(&words);
    if !error.use_stderr() {
        // Help holds no foreign text. A closed pipe is not an error.
        let text = error.render();
        let _ = match when {
            ColorWhen::Auto => error.print(),
            ColorWhen::Always => to_stdout(&text.ansi().to_string()),
            ColorWhen::Never => to_stdout(&text.to_string()),
        };
        return Exit::Success;
    }
    let is_json = words.iter().any(|word| word == "--json");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !is_json {
        let text = error.render().to_string();
        to_stderr(&text.lines().map(|line| format!("{}\n", escape::escape(line))).collect::<String>());
        return Exit::Usage;
    }
    let told = told(error, &words);
    if is_json {
        let _ = to_stdout(&escape::json(&told.json(), true));
    } else {
        let (color, columns) = stderr_looks(when);
        to_stderr(&told.text(color, columns));
    }
    Exit::Usage
}

/// What `--color` says, as far as that can be told of a line that was not understood.
fn color(words: &[String]) -> ColorWhen {
    let after = |at: usize| words.get(at + 1).map(String::as_str);
    let given = words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--color")? {
        "" => after(at),
        value => value.strip_prefix('='),
    });
    given.and_then(|given| ColorWhen::from_str(given, false).ok()).unwrap_or(ColorWhen::Auto)
}

/// The mistake in our words. `words` are all that was typed.
fn told(error: &clap::Error, words: &[String]) -> CliError {
    let (path, command) = path(words);
    let told = |headline: String| CliError::new(Code::R01, Exit::Usage, headline);
    let help = format!("{path} --help");
    let named = |kind| strings(error, kind).first().map(|name| bare(name)).unwrap_or_default();
    let (argument, value) = (named(ContextKind::InvalidArg), strings(error, ContextKind::InvalidValue));
    let value = value.first().cloned().unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let wrong = strings(error, ContextKind::InvalidSubcommand).concat();
            let near = near(error, ContextKind::SuggestedSubcommand);
            let meant = near.first().map(|near| instead(words, &wrong, near));
            told(format!("There is no command \"{wrong}\"."))
                .maybe("near", listed(&near))
                .fix(asks_for_help(words).or(meant).unwrap_or(help))
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            let near = near(error, ContextKind::SuggestedArg);
            let meant = near.first().map(|near| instead(words, &argument, &bare(near)));
            told(format!("{path} has no option \"{argument}\"."))
                .maybe("near", listed(&near))
                .fix(meant.unwrap_or(help))
        }
        ErrorKind::UnknownArgument => {
            let told = told(format!("\"{argument}\" does not belong here."));
            match (asks_for_help(words), meant(&argument, words)) {
                (Some(fix), _) => told.fix(fix),
                (None, Some((cause, fix))) => told.cause(cause).fix(fix),
                (None, None) => told.maybe("usage", usage(error)).fix(help),
            }
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            let values = strings(error, ContextKind::ValidValue);
            told(format!("{argument} needs a value.")).maybe("values", listed(&values)).fix(help)
        }
        ErrorKind::InvalidValue => {
            let (values, near) =
                (strings(error, ContextKind::ValidValue), near(error, ContextKind::SuggestedValue));
            let meant = near.first().map(|near| instead(words, &value, near));
            told(format!("{argument} cannot be \"{value}\"."))
                .maybe("values", listed(&values))
                .fix(meant.unwrap_or(help))
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(|source| reason(&source.to_string()));
            told(format!("{argument} cannot be \"{value}\".")).maybe("cause", why).fix(help)
        }
        ErrorKind::MissingRequiredArgument => {
            let values = values_of(&command, &argument);
            let first = values.first().map(|first| line(words.iter().cloned().chain([first.clone()])));
            told(format!("{argument} is missing."))
                .maybe("values", listed(&values))
                .fix(first.unwrap_or(help))
        }
        ErrorKind::ArgumentConflict if !argument.is_empty() => {
            let other = named(ContextKind::PriorArg);
            told(format!("{argument} cannot be used with {other}.")).fix("leave one of them out")
        }
        ErrorKind::ArgumentConflict => {
            let headline = headline(error);
            let fix = if headline.contains(" with ") { "leave one of them out".to_owned() } else { help };
            told(headline).fix(fix)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            told("A command is missing.".to_owned()).fix(help)
        }
        _ => told(headline(error)).maybe("usage", usage(error)).fix(help),
    }
}

/// What is near, the nearest first: clap has it last.
fn near(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    strings(error, kind).into_iter().rev().collect()
}

/// What clap has to say of the kind.
fn strings(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn listed(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

/// `--format` of `--format <FORMAT>`, `SHELL` of `<SHELL>`.
fn bare(argument: &str) -> String {
    let name = argument.split(' ').next().unwrap_or(argument);
    name.trim_matches(['<', '>', '[', ']', '.']).to_owned()
}

/// `sso configure [OPTIONS]`, without the word before it.
fn usage(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else { return None };
    let usage = usage.to_string();
    let lines: Vec<&str> = usage.trim_start_matches("Usage:").lines().map(str::trim).collect();
    Some(lines.join(", or ")).filter(|usage| !usage.is_empty())
}

/// The command, as far as it was understood: `sso discover`.
fn path(words: &[String]) -> (String, Command) {
    let known = |(path, command): (String, Command), word: &String| match command.find_subcommand(word) {
        Some(below) => (format!("{path} {}", below.get_name()), below.clone()),
        None => (path, command),
    };
    words.iter().take_while(|word| *word != "--").fold(("sso".to_owned(), Cli::command()), known)
}

/// clap's first line as a sentence.
fn headline(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ").trim_end_matches('.');
    let mut letters = line.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// Why a value cannot be: clap's and the standard library's words are for programmers.
fn reason(text: &str) -> String {
    let range = text.split_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
    match range {
        Some((from, to)) => format!("it is a number from {from} to {to}"),
        None if text.contains("invalid digit") => "it is a number".to_owned(),
        None => text.to_owned(),
    }
}

/// What may stand for an argument of a command.
fn values_of(command: &Command, argument: &str) -> Vec<String> {
    let mut arguments = command.get_arguments();
    let found = arguments.find(|one| one.get_id().as_str().eq_ignore_ascii_case(argument));
    let values = found.iter().flat_map(|one| one.get_possible_values());
    values.map(|value| value.get_name().to_owned()).collect()
}

/// The line that was typed, as a shell reads it.
fn line(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().fold("sso".to_owned(), |line, word| format!("{line} {}", quoted(&word)))
}

/// The word, its value quoted alone where it is an option: `--profile='a b'`.
fn quoted(word: &str) -> String {
    let is_name =
        |name: &str| name.starts_with("--") && name.chars().all(|c| c == '-' || c.is_ascii_lowercase());
    match word.split_once('=').filter(|(name, _)| is_name(name)) {
        Some((name, value)) => format!("{name}={}", quote(value)),
        None => quote(word),
    }
}

/// The same with another word in the place of the wrong one.
fn instead(words: &[String], wrong: &str, right: &str) -> String {
    let mut is_done = false;
    let mended = words.iter().map(|word| {
        let rest = word.strip_prefix(wrong).filter(|rest| rest.is_empty() || rest.starts_with('='));
        let value = word.strip_suffix(wrong).filter(|option| option.ends_with('='));
        match (is_done, rest, value) {
            (false, Some(rest), _) => {
                is_done = true;
                format!("{right}{rest}")
            }
            (false, None, Some(option)) => {
                is_done = true;
                format!("{option}{right}")
            }
            _ => word.clone(),
        }
    });
    line(mended.collect::<Vec<_>>())
}

/// `help` and `version` are words that other tools know.
fn asks_for_help(words: &[String]) -> Option<String> {
    if words.first().is_some_and(|word| word == "version") {
        return Some("sso --version".to_owned());
    }
    if !words.iter().any(|word| word == "help") {
        return None;
    }
    let others = words.iter().filter(|word| *word != "help" && !word.starts_with('-')).cloned();
    Some(line(others.chain(["--help".to_owned()])))
}

/// What was most likely meant by a word too many: other tools have the profile there, or the command without `--`.
fn meant(word: &str, words: &[String]) -> Option<(&'static str, String)> {
    const OF_A_PROFILE: [&str; 9] =
        ["login", "logout", "refresh", "status", "credential-process", "env", "serve", "console", "whoami"];
    let named = words.iter().any(|word| word == "--profile" || word.starts_with("--profile="));
    let command = words.iter().find(|one| *one == "exec" || OF_A_PROFILE.contains(&one.as_str()))?;
    let profile = "the profile is an option";
    match (command.as_str(), named) {
        ("exec", _) => {
            let at = words.iter().position(|one| one == word)?;
            let (before, from) = words.split_at_checked(at)?;
            if !named && from.get(1).is_some_and(|next| next == "--") {
                let behind = from.get(1..)?.iter().cloned();
                let whole =
                    before.iter().cloned().chain(["--profile".to_owned(), word.to_owned()]).chain(behind);
                return Some((profile, line(whole)));
            }
            // What follows is the command's own, a `--` that came too late included.
            let command = from.iter().filter(|one| *one != "--").cloned();
            let whole = before.iter().cloned().chain(["--".to_owned()]).chain(command);
            Some(("the command stands behind --", line(whole)))
        }
        (command, false) => Some((profile, format!("sso {command}{}", option("--profile", word)))),
        (_, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn mistake(text: &str) -> CliError {
        let words = shlex::split(text).expect("words");
        let all = std::iter::once("sso".to_owned()).chain(words.clone());
        let error = Cli::try_parse_from(all).and_then(Cli::checked).expect_err(text);
        told(&error, &words)
    }

    #[test]
    fn each_mistake_is_a_sentence_with_the_line_that_was_meant() {
        for (text, headline, fix) in [
            ("logn", "There is no command \"logn\".", "sso login"),
            ("--json logn --all", "There is no command \"logn\".", "sso --json login --all"),
            ("xyzzy", "There is no command \"xyzzy\".", "sso --help"),
            ("config expain", "There is no command \"expain\".", "sso config explain"),
            ("discover xyzzy", "There is no command \"xyzzy\".", "sso discover --help"),
            ("help", "There is no command \"help\".", "sso --help"),
            ("help login", "There is no command \"help\".", "sso login --help"),
            ("version", "There is no command \"version\".", "sso --version"),
            ("login help", "\"help\" does not belong here.", "sso login --help"),
            ("login --profle dev", "sso login has no option \"--profle\".", "sso login --profile dev"),
            ("login --profle=a;b", "sso login has no option \"--profle\".", "sso login --profile='a;b'"),
            ("login --xyzzy", "sso login has no option \"--xyzzy\".", "sso login --help"),
            ("login dev", "\"dev\" does not belong here.", "sso login --profile dev"),
            ("-q whoami dev", "\"dev\" does not belong here.", "sso whoami --profile dev"),
            ("console dev --print", "\"dev\" does not belong here.", "sso console --profile dev"),
            ("env 'a;b'", "\"a;b\" does not belong here.", "sso env --profile 'a;b'"),
            ("login --profile dev prod", "\"prod\" does not belong here.", "sso login --help"),
            ("profiles dev", "\"dev\" does not belong here.", "sso profiles --help"),
            ("exec dev -- env", "\"dev\" does not belong here.", "sso exec --profile dev -- env"),
            ("exec aws s3 ls", "\"aws\" does not belong here.", "sso exec -- aws s3 ls"),
            ("exec --profile dev env", "\"env\" does not belong here.", "sso exec --profile dev -- env"),
            (
                "exec --profile=d env a -- b",
                "\"env\" does not belong here.",
                "sso exec --profile=d -- env a b",
            ),
            ("login --profile", "--profile needs a value.", "sso login --help"),
            ("env --format", "--format needs a value.", "sso env --help"),
            ("env --format fsh", "--format cannot be \"fsh\".", "sso env --format fish"),
            ("env --format=fsh", "--format cannot be \"fsh\".", "sso env --format=fish"),
            ("--color red status", "--color cannot be \"red\".", "sso status --help"),
            ("login --timeout 0", "--timeout cannot be \"0\".", "sso login --help"),
            ("completions", "SHELL is missing.", "sso completions bash"),
            ("doctor --yes", "--fix is missing.", "sso doctor --help"),
            (
                "login --use-pkce --use-device-code",
                "--use-pkce cannot be used with --use-device-code.",
                "leave one of them out",
            ),
            ("login --all --profile a", "--profile cannot be used with --all.", "leave one of them out"),
            (
                "discover accounts --sso-session corp",
                "--sso-session needs discover instances --write.",
                "sso discover accounts --help",
            ),
            ("discover accounts --json --csv", "--json cannot be used with --csv.", "leave one of them out"),
        ] {
            let told = mistake(text);
            assert_eq!((told.headline.as_str(), told.fix.as_deref()), (headline, Some(fix)), "{text}");
            assert_eq!((told.code, told.exit), (Code::R01, Exit::Usage), "{text}");
        }
    }

    #[test]
    fn what_is_possible_is_listed() {
        for (text, label, listed) in [
            ("logn", "near", "login, logout"),
            ("env --format", "values", "sh, fish, powershell, cmd, dotenv, json"),
            ("completions", "values", "bash, zsh, fish, powershell, elvish"),
            ("login --timeout 0", "cause", "it is a number from 1 to 86400"),
            ("login --timeout x", "cause", "it is a number"),
            ("profiles dev", "usage", "sso profiles [OPTIONS]"),
        ] {
            assert_eq!(mistake(text).notes, [(label, listed.to_owned())], "{text}");
        }
    }

    #[test]
    fn colours_are_what_was_asked_for_as_far_as_that_is_understood() {
        for (line, when) in [
            ("logn", ColorWhen::Auto),
            ("--color never logn", ColorWhen::Never),
            ("logn --color=always", ColorWhen::Always),
            ("logn --color", ColorWhen::Auto),
            ("--color red", ColorWhen::Auto),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(color(&words), when, "{line}");
        }
    }
}
