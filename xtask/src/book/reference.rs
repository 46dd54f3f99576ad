//! docs/commands.md: every command and option, written from the program's own definition; and whether what is written is
//! current.

use super::Finding;
use super::outline::{Argument, Command, ExitCode, Outline};
use super::page::Page;
use std::fmt::Write as _;
use std::path::Path;

/// The page that is generated.
pub(super) const PAGE: &str = "docs/commands.md";
/// The page that people read exit codes on; its table is written by hand, and compared.
const EXIT_CODES: &str = "docs/interface.md";

/// What a command is explained in, beside its options.
const GUIDES: [(&str, &str); 19] = [
    ("sso login", "login.md"),
    ("sso logout", "login.md#sso-logout"),
    ("sso refresh", "login.md#sso-refresh"),
    ("sso status", "login.md#sso-status"),
    ("sso credential-process", "credential-process.md"),
    ("sso exec", "exec.md"),
    ("sso serve", "serve.md"),
    ("sso env", "env.md"),
    ("sso console", "console.md"),
    ("sso accounts", "populate.md#what-you-have"),
    ("sso roles", "populate.md#what-you-have"),
    ("sso profiles", "picker.md"),
    ("sso config explain", "config.md"),
    ("sso configure", "configure.md"),
    ("sso configure populate", "populate.md"),
    ("sso discover", "discover.md"),
    ("sso completions", "shell.md"),
    ("sso shell-init", "shell.md"),
    ("sso doctor", "doctor/README.md"),
];

/// Whether the page is what the program says, and the exit codes are those of the program.
pub(super) fn check(pages: &[Page], outline: &Outline) -> Vec<Finding> {
    let text = |file: &str| pages.iter().find(|page| page.file == Path::new(file)).map(|page| &page.text);
    let mut findings = Vec::new();
    if text(PAGE) != Some(&page(outline)) {
        let what = "it is not what the program says; cargo xtask book --write generates it";
        findings.push(Finding::new(PAGE, 0, what));
    }
    let told = text(EXIT_CODES).map(String::as_str).unwrap_or_default();
    for ExitCode { code, meaning } in &outline.exit_codes {
        let row = format!("| {code} | {meaning} |");
        if !told.lines().any(|line| line == row) {
            findings.push(Finding::new(EXIT_CODES, 0, format!("no row for the exit code: {row}")));
        }
    }
    findings
}

/// The whole page.
pub(super) fn page(outline: &Outline) -> String {
    let root = &outline.command;
    let mut text = String::from(
        "# Every command and option\n\n\
         Written by `cargo xtask book --write` from the program's own definition. `sso COMMAND --help` says the same, and the man\n\
         pages do. What a command is for and how it behaves is on the page that is named.\n",
    );
    let mut commands = Vec::new();
    collect(root, String::new(), &mut commands);
    text.push_str("\n| Command | |\n|---|---|\n");
    for (name, command) in &commands {
        let anchor = name.replace(' ', "-");
        let _ = writeln!(text, "| [`{name}`](#{anchor}) | {} |", cell(command.about.as_deref()));
    }
    text.push_str("\n## Options of every command\n\n");
    table(&mut text, root.options.iter().filter(|option| is_of_all(option)));
    text.push_str("\n## Exit codes\n\n| Code | Meaning |\n|---|---|\n");
    for ExitCode { code, meaning } in &outline.exit_codes {
        let _ = writeln!(text, "| {code} | {meaning} |");
    }
    for (name, command) in &commands {
        section(&mut text, name, command);
    }
    text
}

/// The commands with their whole names, each after the one that it is below.
fn collect<'o>(command: &'o Command, above: String, found: &mut Vec<(String, &'o Command)>) {
    let name = if above.is_empty() { command.name.clone() } else { format!("{above} {}", command.name) };
    // The root itself is the page.
    if !above.is_empty() {
        found.push((name.clone(), command));
    }
    for below in &command.commands {
        collect(below, name.clone(), found);
    }
}

