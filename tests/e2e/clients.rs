//! Real SDKs as commands: what they find in their surroundings, and whether AWS accepts it.

use crate::harness::{Made, made, on_path, reaches_out};
use crate::interop_botocore::python;
use std::path::PathBuf;
use std::process::Command;

/// The last line of versions that runs on Debian's node 18.
const JS_VERSION: &str = "3.940.0";

/// Asks who it is, by the default chain of the SDK; prints one JSON object. With an argument: for so many seconds, again and
/// again, and then how often.
const PYTHON: &str = "
import botocore.session, json, sys, time
session = botocore.session.Session()
client = session.create_client('sts')
until = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 0)
count = 0
while True:
    who = client.get_caller_identity()
    count += 1
    if time.monotonic() > until: break
    time.sleep(0.1)
credentials = session.get_credentials()
print(json.dumps({'client': 'botocore', 'method': credentials.method, 'arn': who['Arn'], 'count': count,
    'key': credentials.get_frozen_credentials().access_key, 'region': session.get_config_variable('region')}))
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
    pub(crate) words: Vec<String>,
}

/// The clients that can be had here. One that cannot is announced, which fails in CI.
pub(crate) fn all(story: &str) -> Vec<Client> {
    [botocore(story), javascript(story)].into_iter().flatten().collect()
}

/// botocore.
pub(crate) fn botocore(story: &str) -> Option<Client> {
    let python = python(&format!("{story} (botocore)"))?;
    Some(Client { name: "botocore", words: vec![python.display().to_string(), "-c".into(), PYTHON.into()] })
}

fn javascript(story: &str) -> Option<Client> {
    static FOLDER: Made = Made::new();
    let folder = made(&FOLDER, install, &format!("{story} (AWS SDK for JavaScript)"))?;
    // Where the packages are; a script that is no file has no folder to look from.
    let modules = folder.join("node_modules").display().to_string();
    let words = ["env".into(), format!("NODE_PATH={modules}"), "node".into(), "-e".into(), NODE.into()];
    Some(Client { name: "js", words: words.into() })
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
