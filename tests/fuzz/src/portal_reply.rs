//! Target: what the portal answers. Input: a letter (`e`: a list ends after the replies, else the last one comes again and
//! again), then replies between record separators (see `replies`).
//!
//! A list ends, whatever the pages say; credentials that are taken are whole and live; an error holds no secret of a reply
//! that was no error.

use crate::fields::lead;
use crate::replies::{client, endpoint, now, replies, run, token};
use crate::secrets::{CANARY, silent, silent_text, told_of_reply};
use sso_core::{AccountId, RoleCredentials, RoleName};
use sso_http::Canned;
use sso_portal::{PortalClient, PortalError};

/// A page that comes a thousand times is a small one: what a large one costs tells nothing more.
const REPEATED: usize = 512;

/// Runs the target.
pub fn portal_reply(data: &[u8]) {
    let (ends, data) = lead(data);
    let replies = replies(data);
    let ends = ends == b'e' || replies.last().is_some_and(|reply| reply.body.len() > REPEATED);
    let portal = || PortalClient::new(client(&replies, ends), endpoint());
    let account = AccountId::new("111122223333");
    match run(portal().list_accounts(&token())) {
        Ok(accounts) => {
            let mut accounts = accounts;
            accounts.sort_by_key(|account| account.sort_key());
        }
        Err(error) => failed(&error, &replies),
    }
    if let Err(error) = run(portal().list_account_roles(&token(), &account)) {
        failed(&error, &replies);
    }
    match run(portal().get_role_credentials(&token(), &account, &RoleName::new("A b/c&d"))) {
        Ok(found) => {
            assert!(
                found.expires_at > now() && RoleCredentials::end(found.expires_at, now()) == found.expires_at
            );
            assert_eq!(found.account_id, Some(account));
            let (secret, session) = (found.secret_access_key.expose(), found.session_token.expose());
            assert!(!found.access_key_id.is_empty() && !secret.is_empty() && !session.is_empty());
            if !found.access_key_id.contains(CANARY) {
                silent(&found);
            }
        }
        Err(error) => failed(&error, &replies),
    }
    if let Err(error) = run(portal().logout(&token())) {
        failed(&error, &replies);
    }
}

/// An error repeats what the service says of an error, and nothing of what it hands out. The request holds a secret, too.
fn failed(error: &PortalError, replies: &[Canned]) {
    let told = told_of_reply(error);
    let foreign = replies.iter().any(|reply| {
        let refusal = reply.status >= 300;
        let in_header = reply.headers.iter().any(|(_, value)| value.contains(CANARY));
        in_header || (refusal && String::from_utf8_lossy(&reply.body).contains(CANARY))
    });
    // The body may write the word in escapes.
    let escaped = replies.iter().any(|reply| reply.status >= 300 && reply.body.contains(&b'\\'));
    if !foreign && !escaped {
        silent_text(&told);
    }
}
