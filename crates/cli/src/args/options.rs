//! The options of each command.

use super::help;
use crate::commands::populate::DEFAULT_TEMPLATE;
use crate::output::shell::Format;
use clap::{Args, Subcommand};
use std::ffi::OsString;

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
pub(super) const LIMIT_OF_LOGIN: u32 = 600;

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

/// Options of `env`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct EnvArgs {
    /// Who reads it: sh (bash, zsh, dash, ksh, too), fish, powershell, cmd (cmd.exe), dotenv (a .env file) or json (null: to be
    /// unset) [default: sh]
    // In the text, not in a list of its own: that would spread the whole help over three times the lines.
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) format: Option<Format>,
    /// Take back what this command sets
    #[arg(long)]
    pub(crate) unset: bool,
}

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
    #[command(after_help = help::EXPLAIN)]
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
    #[command(after_help = help::CONFIGURE)]
    Sso(WizardArgs),
    /// The session alone, without signing in
    #[command(after_help = help::CONFIGURE_SESSION)]
    Session(SessionAnswers),
    /// A profile for every account and role that you have
    #[command(after_help = help::POPULATE)]
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

/// Options of `discover`.
#[derive(Args, Clone, Debug)]
pub(crate) struct DiscoverArgs {
    #[command(subcommand)]
    pub(crate) what: DiscoverWhat,
    /// The region of IAM Identity Center [default: the profile's sso_region, else AWS_REGION, AWS_DEFAULT_REGION, its region]
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The instance, where there are several [default: the only one]
    #[arg(long, global = true, value_name = "ARN")]
    pub(crate) instance_arn: Option<String>,
    /// Print comma-separated values on stdout
    #[arg(long, global = true)]
    pub(crate) csv: bool,
}

/// What to see as an administrator.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum DiscoverWhat {
    /// Find the instance of IAM Identity Center: its portal, its region, and the sso-session for it
    #[command(after_help = help::INSTANCES)]
    Instances(InstancesArgs),
    /// List the accounts of the organization
    #[command(after_help = help::ORGANIZATION)]
    Accounts,
    /// List the permission sets: how long their credentials live, what they are for
    #[command(after_help = help::PERMISSION_SETS)]
    PermissionSets,
    /// List who has which permission set in which account
    #[command(after_help = help::ASSIGNMENTS)]
    Assignments(AssignmentsArgs),
}

/// Options of `discover instances`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct InstancesArgs {
    /// Add the sso-session to the config file; --sso-session names it
    #[arg(long)]
    pub(crate) write: bool,
}

/// Options of `discover assignments`.
#[derive(Args, Clone, Debug)]
pub(crate) struct AssignmentsArgs {
    /// Only those in this account
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Only those of this permission set
    #[arg(long, value_name = "NAME")]
    pub(crate) permission_set: Option<String>,
    /// Say whether the role of this profile is assigned, to whom, and what is nearest if not
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["account_id", "permission_set"])]
    pub(crate) why: Option<String>,
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

/// Options of `accounts`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct AccountsArgs {
    /// Ask anew, whatever was read last
    #[arg(long)]
    pub(crate) refresh: bool,
}

/// Options of `roles`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RolesArgs {
    /// Only the roles of this account
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Ask anew, whatever was read last
    #[arg(long)]
    pub(crate) refresh: bool,
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
