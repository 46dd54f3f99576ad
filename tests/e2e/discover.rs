//! `sso discover`: the administrator's view, signed and verified.

use crate::harness::{CORP, World, full, number};
use serde_json::{Value, json};
use sso_sim::{Behaviour, Fault, Interceptor, Presents, Principal, SimBuilder};
use std::time::Duration;

const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-7223000000000001";

fn sim() -> SimBuilder {
    SimBuilder::new()
        .account("111122223333", "management", &["Admin", "ReadOnly"])
        .account("444455556666", "Prod (EU)", &["ReadOnly"])
        .organization_account("777788889999", "old", "old@example.com", "SUSPENDED")
        .permission_set("Billing", Some("invoices, and \"more\""), "PT8H")
        .directory_group("g-1", "Admins")
        .directory_user("u-1", "ann@example.com")
        .assignment("444455556666", "Admin", Principal::group("g-1"))
        .assignment("444455556666", "Admin", Principal::user("u-1"))
        .assignment("444455556666", "Billing", Principal::user("u-gone"))
        .assignment("111122223333", "Billing", Principal::group("g-1"))
}

fn world(story: &str, sim: SimBuilder) -> World {
    let world = World::with(story, sim.rotating_refresh());
    world.config(&format!(
        "{CORP}\n[profile prod]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Administrator\n"
    ));
    world.sign_in_to("corp");
    world
}

fn discover<'w>(world: &'w World, words: &[&str]) -> crate::harness::Sso<'w> {
    world.sso(&[&["discover", "--profile", "dev"], words].concat()).plain()
}

#[test]
fn instances() {
    let world = world("discover: instances", sim());
    let run = discover(&world, &["instances"]).run();
    run.exits(0)
        .prints(&format!("Instance        {INSTANCE}\nName            corp\nStatus          ACTIVE\n"));
    run.prints("Portal          https://d-9067f00ba1.awsapps.com/start\n");
    // The name is taken by a session for another portal.
    let block = "[sso-session d-9067f00ba1]\nsso_start_url = https://d-9067f00ba1.awsapps.com/start\nsso_region = us-east-1\n\
                 sso_registration_scopes = sso:account:access\n";
    run.prints(&format!("\n{block}"));
    let json = discover(&world, &["instances", "--json"]).run().exits(0).json();
    let found = &json["instances"][0];
    assert_eq!((&found["instanceArn"], &found["region"]), (&INSTANCE.into(), &"us-east-1".into()), "{json}");
    assert_eq!((&found["configBlock"], &found["ssoSession"]), (&block.into(), &Value::Null), "{json}");
    let run = discover(&world, &["instances", "--csv"]).run();
    run.exits(0).prints("instance_arn,name,status,region,identity_store_id,owner_account_id,start_url\n");
    run.prints(&format!(
        "{INSTANCE},corp,ACTIVE,us-east-1,d-9067f00ba1,111122223333,https://d-9067f00ba1.awsapps.com/start\n"
    ));
    // Written once, and then it is there.
    let config = || std::fs::read_to_string(world.home().join(".aws/config")).expect("a config");
    let before = config();
    let run = discover(&world, &["instances", "--write", "--sso-session", "corp"]).run();
    run.exits(2).says("There is a session \"corp\" for another portal.").says("~/.aws/config:1");
    assert_eq!(config(), before);
    let run = discover(&world, &["instances", "--write", "--sso-session", "new"]).run();
    run.exits(0).says("+ [sso-session new]").says("Written.").says("Next: sso login --sso-session new");
    assert_eq!(config(), format!("{before}\n{}", block.replace("d-9067f00ba1]", "new]")));
    let written = config();
    let run = discover(&world, &["instances", "--write"]).run();
    run.exits(0).says("Nothing to write: the session new is for this portal (~/.aws/config:17).");
    discover(&world, &["instances"]).run().exits(0).prints("Session         new (~/.aws/config:17)\n");
    assert_eq!(config(), written);
}

