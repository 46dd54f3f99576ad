//! `sso __manual`: the man pages, as one JSON document of names and texts. Built in only for `cargo xtask dist`, which
//! writes the files: people get the pages, not the program that renders them. `sso __outline`: the same for the book.

mod outline;

use crate::args::Cli;
use crate::exit::Exit;
#[cfg(feature = "manual")]
use crate::output::{escape, to_stdout};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

/// When the words below were last gone over. The day of rendering would make each build another one.
const DATE: &str = "2026-11-26";

/// Files that the commands read and write.
const FILES: [(&str, &str); 8] = [
    ("~/.aws/config", "Profiles and sessions, shared with the AWS CLI and SDKs."),
    ("~/.aws/credentials", "Read; never written."),
    (
        "~/.aws/sso/cache",
        "Tokens and client registrations, shared with the AWS CLI and SDKs. Readable by you alone.",
    ),
    ("~/.aws/cli/cache", "Role credentials, shared with the AWS CLI. Readable by you alone."),
    ("~/.aws/sso/.sso-locks, ~/.aws/cli/.sso-locks", "Locks, without secrets."),
    ("~/.config/sso/settings.ini", "Settings of sso alone: browser and flow for each session."),
    ("~/.cache/sso/inventory", "Accounts and roles as they were listed last. No secrets."),
    ("~/.local/state/sso/recent.json", "What was picked last."),
];

/// What the environment decides.
const ENVIRONMENT: [(&str, &str); 13] = [
    ("AWS_PROFILE, AWS_DEFAULT_PROFILE", "The profile, where --profile is not given."),
    ("AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "The two files, instead of those in ~/.aws."),
    (
        "AWS_ENDPOINT_URL_SSO_OIDC, AWS_ENDPOINT_URL_SSO, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_SIGNIN, AWS_ENDPOINT_URL",
        "Endpoints, instead of AWS's.",
    ),
    (
        "AWS_ENDPOINT_URL_SSO_ADMIN, AWS_ENDPOINT_URL_ORGANIZATIONS, AWS_ENDPOINT_URL_IDENTITYSTORE",
        "The same for `sso discover`.",
    ),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "If it is true, no configured endpoint counts."),
    ("AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT", "If it is true, endpoints of that kind."),
    ("AWS_CA_BUNDLE", "Root certificates, instead of the system's."),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "Proxies; written in lower case they go first."),
    ("BROWSER", "The browser to open."),
    ("SSH_CONNECTION, SSH_TTY, DISPLAY, WAYLAND_DISPLAY", "Whether a browser is expected on this host."),
    ("HOME", "The home directory."),
    ("XDG_RUNTIME_DIR", "Where locks are, if the home directory's file system knows none."),
    ("NO_COLOR, TERM", "Whether to use colours."),
];

/// Answers if it is asked for.
#[cfg(feature = "manual")]
pub(crate) fn asked() -> Option<Exit> {
    let document = match std::env::args_os().nth(1)?.to_str()? {
        "__manual" => {
            let Ok(pages) = pages() else { return Some(Exit::Failure) };
            let pages = pages.into_iter().map(|(name, text)| (name, text.into()));
            serde_json::Value::Object(pages.collect())
        }
        "__outline" => outline::of(&root()),
        _ => return None,
    };
    Some(to_stdout(&escape::json(&document, true)).map_or(Exit::Failure, |()| Exit::Success))
}

/// The definition of the command line, whole.
fn root() -> Command {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    root
}

/// A page for each command: file name and text.
fn pages() -> io::Result<Vec<(String, String)>> {
    let mut commands = Vec::new();
    collect(&root(), &mut commands);
    let names: Vec<String> = commands.iter().map(page_name).collect();
    commands.into_iter().map(|command| page(command, &names)).collect()
}

fn collect(command: &Command, found: &mut Vec<Command>) {
    found.push(command.clone());
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, found);
    }
}

