//! A client that nobody here wrote: botocore from PyPI, the library under the AWS CLI and boto3, uses our files, and we its.

use crate::harness::{CORP, Made, ROLE_FILE, TOKEN_FILE, World, made, on_path, reaches_out};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// Of boto3 and of botocore: they go together.
pub(crate) const VERSION: &str = "1.44.5";

/// Who the profile's credentials belong to, by botocore.
pub(crate) const WHO: &str = "
import botocore.session, json, sys
session = botocore.session.Session(profile=sys.argv[1])
credentials = session.get_credentials()
who = session.create_client('sts').get_caller_identity()
print(json.dumps({'method': credentials.method, 'key': credentials.get_frozen_credentials().access_key,
    'account': who['Account'], 'arn': who['Arn']}))
";

/// Python with boto3 and botocore, made once below target/; nothing where it cannot be had.
pub(crate) fn python(story: &str) -> Option<PathBuf> {
    static PYTHON: Made = Made::new();
    made(&PYTHON, install, story)
}

fn install() -> Result<PathBuf, String> {
    if !on_path("python3") {
        return Err("python3 is not installed".into());
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("boto3-{VERSION}"));
    let (python, whole) = (folder.join("bin/python"), folder.join("whole"));
    // nextest runs each story in a process of its own, side by side.
    let lock =
        std::fs::File::create(format!("{}.lock", folder.display())).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if whole.exists() {
        return Ok(python);
    }
    let _ = std::fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.args([format!("boto3=={VERSION}"), format!("botocore=={VERSION}")]);
    reaches_out(&mut pip);
    run(&mut pip)?;
    std::fs::write(whole, "").map_err(|error| error.to_string())?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let last = || String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("botocore cannot be installed: {}", last())) }
}

impl World {
    /// Runs a Python script in this world; the JSON it prints.
    pub(crate) fn python(&self, python: &PathBuf, script: &str, args: &[&str]) -> Value {
        let mut command = Command::new(python);
        command.arg("-c").arg(script).args(args);
        self.json_of(command)
    }
}

/// The token file of `sso login` gives botocore role credentials that AWS accepts.
#[test]
fn our_token_serves_botocore() {
    let Some(python) = python("interop_botocore: our token serves botocore") else { return };
    let world = World::corp("interop_botocore: our token serves botocore");
    world.sign_in();
    world.forget_requests();
    let who = world.python(&python, WHO, &["dev"]);
    assert_eq!((&who["method"], &who["account"]), (&"sso".into(), &"111122223333".into()), "{who}");
    assert_eq!(world.sim.journal().operations(), ["GetRoleCredentials", "GetCallerIdentity"]);
    // Of the device flow too, and of a legacy profile.
    world.sso(&["login", "--force", "--use-device-code"]).run().exits(0);
    world.python(&python, WHO, &["dev"]);
    world.config(
        "[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
         sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = us-east-1\n",
    );
    world.sso(&["login", "--profile", "old"]).run().exits(0);
    let who = world.python(&python, WHO, &["old"]);
    assert!(who["arn"].as_str().is_some_and(|arn| arn.contains("_ReadOnly_")), "{who}");
}

/// botocore renews the token that we wrote; we go on with what it wrote; it goes on with what we wrote.
#[test]
fn both_renew_one_token() {
    let Some(python) = python("interop_botocore: both renew one token") else { return };
    let world = World::corp("interop_botocore: both renew one token");
    world.sign_in();
    let ours = world.json(TOKEN_FILE);
    world.token_ends_in(10);
    world.forget_requests();
    world.python(&python, WHO, &["dev"]);
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1);
    let theirs = world.json(TOKEN_FILE);
    assert_ne!(ours["refreshToken"], theirs["refreshToken"], "the service rotates refresh tokens");

    world.sso(&["status"]).run().exits(0);
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1);
    std::fs::remove_file(world.home().join(ROLE_FILE)).expect("it is there");
    world.token_ends_in(-5);
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 2);
    assert_ne!(theirs["refreshToken"], world.json(TOKEN_FILE)["refreshToken"]);

    world.token_ends_in(10);
    world.python(&python, WHO, &["dev"]);
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 3);
    world.token_ends_in(-5);
    world.sso(&["login"]).run().exits(0).says("Still signed in to corp");
    world.sso(&["logout"]).run().exits(0).says("Signed out of corp");
}

