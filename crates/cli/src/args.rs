//! The command line. Names are public and fixed; docs and scripts use them.

mod help;
mod options;
mod shell;
mod usual;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use options::LIMIT_OF_LOGIN;
pub(crate) use options::{
    AccountsArgs, AssignmentsArgs, ConfigArgs, ConfigWhat, ConfigureArgs, ConfigureWhat, ConsoleArgs,
    DiscoverArgs, DiscoverWhat, DoctorArgs, EnvArgs, ExecArgs, FlowArgs, HelperArgs, InstancesArgs,
    LoginArgs, LogoutArgs, PopulateArgs, ProfilesArgs, RefreshArgs, RolesArgs, ServeArgs, SessionAnswers,
    WizardArgs,
};
pub(crate) use shell::{CompletionsArgs, InitShell, Shell, ShellInitArgs, StatusArgs};

/// AWS IAM Identity Center (AWS SSO) on the command line, with the files of the AWS CLI and SDKs
#[derive(Debug, Parser)]
#[command(name = "sso", version, after_help = help::root(), disable_help_subcommand = true, max_term_width = 80)]
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
            let text = "--sso-session cannot be used with config explain.";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        // Here the session's name is that of a new one.
        let new_session = matches!(
            &self.command,
            Command::Discover(DiscoverArgs {
                what: DiscoverWhat::Instances(InstancesArgs { write: true }),
                ..
            })
        );
        if session && !new_session && matches!(self.command, Command::Discover(_)) {
            let text = "--sso-session needs discover instances --write.";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        if self.global.json && matches!(&self.command, Command::Discover(args) if args.csv) {
            let text = "--json cannot be used with --csv.";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        let profile = profile && !new_session;
        let options = [
            (profile, "--profile"),
            (session, "--sso-session"),
            (all, "--all"),
            (populate.is_some_and(|populate| populate.all_sessions), "--all-sessions"),
        ];
        let given: Vec<&str> = options.iter().filter(|(given, _)| *given).map(|(_, name)| *name).collect();
        match given.as_slice() {
            [first, second, ..] => {
                let text = format!("{first} cannot be used with {second}.");
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
    #[command(after_help = help::LOGIN)]
    Login(LoginArgs),
    /// End the session at the service and delete its tokens and credentials
    #[command(after_help = help::LOGOUT)]
    Logout(LogoutArgs),
    /// Renew sessions now, or keep them alive
    #[command(after_help = help::REFRESH)]
    Refresh(RefreshArgs),
    /// Show every session: signed in until when, renews until when
    #[command(after_help = help::STATUS)]
    Status(StatusArgs),
    /// Print credentials for the credential_process setting of AWS tools
    #[command(alias = "get-credentials", after_help = help::CREDENTIAL_PROCESS)]
    CredentialProcess(HelperArgs),
    /// Run a command with credentials that renew themselves
    #[command(after_help = help::EXEC)]
    Exec(ExecArgs),
    /// Hand out credentials that renew themselves to other processes, until stopped
    #[command(after_help = help::SERVE)]
    Serve(ServeArgs),
    /// Print credentials and region for a shell to evaluate
    #[command(after_help = help::ENV)]
    Env(EnvArgs),
    /// Open the AWS console in your browser, signed in as the role
    #[command(after_help = help::CONSOLE)]
    Console(ConsoleArgs),
    /// Show who you are to AWS through the profile
    #[command(after_help = help::WHOAMI)]
    Whoami,
    /// List the accounts that you may use
    #[command(after_help = help::ACCOUNTS)]
    Accounts(AccountsArgs),
    /// List the roles that you may use
    #[command(after_help = help::ROLES)]
    Roles(RolesArgs),
    /// List the profiles: session, account, role, region
    #[command(after_help = help::PROFILES)]
    Profiles(ProfilesArgs),
    /// See into the configuration
    #[command(after_help = help::EXPLAIN)]
    Config(ConfigArgs),
    /// Set up a session and a profile: a wizard, or all by options
    #[command(after_help = help::CONFIGURE)]
    Configure(Box<ConfigureArgs>),
    /// See instances, accounts, permission sets and assignments as an administrator
    #[command(after_help = help::DISCOVER)]
    Discover(DiscoverArgs),
    /// Print the script that lets a shell complete commands, options and your names
    #[command(after_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print `sso-use`, a prompt segment and the completions for a shell to evaluate
    #[command(after_help = help::SHELL_INIT)]
    ShellInit(ShellInitArgs),
    /// Find what is wrong, explain it, mend it
    #[command(after_help = help::DOCTOR)]
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
            Self::Accounts(_) => "accounts",
            Self::Roles(_) => "roles",
            Self::Profiles(args) if args.pick => "profiles --pick",
            Self::Profiles(_) => "profiles",
            Self::Configure(args) if matches!(args.what, Some(ConfigureWhat::Populate(_))) => {
                "configure populate"
            }
            Self::Config(_) => "config explain",
            Self::Configure(_) => "configure",
            Self::Discover(args) => match args.what {
                DiscoverWhat::Instances(_) => "discover instances",
                DiscoverWhat::Accounts => "discover accounts",
                DiscoverWhat::PermissionSets => "discover permission-sets",
                DiscoverWhat::Assignments(_) => "discover assignments",
            },
            Self::Completions(_) => "completions",
            Self::ShellInit(_) => "shell-init",
            Self::Doctor(_) => "doctor",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

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
