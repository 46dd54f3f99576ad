//! The command line. Names are public and fixed; docs and scripts use them.

mod shell;
mod usual;

use crate::commands::populate::DEFAULT_TEMPLATE;
use crate::exit::Exit;
use crate::output::shell::Format;
use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
pub(crate) use shell::{CompletionsArgs, InitShell, Shell, ShellInitArgs, StatusArgs};
use std::ffi::OsString;

/// AWS IAM Identity Center (AWS SSO) on the command line, with the files of the AWS CLI and SDKs
#[derive(Debug, Parser)]
#[command(name = "sso", version, after_help = exit_codes(), disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The command line of this process.
    ///
    /// # Errors
    /// It cannot be understood, or it asks for help.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        match usual::read(std::env::args_os()) {
            Some(cli) => Ok(cli),
            None => Self::try_parse().and_then(Self::checked),
        }
    }

    /// What clap does not see across the subcommand: options that exclude each other.
    ///
    /// # Errors
    /// Two of them are given.
    pub(crate) fn checked(self) -> Result<Self, clap::Error> {
        let (profile, session) = (self.global.profile().is_some(), self.global.sso_session().is_some());
        let all = match &self.command {
            Command::Login(args) => args.all,
            Command::Logout(args) => args.all,
            _ => false,
        };
        let populate = match &self.command {
            Command::Configure(args) => match &args.what {
                Some(ConfigureWhat::Populate(populate)) => Some(populate),
                _ => None,
            },
            _ => None,
        };
        // The wizard takes both: the profile to start from, and the session's name.
        let profile = profile && (populate.is_some() || !matches!(self.command, Command::Configure(_)));
        if session && matches!(self.command, Command::Config(_)) {
            let text = "the argument '--sso-session <NAME>' cannot be used with 'config explain'";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        let options = [
            (profile, "--profile <NAME>"),
            (session, "--sso-session <NAME>"),
            (all, "--all"),
            (populate.is_some_and(|populate| populate.all_sessions), "--all-sessions"),
        ];
        let given: Vec<&str> = options.iter().filter(|(given, _)| *given).map(|(_, name)| *name).collect();
        match given.as_slice() {
            [first, second, ..] => {
                let text = format!("the argument '{first}' cannot be used with '{second}'");
                Err(Self::command().error(ErrorKind::ArgumentConflict, text))
            }
            _ => Ok(self),
        }
    }
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The profile to act on [default: AWS_PROFILE, AWS_DEFAULT_PROFILE, else "default"]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The sso-session to act on, instead of a profile's
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) sso_session: Option<String>,
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but data and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more on stderr, up to -vvv; never a secret
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to use colours; auto: on a terminal, unless NO_COLOR is set or TERM is dumb
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorWhen,
}

impl Global {
    /// `--profile`, if it is [`answered`].
    pub(crate) fn profile(&self) -> Option<&str> {
        answered(&self.profile)
    }

    /// `--sso-session`, if it is [`answered`].
    pub(crate) fn sso_session(&self) -> Option<&str> {
        answered(&self.sso_session)
    }
}

/// An option without text is one that is not given.
pub(crate) fn answered(option: &Option<String>) -> Option<&str> {
    option.as_deref().filter(|text| !text.is_empty())
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sign in, or say until when you are signed in
    Login(LoginArgs),
    /// End the session at the service and delete its tokens and credentials
    Logout(LogoutArgs),
    /// Renew sessions now, or keep them alive
    Refresh(RefreshArgs),
    /// Show every session: signed in until when, renews until when
    Status(StatusArgs),
    /// Print credentials for the credential_process setting of AWS tools
    #[command(alias = "get-credentials")]
    CredentialProcess(HelperArgs),
    /// Run a command with credentials that renew themselves
    #[command(after_help = EXEC_HELP)]
    Exec(ExecArgs),
    /// Hand out credentials that renew themselves to other processes, until stopped
    #[command(after_help = SERVE_HELP)]
    Serve(ServeArgs),
    /// Print credentials and region for a shell to evaluate
    #[command(after_help = ENV_HELP)]
    Env(EnvArgs),
    /// Open the AWS console in your browser, signed in as the role
    Console(ConsoleArgs),
    /// Show who you are to AWS through the profile
    Whoami,
    /// List the accounts that you may use
    Accounts,
    /// List the roles that you may use
    Roles(RolesArgs),
    /// List the profiles: session, account, role, region
    Profiles(ProfilesArgs),
    /// See into the configuration
    Config(ConfigArgs),
    /// Set up a session and a profile: a wizard, or all by options
    Configure(Box<ConfigureArgs>),
    /// Print the script that lets a shell complete commands, options and your names
    Completions(CompletionsArgs),
    /// Print `sso-use`, a prompt segment and the completions for a shell to evaluate
    ShellInit(ShellInitArgs),
    /// Find what is wrong, explain it, mend it
    Doctor(DoctorArgs),
}

