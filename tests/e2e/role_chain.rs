//! Roles that are assumed with a role of the session: `role_arn` and `source_profile`.

use crate::harness::{CORP, ROLE_FILE, Run, World, in_minutes};
use sso_sim::{Fault, SimBuilder, TrustedRole};
use std::time::Duration;

const DEPLOY: &str = "arn:aws:iam::222233334444:role/team/Deploy";
const AUDIT: &str = "arn:aws:iam::333344445555:role/Audit";
/// `deploy` is assumed with `dev`, `audit` with `deploy`.
pub(crate) const CHAIN: &str = "
[profile deploy]
role_arn = arn:aws:iam::222233334444:role/team/Deploy
source_profile = dev
region = us-east-1

[profile audit]
role_arn = arn:aws:iam::333344445555:role/Audit
source_profile = deploy
region = us-east-1
";

/// A world in which both roles let us in, signed in.
pub(crate) fn world(story: &str) -> World {
    with(story, World::sim())
}

fn with(story: &str, sim: SimBuilder) -> World {
    let world = World::with(story, sim);
    world.config(&format!("{CORP}{CHAIN}"));
    world.sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333"));
    world.sim.trust(TrustedRole::new(AUDIT).trusts("arn:aws:iam::222233334444:role/Deploy"));
    world.sign_in();
    world.forget_requests();
    world
}

fn ask(world: &World, profile: &str) -> Run {
    world.sso(&["credential-process", "--profile", profile]).run()
}

/// The only file of role credentials that is not the session's.
fn assumed_file(world: &World) -> String {
    let names = world.names(".aws/cli/cache").into_iter().map(|name| format!(".aws/cli/cache/{name}"));
    let mut names = names.filter(|name| name.ends_with(".json") && name != ROLE_FILE);
    let name = names.next().expect("there is one");
    assert_eq!(names.next(), None);
    name
}

fn ends_in(world: &World, file: &str, minutes: i64) {
    let mut cached = world.json(file);
    cached["Credentials"]["Expiration"] = in_minutes(minutes).into();
    world.write(file, cached.to_string());
}

/// Whoever looks at profiles and sessions finds the assumed roles, too.
#[test]
fn they_are_listed() {
    let world = world("role chain: lists");
    let listed = world.sso(&["profiles"]).run();
    listed
        .exits(0)
        .prints("deploy   corp     222233334444  Deploy  us-east-1\n")
        .prints("333344445555  Audit ");
    let json = world.sso(&["profiles", "--json"]).run().exits(0).json();
    let audit = &json["profiles"][2];
    assert_eq!((&audit["session"], &audit["roleName"]), (&"corp".into(), &"Audit".into()), "{audit}");
    assert_eq!(audit["startUrl"], serde_json::Value::Null, "the session's");
    let login = world.sso(&["login", "--json"]).run().exits(0).json();
    assert_eq!(login["profiles"], serde_json::json!(["dev", "deploy", "audit"]));
}

#[test]
fn a_chain_of_one() {
    let world = world("role chain: one role");
    let json = ask(&world, "deploy").exits(0).json();
    assert_eq!(json["AccountId"], "222233334444", "whose they are");
    assert_eq!(world.sim.journal().operations(), ["GetRoleCredentials", "AssumeRole"]);
    // Cached: nothing is asked, and the session's token is not needed.
    world.forget_requests();
    std::fs::remove_file(world.home().join(crate::harness::TOKEN_FILE)).expect("it is there");
    assert_eq!(ask(&world, "deploy").exits(0).json(), json);
    world.made_requests(0);
    let who = world.sso(&["whoami", "--profile", "deploy"]).run();
    who.exits(0).prints("arn:aws:sts::222233334444:assumed-role/Deploy/sso-").prints("222233334444");
    world.made_requests(1);
    // botocore's form, and only for us to read.
    let cached = world.json(&assumed_file(&world));
    assert_eq!(cached["Credentials"]["AccessKeyId"], json["AccessKeyId"]);
    assert!(cached["Credentials"]["Expiration"].as_str().is_some_and(|end| end.ends_with("UTC")), "{cached}");
    assert_eq!(world.snapshot()[&world.home().join(assumed_file(&world))].0, 0o600);
}

