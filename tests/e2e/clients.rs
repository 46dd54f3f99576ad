//! Real SDKs and the AWS CLI as commands: what they find in their surroundings, and whether AWS accepts it.

use crate::harness::{Made, World, as_if, made, on_path, reaches_out};
use crate::interop_botocore::{self, python};
use crate::interop_config::sdk;
use serde_json::Value;
use sso_sim::{Interceptor, Presents};
use std::path::PathBuf;
use std::process::Command;

/// The last line of versions that runs on Debian's node 18.
const JS_VERSION: &str = "3.940.0";

/// As tests/interop/sdk-rust/Cargo.toml has it.
const RUST_VERSION: &str = "aws-config 1.13.0";

/// Asks who it is, by the default chain of the SDK; prints one JSON object. With an argument: for so many seconds, again and
/// again, and then how often.
const PYTHON: &str = "
import boto3, json, sys, time
session = boto3.Session()
client = session.client('sts')
until = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 0)
count = 0
while True:
    who = client.get_caller_identity()
    count += 1
    if time.monotonic() > until: break
    time.sleep(0.1)
credentials = session.get_credentials()
print(json.dumps({'client': 'boto3', 'method': credentials.method, 'arn': who['Arn'], 'count': count,
    'key': credentials.get_frozen_credentials().access_key, 'region': session.region_name}))
";

const NODE: &str = "
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
(async () => {
    const client = new STSClient({});
    const until = Date.now() + 1000 * Number(process.argv[1] || 0);
    let who, count = 0;
    for (;;) {
        who = await client.send(new GetCallerIdentityCommand({}));
        count += 1;
        if (Date.now() > until) break;
        await new Promise(done => setTimeout(done, 100));
    }
    const credentials = await client.config.credentials();
    console.log(JSON.stringify({ client: 'js', arn: who.Arn, count, key: credentials.accessKeyId,
        region: await client.config.region() }));
})().catch(error => { console.error(String(error)); process.exit(1); });
";

/// A client: its name and the words that run it.
pub(crate) struct Client {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) words: Vec<String>,
    /// It knows of no other endpoints than AWS's, so a proxy leads it to the simulated ones.
    proxied: bool,
}

/// The clients that can be had here. One that cannot is announced, which fails in CI.
pub(crate) fn all(story: &str) -> Vec<Client> {
    [boto3(story), aws_cli(story), javascript(story), rust(story)].into_iter().flatten().collect()
}

/// Those that take part in a long run: each keeps asking, and prints how often.
pub(crate) fn sdks(story: &str) -> Vec<Client> {
    [boto3(story), javascript(story), rust(story)].into_iter().flatten().collect()
}

/// boto3, and botocore below it.
pub(crate) fn boto3(story: &str) -> Option<Client> {
    let python = python(&format!("{story} (boto3)"))?;
    let words = vec![python.display().to_string(), "-c".into(), PYTHON.into()];
    Some(Client { name: "boto3", version: interop_botocore::VERSION.into(), words, proxied: false })
}

/// The AWS CLI that is installed, if it is of version 2.
pub(crate) fn aws_cli(story: &str) -> Option<Client> {
    static PROGRAM: Made = Made::new();
    let program = made(&PROGRAM, installed_cli, &format!("{story} (AWS CLI)"))?;
    let version = cli_version(&program).unwrap_or_default();
    let words = [&program.display().to_string(), "sts", "get-caller-identity", "--output", "json"];
    Some(Client { name: "aws-cli", version, words: words.map(str::to_owned).into(), proxied: true })
}

fn installed_cli() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/bin".into(), "/usr/local/bin".into()]);
    let mut programs = folders.map(|folder| folder.join("aws")).filter(|program| program.is_file());
    let version_2 = |program: &PathBuf| cli_version(program).is_some_and(|version| version.starts_with("2."));
    programs.find(version_2).ok_or_else(|| "no AWS CLI of version 2 is installed".to_owned())
}

/// `aws-cli/2.9.19 Python/3.11.2 ...`.
fn cli_version(program: &PathBuf) -> Option<String> {
    let told = Command::new(program).arg("--version").output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    Some(told.strip_prefix("aws-cli/")?.split_whitespace().next()?.to_owned())
}

