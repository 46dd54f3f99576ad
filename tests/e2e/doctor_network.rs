//! `sso doctor` and the network: what it sends, how long it takes, who opens the encryption.

use crate::harness::World;
use serde_json::Value;
use sso_sim::{Behaviour, Fault, Interceptor, Presents, RawServer};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

/// The budget of 5 s and one to spare; a machine that is busy gets more. It only has to end.
const LIMIT: Duration = Duration::from_secs(10);

fn codes(report: &Value, list: &str) -> Vec<String> {
    let code = |entry: &Value| entry["code"].as_str().expect("a code").to_owned();
    report[list].as_array().expect("a list").iter().map(code).collect()
}

/// What is not run, as `T07: stopped at N08`.
fn not_run(report: &Value) -> Vec<String> {
    let one = |entry: &Value| {
        format!("{}: {}", entry["code"].as_str().expect("a code"), entry["reason"].as_str().expect("why"))
    };
    report["notRun"].as_array().expect("a list").iter().map(one).collect()
}

/// All checks of this family that ask the network.
const NETWORK: [&str; 4] = ["--only", "N01,N02,N03,N06,N08,N09,N11,N12,N14", "--only", "T07,I01,I02,I03"];

#[test]
fn asks_and_changes_nothing() {
    let world = World::corp("doctor: asks, and changes nothing");
    world.sign_in();
    world.forget_requests();
    let before = world.snapshot();
    let mut args = vec!["doctor", "--json", "--profile", "dev"];
    args.extend(NETWORK);
    let report = world.sso(&args).run();
    report.exits(0);
    assert_eq!(codes(&report.json(), "findings"), Vec::<String>::new());
    let facts = report.json()["facts"].to_string();
    assert!(facts.contains("clock within 1 s of AWS") && facts.contains("no proxy"), "{facts}");
    let asked = world.sim.journal().operations();
    let allowed = ["ListAccounts", "ListAccountRoles", "GetRoleCredentials", "Unknown"];
    assert!(asked.iter().all(|name| allowed.contains(&name.as_str())), "{asked:?}");
    assert!(asked.iter().any(|name| name == "GetRoleCredentials"), "{asked:?}");
    assert!(before == world.snapshot());
    // A token that has expired is not refreshed, and nobody is asked with it.
    world.token_ends_in(-5);
    let before = world.snapshot();
    world.forget_requests();
    let report = world.sso(&args).run().json();
    assert!(not_run(&report).contains(&"T07: the token has expired".to_owned()), "{report}");
    assert!(world.sim.journal().operations().iter().all(|name| name == "Unknown"));
    assert!(before == world.snapshot());
}

#[test]
fn one_failure_is_one_finding() {
    let world = World::corp("doctor: one failure, one finding");
    world.sign_in();
    let gone = RawServer::http([Behaviour::Silent]).url();
    let mut args = vec!["doctor", "--json", "--profile", "dev"];
    args.extend(NETWORK);
    let report =
        world.sso(&args).env("AWS_ENDPOINT_URL_SSO", &gone).env("AWS_ENDPOINT_URL_SSO_OIDC", &gone).run();
    report.exits(1);
    let report = report.json();
    assert_eq!(codes(&report, "findings"), ["N08"]);
    for code in ["N06", "N12", "N14", "T07", "I02", "I03"] {
        let line = format!("{code}: stopped at N08");
        assert!(not_run(&report).contains(&line), "{line}: {report}");
    }
}

/// Hosts that take the connection and say nothing, and lists that never come.
#[test]
fn black_holes_do_not_hold_it() {
    let world = World::corp("doctor: black holes");
    world.sign_in();
    let silent = RawServer::http([Behaviour::Silent]);
    // Nobody accepts here: the kernel takes the connection, and that is all.
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let deaf = format!("https://{}", deaf.local_addr().expect("an address"));
    let run = world
        .sso(&["doctor", "--json", "--profile", "dev"])
        .env("AWS_ENDPOINT_URL_SSO", silent.url())
        .env("AWS_ENDPOINT_URL_SSO_OIDC", &deaf)
        .run();
    assert!(run.took < LIMIT, "{:?}", run.took);
    assert!(codes(&run.json(), "findings").contains(&"N08".to_owned()), "{}", run.out());
    world.measured(format!("{:.1} s with hosts that say nothing", run.took.as_secs_f64()));
    let proxy = RawServer::http([Behaviour::Silent]);
    let run = world
        .sso(&["doctor", "--json", "--profile", "dev"])
        .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .env("HTTPS_PROXY", proxy.url())
        .run();
    assert!(run.took < LIMIT, "{:?}", run.took);
    world.measured(format!("{:.1} s with a proxy that says nothing", run.took.as_secs_f64()));
    world.sim.fault(Fault::on("ListAccounts").delay(Duration::from_secs(30)));
    let run = world.sso(&["doctor", "--json", "--profile", "dev"]).run();
    assert!(run.took < LIMIT, "{:?}", run.took);
    assert!(not_run(&run.json()).contains(&"I03: out of time".to_owned()), "{}", run.out());
    world.measured(format!("{:.1} s with lists that never come", run.took.as_secs_f64()));
}