#[test]
fn a_chain_of_two() {
    let world = world("role chain: two roles");
    let json = ask(&world, "audit").exits(0).json();
    assert_eq!(json["AccountId"], "333344445555");
    assert_eq!(world.sim.journal().operations(), ["GetRoleCredentials", "AssumeRole", "AssumeRole"]);
    // The one between is cached, too.
    world.forget_requests();
    ask(&world, "deploy").exits(0);
    assert_eq!(ask(&world, "audit").exits(0).json(), json);
    world.made_requests(0);
    let who = world.sso(&["whoami", "--profile", "audit"]).run();
    who.exits(0).prints("arn:aws:sts::333344445555:assumed-role/Audit/sso-");
    // sso login and logout know whose session that is.
    world.sso(&["login", "--profile", "audit"]).run().exits(0).says("Already signed in to corp");
    world.sso(&["logout", "--profile", "audit"]).run().exits(0).says("Signed out of corp");
    let left = world.names(".aws/cli/cache");
    assert!(left.iter().all(|name| !name.ends_with(".json")), "{left:?}");
}

/// All that a profile can say goes to STS.
#[test]
fn what_the_profile_says() {
    let world = world("role chain: session name, external id, duration");
    world.sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333").external_id("b/l&u=e"));
    let more = "role_session_name = me@example.com\nexternal_id = b/l&u=e\nduration_seconds = 1800\n";
    world.config(&format!(
        "{CORP}{}",
        CHAIN.replace("source_profile = dev\n", &format!("source_profile = dev\n{more}"))
    ));
    let json = ask(&world, "deploy").exits(0).json();
    let ends: jiff::Timestamp =
        json["Expiration"].as_str().and_then(|end| end.parse().ok()).expect("an instant");
    let lives = ends.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((1_700..=1_800).contains(&lives), "{lives}");
    let who = world.sso(&["whoami", "--profile", "deploy"]).run();
    who.exits(0).prints("assumed-role/Deploy/me@example.com");
    // 20 minutes are left of 30: fresh. 14: fetched anew, with what the session's role still gives.
    world.forget_requests();
    ends_in(&world, &assumed_file(&world), 14);
    assert_ne!(ask(&world, "deploy").exits(0).json()["AccessKeyId"], json["AccessKeyId"]);
    assert_eq!(world.sim.journal().operations(), ["AssumeRole"]);
}

/// The region of the signature is the active profile's, not that of the profile between.
#[test]
fn regions() {
    let world = with("role chain: regions", World::sim().sts_region("eu-west-1"));
    ask(&world, "deploy").exits(1).says("valid region").prints_nothing();
    world.sso(&["credential-process", "--profile", "deploy"]).env("AWS_REGION", "eu-west-1").run().exits(0);
    world.config(&format!("{CORP}{}", CHAIN.replacen("us-east-1", "eu-west-1", 1)));
    ask(&world, "audit").exits(1).says("valid region");
    world.config(&format!("{CORP}{}", CHAIN.replace("us-east-1", "eu-west-1")));
    ask(&world, "audit").exits(0);
}

#[test]
fn a_storm() {
    let world = with("role chain: 20 processes", World::sim().latency(Duration::from_millis(200)));
    let run = || world.sso(&["credential-process", "--profile", "deploy"]).spawn();
    let runs: Vec<_> = (0..20).map(|_| run()).collect();
    let keys: Vec<_> =
        runs.into_iter().map(|run| run.finish().exits(0).json()["AccessKeyId"].clone()).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let journal = world.sim.journal();
    assert_eq!(
        (journal.count("GetRoleCredentials"), journal.count("AssumeRole")),
        (1, 1),
        "{}",
        journal.summary()
    );
}