fn rust(story: &str) -> Option<Client> {
    let program = sdk(&format!("{story} (AWS SDK for Rust)"))?;
    let words = vec![program.display().to_string(), "who".into()];
    Some(Client { name: "rust", version: RUST_VERSION.into(), words, proxied: false })
}

impl Client {
    /// Who it is to AWS by its default chain and the profile.
    ///
    /// # Errors
    /// What it said instead.
    pub(crate) fn who(&self, world: &World, profile: Option<&str>) -> Result<Value, String> {
        let env = profile.map(|profile| ("AWS_PROFILE".to_owned(), profile.to_owned()));
        self.run(world, &self.words, env.as_slice())
    }

    /// Runs its words, or others, with more variables.
    ///
    /// # Errors
    /// What it said on stderr.
    pub(crate) fn run(
        &self,
        world: &World,
        words: &[String],
        env: &[(String, String)],
    ) -> Result<Value, String> {
        let (program, words) = words.split_first().expect("a program");
        let mut command = Command::new(program);
        as_if(&mut command, &world.sso(&[]).command());
        let way = self.way(world);
        command.args(words).envs(way.variables(world)).envs(env.iter().cloned());
        let output = command.output().expect("it runs");
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        // The AWS CLI prints what STS said.
        let arn = if told["arn"].is_null() { told["Arn"].clone() } else { told["arn"].clone() };
        Ok(match told {
            Value::Object(mut fields) => {
                fields.insert("arn".into(), arn);
                fields.into()
            }
            other => other,
        })
    }

    /// What leads it to the simulated AWS, as long as it lives.
    pub(crate) fn way(&self, world: &World) -> Way {
        Way(self.proxied.then(|| Interceptor::before(&world.sim, Presents::Root)))
    }
}

/// The way to the simulated AWS.
pub(crate) struct Way(Option<Interceptor>);

impl Way {
    /// What has to be in the client's environment.
    pub(crate) fn variables(&self, world: &World) -> Vec<(String, String)> {
        let mut variables = vec![
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
            ("AWS_PAGER".to_owned(), String::new()),
        ];
        if let Some(proxy) = &self.0 {
            let roots = world.outside("roots.pem");
            std::fs::write(&roots, proxy.root_pem()).expect("a file");
            variables.push(("AWS_CA_BUNDLE".to_owned(), roots.display().to_string()));
            variables.extend(["HTTPS_PROXY", "https_proxy"].map(|name| (name.to_owned(), proxy.url())));
        }
        variables
    }
}

fn javascript(story: &str) -> Option<Client> {
    static FOLDER: Made = Made::new();
    let folder = made(&FOLDER, install, &format!("{story} (AWS SDK for JavaScript)"))?;
    // Where the packages are; a script that is no file has no folder to look from.
    let modules = folder.join("node_modules").display().to_string();
    let words = ["env".into(), format!("NODE_PATH={modules}"), "node".into(), "-e".into(), NODE.into()];
    Some(Client { name: "js", version: JS_VERSION.into(), words: words.into(), proxied: false })
}

/// The AWS SDK for JavaScript, made once below target/.
fn install() -> Result<PathBuf, String> {
    if !on_path("node") || !on_path("npm") {
        return Err("node or npm is not installed".into());
    }
    let text = |error: std::io::Error| error.to_string();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("aws-sdk-js-{JS_VERSION}"));
    let whole = folder.join("whole");
    let lock = std::fs::File::create(format!("{}.lock", folder.display())).map_err(text)?;
    lock.lock().map_err(text)?;
    if whole.exists() {
        return Ok(folder);
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(text)?;
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--ignore-scripts",
        "--fetch-retries=1",
    ]);
    npm.arg("--prefix").arg(&folder).arg(format!("@aws-sdk/client-sts@{JS_VERSION}"));
    reaches_out(&mut npm);
    let output = npm.output().map_err(text)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the SDK cannot be installed: {}", said.lines().last().unwrap_or_default()));
    }
    std::fs::write(whole, "").map_err(text)?;
    Ok(folder)
}
