//! `cargo xtask demo`: the main job with the real binary against the simulated AWS, in a home of its own. No AWS account.
//!
//! `--serve` stays up and prints the variables, so that a person can play with it in their own browser.

use crate::run::{cargo, clean, target_dir};
use sso_sim::{Authorize, Device, Sim, SimBuilder};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;
use tempfile::TempDir;

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = AdministratorAccess
region = eu-west-1

[profile prod]
sso_session = corp
sso_account_id = 444455556666
sso_role_name = ReadOnly
region = eu-west-1
";

/// One command of the demo: what it shows, its arguments, and the exit code that it must end with.
type Step = (&'static str, &'static [&'static str], i32);

const STORY: [Step; 16] = [
    ("Where am I? Nothing is asked of the network.", &["status"], 4),
    ("Sign in: the page is opened by a stand-in for a browser, which clicks on Approve.", &["login"], 0),
    ("Signed in already: nothing to do.", &["login"], 0),
    (
        "What AWS tools call for credentials (credential_process).",
        &["credential-process", "--profile", "dev"],
        0,
    ),
    ("The same from the cache: no request at all.", &["credential-process", "--profile", "dev"], 0),
    ("Who am I to AWS?", &["whoami", "--profile", "dev"], 0),
    ("A typo.", &["whoami", "--profile", "dve"], 3),
    (
        "A command, or your shell, with credentials that renew themselves: what is in its environment.",
        &["exec", "--profile", "dev", "--", "sh", "-c", "env | grep ^AWS_ | cut -d= -f1 | sort"],
        0,
    ),
    ("A role that is not assigned.", &["whoami", "--profile", "prod"], 8),
    (
        "The same as an administrator sees it: every call is signed, and only reads.",
        &["discover", "assignments", "--why", "prod", "--profile", "dev"],
        8,
    ),
    ("What is wrong with that profile? Everything is looked at.", &["doctor", "--profile", "prod"], 1),
    (
        "Mend it: the change is shown, and the file is kept as it was.",
        &["doctor", "--profile", "prod", "--fix", "--yes", "--only", "I02"],
        0,
    ),
    ("Mended.", &["whoami", "--profile", "prod"], 0),
    ("Sign in again, with a code for another device.", &["login", "--force", "--use-device-code"], 0),
    ("All sessions at a glance.", &["status"], 0),
    ("Sign out: here and at the service.", &["logout"], 0),
];

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let serve = match arguments {
        [] => false,
        [flag] if flag == "--serve" => true,
        _ => return Err("usage: cargo xtask demo [--serve]".to_owned()),
    };
    let programs = build()?;
    let home = TempDir::with_prefix("sso-demo-").map_err(|error| error.to_string())?;
    let aws = home.path().join(".aws");
    std::fs::create_dir(&aws)
        .and_then(|()| std::fs::write(aws.join("config"), CONFIG))
        .map_err(|error| format!("cannot write the sample config: {error}"))?;
    if serve { stay(&programs, home) } else { play(&programs, home.path()) }
}

/// Builds `sso` and the simulated AWS's own program, and tells where they are.
fn build() -> Result<PathBuf, String> {
    println!("Building sso and the simulated AWS ...");
    let started = Instant::now();
    let status = cargo().args(["build", "--quiet", "-p", "sso-cli", "-p", "sso-sim"]).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return Err(format!("the build failed: {status:?}"));
    }
    println!("... built in {:.1} s.\n", started.elapsed().as_secs_f64());
    Ok(target_dir().join("debug"))
}

fn world() -> SimBuilder {
    SimBuilder::new()
        .account("111122223333", "dev", &["AdministratorAccess", "ReadOnlyAccess"])
        .account("444455556666", "prod", &["ReadOnlyAccess"])
        .rotating_refresh()
        // Where the sample config's `region` sends the call.
        .sts_region("eu-west-1")
        // Short enough to be looked at.
        .token_size(80)
}

fn play(programs: &Path, home: &Path) -> Result<(), String> {
    let sim = world().authorize(Authorize::Page).device(Device::Auto(0)).start();
    println!("A simulated AWS listens on {}; ~/.aws/config of this demo:\n\n{}", sim.url(), indent(CONFIG));
    let browser = format!("{} browse", programs.join("sso-sim").display());
    for (why, arguments, code) in STORY {
        println!("# {why}\n$ sso {}", arguments.join(" "));
        let before = sim.journal().total();
        let started = Instant::now();
        let mut command = sso(programs, home, &sim);
        command.args(arguments).env("BROWSER", &browser).stdin(Stdio::null());
        let status = show(&mut command).map_err(|error| format!("sso cannot be started: {error}"))?;
        let took = started.elapsed().as_secs_f64() * 1000.0;
        let requests = sim.journal().total() - before;
        println!("[exit {}, {requests} requests, {took:.0} ms]\n", status.code().unwrap_or(-1));
        if status.code() != Some(code) {
            return Err(format!("sso {} ended with {status}, expected {code}", arguments.join(" ")));
        }
    }
    println!("That was the main job. To play with it yourself: cargo xtask demo --serve");
    Ok(())
}

/// Runs the command where its output is seen; only lines that no terminal holds (credentials) are shortened.
fn show(command: &mut Command) -> std::io::Result<ExitStatus> {
    const MOST: usize = 230;
    if !command.get_args().any(|argument| argument == "credential-process") {
        return command.status();
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let shown: String = line.chars().take(MOST).collect();
        let rest = line.chars().count().saturating_sub(MOST);
        println!(
            "{shown}{}",
            if rest > 0 { format!("... and {rest} characters more") } else { String::new() }
        );
    }
    Ok(output.status)
}

/// `sso` in the home of the demo, with nothing of the caller's AWS set-up.
fn sso(programs: &Path, home: &Path, sim: &Sim) -> Command {
    let mut command = Command::new(programs.join("sso"));
    clean(&mut command);
    command.env("HOME", home).envs(sim.env());
    command
}

fn stay(programs: &Path, home: TempDir) -> Result<(), String> {
    let sim = world().authorize(Authorize::Page).device(Device::Manual).start();
    let programs = programs.canonicalize().map_err(|error| error.to_string())?;
    println!("A simulated AWS listens on {}. In another terminal:\n", sim.url());
    println!("  export HOME={}", home.path().display());
    println!("  export PATH={}:$PATH", programs.display());
    println!("  unset AWS_CA_BUNDLE AWS_PROFILE AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE");
    for (name, value) in sim.env() {
        println!("  export {name}={value}");
    }
    println!("\n  sso login                      opens the sign-in page in your browser");
    println!("  sso login --use-device-code    shows a code; enter it at {}/device", sim.url());
    println!("  sso whoami --profile dev\n\nCtrl-C ends it and deletes that home.");
    wait_for_the_end();
    drop(home);
    println!("\nEnded after {} requests.", sim.journal().total());
    Ok(())
}

/// Until Ctrl-C or SIGTERM; the home is deleted then.
fn wait_for_the_end() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let _ended = tokio::signal::ctrl_c().await;
    });
}

fn indent(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