#[test]
fn login_needed() {
    let world = world("role chain: the session has ended");
    world.token_ends_in(-5);
    world.sim.revoke_refresh_tokens();
    let run = ask(&world, "audit");
    run.exits(4).says("refused to renew").says("sso login --profile audit").prints_nothing();
    assert_eq!(world.sim.journal().count("AssumeRole"), 0);
    // That command does it.
    world.sso(&["login", "--profile", "audit", "--use-device-code"]).run().exits(0);
    ask(&world, "audit").exits(0);
    // AWS has ended what the file says is alive.
    ends_in(&world, ROLE_FILE, 600);
    let deploy = world.names(".aws/cli/cache").into_iter().filter(|name| name.ends_with(".json"));
    for name in deploy.filter(|name| !ROLE_FILE.ends_with(name.as_str())) {
        std::fs::remove_file(world.home().join(".aws/cli/cache").join(name)).expect("it is there");
    }
    world.sim.clock().advance(3_700);
    ask(&world, "deploy")
        .exits(4)
        .says("the credentials have expired")
        .says("sso login --profile deploy --force");
}

#[test]
fn denied() {
    let world = world("role chain: the role does not let us in");
    ask(&world, "deploy").exits(0);
    world.sim.trust(TrustedRole::new(DEPLOY).trusts("999999999999"));
    ends_in(&world, &assumed_file(&world), 10);
    // Old credentials do not hide a refusal.
    let run = world.sso(&["credential-process", "--profile", "deploy"]).plain().run();
    run.exits(8)
        .prints_nothing()
        .says("error[I08]: You may not assume the role \"Deploy\" in account 222233334444.");
    run.says("you are: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/user@example.com");
    run.says("sts:AssumeRole").says("arn:aws:iam::222233334444:role/team/Deploy (~/.aws/config:13)");
    run.says("it may ask for an external_id").says("trust policy");
    // What reads it shows no more (catalogue G2); the fix is the last line.
    assert_eq!(run.err().lines().count(), 4, "{}", run.err());
    assert!(run.err().lines().last().is_some_and(|line| line.starts_with("  fix:")), "{}", run.err());
    // A wrong external id looks the same to AWS.
    world.sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333").external_id("blue"));
    world.config(&format!(
        "{CORP}{}",
        CHAIN.replace("source_profile = dev\n", "source_profile = dev\nexternal_id = red\n")
    ));
    ask(&world, "deploy").exits(8).says("external_id = red (~/.aws/config:15) may be another");
    // The role between.
    world.sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333"));
    world.sim.trust(TrustedRole::new(AUDIT).trusts("111122223333"));
    let run = ask(&world, "audit");
    run.exits(8)
        .says("arn:aws:sts::222233334444:assumed-role/Deploy/sso-")
        .says("role \"Audit\" in account 333344445555");
}

/// What the service cannot do for now is done with what is left.
#[test]
fn old_credentials_in_need() {
    let world = world("role chain: STS is at fault");
    let key = ask(&world, "deploy").exits(0).json()["AccessKeyId"].clone();
    let file = assumed_file(&world);
    ends_in(&world, &file, 10);
    world.sim.fault(Fault::on("AssumeRole").status(500).times(6));
    let run = world.sso(&["credential-process", "--profile", "deploy"]).plain().run();
    assert_eq!(run.exits(0).json()["AccessKeyId"], key);
    ends_in(&world, &file, 0);
    ask(&world, "deploy").exits(6).prints_nothing();
}

#[test]
fn an_mfa_code_is_not_asked_for() {
    let world = world("role chain: MFA");
    let mfa = "source_profile = dev\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n";
    world.config(&format!("{CORP}{}", CHAIN.replace("source_profile = dev\n", mfa)));
    for profile in ["deploy", "audit"] {
        let run = ask(&world, profile);
        run.exits(3)
            .says("\"deploy\" asks for an MFA code (mfa_serial)")
            .says("~/.aws/config:15")
            .prints_nothing();
        run.says("fix:   aws sts get-caller-identity --profile deploy");
    }
    world.made_requests(0);
}