#[test]
fn several_instances_and_none() {
    let several = world("discover: several instances", sim().more_instance("lab", "444455556666"));
    let run = discover(&several, &["permission-sets"]).run();
    run.exits(2).says("There are several instances; say which one.").says(INSTANCE).prints_nothing();
    discover(&several, &["permission-sets", "--instance-arn", INSTANCE]).run().exits(0).prints("Billing");
    let run = discover(&several, &["permission-sets", "--instance-arn", "arn:x"]).run();
    run.exits(2).says("There is no instance \"arn:x\" in us-east-1.");
    discover(&several, &["instances", "--write"]).run().exits(2).says("several instances");
    let none = world("discover: no instance", sim().no_instance());
    let run = discover(&none, &["instances"]).run();
    run.exits(0).prints_nothing().says("No instance of IAM Identity Center is to be seen");
    assert_eq!(discover(&none, &["instances", "--json"]).run().exits(0).json()["instances"], json!([]));
    let run = discover(&none, &["assignments"]).run();
    run.exits(3).says("error[I01]: No instance of IAM Identity Center is to be seen in us-east-1.");
}

#[test]
fn accounts() {
    // Organizations gives twenty a page.
    let many = (0..45).fold(sim(), |sim, n| {
        sim.organization_account(
            &format!("{:012}", 200_000 + n),
            &format!("team-{n:02}"),
            "t@example.com",
            "ACTIVE",
        )
    });
    let world = world("discover: accounts", many);
    let run = discover(&world, &["accounts"]).run();
    run.exits(0).prints("ACCOUNT       NAME        EMAIL");
    run.prints("777788889999  old         old@example.com");
    assert_eq!(run.out().lines().count(), 1 + 48, "{}", run.out());
    assert!(run.out().contains("SUSPENDED"), "{}", run.out());
    let json = discover(&world, &["accounts", "--json"]).run().exits(0).json();
    let accounts = json["accounts"].as_array().expect("a list");
    assert_eq!((accounts.len(), &accounts[0]["accountName"]), (48, &"management".into()));
    let csv = discover(&world, &["accounts", "--csv"]).run();
    csv.exits(0).prints("account_id,account_name,email_address,state,joined_at\n");
    assert_eq!(csv.out().lines().count(), 49);
    let run = world.sso(&["discover", "accounts", "--csv", "--json"]).plain().run();
    run.exits(2).prints("--json cannot be used with --csv.");
    let run = world.sso(&["discover", "accounts", "--sso-session", "corp"]).plain().run();
    run.exits(2).says("--sso-session needs discover instances --write.");
}

#[test]
fn permission_sets() {
    let world = world("discover: permission sets", sim());
    let run = discover(&world, &["permission-sets"]).run();
    run.exits(0).prints("NAME      SESSION  DESCRIPTION           ARN\n");
    run.prints("Billing   8 h      invoices, and \"more\"");
    let csv = discover(&world, &["permission-sets", "--csv"]).run();
    csv.exits(0).prints("PT8H,\"invoices, and \"\"more\"\"\"\n");
    let json = discover(&world, &["permission-sets", "--json"]).run().exits(0).json();
    assert_eq!(json["permissionSets"][1]["sessionDuration"], "PT8H", "{json}");
    // One of them cannot be read: the others are there.
    let billing = json["permissionSets"][1]["arn"].as_str().expect("an ARN").to_owned();
    world.sim.fault(
        Fault::on("DescribePermissionSet")
            .containing(&billing)
            .error("InternalServerException", "")
            .status(400),
    );
    let run = discover(&world, &["permission-sets"]).run();
    run.exits(6).prints("Admin").says(&format!("{billing} could not be read"));
    let json = discover(&world, &["permission-sets", "--json"]).run().exits(6).json();
    assert_eq!(json["failed"][0]["permissionSetArn"], billing);
}