/// A tool that knows no sso-session runs us.
#[test]
fn botocore_runs_credential_process() {
    let Some(python) = python("interop_botocore: botocore runs credential-process") else { return };
    let world = World::corp("interop_botocore: botocore runs credential-process");
    let program = env!("CARGO_BIN_EXE_sso");
    world.config(&format!(
        "{CORP}\n[profile tool]\nregion = us-east-1\ncredential_process = \"{program}\" credential-process --profile dev\n"
    ));
    // Not signed in: botocore shows our words.
    let failing = "
import botocore.session, json
try:
    botocore.session.Session(profile='tool').get_credentials()
except Exception as error:
    print(json.dumps({'error': str(error)}))
";
    let told = world.python(&python, failing, &[]);
    let told = told["error"].as_str().expect("it fails");
    assert!(
        told.contains("You are not signed in to \"corp\".") && told.contains("sso login --profile dev"),
        "{told}"
    );
    world.sign_in();
    world.forget_requests();
    for _ in 0..2 {
        let who = world.python(&python, WHO, &["tool"]);
        assert_eq!(
            (&who["method"], &who["account"]),
            (&"custom-process".into(), &"111122223333".into()),
            "{who}"
        );
    }
    assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "the second came from the cache");
}

/// The caches are the AWS CLI's: botocore finds our files under its own names, and would write the same bytes.
#[test]
fn the_caches_are_the_aws_clis() {
    let Some(python) = python("interop_botocore: the caches are the AWS CLI's") else { return };
    let world = World::corp("interop_botocore: the caches are the AWS CLI's");
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    world.forget_requests();
    let found = world.python(
        &python,
        "
import botocore.session, json, os, tempfile
from botocore.credentials import SSOCredentialFetcher
from botocore.utils import JSONFileCache, SSOTokenLoader
home = os.environ['HOME']
def rewritten(folder, key):
    with open(os.path.join(folder, key + '.json'), 'rb') as f: ours = f.read()
    with tempfile.TemporaryDirectory() as other:
        JSONFileCache(other)[key] = JSONFileCache(folder)[key]
        with open(os.path.join(other, key + '.json'), 'rb') as f: return ours == f.read()
roles = os.path.join(home, '.aws/cli/cache')
tokens = os.path.join(home, '.aws/sso/cache')
session = botocore.session.Session(profile='dev')
fetcher = SSOCredentialFetcher('https://corp.awsapps.com/start', 'us-east-1', 'Admin', '111122223333',
    session.create_client, cache=JSONFileCache(roles), sso_session_name='corp')
loader = SSOTokenLoader(cache=JSONFileCache(tokens))
token = loader('https://corp.awsapps.com/start', session_name='corp')
key = loader._generate_cache_key('https://corp.awsapps.com/start', 'corp')
print(json.dumps({
    'role_key': fetcher._create_cache_key(), 'hit': bool(fetcher.fetch_credentials()['access_key']),
    'role_same': rewritten(roles, fetcher._create_cache_key()),
    'token_key': key, 'token_same': rewritten(tokens, key), 'token_keys': list(token),
    'all_same': all(rewritten(tokens, name[:-5]) for name in os.listdir(tokens) if name.endswith('.json')),
    'files': len([name for name in os.listdir(tokens) if name.endswith('.json')]),
}))
",
        &[],
    );
    let named =
        |file: &str, key: &Value| file.ends_with(&format!("/{}.json", key.as_str().unwrap_or_default()));
    assert!(named(ROLE_FILE, &found["role_key"]) && named(TOKEN_FILE, &found["token_key"]), "{found}");
    for fact in ["hit", "role_same", "token_same", "all_same"] {
        assert_eq!(found[fact], true, "{fact} in {found}");
    }
    assert_eq!(found["files"], 2, "a token and a registration");
    let keys = [
        "startUrl",
        "region",
        "accessToken",
        "expiresAt",
        "clientId",
        "clientSecret",
        "registrationExpiresAt",
        "refreshToken",
    ];
    assert_eq!(found["token_keys"], serde_json::json!(keys));
    world.made_requests(0);
}