/// `sso-configure-populate`.
fn page_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: Command, names: &[String]) -> io::Result<(String, String)> {
    let name = page_name(&command);
    let is_root = !name.contains('-');
    let (has_commands, version) = (command.has_subcommands(), env!("CARGO_PKG_VERSION"));
    let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (remarks, examples) = below.split_once("Examples:\n").unwrap_or((&below, ""));
    // Ours are sections of their own.
    let command = command.after_help(None::<&str>).after_long_help(None::<&str>).version(None::<&str>);
    let man = Man::new(command)
        .title(name.to_uppercase())
        .date(DATE)
        .source(format!("sso {version}"))
        .manual("sso Manual");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if !is_root {
        paragraphs(remarks).to_writer(&mut text)?;
    }
    man.render_options_section(&mut text)?;
    if has_commands {
        man.render_subcommands_section(&mut text)?;
    }
    let mut roff = Roff::default();
    let codes: Vec<(String, &str)> =
        Exit::ALL.iter().map(|(exit, meaning)| (exit.code().to_string(), *meaning)).collect();
    listed(&mut roff, "EXIT STATUS", codes.iter().map(|(code, meaning)| (code.as_str(), *meaning)));
    listed(&mut roff, "FILES", FILES);
    listed(&mut roff, "ENVIRONMENT", ENVIRONMENT);
    roff.control("SH", ["EXAMPLES"]);
    verbatim(&mut roff, examples);
    let others = names
        .iter()
        .filter(|other| if is_root { **other != name } else { *other == "sso" || is_near(other, &name) });
    let others: Vec<String> = others.map(|other| format!("{other}(1)")).collect();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(others.join(", "))]);
    roff.to_writer(&mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    // The renderer breaks the line at a blank one, which is broken there anyway; mandoc minds.
    Ok((format!("{name}.1"), text.replace("\n.br\n\n.br\n", "\n.sp\n")))
}

/// Whether one of two commands is below the other.
fn is_near(other: &str, name: &str) -> bool {
    let below = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('-'));
    other != "sso" && (below(other, name) || below(name, other))
}

/// What stands below the options: running text, and lines that stay as they are.
fn paragraphs(remarks: &str) -> Roff {
    let mut roff = Roff::default();
    for paragraph in remarks.split("\n\n").map(str::trim_end).filter(|text| !text.is_empty()) {
        roff.control("PP", []);
        if paragraph.starts_with(' ') {
            verbatim(&mut roff, paragraph);
        } else {
            roff.text([roman(paragraph.replace('\n', " "))]);
        }
    }
    roff
}

fn verbatim(roff: &mut Roff, lines: &str) {
    roff.control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

fn listed<'a>(roff: &mut Roff, title: &str, rows: impl IntoIterator<Item = (&'a str, &'a str)>) {
    roff.control("SH", [title]);
    for (term, meaning) in rows {
        roff.control("TP", []);
        roff.text([bold(term)]);
        roff.text([roman(meaning)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::process::{Command as Program, Stdio};

    fn all() -> Vec<Command> {
        let mut root = Cli::command();
        root.build();
        let mut commands = Vec::new();
        collect(&root, &mut commands);
        commands
    }

    #[test]
    fn every_command_and_option_says_what_it_is_for() {
        let commands = all();
        assert!(commands.len() > 15, "the definition is there");
        for command in commands {
            let name = page_name(&command);
            assert!(command.get_about().is_some(), "{name} has no help text");
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                let help = argument.get_help().map(|help| help.to_string()).unwrap_or_default();
                assert!(!help.trim().is_empty(), "{name}: {} has no help text", argument.get_id());
                assert!(!help.ends_with('.'), "{name}: {}: a help text is no sentence", argument.get_id());
            }
        }
    }

    #[test]
    fn a_page_for_each_command_with_what_belongs_on_it() {
        let pages = pages().expect("pages");
        for name in ["sso.1", "sso-login.1", "sso-configure-populate.1", "sso-config-explain.1"] {
            assert!(pages.iter().any(|(page, _)| page == name), "{name}");
        }
        for (name, text) in &pages {
            let parts = [
                "NAME",
                "SYNOPSIS",
                "OPTIONS",
                "EXIT STATUS",
                "FILES",
                "ENVIRONMENT",
                "EXAMPLES",
                "SEE ALSO",
            ];
            for part in parts {
                let heading =
                    if part.contains(' ') { format!(".SH \"{part}\"") } else { format!(".SH {part}") };
                assert!(text.contains(&heading), "{name} has no {part}:\n{text}");
            }
            assert!(text.contains("login needed") && text.contains("AWS_CONFIG_FILE"), "{name}");
        }
        assert_eq!(pages.len(), all().len());
    }

    /// Neither of the programs that render pages has anything to say against them.
    #[test]
    fn the_pages_render_without_a_warning() {
        let programs: [(&str, &[&str]); 2] = [
            ("mandoc", &["-T", "lint", "-W", "warning"]),
            ("groff", &["-man", "-ww", "-z", "-Tutf8", "-Kutf8"]),
        ];
        for (program, arguments) in programs {
            for (name, text) in pages().expect("pages") {
                let mut running = Program::new(program);
                running.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
                let Ok(mut running) = running.spawn() else {
                    sso_vectors::skip("manual: the pages render", &format!("{program} is not installed"));
                    break;
                };
                let mut stdin = running.stdin.take().expect("a pipe");
                stdin.write_all(text.as_bytes()).expect("it reads");
                drop(stdin);
                let output = running.wait_with_output().expect("it ends");
                let said = [output.stdout, output.stderr].concat();
                assert_eq!(String::from_utf8_lossy(&said), "", "{program} on {name}:\n{text}");
            }
        }
    }
}
