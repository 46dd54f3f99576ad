//! `sso credential-process`: what AWS tools run.

use crate::harness::{CORP, ROLE_FILE, Run, TOKEN_FILE, World, in_minutes};
use sso_sim::Fault;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

fn ask(world: &World) -> Run {
    world.sso(&["credential-process", "--profile", "dev"]).run()
}

/// What botocore shows of a failure: all of stderr, nothing of stdout (catalogue G2).
#[track_caller]
fn fails(world: &World, args: &[&str], code: i32, said: &[&str]) {
    let run = world.sso(args).plain().run();
    run.exits(code).prints_nothing();
    for text in said {
        run.says(text);
    }
    let text = String::from_utf8(run.stderr.clone()).expect("stderr is UTF-8");
    assert!((1..=4).contains(&text.lines().count()), "{text}");
    // --json changes nothing: stdout is credentials or nothing.
    let json = [args, &["--json"]].concat();
    world.sso(&json).run().exits(code).prints_nothing();
}

#[test]
fn the_output() {
    let world = World::corp("credential_process: output, then a cache hit");
    world.sign_in();
    world.forget_requests();
    let first = ask(&world);
    let json = first.exits(0).json();
    assert_eq!(
        first.stderr.iter().filter(|byte| **byte == b'\n').count(),
        first.err().matches("DEBUG").count()
    );
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    let expected = ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"];
    assert_eq!(keys, expected);
    assert_eq!((&json["Version"], &json["AccountId"]), (&1.into(), &"111122223333".into()));
    world.made_requests(1);
    // The AWS CLI's own file, in its own form.
    let cached = world.json(ROLE_FILE);
    assert_eq!(cached["ProviderType"], "sso");
    for key in &expected[1..] {
        assert_eq!(cached["Credentials"][key], json[key]);
    }
    let text = String::from_utf8(world.snapshot()[&world.home().join(ROLE_FILE)].1.clone().expect("a file"));
    let text = text.expect("UTF-8");
    let start =
        format!("{{\"ProviderType\": \"sso\", \"Credentials\": {{\"AccessKeyId\": {}, ", json["AccessKeyId"]);
    assert!(
        text.starts_with(&start) && text.ends_with("\"AccountId\": \"111122223333\"}}"),
        "not as json.dumps writes"
    );

    world.forget_requests();
    assert_eq!(ask(&world).exits(0).json(), json);
    let alias = world.sso(&["get-credentials", "--profile", "dev"]).run();
    assert_eq!(alias.exits(0).json(), json);
    let quiet = world.sso(&["credential-process", "--profile", "dev", "--quiet"]).plain().run();
    assert_eq!(quiet.exits(0).json(), json);
    // Even after the session has ended: credentials live on, as in the AWS CLI.
    std::fs::remove_file(world.home().join(TOKEN_FILE)).expect("it is there");
    assert_eq!(ask(&world).exits(0).json(), json);
    world.made_requests(0);
}

/// An expired token is renewed on the way; less than 15 minutes of role credentials are fetched anew.
#[test]
fn renewals() {
    let world = World::corp("credential_process: renews token and role credentials");
    world.sign_in();
    let json = ask(&world).exits(0).json();
    let mut cached = world.json(ROLE_FILE);
    cached["Credentials"]["Expiration"] = in_minutes(10).into();
    world.write(ROLE_FILE, cached.to_string());
    world.token_ends_in(-5);
    world.forget_requests();
    assert_ne!(ask(&world).exits(0).json()["AccessKeyId"], json["AccessKeyId"]);
    assert_eq!(world.sim.journal().operations(), ["CreateToken", "GetRoleCredentials"]);
}

