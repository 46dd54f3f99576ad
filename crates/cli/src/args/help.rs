//! What stands below the options of each command: what one has to know, and examples that work as they stand.

use crate::exit::Exit;

/// The first command of a newcomer comes last, where a small screen still shows it.
pub(super) fn root() -> String {
    let codes: Vec<String> =
        Exit::ALL.iter().map(|(exit, meaning)| format!("  {:>3}  {meaning}", exit.code())).collect();
    format!("Exit codes:\n{}\n\n{ROOT}", codes.join("\n"))
}

const ROOT: &str = "\
Each command has its own help, with examples: sso login --help
With TERM=dumb there are lines and nothing else, for screen readers: no colours,
nothing that is drawn twice, and every question is answered with a line.

Examples:
  sso configure                          first of all: a session and a profile
  sso login                              sign in
  sso exec --profile dev -- aws s3 ls    a command with credentials
  sso doctor                             what is wrong?";

pub(super) const LOGIN: &str = "\
Without --profile and --sso-session it is the session of the selected profile,
else the only one there is.

Examples:
  sso login --profile dev
  sso login --use-device-code                 over SSH: a code for any device
  sso login --browser 'firefox -P work %s'    another profile of the browser";

pub(super) const LOGOUT: &str = "\
Without --profile and --sso-session it is every session of the configuration.

Examples:
  sso logout
  sso logout --sso-session corp";

pub(super) const REFRESH: &str = "\
It never opens a browser: what cannot be renewed is named, with the command that
helps.

Examples:
  sso refresh --profile dev
  sso refresh --watch          keep all sessions alive, until Ctrl-C";

pub(super) const STATUS: &str = "\
Nothing is asked of the network. The exit code is 0 if every session is signed
in or can be renewed, else 4.

Examples:
  sso status
  sso status --sso-session corp --json";

pub(super) const CREDENTIAL_PROCESS: &str = "\
For tools that cannot read sso-session. Two lines of ~/.aws/config, which
`sso configure --helper-profile dev-helper` writes:

  [profile dev-helper]
  credential_process = sso credential-process --profile dev

Examples:
  sso credential-process --profile dev
  sso credential-process --profile dev --login --timeout 300";

pub(super) const EXEC: &str = "\
The command sees the profile's credentials and region, and no other AWS
credentials. It ends with the command's exit code, or 128 and the number of the
signal that killed it; 126: it cannot be executed, 127: it is not found.

Examples:
  sso exec --profile dev -- aws s3 ls
  sso exec --profile dev                 your shell, until you leave it";

pub(super) const SERVE: &str = "\
stdout is two lines for a POSIX shell to eval; AWS SDKs of this machine, of a
container on its network, or of a host behind `ssh -R` then find the credentials
by themselves.

Examples:
  sso serve --profile dev --port 8123
  ssh -R 8123:127.0.0.1:8123 host        and there: the two lines";

pub(super) const ENV: &str = "\
The keys are static: nothing renews them. What runs longer is better off with
AWS_PROFILE or `sso exec`.

Examples:
  eval \"$(sso env --profile dev)\"        sh, bash, zsh
  sso env --profile dev --format fish | source
  vars=$(sso env) && eval \"$vars\"        in a script: a failure is not lost";

pub(super) const CONSOLE: &str = "\
Examples:
  sso console --profile dev
  sso console --profile dev --service s3 --region eu-west-1
  sso console --profile dev --print      for a browser on another machine";

pub(super) const WHOAMI: &str = "\
Examples:
  sso whoami --profile dev
  sso whoami --profile dev --json";

pub(super) const ACCOUNTS: &str = "\
A list that was read less than 12 hours ago is shown again, with its age.

Examples:
  sso accounts
  sso accounts --sso-session corp --refresh";

pub(super) const ROLES: &str = "\
Examples:
  sso roles
  sso roles --account-id 111122223333";

pub(super) const PROFILES: &str = "\
Examples:
  sso profiles
  export AWS_PROFILE=$(sso profiles --pick)";

pub(super) const EXPLAIN: &str = "\
Examples:
  sso config explain --profile dev
  sso config explain --profile dev --json";

pub(super) const CONFIGURE: &str = "\
Every answer is an option, too, and the session's name is --sso-session. With
all answers given nothing is asked.

Examples:
  sso configure                          asks for everything
  sso configure --sso-session corp --profile-name dev
  sso configure populate --dry-run       a profile for every role: a look first";

