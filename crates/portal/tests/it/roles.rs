//! The role broker: cached while fresh, old ones in need, and a refusal is never papered over.

use crate::support::{DEV, World};
use sso_core::{
    AccountId, Damage, Holder, Lookup, RoleCredentialStore, RoleCredentials, RoleKey, RoleName, RoleTxn,
    SecretAccessKey, SessionName, SessionToken, StoreError, StoreOperation, TokenKey,
};
use sso_portal::{PortalError, RoleBroker, RoleError, RoleOutcome};
use sso_sim::Fault;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One entry, and a lock; shared by all clones.
#[derive(Clone, Default)]
struct Memory {
    kept: Arc<Mutex<Option<Lookup<RoleCredentials>>>>,
    locked: Arc<AtomicBool>,
    read_only: bool,
}

impl Memory {
    fn holding(found: Lookup<RoleCredentials>) -> Self {
        Self { kept: Arc::new(Mutex::new(Some(found))), ..Self::default() }
    }

    fn kept(&self) -> Option<RoleCredentials> {
        self.kept.lock().expect("no panic").clone().and_then(Lookup::found)
    }
}

impl RoleCredentialStore for Memory {
    fn load_role(&self, _: &RoleKey) -> Result<Lookup<RoleCredentials>, StoreError> {
        Ok(self.kept.lock().expect("no panic").clone().unwrap_or(Lookup::Absent))
    }

    fn role_holder(&self, _: &RoleKey) -> Option<Holder> {
        Some(Holder { pid: 12, host: "box".into(), held_for: Duration::from_secs(34) })
    }

    fn try_begin_role(&self, _: &RoleKey) -> Result<Option<Box<dyn RoleTxn>>, StoreError> {
        if self.read_only {
            let (operation, path) = (StoreOperation::Lock, "memory".into());
            return Err(StoreError { operation, path, source: "read-only".into() });
        }
        let was_locked = self.locked.swap(true, Ordering::SeqCst);
        Ok((!was_locked).then(|| Box::new(Change(self.clone())) as Box<dyn RoleTxn>))
    }

    fn remove_role(&self, _: &RoleKey) -> Result<bool, StoreError> {
        Ok(self.kept.lock().expect("no panic").take().is_some())
    }
}

struct Change(Memory);

impl RoleTxn for Change {
    fn reload(&mut self) -> Result<Lookup<RoleCredentials>, StoreError> {
        self.0.load_role(&key())
    }

    fn commit(self: Box<Self>, credentials: &RoleCredentials) -> Result<(), StoreError> {
        *self.0.kept.lock().expect("no panic") = Some(Lookup::Found(credentials.clone()));
        Ok(())
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        self.0.locked.store(false, Ordering::SeqCst);
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
                assert!(matches!(found.warning, Some(RoleError::Service(_))), "{name}");
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
    assert!(matches!(error, RoleError::Service(PortalError::NoAccess { .. })), "{error:?}");
    world.sim.kill_sessions();
    let error = broker(&world, &store).fetch(&key(), &world.token).await.expect_err("ended");
    assert!(matches!(error, RoleError::Service(PortalError::SessionRejected { .. })), "{error:?}");
    assert_eq!(store.kept(), old, "the store is not touched");
}

#[tokio::test]
async fn a_damaged_cache_does_not_stand_in_the_way() {
    let world = World::small().await;
    let store = Memory::holding(Lookup::Damaged(Damage { path: "memory".into(), reason: "torn".into() }));
    let found = broker(&world, &store).fetch(&key(), &world.token).await.expect("credentials");
    assert_eq!(store.kept(), Some(found.credentials));
}

/// Asks a number of times at once.
async fn crowd(broker: &RoleBroker, world: &World, number: usize) -> Vec<Result<RoleOutcome, RoleError>> {
    let asking: Vec<_> = (0..number)
        .map(|_| {
            let (broker, token) = (broker.clone(), world.token.clone());
            tokio::spawn(async move { broker.fetch(&key(), &token).await })
        })
        .collect();
    let mut results = Vec::new();
    for one in asking {
        results.push(one.await.expect("no panic"));
    }
    results
}

#[tokio::test]
async fn however_many_ask_the_service_is_asked_once() {
    let world = World::small().await;
    let store = Memory::default();
    let results = crowd(&broker(&world, &store), &world, 20).await;
    let kept = store.kept().expect("kept");
    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|found| found.credentials == kept)));
    assert_eq!(world.sim.journal().operations(), ["GetRoleCredentials"]);
}

/// One refusal after another would take as long as the crowd is large.
#[tokio::test]
async fn a_crowd_is_refused_side_by_side() {
    let world = World::small().await;
    world.sim.unassign(DEV, "Admin");
    let on = Fault::on("GetRoleCredentials").delay(Duration::from_millis(400));
    world.sim.fault(on);
    let began = std::time::Instant::now();
    let results = crowd(&broker(&world, &Memory::default()), &world, 30).await;
    let refused =
        |result: &Result<_, _>| matches!(result, Err(RoleError::Service(PortalError::NoAccess { .. })));
    assert!(results.iter().all(refused));
    assert!(began.elapsed() < Duration::from_secs(8), "30 x 400 ms: {:?}", began.elapsed());
}

#[tokio::test]
async fn while_another_asks_old_ones_with_five_minutes_are_used() {
    for (seconds, used) in [(899, true), (301, true), (299, false)] {
        let world = World::small().await;
        let store = Memory::holding(Lookup::Found(lasting(&world, seconds)));
        store.locked.store(true, Ordering::SeqCst);
        let soon = Some(tokio::time::Instant::now());
        let found =
            broker(&world, &store).until(soon).fetch(&key(), &world.token).await.expect("credentials");
        assert_eq!(found.credentials.access_key_id == "ASIAOLD", used, "{seconds} s");
        assert_eq!(world.sim.journal().total(), usize::from(!used), "{seconds} s");
    }
}

#[tokio::test]
async fn a_lock_that_is_not_let_go_costs_the_saving_and_no_more() {
    let world = World::small().await;
    let store = Memory::default();
    store.locked.store(true, Ordering::SeqCst);
    let soon = Some(tokio::time::Instant::now());
    let found = broker(&world, &store).until(soon).fetch(&key(), &world.token).await.expect("credentials");
    let warning = found.warning.expect("a warning");
    let source = std::error::Error::source(&warning).or(Some(&warning)).map(ToString::to_string);
    assert!(
        matches!(&warning, RoleError::Store(error) if error.source.to_string().contains("pid 12 on host box")),
        "{source:?}"
    );
    assert!(store.kept().is_none());
}
