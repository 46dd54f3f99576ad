//! `sso status`: from the disk alone.

use crate::harness::{CORP, TOKEN_FILE, World};

#[test]
fn exit_codes() {
    let world = World::corp("status: exit codes and texts");
    let run = world.sso(&["status"]).plain().run();
    run.exits(4).prints("corp").prints("corp: sso login --sso-session corp");
    assert_eq!(run.err(), "");
    world.sign_in();
    world.forget_requests();
    world.sso(&["status"]).run().exits(0).prints("until ");

    world.token_ends_in(-120);
    world.sso(&["status"]).run().exits(0).prints("expired 2 h");
    world.edit_token(|token| {
        token.as_object_mut().expect("an object").remove("refreshToken");
    });
    let run = world.sso(&["status"]).run();
    run.exits(4).prints("expired 2 h").prints("corp: sso login --sso-session corp");
    world.sso(&["status", "--sso-session", "corp"]).run().exits(4);
    world.sso(&["status", "--profile", "dev"]).run().exits(4);
    world
        .sso(&["status", "--sso-session", "crop"])
        .run()
        .exits(3)
        .says("There is no sso-session \"crop\"")
        .says("corp");
    world.made_requests(0);
}

#[test]
fn json() {
    let world = World::corp("status: json");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    let run = world.sso(&["status", "--json"]).run();
    let told = run.exits(0).json();
    let row = &told["sessions"][0];
    assert_eq!(row["session"], "corp");
    assert_eq!(row["startUrl"], "https://corp.awsapps.com/start");
    assert_eq!((&row["signedIn"], &row["renews"]), (&true.into(), &true.into()), "{row}");
    assert_eq!(row["expiresAt"], world.json(TOKEN_FILE)["expiresAt"]);
    assert_eq!(row["rolesCached"], 1);
    let error = world.sso(&["status", "--json", "--profile", "dve"]).run();
    let told = error.exits(3).json();
    assert_eq!((&told["error"]["code"], &told["error"]["exit"]), (&"C02".into(), &3.into()), "{told}");
}

#[test]
fn damaged_and_foreign_tokens() {
    let world = World::corp("status: damaged token, token of another portal");
    for (content, said) in [
        ("", TOKEN_FILE),
        ("{\"accessToken\": \"a\"", TOKEN_FILE),
        ("[]", TOKEN_FILE),
        (
            "{\"startUrl\": \"https://other.awsapps.com/start\", \"region\": \"us-east-1\", \"accessToken\": \"a\", \
          \"expiresAt\": \"2099-01-01T00:00:00Z\"}",
            "another start URL or region",
        ),
    ] {
        world.write_private(TOKEN_FILE, content);
        let run = world.sso(&["status"]).run();
        run.exits(4).prints("problem").prints(said).prints("sso login --sso-session corp");
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(4).prints_nothing();
    }
    world.made_requests(0);
    // A login repairs it.
    world.sign_in();
    world.sso(&["status"]).run().exits(0);
}

/// A broken section is told, and does not hide the others.
#[test]
fn a_broken_session_beside_a_good_one() {
    let world = World::with("status: a broken session beside a good one", World::sim());
    world.config(&format!("{CORP}\n[sso-session half]\nsso_region = us-east-1\n"));
    world.sso(&["login", "--profile", "dev", "--use-device-code"]).run().exits(0);
    let run = world.sso(&["status"]).run();
    run.exits(4).prints("half").prints("sso_start_url is missing").prints("until ");
    world.sso(&["status", "--sso-session", "corp"]).run().exits(0);
}

/// A session that the service has refused to renew is not said to renew itself, until somebody signs in.
#[test]
fn refused_for_good() {
    let world = World::corp("status: the service has refused to renew the session");
    world.sign_in();
    world.token_ends_in(-60);
    world.token_saved_ago(60);
    world.sso(&["status"]).run().exits(0);
    world.sim.revoke_refresh_tokens();
    world.sso(&["whoami", "--profile", "dev"]).run().exits(4).says("error[T06]");
    let status = world.sso(&["status"]).plain().run();
    status.exits(4).prints("the service refused to renew it").prints("sso login --sso-session corp");
    let row = &world.sso(&["status", "--json"]).run().exits(4).json()["sessions"][0];
    assert_eq!((&row["renews"], &row["renewsUntil"]), (&false.into(), &serde_json::Value::Null));
    world.sso(&["doctor", "--offline", "--only", "T06"]).run().exits(1).prints("refused to renew it");
    world.sign_in();
    world.sso(&["status"]).run().exits(0);
}
