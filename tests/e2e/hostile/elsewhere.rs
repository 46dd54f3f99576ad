//! Foreign text on its way to other readers: a shell, a child's environment, the configuration (catalogue G8, G9, C4).

use super::calls::{Call, named};
use super::play::{streams, through};
use super::row::json;
use super::tame::EVIL;
use crate::harness::CORP;
use serde_json::{Value, json};
use sso_sim::Front;

fn keys(text: &str) -> Value {
    json!({ "roleCredentials": { "accessKeyId": text, "secretAccessKey": text, "sessionToken": text,
        "expiration": 4_102_444_800_000_i64 } })
}

/// What no environment can hold is not given to a child, nor to a shell.
#[test]
fn keys_that_no_environment_can_hold() {
    let call = named("GetRoleCredentials");
    let world = call.world("hostile: keys with line ends and NUL");
    for text in ["x\0y", EVIL] {
        for args in
            [&["exec", "--static", "--profile", "dev", "--", "true"][..], &["env", "--profile", "dev"]]
        {
            let front = Front::before(world.sim.address(), call.mark, json(&keys(text)));
            let run = through(world.sso(args), &world, &front.url()).run();
            assert!(run.code().is_some_and(|code| code != 0), "{args:?}: {}{}", run.out(), run.err());
            let [out, err] = streams(&run);
            assert!(out.is_empty() && !err.contains("x\\u{0}y"), "{args:?}: {out}{err}");
            let _ = std::fs::remove_file(world.home().join(crate::harness::ROLE_FILE));
        }
    }
}

/// A name that would be a section is none.
#[test]
fn instances_that_would_be_sections() {
    let call =
        Call { args: &["discover", "--profile", "dev", "instances", "--write"], ..named("ListInstances") };
    let world = call.world("hostile: instances that would be sections");
    let config = || std::fs::read_to_string(world.home().join(".aws/config")).expect("a config");
    for name in ["x]\n[default]\ncredential_process = evil\n#", EVIL, "]", "default", " ", "corp"] {
        let before = config();
        let body = json!({ "Instances": [{ "InstanceArn": "arn:aws:sso:::instance/ssoins-1", "IdentityStoreId": "d-1234567890",
            "Name": name, "PrimaryRegion": "us-east-1\n[default]" }] });
        let front = Front::before(world.sim.address(), call.mark, json(&body));
        let run = through(world.sso(call.args), &world, &front.url()).run();
        streams(&run);
        let added = config().replacen(&before, "", 1);
        let sections = added.lines().filter(|line| line.starts_with('[')).count();
        assert!(sections <= 1 && !added.contains("credential_process"), "{name:?}: {added}");
        assert!(!added.contains("[default]"), "{name:?}: {added}");
        // The file can be read as before.
        world.sso(&["profiles"]).run().exits(0).prints("dev");
        world.config(&before);
    }
    assert!(config().starts_with(CORP));
}
