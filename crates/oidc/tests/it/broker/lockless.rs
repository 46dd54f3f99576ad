//! Tools that take no lock beside us: botocore and the AWS CLI refresh and sign in whenever they like.

use super::*;

/// A minute after the end.
const JUST_OVER: i64 = LIFE + 60;

#[tokio::test]
async fn what_a_tool_without_locks_wrote_is_adopted() {
    // It refreshed first: ours is refused, theirs is in the store.
    let session = Session::after(SimBuilder::new().rotating_refresh(), OVER).await;
    let theirs = Session::after(SimBuilder::new(), 0).await;
    let now = WorldClock(session.world.sim.clock().clone()).now();
    let theirs = TokenSet { expires_at: now + Duration::from_secs(3600), ..theirs.old };
    session.world.store.meanwhile(Lookup::Found(theirs.clone()));
    session.world.sim.revoke_refresh_tokens();
    let found = session.token().await.expect("theirs");
    assert_eq!((&found.token, found.warning.is_none()), (&theirs, true));
    assert_eq!((session.requests(), session.world.store.token()), (1, Some(theirs)));
}

#[tokio::test]
async fn a_login_beside_our_refresh_is_not_overwritten() {
    // `aws sso login` takes no lock: of the two tokens the one that lasts longer stays.
    for (seconds, theirs_stays) in [(LIFE + 3_600, true), (3_600, false)] {
        let session = Session::after(SimBuilder::new(), OVER).await;
        let theirs = Session::after(SimBuilder::new(), 0).await.old;
        let expires_at = WorldClock(session.world.sim.clock().clone()).now();
        let expires_at = expires_at + Duration::from_secs(seconds.try_into().expect("positive"));
        let theirs = TokenSet { expires_at, ..theirs };
        session.world.store.meanwhile(Lookup::Found(theirs.clone()));
        let found = session.token().await.expect("a token");
        assert_eq!((found.token == theirs, found.warning.is_none()), (theirs_stays, true), "{seconds}");
        assert_eq!(session.world.store.token(), Some(found.token), "{seconds}");
    }
}

#[tokio::test]
async fn what_a_tool_without_locks_saves_a_moment_later_is_adopted() {
    for (theirs_ends, requests) in [(3600, 1), (-1, 2)] {
        let session = Session::after(SimBuilder::new().rotating_refresh(), OVER).await;
        let theirs = Session::after(SimBuilder::new(), 0).await;
        let now = WorldClock(session.world.sim.clock().clone()).now();
        let expires_at = now + SignedDuration::from_secs(theirs_ends);
        let theirs = TokenSet { expires_at, ..theirs.old };
        session.world.sim.revoke_refresh_tokens();
        let saves = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            session.world.store.put(Lookup::Found(theirs.clone()));
        };
        let (result, ()) = tokio::join!(session.token(), saves);
        // Theirs has ended as well: it is tried, and unknown to our service.
        if requests == 1 {
            assert_eq!(result.expect("theirs").token, theirs);
        } else {
            assert!(matches!(need(result), NeedLogin::Refused { .. }));
        }
        assert_eq!(session.requests(), requests);
        assert_eq!(session.world.store.token(), Some(theirs));
    }
}

/// Where tokens end at once, several tools may be faster one after the other (seen by the soak). Not for ever: each time is a request.
#[tokio::test]
async fn several_tools_without_locks_may_be_faster() {
    for (ended, adopted, requests) in [(3, true, 4), (9, false, 5)] {
        let session = Session::after(SimBuilder::new().rotating_refresh(), OVER).await;
        let now = WorldClock(session.world.sim.clock().clone()).now();
        session.world.sim.revoke_refresh_tokens();
        let saves = async {
            for at in 0..=ended {
                let TokenSet { access_token, refresh_token, .. } =
                    Session::after(SimBuilder::new(), 0).await.old;
                let expires_at = now + SignedDuration::from_secs(if at == ended { 3_600 } else { -1 });
                let theirs = TokenSet { access_token, refresh_token, expires_at, ..session.old.clone() };
                session.world.store.put(Lookup::Found(theirs));
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        };
        let (result, ()) = tokio::join!(session.token(), saves);
        assert_eq!((result.is_ok(), session.requests()), (adopted, requests), "{ended}");
    }
}

/// A tool that takes its time is waited for where everybody refreshes, and not where nobody does any more.
#[tokio::test]
async fn a_tool_without_locks_may_be_slow_when_the_token_has_just_ended() {
    for (seconds, adopted) in [(JUST_OVER, true), (OVER, false)] {
        let session = Session::after(SimBuilder::new().rotating_refresh(), seconds).await;
        let theirs = Session::after(SimBuilder::new(), 0).await;
        let now = WorldClock(session.world.sim.clock().clone()).now();
        let theirs = TokenSet { expires_at: now + SignedDuration::from_hours(1), ..theirs.old };
        session.world.sim.revoke_refresh_tokens();
        let saves = async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            session.world.store.put(Lookup::Found(theirs.clone()));
        };
        let (result, ()) = tokio::join!(session.token(), saves);
        assert_eq!(result.is_ok_and(|found| found.token == theirs), adopted, "{seconds}");
    }
}