impl Command {
    /// Its name, as it is typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Login(_) => "login",
            Self::Logout(_) => "logout",
            Self::Refresh(_) => "refresh",
            Self::Status(_) => "status",
            Self::CredentialProcess(_) => "credential-process",
            Self::Exec(_) => "exec",
            Self::Serve(_) => "serve",
            Self::Env(_) => "env",
            Self::Console(_) => "console",
            Self::Whoami => "whoami",
            Self::Accounts => "accounts",
            Self::Roles(_) => "roles",
            Self::Profiles(args) if args.pick => "profiles --pick",
            Self::Profiles(_) => "profiles",
            Self::Configure(args) if matches!(args.what, Some(ConfigureWhat::Populate(_))) => {
                "configure populate"
            }
            Self::Config(_) => "config explain",
            Self::Configure(_) => "configure",
            Self::Completions(_) => "completions",
            Self::ShellInit(_) => "shell-init",
            Self::Doctor(_) => "doctor",
        }
    }
}

/// Options of `login`.
#[derive(Args, Clone, Debug)]
pub(crate) struct LoginArgs {
    /// Sign in to every session in turn
    #[arg(long)]
    pub(crate) all: bool,
    /// Sign in again even if signed in
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) flow: FlowArgs,
}

/// How long signing in from `credential-process` may take, in seconds.
const LIMIT_OF_LOGIN: u32 = 600;

/// Options of `credential-process`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct HelperArgs {
    /// Open a browser if signing in is needed; of many at once only one does
    #[arg(long)]
    pub(crate) login: bool,
    /// With --login: how long everything may take, in seconds
    #[arg(long, value_name = "SECONDS", requires = "login", default_value_t = LIMIT_OF_LOGIN, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) timeout: u32,
}

/// Options of `exec`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ExecArgs {
    /// Put the keys themselves into the environment: they end, and nothing renews them
    #[arg(long = "static")]
    pub(crate) static_keys: bool,
    /// Run inside another `sso exec`
    #[arg(long)]
    pub(crate) nested: bool,
    /// The command and its arguments [default: your shell]
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

const EXEC_HELP: &str = "\
The command sees the profile's credentials and region, and no other AWS credentials. It ends with the command's exit \
code, or 128 and the number of the signal that killed it; 126: it cannot be executed, 127: it is not found.

  sso exec --profile dev -- aws s3 ls
  sso exec --profile dev                    your shell, until you leave it";

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServeArgs {
    /// The port on 127.0.0.1 [default: any free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Serve this profile too, at /profile/NAME and with a token of its own; may be given several times
    #[arg(long, value_name = "PROFILE")]
    pub(crate) also: Vec<String>,
}

const SERVE_HELP: &str = "\
stdout is two lines for a POSIX shell to eval; AWS SDKs of this machine, of a container on its network, or of a host \
behind `ssh -R` then find the credentials by themselves:

  sso serve --profile dev --port 8123
  ssh -R 8123:127.0.0.1:8123 host           and there: the two lines";

/// Options of `env`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct EnvArgs {
    /// Who reads it [default: sh]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Take back what this command sets
    #[arg(long)]
    pub(crate) unset: bool,
}

