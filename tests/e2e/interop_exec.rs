//! Clients that nobody here wrote, inside `sso exec`: they are who they should be, and stay it.

use crate::clients::{self, Client};
use crate::harness::{CORP, ROLE_FILE, Run, World, as_if};
use crate::serve::Served;
use serde_json::Value;
use std::process::Command;

/// Runs a client inside `sso exec`.
fn inside(world: &World, options: &[&str], client: &Client) -> Run {
    let words: Vec<&str> = client.words.iter().map(String::as_str).collect();
    world.sso(&[&["exec", "--profile", "dev"], options, &["--"], &words].concat()).plain().run()
}

/// Asserts that it is the role `Admin`, with the credentials that are cached, or newer ones.
#[track_caller]
fn is_admin(told: &Value) {
    let arn = told["arn"].as_str().expect("an ARN");
    assert!(arn.contains("_Admin_") && told["region"] == "us-east-1", "{told}");
}

#[test]
fn sdks_find_the_endpoint() {
    let story = "interop_exec: SDKs find the endpoint";
    for client in clients::sdks(story) {
        let world = World::corp(story);
        world.sign_in();
        // A default profile that gives nothing is in nobody's way.
        world.config(&format!("[default]\nregion = eu-north-1\noutput = json\n\n{CORP}"));
        let run = inside(&world, &[], &client);
        let told = run.exits(0).json();
        is_admin(&told);
        assert_eq!(run.err(), "", "{}", client.name);
        assert_eq!(told["key"], world.json(ROLE_FILE)["Credentials"]["AccessKeyId"]);
        if client.name == "boto3" {
            assert_eq!(told["method"], "container-role");
        }
        let told = inside(&world, &["--static"], &client).exits(0).json();
        is_admin(&told);
        assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "{}", client.name);
    }
}

/// The same for processes that are not ours, with the two variables of `sso serve`.
#[test]
fn sdks_ask_serve() {
    let story = "interop_exec: SDKs ask sso serve";
    let world = World::corp(story);
    world.sign_in();
    let served = Served::start(&world, &[]);
    let (uri, token) = served.variables();
    for client in clients::sdks(story) {
        let mut command = Command::new(&client.words[0]);
        as_if(&mut command, &world.sso(&[]).command());
        command
            .args(&client.words[1..])
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1");
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri);
        let output = command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", &token).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        is_admin(&told);
        assert_eq!(told["key"], world.json(ROLE_FILE)["Credentials"]["AccessKeyId"]);
        // Without the token there is nothing. boto3 says why; the SDK for JavaScript that it found nothing anywhere.
        let output = command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "x").output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.to_lowercase().contains("credentials"), "{said}");
        assert!(client.name != "boto3" || said.contains("not the token of this endpoint"), "{said}");
    }
    served.running.interrupt();
    served.running.finish().exits(130);
}

/// SDKs look at `[default]` first. Then the child gets static keys, and is told so with the line.
#[test]
fn a_default_profile_does_not_win() {
    let story = "interop_exec: a [default] profile does not win";
    let sso = "[default]\nregion = us-east-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\n";
    for client in clients::sdks(story) {
        let world = World::corp(story);
        world.sign_in();
        for (config, credentials, said) in [
            (
                "",
                "[default]\naws_access_key_id = AKIAFOREIGN\naws_secret_access_key = foreign\n",
                "aws_access_key_id of [default] (~/.aws/credentials:2)",
            ),
            (
                "[default]\naws_access_key_id = AKIAFOREIGN\naws_secret_access_key = foreign\n",
                "",
                "aws_access_key_id of [default] (~/.aws/config:2)",
            ),
            (sso, "", "sso_session of [default] (~/.aws/config:3)"),
            (
                "[default]\ncredential_process = false\n",
                "",
                "credential_process of [default] (~/.aws/config:2)",
            ),
            (
                "[default]\nrole_arn = arn:aws:iam::999999999999:role/x\nsource_profile = dev\n",
                "",
                "role_arn of [default] (~/.aws/config:2)",
            ),
            ("[default]\nsso_session = corp\n", "", "sso_session of [default] (~/.aws/config:2)"),
        ] {
            world.config(&format!("{config}{CORP}"));
            world.write(".aws/credentials", credentials);
            let run = inside(&world, &[], &client);
            is_admin(&run.exits(0).says(said).json());
            assert_eq!(run.err().lines().count(), 1, "one line says it: {}", run.err());
        }
    }
}

/// Two hours with credentials of fifteen minutes, 150 times as fast: not one call fails, and there are no more renewals than
/// are due.
#[test]
fn a_long_child_never_sees_an_expiry() {
    let story = "interop_exec: a 2 h child with 15 min credentials, 150 times as fast";
    let all = clients::sdks(story);
    if all.is_empty() {
        return;
    }
    let world = World::with(story, World::sim().role_lifetime(6));
    world.config(CORP);
    world.sign_in();
    // All at once, in one `sso exec`.
    let quote = |word: &String| format!("'{}'", word.replace('\'', "'\\''"));
    let line = |client: &Client| client.words.iter().map(quote).collect::<Vec<_>>().join(" ") + " 48 & ";
    let lines: String = all.iter().map(line).collect();
    let script = format!("{lines} wait");
    let run = world.sso(&["exec", "--profile", "dev", "--", "sh", "-c", &script]).plain().run();
    run.exits(0);
    assert_eq!(run.err(), "", "nobody failed");
    let told: Vec<Value> = run.out().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(told.len(), all.len(), "{told:?}");
    for one in &told {
        is_admin(one);
        let count = one["count"].as_u64().expect("a number");
        assert!(count > 30, "{one}");
        world.measured(format!("{}: {count} calls, none failed", one["client"]));
    }
    let journal = world.sim.journal();
    let renewals = journal.count("GetRoleCredentials");
    assert!((8..=24).contains(&renewals), "{renewals} renewals in 8 lifetimes");
    world.measured(format!("{renewals} x GetRoleCredentials in 8 lifetimes"));
}

/// The session ends while the child runs: its SDK shows what to do, and after signing in it goes on.
#[test]
fn what_a_client_shows_when_the_session_has_ended() {
    let story = "interop_exec: the session ends below the child";
    let Some(client) = clients::boto3(story) else { return };
    let world = World::with(story, World::sim().role_lifetime(3));
    world.config(CORP);
    world.sign_in();
    let go = world.outside("go").display().to_string();
    let quote = |word: &String| format!("'{}'", word.replace('\'', "'\\''"));
    let line = client.words.iter().map(quote).collect::<Vec<_>>().join(" ");
    let script = format!(
        "{line} && echo first >&2; while [ ! -e {go} ]; do sleep 0.05; done
         while {line}; do :; done; echo second >&2; while [ ! -e {go}2 ]; do sleep 0.05; done; {line}"
    );
    let running = world.sso(&["exec", "--profile", "dev", "--", "sh", "-c", &script]).plain().spawn();
    running.says("first");
    world.sim.kill_sessions();
    std::fs::write(&go, "").expect("a file");
    running.says("second");
    running.says("sso login --profile dev");
    world.sign_in();
    std::fs::write(format!("{go}2"), "").expect("a file");
    running.finish().exits(0);
}