#[test]
fn assignments() {
    let world = world("discover: assignments", sim());
    let run = discover(&world, &["assignments"]).run();
    run.exits(0);
    let rows: Vec<String> = run
        .out()
        .lines()
        .skip(1)
        .map(|line| {
            line.split("  ").filter(|cell| !cell.is_empty()).map(str::trim).collect::<Vec<_>>().join("|")
        })
        .collect();
    let user = "user@example.com";
    for expected in [
        "111122223333|management|Billing|group|Admins|g-1".to_owned(),
        format!("111122223333|management|ReadOnly|user|{user}|"),
        "444455556666|Prod (EU)|Admin|group|Admins|g-1".to_owned(),
        "444455556666|Prod (EU)|Admin|user|ann@example.com|u-1".to_owned(),
        "444455556666|Prod (EU)|Billing|user|(deleted)|u-gone".to_owned(),
    ] {
        assert!(rows.iter().any(|row| row.starts_with(&expected)), "{expected} is not in {rows:#?}");
    }
    assert_eq!(rows.len(), 7, "{rows:#?}");
    let json = discover(
        &world,
        &["assignments", "--account-id", "444455556666", "--permission-set", "Admin", "--json"],
    )
    .run();
    let json = json.exits(0).json();
    assert_eq!(json["assignments"].as_array().map(Vec::len), Some(2), "{json}");
    assert_eq!(json["assignments"][1]["principalName"], "ann@example.com");
    let csv = discover(&world, &["assignments", "--permission-set", "Billing", "--csv"]).run();
    csv.exits(0)
        .prints("account_id,account_name,permission_set,principal_type,principal_name,principal_id\n");
    csv.prints("444455556666,Prod (EU),Billing,user,(deleted),u-gone\n");
    let run = discover(&world, &["assignments", "--permission-set", "Biling"]).run();
    run.exits(2).says("There is no permission set \"Biling\".").says("near: Billing");
    discover(&world, &["assignments", "--account-id", "12"])
        .run()
        .exits(2)
        .says("\"12\" is not an account id");
    // Names are a courtesy: without the permissions there are ids, and a word each.
    world.sim.deny("organizations:ListAccounts");
    world.sim.deny("identitystore:DescribeUser");
    let run = discover(&world, &["assignments"]).run();
    run.exits(0).prints("444455556666").prints("u-1").says("Accounts are shown without names");
    run.says("organizations:ListAccounts")
        .says("Users and groups are shown without names: identitystore:DescribeUser");
    assert!(!run.out().contains("Prod (EU)"), "{}", run.out());
}

#[test]
fn some_cannot_be_read() {
    let world = world("discover: assignments, some cannot be read", sim());
    world.sim.fault(
        Fault::on("ListAccountAssignments")
            .containing("444455556666")
            .error("InternalServerException", "")
            .status(400),
    );
    let run = discover(&world, &["assignments"]).run();
    run.exits(6).prints("111122223333").says("Admin in 444455556666 could not be read");
    let json = discover(&world, &["assignments", "--json"]).run().exits(6).json();
    assert_eq!(json["failed"].as_array().map(Vec::len), Some(3), "{json}");
}

#[test]
fn why() {
    let world = world("discover: why", sim());
    // The role that the profile names does not exist; its nearest is assigned.
    let run = discover(&world, &["assignments", "--why", "prod"]).run();
    run.exits(8).prints("✗ Administrator is assigned to nobody in Prod (EU) (444455556666).\n");
    run.prints("there is no permission set of that name (~/.aws/config:15)")
        .prints("near:           Admin\n");
    run.prints("Admin: group Admins, user ann@example.com\n");
    run.prints("fix:            set sso_role_name = Admin (~/.aws/config:15)\n");
    let json = discover(&world, &["assignments", "--why", "prod", "--json"]).run().exits(8).json();
    assert_eq!(
        (&json["assigned"], &json["permissionSet"], &json["near"]),
        (&false.into(), &Value::Null, &json!(["Admin"]))
    );
    assert_eq!(json["others"][0]["principals"][0]["principalName"], "Admins", "{json}");
    // People read a note in the place of a name that is gone; a program must not take it for a name.
    run.prints("Billing: user (deleted)\n");
    let gone = &json["others"][1]["principals"][0];
    assert_eq!((&gone["principalId"], &gone["principalName"]), (&"u-gone".into(), &Value::Null), "{json}");
    // It is assigned, to others.
    let config = std::fs::read_to_string(world.home().join(".aws/config")).expect("a config");
    world.config(&config.replace("Administrator", "Admin"));
    let run = discover(&world, &["assignments", "--why", "prod"]).run();
    run.exits(0).prints("✓ Admin is assigned in Prod (EU) (444455556666).\n  assigned to: group Admins\n               user ann@example.com\n");
    run.prints("note:        whoever gets \"No access\" is none of these");
    // It exists, and is assigned elsewhere.
    world.config(&config.replace("444455556666", "777788889999").replace("Administrator", "ReadOnly"));
    let run = discover(&world, &["assignments", "--why", "prod"]).run();
    run.exits(8)
        .prints("✗ ReadOnly is assigned to nobody in old (777788889999).\n")
        .prints("it is suspended");
    run.prints("assigned there: nothing").prints("assigned in:    111122223333, 444455556666\n");
    // The account is not in the organization.
    world.config(&config.replace("444455556666", "999999999999"));
    let run = discover(&world, &["assignments", "--why", "prod"]).run();
    run.exits(8).prints("it is not in the organization (~/.aws/config:14)");
    let run = discover(&world, &["assignments", "--why", "prdo"]).run();
    run.exits(3).says("There is no profile \"prdo\"").says("near: prod");
}