const ENV_HELP: &str = "\
The keys are static: nothing renews them. What runs longer is better off with AWS_PROFILE or `sso exec`.

  eval \"$(sso env --profile dev)\"              sh, bash, zsh
  sso env --profile dev --format fish | source
  vars=$(sso env) && eval \"$vars\"              in a script: a failure is not lost";

/// Options of `console`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConsoleArgs {
    /// The service to open: its name in the console, or a short one (ddb, cw, cfn, sfn, ssm, r53)
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// The region to open [default: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else the session's]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Print the address on stdout, open nothing; it is a secret for 15 minutes
    #[arg(long)]
    pub(crate) print: bool,
    /// The browser to open: a command, %s stands for the address [default: settings.ini, BROWSER, the system's]
    #[arg(long, value_name = "CMD", conflicts_with = "print")]
    pub(crate) browser: Option<String>,
}

/// Options of `refresh`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct RefreshArgs {
    /// Keep the sessions alive until stopped
    #[arg(long)]
    pub(crate) watch: bool,
}

/// How to sign in.
#[derive(Args, Clone, Debug)]
pub(crate) struct FlowArgs {
    /// Approve with a code, on any device
    #[arg(long, conflicts_with = "use_pkce")]
    pub(crate) use_device_code: bool,
    /// Approve in a browser on this host, even where none is expected
    #[arg(long)]
    pub(crate) use_pkce: bool,
    /// Print the address, open nothing
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// The browser to open: a command, %s stands for the address [default: settings.ini, BROWSER, the system's]
    #[arg(long, value_name = "CMD")]
    pub(crate) browser: Option<String>,
    /// The port on 127.0.0.1 that the browser comes back to [default: any free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) redirect_port: u16,
    /// How long you may take to approve, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) timeout: u32,
}

/// Options of `config`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) what: ConfigWhat,
}

/// What to see of the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ConfigWhat {
    /// Show where each value of the profile comes from, and which tools read it otherwise
    Explain,
}

/// Options of `configure`.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ConfigureArgs {
    #[command(subcommand)]
    pub(crate) what: Option<ConfigureWhat>,
    #[command(flatten)]
    pub(crate) wizard: WizardArgs,
}

/// What to configure.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ConfigureWhat {
    /// The same as `sso configure`
    Sso(WizardArgs),
    /// The session alone, without signing in
    Session(SessionAnswers),
    /// A profile for every account and role that you have
    Populate(PopulateArgs),
}

/// The answers to the wizard's questions about the session; its name is --sso-session.
#[derive(Args, Clone, Debug)]
pub(crate) struct SessionAnswers {
    /// The address of the access portal
    #[arg(long, value_name = "URL")]
    pub(crate) sso_start_url: Option<String>,
    /// The region of IAM Identity Center
    #[arg(long, value_name = "REGION")]
    pub(crate) sso_region: Option<String>,
    /// The scopes to register with, separated by commas
    #[arg(long, value_name = "SCOPES")]
    pub(crate) sso_registration_scopes: Option<String>,
    /// Write without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// All answers of the wizard, and how to sign in.
#[derive(Args, Clone, Debug)]
pub(crate) struct WizardArgs {
    #[command(flatten)]
    pub(crate) session: SessionAnswers,
    /// The account
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// The role: the name of a permission set
    #[arg(long, value_name = "NAME")]
    pub(crate) role_name: Option<String>,
    /// The region of service calls
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The AWS CLI's output format
    #[arg(long, value_name = "FORMAT")]
    pub(crate) output: Option<String>,
    /// What to call the profile
    #[arg(long, value_name = "NAME")]
    pub(crate) profile_name: Option<String>,
    /// Add a second profile for tools that cannot read sso-session: it runs `sso credential-process`
    #[arg(long, value_name = "NAME")]
    pub(crate) helper_profile: Option<String>,
    #[command(flatten)]
    pub(crate) flow: FlowArgs,
}

/// Options of `doctor`.
#[derive(Args, Clone, Debug)]
pub(crate) struct DoctorArgs {
    /// Mend what can be mended: shows it first, keeps what was, asks
    #[arg(long, conflicts_with_all = ["list", "explain"])]
    pub(crate) fix: bool,
    /// With --fix: do not ask
    #[arg(short, long, requires = "fix")]
    pub(crate) yes: bool,
    /// Look at this machine only; ask nobody
    #[arg(long)]
    pub(crate) offline: bool,
    /// Look for this code only; may be given several times
    #[arg(long, value_name = "CODE")]
    pub(crate) only: Vec<String>,
    /// Where N06's file of root certificates is written [default: ~/.aws/sso-ca-bundle.pem]
    #[arg(long, value_name = "PATH")]
    pub(crate) ca_file: Option<std::path::PathBuf>,
    /// List all codes
    #[arg(long, conflicts_with = "explain")]
    pub(crate) list: bool,
    /// Explain a code
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
}

/// Options of `logout`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct LogoutArgs {
    /// Also tokens of sessions that the configuration does not name
    #[arg(long)]
    pub(crate) all: bool,
}

