//! A logout and a refresh at the same time: what was removed is not written back.

use crate::memory::Memory;
use crate::support::{World, WorldClock, oidc};
use sso_core::{Clock, FreshnessPolicy, Lookup, StoreOperation};
use sso_oidc::{BrokerError, NeedLogin, TokenBroker, remove};
use sso_sim::SimBuilder;
use std::sync::Arc;
use std::time::Duration;

/// Somebody signed in whose token has ended.
async fn expired(builder: SimBuilder) -> (World, TokenBroker) {
    let world = World::of(builder);
    world.signed_in().await;
    world.sim.clock().advance(28_860);
    let clock: Arc<dyn Clock> = Arc::new(WorldClock(world.sim.clock().clone()));
    let tokens = Arc::new(world.store.clone());
    let broker = TokenBroker::new(
        oidc(world.sim.url(), Arc::clone(&clock)),
        tokens,
        clock,
        FreshnessPolicy::default(),
    );
    (world, broker)
}

#[tokio::test]
async fn a_removal_waits_for_the_refresh_under_way() {
    let (world, broker) = expired(SimBuilder::new().latency(Duration::from_millis(300))).await;
    let (key, session) = (world.request.key.clone(), world.session());
    let logout = async {
        // The refresh has the lock and its request is under way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        remove(&world.store, &key).await
    };
    let (token, removed) = tokio::join!(broker.token(&session), logout);
    assert!(removed.expect("no error"), "there was one");
    assert_eq!(world.store.token(), None, "the refresh did not put it back");
    assert!(token.expect("asked before the logout").warning.is_none());
    let error = broker.token(&session).await.expect_err("signed out");
    assert!(matches!(error, BrokerError::NeedLogin(NeedLogin::Never)), "{error:?}");
    assert!(!remove(&world.store, &key).await.expect("no error"), "there is none any more");
}

#[tokio::test]
async fn a_removal_gives_up_on_a_lock_that_is_never_free() {
    let store = Memory::default();
    store.hold();
    let key = World::new().request.key;
    tokio::time::pause();
    let error = remove(&store, &key).await.expect_err("locked");
    assert_eq!(error.operation, StoreOperation::Lock);
    store.release();
    assert!(!remove(&store, &key).await.expect("free again"));
}

#[tokio::test]
async fn a_logout_of_a_tool_without_locks_is_not_undone() {
    let (world, broker) = expired(SimBuilder::new().rotating_refresh()).await;
    let commits = world.store.commits();
    world.store.meanwhile(Lookup::Absent);
    let found = broker.token(&world.session()).await.expect("asked before the logout");
    assert!(found.warning.is_none());
    assert_eq!((world.store.token(), world.store.commits()), (None, commits), "not written back");
}