pub(super) const CONFIGURE_SESSION: &str = "\
The session's name is --sso-session.

Examples:
  sso configure session --sso-session corp --sso-region us-east-1 \\
    --sso-start-url https://corp.awsapps.com/start --yes";

pub(super) const POPULATE: &str = "\
It writes at once and shows what it wrote; only profiles that it made are
changed or removed.

Examples:
  sso configure populate --dry-run       what would be written?
  sso configure populate --account 'prod-*' --role ReadOnly
  sso configure populate --prune         without roles that you lost";

pub(super) const DISCOVER: &str = "\
Signed with the credentials of --profile, which must be of the management
account or of a delegated administrator. Nothing is changed at AWS: every call
only reads.

Examples:
  sso discover instances --profile admin
  sso discover assignments --profile admin --csv > assignments.csv
  sso discover assignments --profile admin --why prod    why \"No access\"?";

pub(super) const INSTANCES: &str = "\
Examples:
  sso discover instances --profile admin
  sso discover instances --profile admin --write --sso-session corp";

pub(super) const ORGANIZATION: &str = "\
Examples:
  sso discover accounts --profile admin
  sso discover accounts --profile admin --csv > accounts.csv";

pub(super) const PERMISSION_SETS: &str = "\
Examples:
  sso discover permission-sets --profile admin";

pub(super) const ASSIGNMENTS: &str = "\
Examples:
  sso discover assignments --profile admin --account-id 111122223333
  sso discover assignments --profile admin --permission-set ReadOnly
  sso discover assignments --profile admin --why prod    why \"No access\"?";

pub(super) const COMPLETIONS: &str = "\
`sso shell-init` has the completions in it, too.

Examples:
  sso completions fish > ~/.config/fish/completions/sso.fish
  source <(sso completions bash)";

pub(super) const SHELL_INIT: &str = "\
One line in the start-up file of the shell:

Examples:
  eval \"$(sso shell-init bash)\"          in ~/.bashrc; zsh likewise
  sso shell-init fish | source           in ~/.config/fish/config.fish";

pub(super) const DOCTOR: &str = "\
Nothing is written without --fix. The exit code is 1 if there is an error among
the findings.

Examples:
  sso doctor --profile dev
  sso doctor --profile dev --fix         shows the changes, asks, mends
  sso doctor --explain N06               what does the code mean?";

#[cfg(test)]
mod tests {
    use crate::args::Cli;
    use clap::{Command, CommandFactory as _, Parser as _};
    use unicode_width::UnicodeWidthStr as _;

    fn all(command: &Command, found: &mut Vec<Command>) {
        found.push(command.clone());
        command.get_subcommands().for_each(|below| all(below, found));
    }

    fn commands() -> Vec<Command> {
        let mut root = Cli::command();
        root.build();
        let mut found = Vec::new();
        all(&root, &mut found);
        found
    }

    /// What is typed of an example: the rest of the line says what for.
    fn typed(help: &str) -> Vec<String> {
        let examples = help.split_once("Examples:\n").map_or("", |(_, examples)| examples);
        let whole = examples.replace(" \\\n    ", " ");
        let first = |line: &str| line.trim().split("  ").next().unwrap_or_default().to_owned();
        whole.lines().map(first).collect()
    }

    /// The part of a line of shell that is ours, if it needs no shell to be understood.
    fn ours(line: &str) -> Option<Vec<String>> {
        let from = line.get(line.find("sso ")?..)?;
        let end = from.find([')', '|', '>', '&']).unwrap_or(from.len());
        shlex::split(from.get(..end)?)
    }

    #[test]
    fn every_command_has_examples_that_are_understood() {
        for command in commands() {
            let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = typed(&help);
            assert!(!examples.is_empty(), "{name} has no examples");
            let mut understood = 0;
            for line in examples.iter().filter_map(|line| ours(line)) {
                let parsed = Cli::try_parse_from(&line).and_then(Cli::checked);
                assert!(parsed.is_ok(), "{name}: {line:?}: {:?}", parsed.err());
                understood += 1;
            }
            assert!(understood > 0, "{name}: no example is of sso");
        }
    }

    #[test]
    fn no_line_of_help_is_wider_than_80_columns() {
        for mut command in commands() {
            let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for help in [after, command.render_long_help().to_string(), command.render_help().to_string()] {
                let wide = help.lines().find(|line| line.width() > 80);
                assert_eq!(wide, None, "{name}");
            }
        }
    }
}