/// Options of `roles`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RolesArgs {
    /// Only the roles of this account
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
}

/// Options of `profiles`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ProfilesArgs {
    /// Pick one at the terminal and print its name; with --profile: check that one instead
    #[arg(long)]
    pub(crate) pick: bool,
}

/// Options of `configure populate`.
#[derive(Args, Clone, Debug)]
pub(crate) struct PopulateArgs {
    /// The accounts and roles of every sso-session
    #[arg(long)]
    pub(crate) all_sessions: bool,
    /// What to call the profiles; words: {account_name}, {account_id}, {account_email}, {role_name}, {session}, {region}
    #[arg(long, value_name = "TEMPLATE", default_value = DEFAULT_TEMPLATE)]
    pub(crate) name_template: String,
    /// Only accounts whose name or id is like this; * and ? stand for any text and any character
    #[arg(long, value_name = "GLOB")]
    pub(crate) account: Option<String>,
    /// Only roles whose name is like this
    #[arg(long, value_name = "GLOB")]
    pub(crate) role: Option<String>,
    /// The region of the profiles; with several, the template needs {region}
    #[arg(long = "region", value_name = "REGION")]
    pub(crate) regions: Vec<String>,
    /// Remove profiles made by this command whose role is not assigned any more
    #[arg(long)]
    pub(crate) prune: bool,
    /// Show what would be written, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

fn exit_codes() -> String {
    let lines: Vec<String> =
        Exit::ALL.iter().map(|(exit, meaning)| format!("  {:>3}  {meaning}", exit.code())).collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_excludes_each_other_does_so_on_both_sides_of_the_command() {
        for (line, good) in [
            ("sso --profile a login", true),
            ("sso --profile a login --all", false),
            ("sso login --all --profile a", false),
            ("sso --profile a login --sso-session corp", false),
            ("sso logout --all --sso-session corp", false),
            ("sso --profile= login --all", true),
            ("sso config explain --profile a", true),
            ("sso config explain --sso-session corp", false),
        ] {
            let parsed = Cli::try_parse_from(line.split(' ')).and_then(Cli::checked);
            assert_eq!(parsed.is_ok(), good, "{line}");
        }
    }

    #[test]
    fn no_option_takes_a_secret() {
        // Catalogue H5 and B2: neither a token nor somebody else's code can be handed in.
        let cli = Cli::command();
        let names: Vec<String> = std::iter::once(&cli)
            .chain(cli.get_subcommands())
            .flat_map(|command| command.get_arguments().map(|arg| arg.get_id().to_string()))
            .collect();
        for word in
            ["token", "secret", "password", "user_code", "device_code_value", "callback", "redirect_uri"]
        {
            assert!(!names.iter().any(|name| name.contains(word)), "{word} in {names:?}");
        }
    }

    #[test]
    fn the_exit_codes_are_in_the_help() {
        let help = Cli::command().render_long_help().to_string();
        for (exit, meaning) in Exit::ALL {
            assert!(help.contains(&format!("{:>3}  {meaning}", exit.code())), "{help}");
        }
    }
}
