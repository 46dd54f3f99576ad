//! Which flow is taken: decided before it starts, from facts (decision B1).

use crate::support::{DESKTOP, Does, User, World};
use sso_core::TokenKey;
use sso_oidc::{Engine, FlowError, FlowId, HostFacts, Preference, Reason};

#[tokio::test]
async fn the_table_of_choices() {
    let (auto, pkce, device) =
        (Preference::Auto, Preference::Only(FlowId::Pkce), Preference::Only(FlowId::Device));
    let desktop = DESKTOP;
    let ssh = HostFacts { ssh: true, ..desktop };
    let container = HostFacts { container: true, ..desktop };
    let cloud_shell = HostFacts { cloud_shell: true, container: true, ..desktop };
    let headless = HostFacts { display: false, ..desktop };
    let named = |facts| HostFacts { browser_named: true, ..facts };
    for (preference, host, legacy, expected) in [
        (auto, desktop, false, "chosen pkce"),
        (auto, ssh, false, "chosen device, Ssh"),
        (auto, container, false, "chosen device, Container"),
        (auto, cloud_shell, false, "chosen device, CloudShell"),
        (auto, headless, false, "chosen device, NoDisplay"),
        (auto, named(headless), false, "chosen pkce"),
        (auto, named(ssh), false, "chosen pkce"),
        (auto, desktop, true, "chosen device, LegacyProfile"),
        (auto, ssh, true, "chosen device, LegacyProfile"),
        (pkce, desktop, false, "chosen pkce"),
        (pkce, ssh, false, "chosen pkce"),
        (pkce, headless, false, "chosen pkce"),
        (pkce, desktop, true, "none, LegacyProfile"),
        (device, desktop, false, "chosen device"),
        (device, ssh, true, "chosen device"),
        (Preference::Only(FlowId::Other("carrier-pigeon")), desktop, false, "none"),
    ] {
        let found = choice(preference, host, legacy).await;
        assert_eq!(found, expected, "{preference:?} {host:?}, legacy: {legacy}");
    }
}

/// Signs in and tells which flow it was, or that there was none.
async fn choice(preference: Preference, host: HostFacts, legacy: bool) -> String {
    let mut world = World::new();
    world.request.preference = preference;
    if legacy {
        world.request.key = TokenKey::StartUrl(world.request.start_url.clone());
    }
    let mut user = User::who(Does::Approves);
    let result = Engine::standard().login(&world.request, &host, &world.services, &mut user).await;
    match result {
        Ok(_) => user.events.swap_remove(0),
        Err(FlowError::NoFlow(because)) => {
            assert_eq!(world.sim.journal().total(), 0);
            because.map_or("none".into(), |reason: Reason| format!("none, {reason:?}"))
        }
        Err(error) => panic!("{preference:?} {host:?}: {error:?}"),
    }
}

#[tokio::test]
async fn a_flow_that_was_started_and_failed_is_not_replaced() {
    let world = World::new();
    world.sim.set_authorize(sso_sim::Authorize::AutoDeny);
    let mut user = User::approving();
    world.login(&mut user).await.expect_err("denied");
    assert_eq!(world.sim.journal().count("StartDeviceAuthorization"), 0);
    assert!(!user.events.iter().any(|event| event.contains("device")), "{:?}", user.events);
}
