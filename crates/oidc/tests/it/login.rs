//! Whole logins: PKCE and device code, as they go well and as they end otherwise.

use crate::memory::Trouble;
use crate::support::{Does, User, World, callback_port, end_of_the_way, get};
use sso_oidc::{FlowError, FlowEvent, FlowId, FlowUi};
use sso_sim::{Authorize, Device, Fault, SimBuilder};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SHORT: Duration = Duration::from_millis(400);

#[tokio::test]
async fn by_pkce() {
    let world = World::new();
    let mut user = User::approving();
    let token = world.login(&mut user).await.expect("signed in");
    assert_eq!(user.events, ["chosen pkce", "open", "waiting 20 s", "exchanging"]);
    assert_eq!(world.sim.journal().operations(), ["RegisterClient", "Authorize", "CreateToken"]);
    assert_eq!(world.store.token().as_ref(), Some(&token));
    assert!(token.belongs_to(&world.request.start_url, &world.request.region));
    assert!(token.refresh_token.is_some());
    assert_eq!(token.client.map(|client| client.id), world.store.registration().map(|known| known.client_id));
    let visit = user.visit();
    assert!(visit.last_page().contains("Go back to the terminal"), "{}", visit.last_page());
    // RFC 8252 §8.3.
    assert_eq!(user.port_open_at_exchange, Some(false), "the port is closed before the code is exchanged");
}

#[tokio::test]
async fn by_device_code() {
    let world = World::new().by(FlowId::Device);
    let mut user = User::who(Does::Nothing);
    let token = world.login(&mut user).await.expect("signed in");
    assert_eq!(user.events, ["chosen device", "code", "waiting 20 s"]);
    let operations = world.sim.journal().operations();
    assert_eq!(operations, ["RegisterClient", "StartDeviceAuthorization", "CreateToken"]);
    assert_eq!(world.store.token(), Some(token));
}

#[tokio::test]
async fn by_device_code_with_a_user_who_takes_a_moment() {
    let world = World::of(SimBuilder::new().device(Device::Manual)).by(FlowId::Device);
    let token = world.login(&mut User::approving()).await.expect("signed in");
    assert_eq!(world.store.token(), Some(token));
}

#[tokio::test]
async fn a_denial_is_a_clear_and_quick_answer() {
    for (flow, builder) in [
        (FlowId::Pkce, SimBuilder::new().authorize(Authorize::AutoDeny)),
        (FlowId::Pkce, SimBuilder::new().authorize(Authorize::Page)),
        (FlowId::Device, SimBuilder::new().device(Device::AutoDeny)),
    ] {
        let world = World::of(builder).by(flow);
        let (mut user, started) = (User::who(Does::Denies), Instant::now());
        let error = world.login(&mut user).await.expect_err("denied");
        let FlowError::Denied { error, .. } = &error else { panic!("{flow}: {error:?}") };
        assert_eq!(error, "access_denied");
        assert!(started.elapsed() < Duration::from_secs(3), "{flow}");
        assert!(world.store.token().is_none());
        let visit = user.visit();
        assert!(!visit.last_page().contains("approved"), "{flow}: {}", visit.last_page());
    }
}

#[tokio::test]
async fn a_user_who_walks_away_is_not_waited_for() {
    for (flow, builder) in [
        (FlowId::Pkce, SimBuilder::new().authorize(Authorize::Hang)),
        (FlowId::Device, SimBuilder::new().device(Device::Never)),
    ] {
        let world = World::of(builder).by(flow).within(SHORT);
        let (mut user, started) = (User::approving(), Instant::now());
        let error = world.login(&mut user).await.expect_err("nobody approved");
        assert!(matches!(error, FlowError::TimedOut { after } if after == SHORT), "{flow}: {error:?}");
        assert!(started.elapsed() >= SHORT && started.elapsed() < SHORT * 10, "{:?}", started.elapsed());
        if let Some(url) = user.url.as_ref().filter(|_| flow == FlowId::Pkce) {
            let port = callback_port(url);
            assert!(TcpListener::bind(("127.0.0.1", port)).is_ok(), "the port is free again");
        }
    }
}

#[tokio::test]
async fn a_device_code_that_runs_out_ends_the_login() {
    let world = World::of(SimBuilder::new().device(Device::Never).device_lifetime(1)).by(FlowId::Device);
    let error = world.login(&mut User::who(Does::Nothing)).await.expect_err("expired");
    let limit = Duration::from_secs(1);
    assert!(matches!(error, FlowError::TimedOut { after } if after == limit), "{error:?}");
}

#[tokio::test]
async fn faults_while_polling_are_survived() {
    let fault = || Fault::on("CreateToken").times(1);
    let mut logins = JoinSet::new();
    for (name, fault) in [
        ("throttled", fault().status(429)),
        ("the service fails", fault().status(500)),
        ("the connection breaks", fault().drop_connection()),
    ] {
        logins.spawn(async move {
            let world = World::of(SimBuilder::new().any_poll_pace().fault(fault)).by(FlowId::Device);
            let token = world.login(&mut User::who(Does::Nothing)).await.expect(name);
            assert_eq!(world.store.token(), Some(token), "{name}");
            assert_eq!(world.sim.journal().count("CreateToken"), 2, "{name}");
        });
    }
    logins.join_all().await;
}

