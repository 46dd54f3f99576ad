//! Parse, gather what is outside, dispatch, write the result.

use crate::args::{Cli, Command, Global};
use crate::commands::{self, Outcome};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::Output;
use clap::Parser as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Runs the program.
pub(crate) fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    start_logging(&cli.global);
    let context = Context::capture(cli.global, cli.command.name());
    // stdout of credential_process is credentials or nothing.
    let plain = matches!(cli.command, Command::CredentialProcess);
    match dispatch(&context, &cli.command) {
        Ok(Outcome { report, exit }) => {
            context.output.report(report.as_ref(), context.now());
            exit
        }
        Err(error) => {
            Output { json: context.output.json && !plain, ..context.output }.error(&error);
            error.exit
        }
    }
}

fn dispatch(context: &Context, command: &Command) -> Result<Outcome, CliError> {
    match command {
        Command::Login(args) => commands::login::run(context, args),
        Command::Logout(args) => commands::logout::run(context, *args),
        Command::Status => commands::status::run(context),
        Command::CredentialProcess => commands::credential_process::run(context),
        Command::Whoami => commands::whoami::run(context),
        Command::Accounts => commands::accounts::run(context),
        Command::Roles(args) => commands::roles::run(context, args),
        Command::Profiles => commands::profiles::run(context),
    }
}

/// Help and version go to stdout, mistakes to stderr.
fn usage(error: &clap::Error) -> Exit {
    // A closed pipe is not an error.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Success }
}

/// Diagnostics only when asked for, only ours (other crates' could hold secrets), without a clock.
fn start_logging(global: &Global) {
    let level = match global.verbose {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let layer = tracing_subscriber::fmt::layer().without_time().with_ansi(false).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(layer).with(Targets::new().with_target("sso", level)).init();
}
