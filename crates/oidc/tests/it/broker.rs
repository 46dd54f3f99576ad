//! The token of a session: refreshed once, never burnt, and kept while it lives (catalogue F1 to F4).

use crate::memory::{Memory, Trouble};
use crate::support::{World, WorldClock, oidc};
use jiff::SignedDuration;
use sso_core::{Clock, Damage, FreshnessPolicy, Lookup, Region, StartUrl, TokenSet, TokenStore as _};
use sso_oidc::{BrokerError, Brokered, ErrorCode, NeedLogin, TokenBroker};
use sso_sim::{Behaviour, Fault, RawServer, SimBuilder};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

mod lockless;
mod trouble;

const LIFE: i64 = 28_800;
/// Ten minutes before the end: a refresh is due.
const DUE: i64 = LIFE - 600;
/// Twenty minutes after the end.
const OVER: i64 = LIFE + 1_200;

/// Somebody signed in some time ago.
struct Session {
    world: World,
    old: TokenSet,
    broker: TokenBroker,
}

impl Session {
    async fn after(builder: SimBuilder, seconds: i64) -> Self {
        let world = World::of(builder);
        let old = world.signed_in().await;
        world.sim.clock().advance(seconds);
        let clock: Arc<dyn Clock> = Arc::new(WorldClock(world.sim.clock().clone()));
        let broker = broker(world.sim.url(), &world.store, clock);
        Self { world, old, broker }
    }

    async fn token(&self) -> Result<Brokered, BrokerError> {
        self.broker.token(&self.world.session()).await
    }

    fn requests(&self) -> usize {
        self.world.sim.journal().total()
    }

    fn untouched(&self) -> bool {
        self.world.store.token().as_ref() == Some(&self.old)
    }
}

fn broker(url: &str, store: &Memory, clock: Arc<dyn Clock>) -> TokenBroker {
    let oidc = oidc(url, Arc::clone(&clock));
    TokenBroker::new(oidc, Arc::new(store.clone()), clock, FreshnessPolicy::default())
}

fn broker_by(session: &Session, policy: FreshnessPolicy) -> TokenBroker {
    let clock: Arc<dyn Clock> = Arc::new(WorldClock(session.world.sim.clock().clone()));
    let oidc = oidc(session.world.sim.url(), Arc::clone(&clock));
    TokenBroker::new(oidc, Arc::new(session.world.store.clone()), clock, policy)
}

fn need(result: Result<Brokered, BrokerError>) -> NeedLogin {
    match result.expect_err("no token") {
        BrokerError::NeedLogin(need) => need,
        error => panic!("not a need to sign in: {error:?}"),
    }
}

#[tokio::test]
async fn a_fresh_token_costs_no_request() {
    let session = Session::after(SimBuilder::new(), LIFE - 1_300).await;
    let found = session.token().await.expect("a token");
    assert_eq!((found.token, found.warning.is_none()), (session.old.clone(), true));
    assert_eq!((session.requests(), session.world.store.commits()), (0, 1));
}

#[tokio::test]
async fn a_token_that_is_due_is_refreshed_with_one_request() {
    for seconds in [DUE, OVER, OVER + 86_400] {
        let session = Session::after(SimBuilder::new().rotating_refresh(), seconds).await;
        let found = session.token().await.expect("a token");
        assert!(found.warning.is_none());
        assert_ne!(found.token.access_token, session.old.access_token);
        assert_ne!(found.token.refresh_token, session.old.refresh_token);
        assert_eq!(found.token.client, session.old.client);
        assert_eq!(found.token.registration_expires_at, session.old.registration_expires_at);
        let now = WorldClock(session.world.sim.clock().clone()).now();
        assert!((LIFE - 5..=LIFE).contains(&found.token.remaining(now).as_secs()));
        assert_eq!(session.world.store.token(), Some(found.token));
        assert_eq!(session.world.sim.journal().operations(), ["CreateToken"]);
        session.token().await.expect("the new one");
        assert_eq!(session.requests(), 1, "the new one is fresh");
    }
}

