//! Client registrations: reused, renewed, and never in the way (catalogue E7).

use crate::memory::Trouble;
use crate::support::{Does, User, World};
use sso_core::Damage;
use sso_oidc::FlowId;
use sso_sim::{Fault, SimBuilder};

const FLOWS: [FlowId; 2] = [FlowId::Pkce, FlowId::Device];

fn user(flow: FlowId) -> User {
    User::who(if flow == FlowId::Pkce { Does::Approves } else { Does::Nothing })
}

#[tokio::test]
async fn a_cached_registration_saves_the_registering() {
    for (flow, expected) in [
        (FlowId::Pkce, &["CreateToken", "Authorize", "CreateToken"][..]),
        (FlowId::Device, &["StartDeviceAuthorization", "CreateToken"]),
    ] {
        let world = World::new().by(flow);
        world.login(&mut user(flow)).await.expect("signed in");
        world.sim.clear_journal();
        world.login(&mut user(flow)).await.expect("signed in again");
        assert_eq!(world.sim.journal().operations(), expected, "{flow}");
    }
}

#[tokio::test]
async fn a_registration_that_the_service_has_forgotten_is_made_anew() {
    for flow in FLOWS {
        let world = World::new().by(flow);
        world.login(&mut user(flow)).await.expect("signed in");
        let old = world.store.registration();
        world.sim.forget_registrations();
        world.sim.clear_journal();
        let token = world.login(&mut user(flow)).await.expect("signed in again");
        assert_eq!(world.sim.journal().count("RegisterClient"), 1, "{flow}");
        assert_ne!(world.store.registration(), old, "{flow}: the new one is kept");
        assert_eq!(world.store.token(), Some(token));
    }
}

#[tokio::test]
async fn a_registration_that_cannot_be_used_is_replaced() {
    let day = 24 * 3600;
    for flow in FLOWS {
        for (name, spoil) in [
            (
                "torn",
                (|world: &World| {
                    let (path, reason) = ("memory".into(), "it ends at line 1 column 40".into());
                    world.store.tear_registration(Damage { path, reason });
                }) as fn(&World),
            ),
            ("near its end", |world| world.sim.clock().advance(90 * 24 * 3600 - 10 * 60)),
        ] {
            let world = World::of(SimBuilder::new().registration_lifetime(90 * day)).by(flow);
            world.login(&mut user(flow)).await.expect("signed in");
            spoil(&world);
            world.sim.clear_journal();
            world.login(&mut user(flow)).await.expect(name);
            assert_eq!(world.sim.journal().count("RegisterClient"), 1, "{flow}, {name}");
            assert!(world.store.registration().is_some(), "{flow}, {name}");
        }
    }
}

#[tokio::test]
async fn a_registration_of_the_other_flow_is_not_used() {
    let mut world = World::new().by(FlowId::Device);
    world.login(&mut user(FlowId::Device)).await.expect("signed in");
    world.sim.clear_journal();
    world = world.by(FlowId::Pkce);
    world.login(&mut user(FlowId::Pkce)).await.expect("signed in");
    assert_eq!(world.sim.journal().count("RegisterClient"), 1);
}

#[tokio::test]
async fn a_registration_that_cannot_be_kept_is_a_remark() {
    for flow in FLOWS {
        let world = World::new().by(flow);
        world.store.trouble(Trouble::SaveRegistration);
        let mut user = user(flow);
        world.login(&mut user).await.expect("signed in");
        assert!(user.events.contains(&"registration not saved".to_owned()), "{:?}", user.events);
    }
}

#[tokio::test]
async fn a_service_that_cannot_say_whether_it_knows_us_does_not_stop_the_login() {
    let world = World::new();
    world.signed_in().await;
    world.sim.fault(Fault::on("CreateToken").grant("refresh_token").status(500));
    world.login(&mut User::approving()).await.expect("signed in");
    assert_eq!(world.sim.journal().count("RegisterClient"), 0);
}

#[tokio::test]
async fn what_is_registered_is_what_the_aws_cli_registers() {
    let world = World::new();
    world.login(&mut User::approving()).await.expect("signed in");
    let journal = world.sim.journal();
    let entry = journal.last("RegisterClient").expect("registered");
    assert_eq!(*entry.member("clientType"), "public");
    assert_eq!(*entry.member("redirectUris"), serde_json::json!(["http://127.0.0.1/oauth/callback"]));
    assert_eq!(*entry.member("grantTypes"), serde_json::json!(["authorization_code", "refresh_token"]));
    assert_eq!(*entry.member("issuerUrl"), world.sim.start_url());
    assert_eq!(*entry.member("scopes"), serde_json::json!(["sso:account:access"]));
}