#[test]
fn denied() {
    let world = world("discover: denied", sim());
    for (action, words, exit) in [
        ("sso:ListInstances", &["instances"][..], 1),
        ("organizations:ListAccounts", &["accounts"], 1),
        ("sso:ListPermissionSets", &["permission-sets"], 1),
        ("sso:DescribePermissionSet", &["assignments"], 1),
        ("sso:ListAccountsForProvisionedPermissionSet", &["assignments"], 1),
        ("sso:ListPermissionSetsProvisionedToAccount", &["assignments", "--why", "dev"], 1),
        ("sso:ListAccountAssignments", &["assignments"], 1),
    ] {
        world.sim.allow_all();
        world.sim.deny(action);
        let run = discover(&world, words).run();
        run.exits(exit).prints_nothing();
        run.says(&format!("error[I09]: The credentials of the profile \"dev\" may not call {action}."));
        run.says("only the management account of the organization may")
            .says("--profile <one of that account");
        if !action.starts_with("organizations") {
            run.says("you are: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_");
        }
    }
}

/// Keys in a file, alone and with a role that is assumed with them; the region is nowhere, or in the profile.
#[test]
fn keys_in_a_file() {
    let role = "arn:aws:iam::111122223333:role/Org";
    let world = World::with("discover: keys in a file", sim());
    world.sim.trust(sso_sim::TrustedRole::new(role).trusts("111122223333"));
    let (id, secret) = world.sim.long_lived_keys("111122223333", "root-admin");
    world.config(&format!(
        "[profile keys]\nregion = us-east-1\n[profile org]\nregion = us-east-1\nrole_arn = {role}\nsource_profile = keys\n\
         [profile bare]\n"
    ));
    // The file may be anybody's; that it holds a secret is no leak of ours.
    let credentials = world.outside("credentials");
    let keys = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    std::fs::write(&credentials, format!("[keys]\n{keys}[bare]\n{keys}[default]\n{keys}")).expect("written");
    let run = |words: &[&str]| {
        let words = [&["discover"], words].concat();
        world.sso(&words).env("AWS_SHARED_CREDENTIALS_FILE", &credentials).run()
    };
    run(&["accounts", "--profile", "keys"]).exits(0).prints("management");
    run(&["assignments", "--profile", "org"]).exits(0).prints("Admins");
    assert_eq!(world.sim.journal().count("AssumeRole"), 1);
    run(&["accounts", "--profile", "org"]).exits(0);
    assert_eq!(world.sim.journal().count("AssumeRole"), 1, "the second run used the cache");
    run(&["accounts", "--profile", "bare"]).exits(2).says("In which region is IAM Identity Center?");
    run(&["accounts", "--profile", "bare", "--region", "us-east-1"]).exits(0).prints("management");
    run(&["accounts", "--region", "us-east-1"]).exits(0).prints("management");
    run(&["accounts", "--profile", "bare", "--region", "moon"]).exits(2).says("\"moon\"");
}

#[test]
fn signatures() {
    // Another region than the endpoint's.
    let wrong = world("discover: the wrong region", sim());
    let run = discover(&wrong, &["instances", "--region", "eu-west-1"]).run();
    run.exits(3).says("The endpoint is one of another region").says("--region").prints_nothing();
    // A wrong clock is corrected once, and said.
    let skewed = world("discover: a wrong clock", sim());
    skewed.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    skewed.sim.clock().advance(900);
    skewed.forget_requests();
    let run = discover(&skewed, &["assignments"]).run();
    run.exits(0)
        .prints("Billing")
        .says("This machine's clock is 15 min behind AWS's; the requests were signed by AWS's clock.");
    let refused = skewed
        .sim
        .journal()
        .entries()
        .iter()
        .filter(|entry| entry.error.as_deref() == Some("InvalidSignatureException"))
        .count();
    assert_eq!(refused, 1, "{}", skewed.sim.journal().summary());
    // Credentials that have ended at AWS, whatever their file says.
    let ended = world("discover: credentials that have ended", sim().role_lifetime(1_800));
    ended.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    let mut file = ended.json(crate::harness::ROLE_FILE);
    file["Credentials"]["Expiration"] = crate::harness::in_minutes(600).into();
    ended.write(crate::harness::ROLE_FILE, file.to_string());
    ended.sim.clock().advance(2_000);
    let run = discover(&ended, &["accounts"]).run();
    run.exits(4)
        .says("AWS says that the credentials of \"dev\" have expired.")
        .says("sso login --profile dev --force");
}