fn section(text: &mut String, name: &str, command: &Command) {
    let about = command.about.as_deref().unwrap_or_default();
    let _ = write!(text, "\n## {name}\n\n{about}.");
    if let Some((_, guide)) = GUIDES.iter().find(|(of, _)| *of == name) {
        let _ = write!(text, " More: [{}]({guide}).", guide.split('#').next().unwrap_or_default());
    }
    if !command.aliases.is_empty() {
        let _ = write!(text, " Also: `{}`.", command.aliases.join("`, `"));
    }
    let usage = command.usage.trim().trim_start_matches("Usage:").trim();
    let lines: Vec<&str> = usage.lines().map(str::trim).collect();
    let _ = write!(text, "\n\n```text\n{}\n```\n", lines.join("\n"));
    if !command.values.is_empty() {
        text.push('\n');
        table(text, command.values.iter());
    }
    let own = || command.options.iter().filter(|option| !is_of_all(option));
    if own().next().is_some() {
        text.push('\n');
        table(text, own());
    }
    if let Some(notes) = &command.notes {
        self::notes(text, notes);
    }
}

/// What stands below the options: sentences, and examples, which are indented.
fn notes(text: &mut String, notes: &str) {
    for part in notes.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let lines: Vec<&str> = part.lines().map(str::trim_end).collect();
        let _ = if part.starts_with("  ") {
            let lines: Vec<&str> = lines.into_iter().map(|line| line.get(2..).unwrap_or(line)).collect();
            write!(text, "\n```\n{}\n```\n", lines.join("\n"))
        } else {
            write!(text, "\n{}\n", lines.join("\n"))
        };
    }
}

/// Options that stand in every command are told once.
fn is_of_all(option: &Argument) -> bool {
    option.heading.as_deref() == Some("Options of every command")
        || matches!(option.long.as_deref(), Some("help" | "version"))
}

fn table<'o>(text: &mut String, arguments: impl Iterator<Item = &'o Argument>) {
    text.push_str("| Option | |\n|---|---|\n");
    for argument in arguments {
        let mut help = cell(argument.help.as_deref());
        if !argument.default.is_empty() {
            let _ = write!(help, " [default: {}]", argument.default.join(", "));
        }
        if !argument.possible.is_empty() {
            let _ = write!(help, ". One of `{}`", argument.possible.join("`, `"));
        }
        let _ = writeln!(text, "| `{}` | {help} |", spelled(argument));
    }
}

/// `-y, --yes`, `--format <FORMAT>`, `<SHELL>`.
fn spelled(argument: &Argument) -> String {
    let short = argument.short.as_ref().map(|short| format!("-{short}"));
    let long = argument.long.as_ref().map(|long| format!("--{long}"));
    let dots = if argument.repeats { "..." } else { "" };
    let value = argument.value.as_ref().map(|value| format!("<{value}>{dots}"));
    let names: Vec<String> = [short, long].into_iter().flatten().collect();
    let words = [Some(names.join(", ")).filter(|names| !names.is_empty()), value];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Text for a cell of a table: in one line; what Markdown would take for a column or a tag is escaped.
fn cell(text: Option<&str>) -> String {
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ").replace('|', "\\|").replace('<', "\\<")
}

#[cfg(test)]
mod tests {
    use super::super::outline::sample;
    use super::*;

    #[test]
    fn every_command_option_and_exit_code_is_on_the_page() {
        let text = page(&sample());
        for part in [
            "| [`sso configure populate`](#sso-configure-populate) | All |",
            "## sso configure populate\n",
            "| `--timeout <SECONDS>` | How long [default: 600] |",
            "| `--format <FORMAT>` | Who reads it. One of `sh`, `fish` |",
            "| `--all` | Every \\| session |",
            "| `<COMMAND>...` | The command |",
            "Sign in. More: [login.md](login.md). Also: `signin`.",
            "It prints.\n\n```\nsso env --format fish\n```",
            "| 4 | login needed |",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        let global = text.matches("| `--profile <NAME>` |").count();
        assert_eq!(global, 1, "told once");
    }

    #[test]
    fn a_stale_page_and_a_missing_exit_code_are_found() {
        let outline = sample();
        let codes = || Page::parse(EXIT_CODES, "| 0 | success |\n| 4 | login needed |\n".to_owned());
        let current = Page::parse(PAGE, page(&outline));
        assert_eq!(check(&[current, codes()], &outline), []);
        let stale = Page::parse(PAGE, page(&outline).replace("How long", "How wide"));
        let found = check(&[stale, codes()], &outline);
        assert!(found.len() == 1 && found[0].what.contains("--write"), "{found:?}");
        let current = Page::parse(PAGE, page(&outline));
        let wrong = Page::parse(EXIT_CODES, "| 0 | success |\n| 4 | log in |\n".to_owned());
        let found = check(&[current, wrong], &outline);
        assert!(found.len() == 1 && found[0].what.ends_with("| 4 | login needed |"), "{found:?}");
    }
}
