//! The role broker: cached while fresh, old ones in need, and a refusal is never papered over.

use crate::support::{DEV, World};
use sso_core::{
    AccountId, Damage, Lookup, RoleCredentialStore, RoleCredentials, RoleKey, RoleName, SecretAccessKey,
    SessionName, SessionToken, StoreError, StoreOperation, TokenKey,
};
use sso_portal::{PortalError, RoleBroker, RoleError};
use sso_sim::Fault;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Default)]
struct Memory {
    kept: Arc<Mutex<Option<Lookup<RoleCredentials>>>>,
    read_only: bool,
}

impl Memory {
    fn holding(found: Lookup<RoleCredentials>) -> Self {
        Self { kept: Arc::new(Mutex::new(Some(found))), read_only: false }
    }

    fn kept(&self) -> Option<RoleCredentials> {
        self.kept.lock().expect("no panic").clone().and_then(Lookup::found)
    }
}

impl RoleCredentialStore for Memory {
    fn load_role(&self, _: &RoleKey) -> Result<Lookup<RoleCredentials>, StoreError> {
        Ok(self.kept.lock().expect("no panic").clone().unwrap_or(Lookup::Absent))
    }

    fn save_role(&self, _: &RoleKey, credentials: &RoleCredentials) -> Result<(), StoreError> {
        if self.read_only {
            let (operation, path) = (StoreOperation::Write, "memory".into());
            return Err(StoreError { operation, path, source: "read-only".into() });
        }
        *self.kept.lock().expect("no panic") = Some(Lookup::Found(credentials.clone()));
        Ok(())
    }

    fn remove_role(&self, _: &RoleKey) -> Result<bool, StoreError> {
        Ok(self.kept.lock().expect("no panic").take().is_some())
    }
}

fn key() -> RoleKey {
    RoleKey {
        token: TokenKey::Session(SessionName::new("corp")),
        account_id: AccountId::new(DEV),
        role_name: RoleName::new("Admin"),
    }
}

fn broker(world: &World, store: &Memory) -> RoleBroker {
    RoleBroker::new(world.portal.clone(), Arc::new(store.clone()), Arc::clone(&world.clock))
}

/// Credentials that live so long by the world's clock.
fn lasting(world: &World, seconds: i64) -> RoleCredentials {
    RoleCredentials {
        access_key_id: "ASIAOLD".into(),
        secret_access_key: SecretAccessKey::new("s".into()),
        session_token: SessionToken::new("t".into()),
        expires_at: sso_core::Timestamp::from_second(world.sim.clock().now() + seconds).expect("an instant"),
        account_id: Some(AccountId::new(DEV)),
    }
}

#[tokio::test]
async fn cached_credentials_are_used_while_15_minutes_remain() {
    let world = World::small().await;
    let now = world.clock.now();
    let damage = Damage { path: "memory".into(), reason: "torn".into() };
    let fresh = lasting(&world, 0);
    let lasting = |seconds: u64| {
        let expires_at = now + Duration::from_secs(seconds);
        Lookup::Found(RoleCredentials { expires_at, ..fresh.clone() })
    };
    for (found, used) in [
        (lasting(3_600), true),
        (lasting(900), true),
        (lasting(899), false),
        (lasting(0), false),
        (Lookup::Absent, false),
        (Lookup::Damaged(damage), false),
    ] {
        let store = Memory::holding(found.clone());
        assert_eq!(RoleBroker::cached(&store, &key(), now).is_some(), used, "{found:?}");
    }
    assert_eq!(world.sim.journal().total(), 0);
}

#[tokio::test]
async fn new_ones_are_kept() {
    let world = World::small().await;
    let store = Memory::default();
    let found = broker(&world, &store).fetch(&key(), &world.token).await.expect("credentials");
    assert!(found.warning.is_none());
    assert_eq!(store.kept().as_ref(), Some(&found.credentials));
    assert_eq!(RoleBroker::cached(&store, &key(), world.clock.now()), Some(found.credentials));
    assert_eq!(world.sim.journal().operations(), ["GetRoleCredentials"]);
}

#[tokio::test]
async fn new_ones_that_cannot_be_kept_are_used_all_the_same() {
    let world = World::small().await;
    let store = Memory { read_only: true, ..Memory::default() };
    let found = broker(&world, &store).fetch(&key(), &world.token).await.expect("credentials");
    assert!(matches!(found.warning, Some(RoleError::Store(_))), "{:?}", found.warning);
    assert!(store.kept().is_none());
}

#[tokio::test]
async fn old_ones_are_used_when_the_service_fails_and_a_minute_remains() {
    let on = || Fault::on("GetRoleCredentials").retry_after(0);
    for (name, fault) in [
        ("failing", on().status(500)),
        ("throttling", on().status(429)),
        ("a page", on().html().status(403)),
        ("no JSON", on().body("{", "application/json")),
    ] {
        for (seconds, used) in [(600, true), (70, true), (55, false), (-10, false)] {
            let world = World::small().await;
            world.sim.fault(fault.clone());
            let store = Memory::holding(Lookup::Found(lasting(&world, seconds)));
            let result = broker(&world, &store).fetch(&key(), &world.token).await;
            assert_eq!(result.is_ok(), used, "{name}, {seconds} s: {result:?}");
            if let Ok(found) = result {
                assert_eq!(found.credentials.access_key_id, "ASIAOLD", "{name}");
                assert!(matches!(found.warning, Some(RoleError::Portal(_))), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_is_never_papered_over() {
    let world = World::small().await;
    let store = Memory::holding(Lookup::Found(lasting(&world, 600)));
    let old = store.kept();
    world.sim.unassign(DEV, "Admin");
    let error = broker(&world, &store).fetch(&key(), &world.token).await.expect_err("not assigned");
    assert!(matches!(error, RoleError::Portal(PortalError::NoAccess { .. })), "{error:?}");
    world.sim.kill_sessions();
    let error = broker(&world, &store).fetch(&key(), &world.token).await.expect_err("ended");
    assert!(matches!(error, RoleError::Portal(PortalError::SessionRejected { .. })), "{error:?}");
    assert_eq!(store.kept(), old, "the store is not touched");
}

#[tokio::test]
async fn a_damaged_cache_does_not_stand_in_the_way() {
    let world = World::small().await;
    let store = Memory::holding(Lookup::Damaged(Damage { path: "memory".into(), reason: "torn".into() }));
    let found = broker(&world, &store).fetch(&key(), &world.token).await.expect("credentials");
    assert_eq!(store.kept(), Some(found.credentials));
}
