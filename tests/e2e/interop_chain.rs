//! botocore and we use one cache of assumed roles, as the AWS CLI sets botocore up.

use crate::harness::CORP;
use crate::interop_botocore::python;
use crate::role_chain::{self, CHAIN};
use sso_sim::TrustedRole;

/// The profile's credentials by botocore, with the AWS CLI's cache; and whether its file is what botocore would write.
const ASSUME: &str = "
import botocore.session, json, os, sys
from botocore.utils import JSONFileCache
folder = os.path.join(os.environ['HOME'], '.aws/cli/cache')
session = botocore.session.Session(profile=sys.argv[1])
provider = session.get_component('credential_provider').get_provider('assume-role')
provider.cache = JSONFileCache(folder)
credentials = session.get_credentials()
key = credentials.get_frozen_credentials().access_key
who = session.create_client('sts').get_caller_identity()
def shape(value):
    return [[name, shape(inner)] for name, inner in value.items() if name != 'HTTPHeaders'] if isinstance(value, dict) else None
files = {}
for name in os.listdir(folder):
    if not name.endswith('.json'): continue
    text = open(os.path.join(folder, name)).read()
    found = json.loads(text)
    if found['Credentials']['AccessKeyId'] == key:
        files[name] = {'shape': shape(found), 'same': json.dumps(found) == text, 'end': found['Credentials']['Expiration'][-3:],
            'headers': sorted(found['ResponseMetadata']['HTTPHeaders'])}
print(json.dumps({'method': credentials.method, 'key': key, 'arn': who['Arn'], 'files': files}))
";

#[test]
fn one_cache_of_assumed_roles() {
    let Some(python) = python("interop_chain: one cache of assumed roles") else { return };
    let world = role_chain::world("interop_chain: one cache of assumed roles");
    let ask = |profile: &str| world.sso(&["credential-process", "--profile", profile]).run().exits(0).json();
    // Ours, used by botocore: both roles of the chain, so that it asks for none.
    let ours = ask("audit");
    world.forget_requests();
    let theirs = world.python(&python, ASSUME, &["audit"]);
    assert_eq!(
        (&theirs["method"], &theirs["key"]),
        (&"assume-role".into(), &ours["AccessKeyId"]),
        "{theirs}"
    );
    assert_eq!(world.sim.journal().operations(), ["GetCallerIdentity"]);
    let by_us = theirs["files"].clone();
    // botocore's, used by us: the same file, of the same form.
    for name in world.names(".aws/cli/cache") {
        let path = world.home().join(".aws/cli/cache").join(name);
        if path.is_file() {
            std::fs::remove_file(path).expect("it can be removed");
        }
    }
    let theirs = world.python(&python, ASSUME, &["audit"]);
    assert_ne!(theirs["key"], ours["AccessKeyId"]);
    assert_eq!(theirs["files"], by_us, "names, keys in order, the form of instants");
    assert!(
        theirs["files"]
            .as_object()
            .is_some_and(|files| files.len() == 1 && files.values().all(|file| file["same"] == true))
    );
    world.forget_requests();
    assert_eq!(ask("audit")["AccessKeyId"], theirs["key"]);
    world.made_requests(0);
}

/// All that names the file: and what botocore got with an MFA code, which we never ask for.
#[test]
fn names_of_files_and_mfa() {
    let Some(python) = python("interop_chain: names of files, MFA") else { return };
    let world = role_chain::world("interop_chain: names of files, MFA");
    world.sim.trust(
        TrustedRole::new("arn:aws:iam::222233334444:role/team/Deploy")
            .trusts("111122223333")
            .external_id("é/x"),
    );
    let more = "role_session_name = me@example.com\nexternal_id = é/x\nduration_seconds = 1800\n\
                mfa_serial = arn:aws:iam::111122223333:mfa/me\n";
    world.config(&format!(
        "{CORP}{}",
        CHAIN.replace("source_profile = dev\n", &format!("source_profile = dev\n{more}"))
    ));
    let asked = ASSUME.replace(
        "credentials = session",
        "provider._prompter = lambda text: '123456'\ncredentials = session",
    );
    let theirs = world.python(&python, &asked, &["deploy"]);
    world.forget_requests();
    let ours = world.sso(&["credential-process", "--profile", "deploy"]).run().exits(0).json();
    assert_eq!(ours["AccessKeyId"], theirs["key"]);
    world.made_requests(0);
}
