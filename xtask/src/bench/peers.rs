//! Other programs that do the same, as far as they are on the machine.

use super::Programs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What hands out the credentials of a profile, in an environment that the caller gives.
pub(super) struct Peer {
    pub(super) name: String,
    words: Vec<String>,
}

impl Peer {
    pub(super) fn command(&self) -> Command {
        let (program, words) =
            self.words.split_first().map_or(("false", &[][..]), |(first, rest)| (first.as_str(), rest));
        let mut command = Command::new(program);
        command.args(words).env("AWS_PROFILE", "dev");
        command
    }
}

/// Reads the configuration and nothing else: the least that anything on top of botocore costs.
const SESSION: &str = "import botocore.session; botocore.session.Session(profile='dev').full_config";
/// Credentials, as boto3 gets them.
const CREDENTIALS: &str = "import botocore.session; botocore.session.Session(profile='dev').get_credentials().get_frozen_credentials()";
const NODE: &str = "require('@aws-sdk/credential-providers').fromNodeProviderChain({})().catch(e => { console.error(e); process.exit(1) })";
const NODE_STS: &str = "new (require('@aws-sdk/client-sts').STSClient)({}).config.credentials().catch(e => { console.error(e); process.exit(1) })";

/// Those that print or get the credentials of `dev`.
pub(super) fn all(programs: &Programs) -> Vec<Peer> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut peers = Vec::new();
    if let Some((aws, version)) = aws_cli() {
        let words = owned(&[&aws.display().to_string(), "configure", "export-credentials"]);
        peers.push(Peer { name: format!("AWS CLI {version}"), words });
    }
    if let Some(python) = python(&programs.target) {
        let python = python.display().to_string();
        peers.push(Peer {
            name: "botocore: load a session".to_owned(),
            words: owned(&[&python, "-c", SESSION]),
        });
        peers.push(Peer {
            name: "botocore: credentials".to_owned(),
            words: owned(&[&python, "-c", CREDENTIALS]),
        });
    }
    if let Some(modules) = node_modules(&programs.target) {
        let script = if modules.join("@aws-sdk/credential-providers").is_dir() { NODE } else { NODE_STS };
        let path = format!("NODE_PATH={}", modules.display());
        let words = owned(&["env", &path, "node", "-e", script]);
        peers.push(Peer { name: "AWS SDK for JavaScript: credentials".to_owned(), words });
    }
    peers
}

/// The AWS CLI of version 2 and its version.
fn aws_cli() -> Option<(PathBuf, String)> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/bin".into(), "/usr/local/bin".into()]);
    folders.map(|folder| folder.join("aws")).filter(|program| program.is_file()).find_map(|program| {
        let told = Command::new(&program).arg("--version").output().ok()?;
        let told = String::from_utf8(told.stdout).ok()?;
        let version = told.strip_prefix("aws-cli/")?.split_whitespace().next()?.to_owned();
        version.starts_with("2.").then_some((program, version))
    })
}

/// The Python that the interop stories have made, else one that has botocore.
fn python(target: &Path) -> Option<PathBuf> {
    let made = made(target, "boto3-").map(|folder| folder.join("bin/python"));
    let has_it = |python: &PathBuf| {
        Command::new(python)
            .args(["-c", "import botocore"])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    made.into_iter().chain(["python3".into()]).find(has_it)
}

fn node_modules(target: &Path) -> Option<PathBuf> {
    made(target, "aws-sdk-js-").map(|folder| folder.join("node_modules")).filter(|modules| modules.is_dir())
}

/// A folder below target/tmp that the interop stories have made whole.
fn made(target: &Path, start: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir(target.join("tmp")).ok()?;
    let mut folders = folders.flatten().map(|entry| entry.path());
    folders.find(|folder| {
        let named = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
        named && folder.join("whole").is_file()
    })
}
