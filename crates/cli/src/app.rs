//! Parse, gather what is outside, dispatch, write the result.

use crate::args::{Cli, Command, ConfigArgs, ConfigWhat, Global, RefreshArgs};
use crate::catalogue::Code;
use crate::commands::{self, Outcome};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::Output;
use crate::usage;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error).into(),
    };
    start_logging(&cli.global);
    let mut context = Context::capture(cli.global, cli.command.name());
    // It ends as what it runs ends.
    if let Command::Exec(args) = &cli.command {
        let output = context.output;
        return match commands::exec::run(context, args) {
            Ok(code) => code.into(),
            Err(error) => ended(output, output.error(&error), error.exit).into(),
        };
    }
    context.output.lines = matches!(cli.command, Command::Refresh(RefreshArgs { watch: true }));
    // stdout of these is credentials or nothing.
    let plain = matches!(cli.command, Command::CredentialProcess(_) | Command::Env(_));
    // Its stdin is somebody else's, even if that is a terminal.
    context.interactive &= !matches!(cli.command, Command::CredentialProcess(_));
    let output = Output { json: context.output.json && !plain, ..context.output };
    let (exit, written) =
        match picked(&mut context, &cli.command).and_then(|()| dispatch(&context, &cli.command)) {
            Ok(Outcome { report, exit }) => (exit, context.output.report(report.as_ref(), context.now())),
            Err(error) => {
                let error = context.with_clock(error);
                let is_helper = matches!(cli.command, Command::CredentialProcess(_));
                let error = if is_helper { error.brief() } else { error };
                (error.exit, output.error(&error))
            }
        };
    ended(output, written, exit).into()
}

fn ended(output: Output, written: std::io::Result<()>, exit: Exit) -> Exit {
    match written {
        Ok(()) => exit,
        Err(error) => unwritten(output, &error),
    }
}

/// Half an answer is no answer.
fn unwritten(output: Output, error: &std::io::Error) -> Exit {
    let told = CliError::new(Code::S04, Exit::Disk, "The output could not be written.")
        .cause(error.to_string())
        .fix("free some space, or write elsewhere");
    // stdout is what does not work.
    let _ = Output { json: false, ..output }.error(&told);
    told.exit
}

/// A command that acts on a profile asks which, where nobody has said; where nobody can be asked it names them.
fn picked(context: &mut Context, command: &Command) -> Result<(), CliError> {
    let asks = match command {
        Command::Whoami | Command::Console(_) | Command::Serve(_) => true,
        Command::Env(args) => !args.unset,
        _ => false,
    };
    if asks && context.global.sso_session.is_none() { commands::pick::fill(context) } else { Ok(()) }
}

fn dispatch(context: &Context, command: &Command) -> Result<Outcome, CliError> {
    match command {
        Command::Login(args) => commands::login::run(context, args),
        Command::Logout(args) => commands::logout::run(context, *args),
        Command::Refresh(args) => commands::refresh::run(context, *args),
        Command::Status(args) => commands::status::run(context, *args),
        Command::CredentialProcess(args) => commands::credential_process::run(context, *args),
        Command::Env(args) => commands::env::run(context, *args),
        Command::Console(args) => commands::console::run(context, args),
        Command::Whoami => commands::whoami::run(context),
        Command::Accounts(args) => commands::accounts::run(context, *args),
        Command::Roles(args) => commands::roles::run(context, args),
        Command::Profiles(args) => commands::profiles::run(context, *args),
        Command::Config(ConfigArgs { what: ConfigWhat::Explain }) => commands::config::run(context),
        Command::Configure(args) => commands::configure::run(context, args),
        Command::Serve(args) => commands::serve::run(context, args),
        // Ran before, as it ends with another's exit code.
        Command::Exec(_) => Err(CliError::new(Code::R01, Exit::Usage, "There is nothing to report.")),
        Command::Completions(args) => Ok(commands::shell::completions(args.shell)),
        Command::ShellInit(args) => Ok(commands::shell::init(args.shell)),
        Command::Discover(args) => commands::discover::run(context, args),
        Command::Doctor(args) => commands::doctor::run(context, args),
    }
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