/// What stands in the place of a file of roots is not opened if it is none: a pipe would never end.
#[test]
fn a_pipe_in_the_place_of_the_ca_bundle() {
    let world = World::corp("doctor: a pipe as CA bundle");
    let pipe = world.home().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    let run = world.sso(&["doctor", "--json", "--profile", "dev"]).env("AWS_CA_BUNDLE", &pipe).run();
    run.exits(1);
    assert!(run.took < LIMIT, "{:?}", run.took);
    let report = run.json();
    assert!(codes(&report, "findings").contains(&"N07".to_owned()), "{report}");
    assert!(not_run(&report).contains(&"N01: stopped at N07".to_owned()), "{report}");
}

/// A role that is assumed stands on a role of the session: that one is asked about, and STS is needed too.
#[test]
fn an_assumed_role() {
    let world = World::corp("doctor: the role that another is assumed with");
    world.sign_in();
    world.config(&format!(
        "{}\n[profile ops]\nsource_profile = dev\nrole_arn = arn:aws:iam::999988887777:role/ops\n",
        crate::harness::CORP
    ));
    world.sim.unassign("111122223333", "Admin");
    let gone = RawServer::http([Behaviour::Silent]).url();
    let run = world
        .sso(&["doctor", "--json", "--profile", "ops", "--only", "N08,I02"])
        .env("AWS_ENDPOINT_URL_STS", gone)
        .run();
    assert_eq!(codes(&run.json(), "findings"), ["N08", "I02"], "{}", run.out());
    run.prints("(for assuming roles)").prints("The role Admin is not assigned");
}

/// The file is written where the user says, is new, and is trusted by nobody until the user says so.
#[test]
fn a_file_of_roots_is_offered() {
    for (presents, complete) in [(Presents::Root, true), (Presents::Intermediate, false)] {
        let world = World::corp(&format!("doctor: interception, {presents:?} presented"));
        let proxy = Interceptor::start(presents, []);
        let file = world.home().join("roots of acme.pem");
        let path = file.display().to_string();
        let doctor = |more: &[&str]| {
            let args = [&["doctor", "--profile", "dev", "--only", "N06"], more].concat();
            world
                .sso(&args)
                .plain()
                .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
                .env("HTTPS_PROXY", proxy.url())
        };
        let refused = "AWS CLI, Python, curl) will refuse the file until you add it";
        let seen = doctor(&[]).run();
        seen.exits(1).prints("--fix --only N06 writes").prints("~/.aws/sso-ca-bundle.pem").prints("SHA-256");
        assert_eq!(seen.out().contains(refused), !complete, "{}", seen.out());
        assert!(proxy.hosts().iter().all(|host| host.ends_with(":443")), "{:?}", proxy.hosts());
        // Written once; the finding stays, and says what is left to do.
        let fixed = doctor(&["--fix", "--yes", "--ca-file", &path]).run();
        fixed.exits(1).prints("wrote ~/roots of acme.pem");
        fixed.prints(&format!("export AWS_CA_BUNDLE='{path}'"));
        assert_eq!(file.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        let written = std::fs::read_to_string(&file).expect("text");
        let names = ["# ACME Intercepting Root CA\n", "# ACME Intercepting CA 1\n"];
        assert_eq!(names.map(|name| written.contains(name)), [complete, !complete]);
        // A server's own certificate is nobody's issuer.
        assert!(!written.contains("# oidc."), "a leaf is in it");
        // With it, everything works; with something else in its place, it is left alone.
        doctor(&[]).env("AWS_CA_BUNDLE", &file).run().exits(0);
        std::fs::write(&file, "mine").expect("written");
        let kept = doctor(&["--fix", "--yes", "--ca-file", &path]).run();
        kept.exits(1).prints("it is not replaced");
        assert_eq!(std::fs::read_to_string(&file).expect("text"), "mine");
    }
}

/// A file of roots that lacks AWS's own is not somebody who opens the encryption; it is said which file it is.
#[test]
fn the_file_in_force_is_named() {
    let world = World::corp("doctor: the CA bundle in force");
    let (proxy, other) = (Interceptor::start(Presents::Root, []), Interceptor::start(Presents::Root, []));
    world.write("other.pem", other.root_pem());
    let bundle = world.home().join("other.pem");
    world
        .sso(&["doctor", "--profile", "dev", "--only", "N06"])
        .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .env("HTTPS_PROXY", proxy.url())
        .env("AWS_CA_BUNDLE", &bundle)
        .run()
        .exits(1)
        .prints("AWS_CA_BUNDLE names ~/other.pem, whose roots did not make it")
        .prints("A root of that name is trusted");
    // The system's own roots accept it: then the file is at fault.
    world.write("system.pem", proxy.root_pem());
    world
        .sso(&["doctor", "--profile", "dev", "--only", "N06"])
        .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .env("HTTPS_PROXY", proxy.url())
        .env("AWS_CA_BUNDLE", &bundle)
        .env("SSL_CERT_FILE", world.home().join("system.pem"))
        .run()
        .exits(1)
        .prints("is refused because of your CA bundle")
        .prints("unset AWS_CA_BUNDLE");
}