#[test]
fn login_needed() {
    let world = World::corp("credential_process: login needed");
    let args = ["credential-process", "--profile", "dev"];
    fails(&world, &args, 4, &["You are not signed in to \"corp\".", "sso login --profile dev"]);
    world.made_requests(0);
    world.sign_in();
    world.token_ends_in(-5);
    world.sim.revoke_refresh_tokens();
    fails(&world, &args, 4, &["refused to renew", "sso login --profile dev"]);
    world.edit_token(|token| {
        token.as_object_mut().expect("an object").remove("refreshToken");
    });
    fails(&world, &args, 4, &["expired", "cannot be renewed", "sso login --profile dev"]);
    world.edit_token(|token| token["startUrl"] = "https://other.awsapps.com/start".into());
    fails(&world, &args, 4, &["another start URL or region"]);
}

#[test]
fn refusals() {
    let world = World::corp("credential_process: 401, 403, 429, 500, HTML");
    world.config(&format!(
        "{CORP}\n[profile wrong]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Adminn\n"
    ));
    world.sign_in();
    let args = ["credential-process", "--profile", "dev"];
    let wrong = ["credential-process", "--profile", "wrong"];
    fails(
        &world,
        &wrong,
        8,
        &[
            "\"Adminn\"",
            "not assigned to you",
            "you have there: Admin, ReadOnly",
            "set sso_role_name = Admin (~/.aws/config:15)",
        ],
    );
    for (fault, code, said) in [
        (Fault::on("GetRoleCredentials").status(429).times(6), 6, "throttling"),
        (Fault::on("GetRoleCredentials").status(500).times(6), 6, "at fault"),
        (Fault::on("GetRoleCredentials").html().times(2), 6, "cannot be understood"),
        (Fault::on("GetRoleCredentials").drop_connection().times(6), 6, "broke"),
    ] {
        world.sim.fault(fault);
        fails(&world, &args, code, &[said]);
        world.sim.clear_faults();
    }
    world.sim.kill_sessions();
    fails(&world, &args, 4, &["has ended at the service", "sso login --profile dev --force"]);
    assert!(!world.has(ROLE_FILE));
}

/// Other sources of credentials are named, never run.
#[test]
fn other_sources() {
    let world = World::with("credential_process: profiles with other sources", World::sim());
    let trap = world.outside("ran");
    world.config(&format!(
        "[profile static]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = sCANARYs\n\
         [profile process]\ncredential_process = touch {}\n\
         [profile assume]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = static\n\
         [profile nothing]\nregion = us-east-1\n",
        trap.display()
    ));
    for (profile, said) in [
        ("static", "static keys"),
        ("process", "credential_process"),
        ("assume", "(role_arn) with the credentials of \"static\", which come from static keys"),
        ("nothing", "no IAM Identity Center settings"),
    ] {
        fails(&world, &["credential-process", "--profile", profile], 3, &[said, "~/.aws/config:"]);
    }
    assert!(!trap.exists(), "it was run");
    std::fs::remove_file(world.home().join(".aws/config")).expect("it is there");
}

