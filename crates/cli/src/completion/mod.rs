//! `sso __complete`: what the completion scripts of `sso completions` ask while somebody types.
//!
//! clap's engine knows commands and options, [`names`] the user's own names, [`mod@line`] and [`shell`] what a shell takes for
//! one word and how a candidate is put into its line. It reads the configuration and the caches and writes nothing. Whatever
//! goes wrong there are no candidates: an error message in the middle of a command line helps nobody.

mod line;
mod names;
mod shell;

use crate::args::{Cli, Shell};
use crate::context;
use crate::exit::Exit;
use crate::output::{escape, to_stdout};
use clap::{Arg, Command, CommandFactory as _, ValueEnum as _};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use line::Typed;
use names::{Kind, Names};
use std::ffi::{OsStr, OsString};
use std::sync::{Arc, OnceLock};

/// The first argument that asks for this. No command line of a person has it, and unlike a variable it cannot be inherited
/// by a `credential-process` that somebody starts while completing.
const ASKED: &str = "__complete";

/// Options that are well known by the name of their value: `--profile` and the like.
const LIVE: [(&str, Kind); 10] = [
    ("profile", Kind::Profile),
    ("sso_session", Kind::Session),
    ("account_id", Kind::Account),
    ("role_name", Kind::Role),
    ("browser", Kind::Browser),
    ("region", Kind::Region),
    ("sso_region", Kind::SsoRegion),
    ("sso_start_url", Kind::StartUrl),
    ("why", Kind::Profile),
    ("permission_set", Kind::Role),
];

/// Stands for the user's names in what the engine answers. No argument can hold it.
const HERE: &str = "\0";

/// One thing that may stand where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) value: String,
    /// What it is, in a few words.
    pub(crate) about: String,
}

/// Answers if a completion script asks: `sso __complete SHELL ...`.
pub(crate) fn asked() -> Option<Exit> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != ASKED {
        return None;
    }
    let arguments: Vec<String> = arguments.map(|text| text.to_string_lossy().into_owned()).collect();
    // A reader that went away has seen enough.
    let _ = to_stdout(&answer(&arguments).unwrap_or_default());
    Some(Exit::Success)
}

fn answer(arguments: &[String]) -> Option<String> {
    let (shell, typed) = arguments.split_first()?;
    let shell = Shell::from_str(shell, false).ok()?;
    let typed = Typed::read(shell, typed)?;
    // bash shows no explanations.
    let candidates = candidates(&typed.words, shell != Shell::Bash)?;
    Some(shell::text(shell, &typed, &candidates))
}

/// What may stand in place of the last of the words.
fn candidates(words: &[String], explained: bool) -> Option<Vec<Candidate>> {
    let current = words.last()?.as_str();
    let wanted = Arc::new(OnceLock::new());
    let mut command = with_names(command_of(words.first()?), &wanted);
    let typed: Vec<OsString> = words.iter().map(OsString::from).collect();
    let mut candidates = Vec::new();
    for found in complete(&mut command, typed, words.len() - 1, None).ok()? {
        let Some(value) = found.get_value().to_str() else { continue };
        match (value.strip_suffix(HERE), wanted.get()) {
            (Some(before), Some((kind, typed))) => {
                candidates
                    .extend(Names::new(context::environment(), words, explained).like(*kind, before, typed));
            }
            _ => {
                let about = found.get_help().map(|help| help.to_string()).unwrap_or_default();
                let about = about.lines().next().unwrap_or_default().to_owned();
                candidates.push(Candidate { value: value.to_owned(), about });
            }
        }
    }
    // A name that could drive the terminal, or that no line holds, is not offered at all.
    candidates.retain(|found| !escape::is_needed(&found.value));
    // Options are offered to whoever has typed their dash, or where there is nothing else.
    let is_option = |found: &Candidate| found.value.starts_with('-');
    if current.is_empty() && !candidates.iter().all(is_option) {
        candidates.retain(|found| !is_option(found));
    }
    Some(candidates)
}

/// The command line of `sso`, or of the function `sso-use` of `sso shell-init`.
fn command_of(program: &str) -> Command {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    if name != "sso-use" {
        return Cli::command();
    }
    Command::new("sso-use").disable_help_flag(true).arg(Arg::new("profile")).args([
        Arg::new("unset").long("unset").num_args(0).help("Leave the profile"),
        Arg::new("help").long("help").num_args(0).help("Show what it does"),
    ])
}

/// Lets the engine say that names of a kind are wanted [`HERE`], and what of them is typed. They are not led through it: it
/// takes longer over each than finding it does, and there may be ten thousand.
fn with_names(command: Command, wanted: &Arc<OnceLock<(Kind, String)>>) -> Command {
    let live = |arg: Arg| match LIVE.iter().find(|(id, _)| arg.get_id() == id) {
        Some((_, kind)) => {
            let (wanted, kind) = (Arc::clone(wanted), *kind);
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
                let _first = wanted.set((kind, typed.to_string_lossy().into_owned()));
                vec![CompletionCandidate::new(HERE)]
            }))
        }
        None => arg,
    };
    command.mut_args(live).mut_subcommands(|command| with_names(command, wanted))
}