#[tokio::test]
async fn a_pasted_address_is_as_good_as_a_browser_on_this_host() {
    let world = World::new();
    let mut user = User::who(Does::Pastes);
    user.lines.extend(["hello".into(), "https://evil.example/oauth/callback?code=1&state=2".into()]);
    user.lines.push_back("http://127.0.0.1:1/oauth/callback?code=1&state=2".into());
    let token = world.login(&mut user).await.expect("signed in");
    assert_eq!(world.store.token(), Some(token));
    assert_eq!(
        user.events,
        [
            "chosen pkce",
            "open",
            "waiting 20 s",
            "rejected OtherAddress",
            "rejected OtherAddress",
            "rejected OtherLogin",
            "exchanging"
        ]
    );
    assert_eq!(user.port_open_at_exchange, Some(false));
}

#[tokio::test]
async fn a_code_is_exchanged_once_however_often_it_comes() {
    let world = World::new();
    let mut twice = CallsTwice(User::who(Does::Nothing));
    let engine = sso_oidc::Engine::standard();
    let login = engine.login(&world.request, &crate::support::DESKTOP, &world.services, &mut twice);
    let token = login.await.expect("signed in");
    assert_eq!(world.sim.journal().count("CreateToken"), 1);
    assert_eq!(world.store.token(), Some(token));
}

/// A browser that loads the callback in several tabs.
struct CallsTwice(User);

impl FlowUi for CallsTwice {
    fn event(&mut self, event: FlowEvent<'_>) {
        if let FlowEvent::OpenUrl { url } = &event {
            let url = (*url).clone();
            std::thread::spawn(move || {
                let end: sso_http::Url = end_of_the_way(&url).parse().expect("a URL");
                let (port, target) = (callback_port(&url), end[url::Position::BeforePath..].to_owned());
                for _ in 0..4 {
                    let target = target.clone();
                    std::thread::spawn(move || get(port, &target));
                }
            });
        }
        self.0.event(event);
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_before_anything_is_sent() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
    let mut world = World::new();
    world.request.redirect_port = taken.local_addr().expect("an address").port();
    let mut user = User::approving();
    let error = world.login(&mut user).await.expect_err("the port is taken");
    let FlowError::Listen(error) = error else { panic!("{error:?}") };
    assert_eq!(error.port, world.request.redirect_port);
    assert_eq!((user.events, world.sim.journal().total()), (vec!["chosen pkce".to_owned()], 0));
}

#[tokio::test]
async fn a_wanted_port_is_used() {
    let mut world = World::new();
    let free = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
    world.request.redirect_port = free.local_addr().expect("an address").port();
    drop(free);
    let mut user = User::approving();
    world.login(&mut user).await.expect("signed in");
    assert_eq!(user.url.as_ref().map(callback_port), Some(world.request.redirect_port));
    // And again at once: no TIME_WAIT of the last login stands in the way.
    world.login(&mut User::approving()).await.expect("signed in");
}

#[tokio::test]
async fn a_token_that_could_not_be_kept_is_not_asked_for() {
    for trouble in [Trouble::Lock, Trouble::Reserve] {
        let world = World::new();
        world.store.trouble(trouble);
        let mut user = User::approving();
        let error = world.login(&mut user).await.expect_err("cannot be saved");
        assert!(matches!(error, FlowError::Store(_)), "{error:?}");
        assert!(user.events.is_empty() && world.sim.journal().total() == 0, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_failed_login_leaves_the_old_token_alone() {
    let world = World::new();
    let old = world.signed_in().await;
    world.sim.set_authorize(Authorize::AutoDeny);
    world.login(&mut User::approving()).await.expect_err("denied");
    world.sim.set_authorize(Authorize::Auto);
    world.sim.fault(Fault::on("CreateToken").grant("authorization_code").status(500));
    world.login(&mut User::approving()).await.expect_err("no token");
    assert_eq!(world.sim.journal().count_grant("authorization_code"), 1, "a code is sent once");
    assert_eq!(world.store.token(), Some(old));
}

#[tokio::test]
async fn no_secret_is_in_any_error() {
    let world = World::new();
    for (fault, operation) in [
        (Fault::on("CreateToken").after_processing().status(500), "the code's reply is lost"),
        (Fault::on("CreateToken").body("CANARY{", "application/json"), "no JSON"),
        (Fault::on("CreateToken").html().status(400), "a page"),
    ] {
        world.sim.clear_faults();
        world.sim.fault(fault);
        let error = world.login(&mut User::approving()).await.expect_err(operation);
        let words = format!("{error:?} {error}");
        let secrets = [world.sim.canaries(), world.sim.seen_secrets(), vec!["CANARY".into()]].concat();
        assert!(!secrets.iter().any(|secret| words.contains(secret)), "{operation}: {words}");
    }
}