#[tokio::test]
async fn without_auto_refresh_a_token_is_used_while_it_lives_and_never_refreshed() {
    let off = FreshnessPolicy { auto_refresh: false, ..FreshnessPolicy::default() };
    for (seconds, lives) in [(DUE, true), (LIFE - 70, true), (LIFE - 50, false), (OVER, false)] {
        let session = Session::after(SimBuilder::new(), seconds).await;
        let result = broker_by(&session, off).token(&session.world.session()).await;
        if lives {
            let found = result.expect("it lives");
            assert_eq!((found.token, found.warning.is_none()), (session.old.clone(), true));
        } else {
            let expired_at = session.old.expires_at;
            assert_eq!(need(result), NeedLogin::AutoRefreshOff { expired_at });
        }
        assert_eq!(session.requests(), 0);
    }
    // What cannot be refreshed anyway says so.
    let session = Session::after(SimBuilder::new(), OVER).await;
    let token = TokenSet { refresh_token: None, ..session.old.clone() };
    session.world.store.put(Lookup::Found(token));
    let result = broker_by(&session, off).token(&session.world.session()).await;
    assert_eq!(need(result), NeedLogin::NoRefreshToken { expired_at: session.old.expires_at });
}

#[tokio::test]
async fn a_window_longer_than_the_life_refreshes_once_in_15_minutes() {
    let always =
        FreshnessPolicy { refresh_window: SignedDuration::from_hours(12), ..FreshnessPolicy::default() };
    for (age, requests) in [(0, 0), (880, 0), (900, 1), (-5, 1)] {
        let session = Session::after(SimBuilder::new(), 1_000).await;
        let now = WorldClock(session.world.sim.clock().clone()).now();
        session.world.store.written(now - SignedDuration::from_secs(age));
        broker_by(&session, always).token(&session.world.session()).await.expect("a token");
        assert_eq!(session.requests(), requests, "{age}");
    }
    // One that has ended is refreshed whenever it was written.
    let session = Session::after(SimBuilder::new(), OVER).await;
    session.world.store.written(WorldClock(session.world.sim.clock().clone()).now());
    broker_by(&session, always).token(&session.world.session()).await.expect("a token");
    assert_eq!(session.requests(), 1);
}

#[tokio::test]
async fn a_refresh_token_that_is_not_replaced_stays() {
    let session = Session::after(SimBuilder::new().omit_refresh_on_renewal(), OVER).await;
    let found = session.token().await.expect("a token");
    assert_eq!(found.token.refresh_token, session.old.refresh_token);
    session.world.sim.clock().advance(OVER);
    session.token().await.expect("and works again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_tasks_at_an_expired_token_make_one_refresh() {
    let builder = SimBuilder::new().revoke_on_reuse().latency(Duration::from_millis(100));
    let session = Session::after(builder, OVER).await;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let (broker, wanted) = (session.broker.clone(), session.world.session());
        tasks.spawn(async move { broker.token(&wanted).await.expect("a token").token });
    }
    let tokens = tasks.join_all().await;
    eprintln!("measured: 50 tasks, one refresh of 100 ms: {:?}", started.elapsed());
    assert_eq!(session.world.sim.journal().count_grant("refresh_token"), 1);
    assert!(tokens.iter().all(|token| Some(token) == session.world.store.token().as_ref()));
    assert_eq!(tokens.len(), 50);
}

#[tokio::test]
async fn no_refresh_is_sent_in_the_last_ten_seconds() {
    for (seconds, left, requests) in [(DUE, 9, 0), (OVER, 9, 0), (DUE, 15, 1), (OVER, 15, 1)] {
        let session = Session::after(SimBuilder::new(), seconds).await;
        let deadline = tokio::time::Instant::now() + Duration::from_secs(left);
        let result = session.broker.clone().until(Some(deadline)).token(&session.world.session()).await;
        assert_eq!((result.is_ok(), session.requests()), (seconds == DUE || left > 10, requests));
        let trouble = result.map_or_else(Some, |found| found.warning);
        assert_eq!(matches!(trouble, Some(BrokerError::Store(_))), requests == 0, "{trouble:?}");
    }
    // And the lock is not waited for any longer, whatever it is wanted for.
    let session = Session::after(SimBuilder::new(), OVER).await;
    session.world.store.hold();
    let started = Instant::now();
    let deadline = || tokio::time::Instant::now() + Duration::from_millis(300);
    let hurried = || session.broker.clone().until(Some(deadline()));
    let (wanted, seen) = (session.world.session(), || session.old.clone());
    hurried().token(&wanted).await.expect_err("held");
    hurried().refresh_now(&wanted, seen()).await.expect_err("held");
    hurried().instead_of(&wanted, seen()).await.expect_err("held");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

/// The tasks of one process stand in line for their own turn, not for the store's lock.
#[tokio::test]
async fn one_task_of_a_process_asks_for_the_lock() {
    let builder = SimBuilder::new().revoke_on_reuse().latency(Duration::from_millis(200));
    let session = Session::after(builder, OVER).await;
    let before = session.world.store.begins();
    let wanted = session.world.session();
    let all = (0..20).map(|_| session.broker.token(&wanted));
    let mut tokens = Vec::new();
    let mut set: Vec<_> = all.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        set.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(done) => {
                tokens.push(done.expect("a token").token);
                false
            }
            std::task::Poll::Pending => true,
        });
        if set.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    assert_eq!((tokens.len(), session.requests()), (20, 1));
    assert_eq!(session.world.store.begins() - before, 1);
}

