//! A refresh that is refused, fails, or cannot be kept.

use super::*;

#[tokio::test]
async fn a_refused_refresh_asks_for_a_login_and_leaves_the_store_alone() {
    for (name, end, code) in [
        (
            "sessions ended",
            (|world: &World| world.sim.kill_sessions()) as fn(&World),
            ErrorCode::InvalidGrant,
        ),
        ("tokens revoked", |world| world.sim.revoke_refresh_tokens(), ErrorCode::InvalidGrant),
        ("client forgotten", |world| world.sim.forget_registrations(), ErrorCode::InvalidClient),
    ] {
        let session = Session::after(SimBuilder::new(), OVER).await;
        end(&session.world);
        let expired_at = session.old.expires_at;
        assert_eq!(need(session.token().await), NeedLogin::Refused { expired_at, code }, "{name}");
        assert!(session.untouched() && session.requests() == 1, "{name}");
    }
}

/// A crowd behind a session that ended at the service: one is told so by the service, and tells the others.
#[tokio::test]
async fn what_the_service_has_just_refused_is_not_asked_again() {
    for (since_failure, since_written, asked) in [(20, 3_600, 1), (31, 3_600, 2), (10, 5, 2)] {
        let session = Session::after(SimBuilder::new(), OVER).await;
        session.world.sim.revoke_refresh_tokens();
        let clock = session.world.sim.clock();
        let ago = |seconds: i64| {
            let at = sso_core::Timestamp::from_second(clock.now() - seconds).expect("an instant");
            session.world.store.written(at);
        };
        ago(3_600);
        need(session.token().await);
        clock.advance(since_failure);
        ago(since_written);
        let (expired_at, code) = (session.old.expires_at, ErrorCode::InvalidGrant);
        let name = format!("{since_failure} s after the failure, {since_written} s after the token");
        assert_eq!(need(session.token().await), NeedLogin::Refused { expired_at, code }, "{name}");
        assert_eq!(session.requests(), asked, "{name}");
        assert!(session.untouched(), "{name}");
    }
    // What is only for now is tried again.
    let failing = Fault::on("CreateToken").grant("refresh_token").status(500).times(1);
    let session = Session::after(SimBuilder::new().fault(failing), OVER).await;
    session.world.store.written(session.old.expires_at);
    session.token().await.expect_err("it fails");
    session.token().await.expect("and does no more");
}

/// The portal said 401 to a token that lives.
#[tokio::test]
async fn instead_of_a_token_that_is_not_taken_there_is_a_new_one() {
    let session = Session::after(SimBuilder::new(), 60).await;
    let asked = session.world.session();
    let instead = || session.broker.instead_of(&asked, session.old.clone());
    let found = instead().await.expect("refreshed");
    assert_ne!(found.token.access_token, session.old.access_token);
    assert_eq!(session.world.store.token(), Some(found.token.clone()));
    // Whoever comes later with the same old token gets theirs.
    assert_eq!(instead().await.expect("adopted").token, found.token);
    assert_eq!(session.requests(), 1);
}

#[tokio::test]
async fn instead_of_a_token_that_is_not_taken_there_may_be_none() {
    let no_refresh = FreshnessPolicy { auto_refresh: false, ..FreshnessPolicy::default() };
    for (name, policy, revoked, requests) in [
        ("the rules forbid it", no_refresh, false, 0),
        ("the session ended", FreshnessPolicy::default(), true, 1),
    ] {
        let session = Session::after(SimBuilder::new(), 60).await;
        if revoked {
            session.world.sim.kill_sessions();
        }
        let broker = broker_by(&session, policy);
        for _ in 0..2 {
            let error = broker.instead_of(&session.world.session(), session.old.clone()).await;
            assert!(matches!(error, Err(BrokerError::NeedLogin(_))), "{name}: {error:?}");
            session.world.store.written(session.old.expires_at - Duration::from_secs(36_000));
        }
        assert_eq!(session.requests(), requests, "{name}: what was refused once is not asked again");
        assert!(session.untouched(), "{name}");
    }
}

