//! The harness itself: starting, stopping, the journal, the clock, the canaries.

use crate::client::{Client, code_registration, post, sign_in};
use sso_sim::{Body, Device, SimBuilder};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn a_dropped_world_is_gone_and_its_port_is_free() {
    let sim = SimBuilder::new().start();
    let address = sim.address();
    assert!(TcpStream::connect(address).is_ok());
    drop(sim);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn it_starts_and_stops_inside_async_runtimes() {
    for flavour in
        [tokio::runtime::Builder::new_current_thread, tokio::runtime::Builder::new_multi_thread as fn() -> _]
    {
        let runtime = flavour().enable_all().build().expect("a runtime can be built");
        runtime.block_on(async {
            let sim = SimBuilder::new().start();
            tokio::net::TcpStream::connect(sim.address()).await.expect("it listens");
        });
    }
}

#[test]
fn the_environment_points_here() {
    let sim = SimBuilder::new().region("eu-west-1").start();
    let names: Vec<String> = sim.env().into_iter().map(|(name, _)| name).collect();
    let expected = [
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SIGNIN",
        "AWS_ENDPOINT_URL_SSO_ADMIN",
        "AWS_ENDPOINT_URL_ORGANIZATIONS",
        "AWS_ENDPOINT_URL_IDENTITYSTORE",
    ];
    assert_eq!(names, expected);
    assert!(sim.env().iter().all(|(_, value)| value == sim.url()));
    assert_eq!((sim.region(), sim.start_url()), ("eu-west-1", "https://corp.awsapps.com/start"));
}

#[test]
fn the_journal_tells_the_story() {
    let sim = SimBuilder::new().start();
    let (client, reply) = sign_in(&sim);
    client.refresh(&sim, &reply.text("refreshToken"));
    client.refresh(&sim, "unknown");
    let journal = sim.journal();
    let operations = ["RegisterClient", "Authorize", "CreateToken", "CreateToken", "CreateToken"];
    assert_eq!(journal.operations(), operations);
    assert_eq!((journal.total(), journal.count("CreateToken")), (5, 3));
    assert_eq!(journal.count_grant("authorization_code"), 1);
    assert_eq!(journal.count_grant("refresh_token"), 2);
    let last = journal.last("CreateToken").expect("there is one");
    assert_eq!((last.status, last.error.as_deref()), (400, Some("InvalidGrantException")));
    assert_eq!(last.member("refreshToken"), "unknown");
    assert_eq!(last.headers["user-agent"], "it");
    let authorize = journal.last("Authorize").expect("there is one");
    assert_eq!((authorize.service, &authorize.body), ("browser", &Body::Empty));
    assert!(authorize.target.starts_with("/authorize?response_type=code"));
    assert!(journal.summary().contains("CreateToken refresh_token -> 400 InvalidGrantException"));
    sim.clear_journal();
    assert_eq!(sim.journal().total(), 0);
}

#[test]
fn a_light_journal_counts_only() {
    let sim = SimBuilder::new().light_journal().start();
    sign_in(&sim);
    assert_eq!((sim.journal().total(), sim.journal().entries().len()), (3, 0));
}

#[test]
fn the_date_header_follows_the_clock() {
    let sim = SimBuilder::new().start();
    sim.clock().advance(1_000_000_000);
    let reply = post(&sim, "/client/register", &code_registration(&sim));
    let date = reply.header("date").expect("there is a date");
    let read = jiff::fmt::rfc2822::parse(date).expect("it is a date").timestamp().as_second();
    assert!((sim.clock().now() - read).abs() <= 2, "{date}");
    assert_eq!(reply.head.matches("date: ").count(), 1, "{}", reply.head);
}

#[test]
fn every_secret_is_a_canary() {
    let sim = SimBuilder::new().account("111122223333", "dev", &["Admin"]).start();
    let (_, reply) = sign_in(&sim);
    Client::for_devices(&sim).start_device(&sim);
    let target = "/federation/credentials?role_name=Admin&account_id=111122223333";
    crate::client::portal(&sim, &reply.text("accessToken"), target);
    let canaries = sim.canaries();
    // Two client secrets, code, access and refresh token, device code, secret key, session token.
    assert_eq!(canaries.len(), 8);
    assert!(canaries.iter().all(|it| it.contains("CANARY")));
    let length = reply.text("accessToken").len();
    assert!((690..=710).contains(&length), "{length}");
}

#[test]
fn waiting_for_the_other_side() {
    let sim = SimBuilder::new().device(Device::Manual).start();
    assert!(!sim.wait_for("RegisterClient", 1, Duration::ZERO));
    assert_eq!(sim.human().wait_for_code(Duration::ZERO), None);
    std::thread::scope(|scope| {
        scope.spawn(|| Client::for_devices(&sim).start_device(&sim));
        let code = sim.human().wait_for_code(Duration::from_secs(10)).expect("a code comes");
        sim.human().approve(&code);
        assert!(sim.wait_for("StartDeviceAuthorization", 1, Duration::from_secs(10)));
    });
}

#[test]
fn latency_holds_back_every_reply_but_not_the_others() {
    let latency = Duration::from_millis(100);
    let sim = SimBuilder::new().latency(latency).start();
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| Client::for_codes(&sim));
        }
    });
    let took = started.elapsed();
    assert!(took >= latency && took < latency * 6, "{took:?}");
}

#[test]
fn of_a_storm_of_refreshes_one_wins() {
    let sim = SimBuilder::new().rotating_refresh().light_journal().start();
    let (client, first) = sign_in(&sim);
    let token = first.text("refreshToken");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let storm: Vec<_> = (0..200).map(|_| scope.spawn(|| client.refresh(&sim, &token).status)).collect();
        storm.into_iter().map(|one| one.join().expect("it does not panic")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(sim.journal().count_grant("refresh_token"), 200);
}