/// The clock runs as soon as nobody has anything to do, so the ten seconds of the limit are over at once.
#[tokio::test]
async fn a_service_that_says_nothing_is_not_waited_for() {
    let silent = RawServer::http([Behaviour::Silent]);
    for (seconds, lives) in [(DUE, true), (OVER, false)] {
        let session = Session::after(SimBuilder::new(), seconds).await;
        let clock: Arc<dyn Clock> = Arc::new(WorldClock(session.world.sim.clock().clone()));
        let broker = broker(&silent.url(), &session.world.store, clock);
        tokio::time::pause();
        let result = broker.token(&session.world.session()).await;
        tokio::time::resume();
        assert_eq!(result.is_ok(), lives, "{result:?}");
        let trouble = result.map_or_else(Some, |found| found.warning);
        assert!(matches!(trouble, Some(BrokerError::Refresh(_))), "{trouble:?}");
        assert!(session.untouched());
    }
}

#[tokio::test]
async fn somebody_elses_lock_is_waited_for_only_as_long_as_needed() {
    for (seconds, waits, lives) in [(DUE, false, true), (LIFE - 200, true, true), (OVER, true, false)] {
        let session = Session::after(SimBuilder::new(), seconds).await;
        session.world.store.hold();
        tokio::time::pause();
        let started = tokio::time::Instant::now();
        let result = session.token().await;
        let waited = started.elapsed();
        tokio::time::resume();
        assert_eq!(
            (result.is_ok(), waited >= Duration::from_secs(12)),
            (lives, waits),
            "{waited:?}: {result:?}"
        );
        assert!(waited < Duration::from_secs(13), "{waited:?}");
        assert_eq!(session.requests(), 0, "never a refresh without the lock");
        let warned = result.as_ref().is_ok_and(|found| found.warning.is_some());
        assert_eq!(warned, waits && lives, "{result:?}");
    }
}

#[tokio::test]
async fn whoever_holds_the_lock_is_named() {
    for (seconds, lives) in [(LIFE - 200, true), (OVER, false)] {
        let session = Session::after(SimBuilder::new(), seconds).await;
        session.world.store.hold();
        tokio::time::pause();
        let result = session.token().await;
        tokio::time::resume();
        assert_eq!(result.is_ok(), lives);
        let Some(BrokerError::Store(error)) = result.map_or_else(Some, |found| found.warning) else {
            panic!("not the lock")
        };
        assert_eq!(error.source.to_string(), "lock held by pid 12 on host box for 34 s");
    }
}

fn damage() -> Damage {
    Damage { path: "memory".into(), reason: "it ends at line 1 column 40".into() }
}

#[tokio::test]
async fn what_is_no_token_of_this_session_is_not_sent_anywhere() {
    let other_url = |token: &TokenSet| {
        let start_url = Some(StartUrl::new("https://evil.awsapps.com/start"));
        Lookup::Found(TokenSet { start_url, ..token.clone() })
    };
    let other_region =
        |token: &TokenSet| Lookup::Found(TokenSet { region: Some("eu-west-1".into()), ..token.clone() });
    type Spoil = fn(&TokenSet) -> Lookup<TokenSet>;
    for (name, spoil, expected) in [
        ("never signed in", (|_| Lookup::Absent) as Spoil, NeedLogin::Never),
        ("torn", |_| Lookup::Damaged(damage()), NeedLogin::Damaged(damage())),
        ("another portal", other_url, NeedLogin::OtherPortal),
        ("another region", other_region, NeedLogin::OtherPortal),
    ] {
        for seconds in [0, DUE, OVER] {
            let session = Session::after(SimBuilder::new(), seconds).await;
            session.world.store.put(spoil(&session.old));
            assert_eq!(need(session.token().await), expected, "{name}");
            assert_eq!((session.requests(), session.world.store.commits()), (0, 1), "{name}");
        }
    }
    let session = Session::after(SimBuilder::new(), 0).await;
    let mut wanted = session.world.session();
    wanted.region = Region::parse("eu-west-1").expect("a region");
    assert_eq!(need(session.broker.token(&wanted).await), NeedLogin::OtherPortal);
}

