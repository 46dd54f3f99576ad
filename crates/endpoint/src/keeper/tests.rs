//! Hours of a child's life under tokio's paused time; the wall clock moves with it.

use super::*;
use sso_core::{SecretAccessKey, SessionToken};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use tokio::task::LocalSet;

const START: &str = "2026-11-20T12:00:00Z";

/// A wall clock that goes with tokio's.
struct PausedClock {
    start: Timestamp,
    since: Instant,
}

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        self.start + SignedDuration::try_from(self.since.elapsed()).expect("a short test")
    }
}

/// Gives credentials of this lifetime, or what it is told to.
#[derive(Clone)]
struct Fake {
    clock: Arc<PausedClock>,
    lifetime: SignedDuration,
    takes: Duration,
    renewals: Rc<Cell<u32>>,
    next: Rc<RefCell<VecDeque<Answer>>>,
}

impl Source for Fake {
    async fn renew(&self, _: Option<&RoleCredentials>) -> Answer {
        sleep(self.takes).await;
        self.renewals.set(self.renewals.get() + 1);
        let planned = self.next.borrow_mut().pop_front();
        planned.unwrap_or_else(|| Ok(until(self.clock.now() + self.lifetime)))
    }
}

fn until(expires_at: Timestamp) -> RoleCredentials {
    RoleCredentials {
        access_key_id: format!("ASIA{expires_at}"),
        secret_access_key: SecretAccessKey::new("s".into()),
        session_token: SessionToken::new("t".into()),
        expires_at,
        account_id: None,
    }
}

fn refused(temporary: bool) -> Refusal {
    Refusal { status: 503, code: "C".into(), message: "M".into(), temporary }
}

/// Runs a story with a keeper; its source can be looked at and told what to do.
fn with_keeper<F: Future<Output = ()>>(lifetime_minutes: i64, story: impl FnOnce(Fake, Asker) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    LocalSet::new().block_on(&runtime.expect("a runtime"), async {
        let clock =
            Arc::new(PausedClock { start: START.parse().expect("an instant"), since: Instant::now() });
        let fake = Fake {
            clock: Arc::clone(&clock),
            lifetime: SignedDuration::from_mins(lifetime_minutes),
            takes: Duration::from_millis(300),
            renewals: Rc::default(),
            next: Rc::default(),
        };
        let (keeper, asker) = Keeper::new(fake.clone(), None, clock);
        let keeping = tokio::task::spawn_local(keeper.run());
        story(fake, asker).await;
        keeping.abort();
    });
}

const MINUTE: Duration = Duration::from_secs(60);

/// A child of two hours that asks at odd moments never sees credentials that are about to end.
#[test]
fn two_hours_with_credentials_of_a_quarter_of_an_hour() {
    // Lifetime, the least that is left when they are given, and renewals in two hours.
    for (lifetime, least, renewals) in [(15, 5, 12..=14), (60, 15, 2..=3), (45, 15, 4..=5), (5, 1, 36..=40)] {
        with_keeper(lifetime, |fake, asker| async move {
            let begun = Instant::now();
            for step in (7..).take_while(|_| begun.elapsed() < MINUTE * 120) {
                let given = asker.ask().await.expect("credentials");
                let left = given.remaining(fake.clock.now());
                assert!(left >= SignedDuration::from_mins(least), "{left} after {:?}", begun.elapsed());
                sleep(Duration::from_secs(step % 100)).await;
            }
            assert!(
                renewals.contains(&fake.renewals.get()),
                "{} renewals of {lifetime} min",
                fake.renewals.get()
            );
        });
    }
}

#[test]
fn many_that_wait_are_one_request() {
    with_keeper(60, |fake, asker| async move {
        let all: Vec<_> = (0..200)
            .map(|_| {
                let asker = asker.clone();
                tokio::task::spawn_local(async move { asker.ask().await })
            })
            .collect();
        for one in all {
            assert!(one.await.expect("it ends").is_ok());
        }
        assert_eq!(fake.renewals.get(), 1);
    });
}

/// What is used is renewed by itself; what nobody asks for is left alone.
#[test]
fn renewed_ahead_only_in_use() {
    with_keeper(60, |fake, asker| async move {
        asker.ask().await.expect("credentials");
        sleep(MINUTE * 46).await;
        assert_eq!(fake.renewals.get(), 2, "15 minutes before their end");
        sleep(MINUTE * 600).await;
        assert_eq!(fake.renewals.get(), 2, "nobody asks");
        let asked = Instant::now();
        asker.ask().await.expect("credentials");
        assert_eq!(asked.elapsed(), fake.takes, "it was waited for");
        sleep(MINUTE * 46).await;
        let asked = Instant::now();
        asker.ask().await.expect("credentials");
        assert_eq!((asked.elapsed(), fake.renewals.get()), (Duration::ZERO, 4));
    });
}

/// A service that fails does not take away what lives, nor is it asked at every turn; a refusal is final.
#[test]
fn failures() {
    with_keeper(60, |fake, asker| async move {
        let first = asker.ask().await.expect("credentials");
        fake.next.borrow_mut().extend(std::iter::repeat_n(Err(refused(true)), 4));
        sleep(MINUTE * 44).await;
        for _ in 0..60 {
            sleep(Duration::from_secs(1)).await;
            assert_eq!(asker.ask().await.as_ref(), Ok(&first), "it lives");
        }
        sleep(Duration::from_secs(25)).await;
        assert_eq!(asker.ask().await.as_ref(), Ok(&first));
        assert!(fake.renewals.get() <= 3, "{}", fake.renewals.get());
        sleep(MINUTE * 2).await;
        assert!(asker.ask().await.expect("new ones").expires_at > first.expires_at, "it is back");

        // The first is met by the renewal ahead.
        *fake.next.borrow_mut() = VecDeque::from([Err(refused(false)), Err(refused(false))]);
        sleep(MINUTE * 45 + PAUSE).await;
        assert_eq!(asker.ask().await, Err(refused(false)), "not papered over");
        assert!(asker.ask().await.is_ok(), "asked again");
        // With under a minute left they are of no use.
        fake.next.borrow_mut().extend(std::iter::repeat_n(Err(refused(true)), 1000));
        sleep(MINUTE * 59 + Duration::from_secs(30)).await;
        assert_eq!(asker.ask().await, Err(refused(true)));
    });
}

/// The source has nothing newer: what there is is given, and the source is left alone for a while.
#[test]
fn nothing_newer() {
    with_keeper(60, |fake, asker| async move {
        let first = asker.ask().await.expect("credentials");
        fake.next.borrow_mut().extend(std::iter::repeat_n(Ok(first.clone()), 100));
        sleep(MINUTE * 50).await;
        let before = fake.renewals.get();
        for _ in 0..25 {
            assert_eq!(asker.ask().await.as_ref(), Ok(&first));
            sleep(Duration::from_secs(1)).await;
        }
        assert!(fake.renewals.get() <= before + 1, "{} after {before}", fake.renewals.get());
    });
}