/// Somebody who knows no region: every one of them is asked, and most know nothing.
#[test]
fn a_search_in_all_regions() {
    let world = World::with("discover: a search in all regions", World::sim());
    world.config("[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n");
    let found = format!(
        r#"{{"Instances":[{{"InstanceArn":"{INSTANCE}","IdentityStoreId":"d-9067f00ba1","PrimaryRegion":"eu-west-1"}}]}}"#
    );
    let closed = r#"{"__type":"AccessDeniedException","Message":"with an explicit deny"}"#;
    let aws = Interceptor::start(
        Presents::Root,
        [
            ("sso.eu-west-1.", Behaviour::json(200, &found)),
            ("sso.ap-", Behaviour::json(400, closed)),
            ("sso.", Behaviour::json(200, r#"{"Instances":[]}"#)),
        ],
    );
    world.write("roots.pem", aws.root_pem());
    let run = |options: &[&str]| {
        let words = [&["discover", "instances", "--profile", "keys"], options].concat();
        let sso = world.sso(&words).env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        sso.env("HTTPS_PROXY", aws.url()).env("AWS_CA_BUNDLE", world.home().join("roots.pem")).plain().run()
    };
    run(&[]).exits(0).prints(INSTANCE).prints("sso_region = eu-west-1\n").does_not_say("warning");
    let mut hosts = aws.hosts();
    hosts.sort();
    hosts.dedup();
    assert_eq!(hosts.len(), 34, "{hosts:?}");
    // Whoever says a region has an answer for that one; from a configured one the search goes on.
    let narrow = run(&["--region", "us-east-2"]);
    narrow.exits(0).prints_nothing().says("No instance of IAM Identity Center is to be seen in us-east-2");
    world.config(
        "[profile keys]\nregion = eu-north-1\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n",
    );
    run(&[]).exits(0).prints(INSTANCE);
}

/// 500 accounts with 20 permission sets each, 20 requests a second allowed, 50 ms each.
#[test]
fn at_the_rate_that_is_allowed() {
    let (accounts, sets) = (number(12, 500), number(5, 20));
    let rate = 20.0;
    let mut sim = SimBuilder::new()
        .account("111122223333", "dev", &["Admin"])
        .directory_group("g-1", "Admins")
        .latency(Duration::from_millis(50))
        .rate_limit("sso-admin", rate, rate);
    for account in 0..accounts {
        let id = format!("{:012}", 222_200_000_000_u64 + u64::from(account));
        sim = sim.organization_account(&id, &format!("team-{account}"), "t@example.com", "ACTIVE");
        for set in 0..sets {
            sim = sim.assignment(&id, &format!("Set{set:02}"), Principal::group("g-1"));
        }
    }
    let world = World::with("discover: assignments at 20 requests a second", sim);
    world.config(CORP);
    world.sign_in_to("corp");
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    world.forget_requests();
    let run = discover(&world, &["assignments", "--json"]).limit(Duration::from_secs(1_200)).run();
    let json = run.exits(0).json();
    let found = json["assignments"].as_array().map(Vec::len).unwrap_or_default();
    assert_eq!((found, &json["failed"]), ((accounts * sets) as usize + 1, &json!([])));
    let journal = world.sim.journal();
    let (mut answered, mut refused) = (0_u32, 0_u32);
    for entry in journal.entries().iter().filter(|entry| entry.service == "sso-admin") {
        *(if entry.status == 200 { &mut answered } else { &mut refused }) += 1;
    }
    // What the bucket holds at first is not waited for.
    let ideal = (f64::from(answered) - rate) / rate + 0.05;
    let took = run.took.as_secs_f64();
    world.measured(format!(
        "{accounts} accounts x {sets} permission sets: {answered} requests in {took:.1} s, {:.3} x the ideal {ideal:.1} s; \
         {refused} refused and asked again, 0 failed",
        took / ideal
    ));
    if full() {
        assert!(took <= ideal * 1.15, "{took} s, {ideal} s would be ideal");
    }
}