#[tokio::test]
async fn a_token_that_ended_for_good_needs_a_login_without_a_request() {
    type Spoil = fn(TokenSet) -> TokenSet;
    let session = Session::after(SimBuilder::new(), OVER).await;
    let expired_at = session.old.expires_at;
    for (name, spoil, expected) in [
        (
            "no refresh token",
            (|token| TokenSet { refresh_token: None, ..token }) as Spoil,
            NeedLogin::NoRefreshToken { expired_at },
        ),
        (
            "registration over",
            |token| TokenSet { registration_expires_at: Some(token.expires_at), ..token },
            NeedLogin::RegistrationExpired { expired_at },
        ),
        (
            "does not say its portal",
            |token| TokenSet { start_url: None, ..token },
            NeedLogin::Unbound { expired_at },
        ),
        (
            "does not say its region",
            |token| TokenSet { region: None, ..token },
            NeedLogin::Unbound { expired_at },
        ),
    ] {
        session.world.store.put(Lookup::Found(spoil(session.old.clone())));
        assert_eq!(need(session.token().await), expected, "{name}");
        assert_eq!(session.requests(), 0, "{name}");
    }
}

/// A clock that takes a step at every look.
struct Ticking {
    start: sso_core::Timestamp,
    seconds: AtomicI64,
}

impl Clock for Ticking {
    fn now(&self) -> sso_core::Timestamp {
        self.start + SignedDuration::from_secs(self.seconds.fetch_add(1, Ordering::Relaxed))
    }
}

/// The registration ends between one look at the clock and the next, wherever that is.
#[tokio::test]
async fn a_registration_that_ends_meanwhile_gives_no_ended_token() {
    for looks in 0..10 {
        for (left, lives) in [(-60, false), (30, false), (600, true)] {
            let session = Session::after(SimBuilder::new(), OVER).await;
            let start = WorldClock(session.world.sim.clock().clone()).now();
            let token = TokenSet {
                expires_at: start + SignedDuration::from_secs(left),
                registration_expires_at: Some(start + SignedDuration::from_secs(looks)),
                ..session.old.clone()
            };
            session.world.store.put(Lookup::Found(token.clone()));
            let clock: Arc<dyn Clock> = Arc::new(Ticking { start, seconds: AtomicI64::new(0) });
            let broker = broker(session.world.sim.url(), &session.world.store, clock);
            match broker.token(&session.world.session()).await {
                Ok(found) if found.token == token => assert!(lives, "{looks}: an ended token with {left} s"),
                Ok(found) => assert_ne!(found.token.access_token, token.access_token),
                Err(BrokerError::NeedLogin(NeedLogin::RegistrationExpired { .. })) => {
                    assert!(!lives, "{looks}")
                }
                Err(error) => panic!("{looks}: {error:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_logout_meanwhile_is_respected() {
    // The token was removed while we waited for the lock: it is not written back.
    let session = Session::after(SimBuilder::new(), OVER).await;
    session.world.store.hold();
    let (store, removing) = (session.world.store.clone(), session.world.store.clone());
    let wait = session.token();
    let logout = async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        removing.put(Lookup::Absent);
    };
    let (result, ()) = tokio::join!(wait, logout);
    assert_eq!(need(result), NeedLogin::Never);
    assert_eq!((session.requests(), store.token()), (0, None));
}

#[tokio::test]
async fn a_refresh_that_is_asked_for_is_done_whatever_is_left() {
    let session = Session::after(SimBuilder::new().rotating_refresh(), 100).await;
    let wanted = session.world.session();
    let found = session.broker.refresh_now(&wanted, session.old.clone()).await.expect("a token");
    assert!(found.warning.is_none());
    assert_ne!(found.token.access_token, session.old.access_token);
    assert_eq!(session.requests(), 1);
    // Whoever saw the old one gets the new one, for nothing.
    let again = session.broker.refresh_now(&wanted, session.old.clone()).await.expect("a token");
    assert_eq!((again.token, session.requests()), (found.token, 1));
}

#[tokio::test]
async fn a_refresh_that_nobody_waits_for_any_more_is_saved() {
    let builder = SimBuilder::new().revoke_on_reuse().latency(Duration::from_millis(200));
    let session = Session::after(builder, OVER).await;
    // Dropped while the request is under way.
    let given_up = tokio::time::timeout(Duration::from_millis(50), session.token()).await;
    assert!(given_up.is_err() && session.untouched());
    tokio::time::timeout(Duration::from_secs(60), sso_oidc::refreshes_saved()).await.expect("saved");
    let saved = session.world.store.token().expect("a token");
    assert_ne!(saved.refresh_token, session.old.refresh_token);
    assert_eq!(session.token().await.expect("a token").token, saved);
}