/// Names of roles, profiles and regions are foreign text.
#[test]
fn hostile_names() {
    let evil = "Evil\u{1b}]0;owned\u{7}\u{202e}Role";
    let world =
        World::with("credential_process: hostile names", World::sim().account("444455556666", "x", &[evil]));
    world.config(&format!(
        "{CORP}\n[profile e\u{1b}[2Jvil]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = No\u{9b}31m\n"
    ));
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    let runs = [
        world.sso(&["credential-process", "--profile", "e\u{1b}[2Jvil"]).run(),
        world.sso(&["credential-process", "--profile", "no\u{1b}[2Jbody"]).run(),
        world.sso(&["login", "--force", "--use-device-code"]).run(),
        world.sso(&["status"]).run(),
        world.sso(&["status", "--sso-session", "\u{1b}[2J"]).run(),
    ];
    runs[0].exits(8).says("Evil\\u{1b}]0;owned\\u{7}\\u{202e}Role").prints_nothing();
    runs[2].says("e\\u{1b}[2Jvil");
    for run in &runs {
        let all = format!("{}{}", run.out(), run.err());
        assert!(!all.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']), "{all}");
    }
}

/// A HOME that is no UTF-8.
#[test]
fn a_home_that_is_not_text() {
    let world = World::corp("credential_process: a HOME that is not UTF-8");
    let home = world.home().join(OsStr::from_bytes(b"h\xffme"));
    std::fs::create_dir_all(home.join(".aws")).expect("a folder can be made");
    std::fs::write(home.join(".aws/config"), CORP).expect("a file can be written");
    let args = ["credential-process", "--profile", "dev"];
    let run = world.sso(&args).plain().env("HOME", &home).run();
    run.exits(4).prints_nothing();
    String::from_utf8(run.stderr).expect("stderr is UTF-8");
    world.sso(&["login", "--use-device-code"]).env("HOME", &home).run().exits(0);
    world.sso(&args).env("HOME", &home).run().exits(0).json();
    // Moved to where the search for secrets expects them.
    std::fs::rename(home.join(".aws"), world.home().join(".aws-moved")).expect("it can be moved");
    std::fs::remove_dir_all(world.home().join(".aws")).expect("it is there");
    std::fs::rename(world.home().join(".aws-moved"), world.home().join(".aws")).expect("it can be moved");
}

/// Lets the cached role credentials end so many minutes from now (as far as the file says).
fn role_ends_in(world: &World, minutes: i64) {
    let mut cached = world.json(ROLE_FILE);
    cached["Credentials"]["Expiration"] = in_minutes(minutes).into();
    world.write(ROLE_FILE, cached.to_string());
}

/// Less than 15 minutes are left and there is no token: the old credentials are better than none.
#[test]
fn old_credentials_in_need() {
    let world = World::corp("credential_process: old role credentials where there is no token");
    world.sign_in();
    let key = ask(&world).exits(0).json()["AccessKeyId"].clone();
    role_ends_in(&world, 10);
    world.token_ends_in(-5);
    let used = |why: &str| {
        let run = world.sso(&["credential-process", "--profile", "dev"]).plain().run();
        assert_eq!(run.exits(0).json()["AccessKeyId"], key);
        run.says(why).says("Cached credentials are used; they end at");
        assert_eq!(run.err().matches("warning:").count(), 1, "{}", run.err());
    };
    world.sim.fault(Fault::on("CreateToken").status(500).times(6));
    used("could not be renewed");
    world.sim.clear_faults();
    world.sim.revoke_refresh_tokens();
    used("refused to renew");
    std::fs::remove_file(world.home().join(TOKEN_FILE)).expect("it is there");
    used("You are not signed in to \"corp\".");
    assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "only the first");
    // A minute is too little.
    role_ends_in(&world, 0);
    fails(&world, &["credential-process", "--profile", "dev"], 4, &["You are not signed in"]);
}

/// What the portal refuses is not papered over.
#[test]
fn a_refusal_beats_old_credentials() {
    let world = World::corp("credential_process: a refusal beats old role credentials");
    world.sign_in();
    ask(&world).exits(0);
    role_ends_in(&world, 10);
    world.sim.unassign("111122223333", "Admin");
    fails(&world, &["credential-process", "--profile", "dev"], 8, &["not assigned"]);
    world.sim.kill_sessions();
    fails(&world, &["credential-process", "--profile", "dev"], 4, &["has ended at the service"]);
}

/// The service gives credentials that have ended by our clock: the clock is wrong, and that is said with both times.
#[test]
fn credentials_that_have_ended_already() {
    let world =
        World::with("credential_process: credentials that have ended", World::sim().role_lifetime(-7_200));
    world.config(CORP);
    world.sign_in();
    let args = ["credential-process", "--profile", "dev"];
    fails(
        &world,
        &args,
        1,
        &["error[N14]", "they end at 20", "the clock of this machine says 20", "set the clock"],
    );
    assert!(!world.has(ROLE_FILE));
}
