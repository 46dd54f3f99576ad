//! `sso whoami`: the first signed request.

use crate::harness::{CORP, ROLE_FILE, World, in_minutes};
use sso_sim::Fault;

#[test]
fn who() {
    let world = World::corp("whoami: the identity");
    world.sign_in();
    world.forget_requests();
    let run = world.sso(&["whoami", "--profile", "dev"]).run();
    run.exits(0).prints("111122223333").prints("AWSReservedSSO_Admin_").prints("user@example.com");
    assert_eq!(world.sim.journal().operations(), ["GetRoleCredentials", "GetCallerIdentity"]);
    let json = world.sso(&["whoami", "--profile", "dev", "--json"]).run();
    let told = json.exits(0).json();
    assert_eq!((&told["account"], &told["profile"]), (&"111122223333".into(), &"dev".into()));
    assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "the second is a cache hit");
}

/// Nobody has named a profile, and nobody can be asked: all are told, and inside `sso exec` the one that is meant.
#[test]
fn which_profile() {
    let world = World::corp("whoami: no profile");
    world.sign_in_to("corp");
    let run = world.sso(&["whoami"]).run();
    run.exits(2).says("profiles: dev").says("sso whoami --profile <name>, or set AWS_PROFILE");
    let sso = env!("CARGO_BIN_EXE_sso");
    let run = world.sso(&["exec", "--profile", "dev", "--", sso, "whoami"]).run();
    run.exits(2).says("inside `sso exec`").says("fix:      sso whoami --profile dev\n");
}

/// The region of the signature: AWS_REGION before the profile's before the session's.
#[test]
fn regions() {
    let world = World::with("whoami: regions", World::sim().sts_region("eu-west-1"));
    world.config(CORP);
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    let run = world.sso(&["whoami", "--profile", "dev"]).run();
    run.exits(1).says("valid region").prints_nothing();
    world.sso(&["whoami", "--profile", "dev"]).env("AWS_REGION", "eu-west-1").run().exits(0);
    world.sso(&["whoami", "--profile", "dev"]).env("AWS_DEFAULT_REGION", "eu-west-1").run().exits(0);
    let before = world.sim.journal().total();
    let run = world.sso(&["whoami", "--profile", "dev"]).env("AWS_REGION", "evil.example/#").run();
    run.exits(3).says("is not a region").says("unset AWS_REGION");
    assert_eq!(world.sim.journal().total(), before);
}

/// Credentials that look good here and have ended at AWS.
#[test]
fn expired() {
    let world = World::corp("whoami: credentials that AWS calls expired");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    let mut role = world.json(ROLE_FILE);
    role["Credentials"]["Expiration"] = in_minutes(600).into();
    world.write(ROLE_FILE, role.to_string());
    world.sim.clock().advance(3_700);
    let run = world.sso(&["whoami", "--profile", "dev"]).run();
    run.exits(4)
        .says("the credentials have expired")
        .says("sso login --profile dev --force")
        .prints_nothing();
}

/// A clock that is wrong: the signature is made again, once, by the service's clock.
#[test]
fn a_skewed_clock() {
    let world = World::corp("whoami: a skewed clock");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    for seconds in [900, -1_800] {
        world.sim.clock().advance(seconds);
        world.forget_requests();
        world.sso(&["whoami", "--profile", "dev"]).run().exits(0).prints("111122223333");
        assert_eq!(world.sim.journal().operations(), ["GetCallerIdentity", "GetCallerIdentity"]);
    }
    // A service that goes on refusing: the clock is named.
    let refusal = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: x is now \
                   earlier than y</Message></Error></ErrorResponse>";
    world.sim.fault(Fault::on("GetCallerIdentity").status(403).body(refusal, "text/xml"));
    let run = world.sso(&["whoami", "--profile", "dev"]).run();
    run.exits(1).says("error[N14]").says("set the clock of this machine right");
}