/// What is wrong is told with its line, before anything is asked.
#[test]
fn what_is_wrong_with_the_configuration() {
    let world = World::with("role chain: configuration errors", World::sim());
    let arn = format!("role_arn = {DEPLOY}\n");
    world.config(&format!(
        "{CORP}[profile a]\n{arn}source_profile = b\n[profile b]\n{arn}source_profile = a\n\
         [profile lost]\n{arn}source_profile = dve\n\
         [profile env]\n{arn}credential_source = Environment\n[profile on-env]\n{arn}source_profile = env\n\
         [profile web]\n{arn}web_identity_token_file = /t\n\
         [profile bad-arn]\nrole_arn = Deploy\nsource_profile = dev\n\
         [profile long]\n{arn}source_profile = dev\nduration_seconds = 1h\n\
         [profile empty]\nregion = x\n[profile on-empty]\n{arn}source_profile = empty\n\
         [profile alone]\n{arn}\n"
    ));
    for (profile, said) in [
        ("a", ["a → b (~/.aws/config:13) → a (~/.aws/config:16)", "edit ~/.aws/config:16"]),
        ("lost", ["source_profile names \"dve\"", "set source_profile = dev (~/.aws/config:19)"]),
        ("env", ["role_arn with credential_source = Environment", "~/.aws/config:22 decides"]),
        ("on-env", ["with the credentials of \"env\", which come from role_arn", "~/.aws/config:22 decides"]),
        ("web", ["web_identity_token_file", "~/.aws/config:28 decides"]),
        ("bad-arn", ["The role_arn \"Deploy\" is not the ARN of a role.", "~/.aws/config:30"]),
        ("long", ["The duration_seconds \"1h\" is not a number of seconds.", "~/.aws/config:35"]),
        ("on-empty", ["with the credentials of \"empty\", which has none", "~/.aws/config:36"]),
        ("alone", ["role_arn needs a source_profile", "~/.aws/config:42"]),
    ] {
        for command in ["credential-process", "whoami"] {
            let run = world.sso(&[command, "--profile", profile]).run();
            run.exits(3).prints_nothing();
            run.says(said[0]).says(said[1]);
        }
    }
    world.made_requests(0);
}

/// Values that only STS can judge.
#[test]
fn what_sts_does_not_like() {
    let world = world("role chain: values that STS refuses");
    for (line, fix) in [
        ("duration_seconds = 7200", "set duration_seconds = 3600 or less (~/.aws/config:15)"),
        ("duration_seconds = 60", "edit ~/.aws/config:15"),
        ("role_session_name = a b", "edit ~/.aws/config:15"),
        ("external_id =", "edit ~/.aws/config:15"),
    ] {
        let more = format!("source_profile = dev\n{line}\n");
        world.config(&format!("{CORP}{}", CHAIN.replace("source_profile = dev\n", &more)));
        let run = ask(&world, "deploy");
        run.exits(3)
            .says("error[C21]")
            .says("cannot be assumed as it is configured")
            .says(fix)
            .prints_nothing();
    }
}

#[test]
fn explained() {
    let world = World::with("role chain: config explain", World::sim());
    world.config(&format!("{CORP}{}", CHAIN.replace("= deploy\n", "= deploy\nmfa_serial = x\n")));
    let run = world.sso(&["config", "explain", "--profile", "audit"]).run();
    run.exits(0).prints("assumed role").prints("begins with Admin in account 111122223333 (dev, line 9)");
    run.prints("then assumes Deploy in account 222233334444 (deploy, line 13)");
    run.prints("! then assumes Audit in account 333344445555 (audit, line 18), which asks");
    let json = world.sso(&["config", "explain", "--profile", "audit", "--json"]).run().exits(0).json();
    let chain = json["credentials"]["chain"].as_array().expect("a list");
    let told: Vec<_> =
        chain.iter().map(|step| (step["profile"].as_str(), step["assumed"].as_bool())).collect();
    assert_eq!(told, [(Some("dev"), Some(false)), (Some("deploy"), Some(true)), (Some("audit"), Some(true))]);
    let plain = world.sso(&["config", "explain", "--profile", "dev", "--json"]).run().exits(0).json();
    assert_eq!(plain["credentials"]["chain"], serde_json::json!([]));
    world.made_requests(0);
}