/// How a refresh can fail for now.
fn failures() -> Vec<(&'static str, Fault)> {
    let refresh = || Fault::on("CreateToken").grant("refresh_token");
    vec![
        ("500", refresh().status(500)),
        ("429", refresh().status(429)),
        ("a page", refresh().html()),
        ("a page of 403", refresh().html().status(403)),
        ("no JSON", refresh().body("{", "application/json")),
        ("no lifetime", refresh().body(r#"{"accessToken":"a","expiresIn":0}"#, "application/json")),
        ("a lost connection", refresh().drop_connection()),
    ]
}

#[tokio::test]
async fn a_refresh_that_fails_is_harmless_while_the_token_lives() {
    for (name, fault) in failures() {
        let session = Session::after(SimBuilder::new().fault(fault), DUE).await;
        let found = session.token().await.expect(name);
        assert_eq!(found.token, session.old, "{name}");
        assert!(matches!(found.warning, Some(BrokerError::Refresh(_))), "{name}: {:?}", found.warning);
        assert!(session.untouched() && session.requests() == 1, "{name}: sent once");
    }
    let session = Session::after(SimBuilder::new(), DUE).await;
    session.world.sim.revoke_refresh_tokens();
    let found = session.token().await.expect("it lives");
    assert_eq!(found.token, session.old);
    assert!(matches!(found.warning, Some(BrokerError::NeedLogin(NeedLogin::Refused { .. }))));
}

#[tokio::test]
async fn a_refresh_that_fails_after_the_end_is_an_error_and_no_need_to_sign_in() {
    // 30 seconds before the end is after the end: a token that short is of no use.
    for (seconds, (name, fault)) in
        [LIFE - 30, OVER].into_iter().flat_map(|s| failures().into_iter().map(move |f| (s, f)))
    {
        let lost = name == "a lost connection";
        let session = Session::after(SimBuilder::new().fault(fault), seconds).await;
        let error = session.token().await.expect_err(name);
        assert!(matches!(error, BrokerError::Refresh(_)), "{name}: {error:?}");
        assert!(session.untouched() && session.requests() == if lost { 2 } else { 1 }, "{name}");
    }
}

/// The reply was lost: an ended token has nothing to lose by a second try, a living one does not need it.
#[tokio::test]
async fn a_lost_reply_is_asked_for_once_more_when_the_token_has_ended() {
    let lost = Fault::on("CreateToken").grant("refresh_token").drop_connection().times(1);
    let session = Session::after(SimBuilder::new().fault(lost), OVER).await;
    let found = session.token().await.expect("the second try");
    assert!(found.warning.is_none() && session.requests() == 2);
    assert_eq!(session.world.store.token(), Some(found.token));
}

/// Harmless while the token lives.
#[tokio::test]
async fn nothing_is_sent_that_could_not_be_saved() {
    for trouble in [Trouble::Lock, Trouble::Reload, Trouble::Reserve] {
        for (seconds, lives) in [(DUE, true), (OVER, false)] {
            let session = Session::after(SimBuilder::new(), seconds).await;
            session.world.store.trouble(trouble);
            let result = session.token().await;
            assert_eq!((result.is_ok(), session.requests()), (lives, 0), "{trouble:?}");
            let trouble = result.map_or_else(Some, |found| found.warning);
            assert!(matches!(trouble, Some(BrokerError::Store(_))), "{trouble:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_refresh_beside_a_torn_file_is_harmless_while_the_token_lives() {
    // A tool that writes in place is in the middle of it.
    let session = Session::after(SimBuilder::new(), DUE).await;
    session.world.store.meanwhile(Lookup::Damaged(damage()));
    session.world.sim.revoke_refresh_tokens();
    let found = session.token().await.expect("it lives");
    assert_eq!(found.token, session.old);
    assert!(found.warning.is_some());
}

#[tokio::test]
async fn a_new_token_that_cannot_be_saved_is_used_all_the_same() {
    let session = Session::after(SimBuilder::new().rotating_refresh(), OVER).await;
    session.world.store.trouble(Trouble::Commit);
    let found = session.token().await.expect("a token");
    assert_ne!(found.token.access_token, session.old.access_token);
    assert!(matches!(found.warning, Some(BrokerError::Store(_))), "{:?}", found.warning);
    assert!(session.untouched());
}

#[tokio::test]
async fn after_a_failed_refresh_a_living_token_is_left_alone_for_30_seconds() {
    let fails = || Fault::on("CreateToken").grant("refresh_token").status(500).times(99);
    for (after, requests) in [(0, 1), (29, 1), (30, 2)] {
        let session = Session::after(SimBuilder::new().fault(fails()), DUE).await;
        assert!(session.token().await.expect("it lives").warning.is_some());
        session.world.sim.clock().advance(after);
        let found = session.token().await.expect("it lives");
        assert_eq!((session.requests(), found.warning.is_some()), (requests, requests == 2), "{after}");
    }
    // One that has ended is tried at once, and a success wipes the note.
    let session = Session::after(SimBuilder::new().fault(fails().times(1)), OVER).await;
    session.token().await.expect_err("it failed");
    session.token().await.expect("a token");
    assert!(session.world.store.failed_refresh(&session.world.request.key).is_none());
}
