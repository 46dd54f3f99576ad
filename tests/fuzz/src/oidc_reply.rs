//! Target: what the OIDC service answers. Input: replies between record separators (see `replies`).
//!
//! Whatever comes is taken or refused; a token that is taken is one, and its life and the pauses between polls are within
//! their bounds; polling ends. A debug output never holds a secret, and an error none of a reply that was no error.

use crate::replies::{client, endpoint, replies, run};
use crate::secrets::{CANARY, silent, silent_text, told_of_reply};
use sso_core::{
    ClientRegistration, ClientSecret, GrantKind, RefreshToken, Timestamp, format_timestamp, parse_timestamp,
};
use sso_http::Canned;
use sso_oidc::{DeviceAuthorization, DevicePoll, Grant, Next, OidcClient, OidcError, RegisterRequest};
use std::time::Duration;

const LONGEST_TOKEN: Duration = Duration::from_secs(90 * 24 * 3600);
const LONGEST_CODE: Duration = Duration::from_secs(1800);

/// Runs the target.
pub fn oidc_reply(data: &[u8]) {
    let replies = replies(data);
    let service = || OidcClient::new(client(&replies, false), endpoint());
    register(&service(), &replies);
    let begun = run(service().start_device_authorization(&registration(), "https://corp.awsapps.com/start"));
    let device = match begun {
        Ok(device) => {
            assert!(device.expires_in <= LONGEST_CODE, "{device:?}");
            assert!((1..=60).contains(&device.interval.as_secs()), "{device:?}");
            assert!(!device.device_code.expose().is_empty(), "an empty code is none");
            device
        }
        Err(error) => return failed(&error, &replies),
    };
    poll(&service(), &replies, device);
}

fn registration() -> ClientRegistration {
    ClientRegistration {
        client_id: "client".to_owned(),
        client_secret: ClientSecret::new("client-secret".to_owned()),
        expires_at: Timestamp::MAX,
        scopes: Vec::new(),
        kind: GrantKind::DeviceCode,
    }
}

fn register(service: &OidcClient, replies: &[Canned]) {
    let request = RegisterRequest {
        client_name: "fuzz".to_owned(),
        kind: GrantKind::AuthorizationCode,
        scopes: vec!["sso:account:access".to_owned()],
        issuer_url: "https://corp.awsapps.com/start".to_owned(),
    };
    match run(service.register(&request)) {
        Ok(found) => {
            assert!(!found.client_id.is_empty() && !found.client_secret.expose().is_empty(), "{found:?}");
            let end = format_timestamp(found.expires_at);
            assert!(parse_timestamp(&end).is_ok(), "{end} is kept and not read again");
            if !found.client_id.contains(CANARY) {
                silent(&found);
            }
        }
        Err(error) => failed(&error, replies),
    }
    let grant = Grant::RefreshToken(RefreshToken::new("refresh".to_owned()));
    match run(service.create_token("client", &ClientSecret::new("s".to_owned()), &grant)) {
        Ok(found) => {
            assert!(!found.access_token.expose().is_empty(), "an empty token is none");
            assert!(found.refresh_token.as_ref().is_none_or(|token| !token.expose().is_empty()));
            assert!(found.expires_in >= Duration::from_secs(1) && found.expires_in <= LONGEST_TOKEN);
            silent(&found);
        }
        Err(error) => failed(&error, replies),
    }
}

/// An error repeats what a service says of an error, and nothing of what it hands out.
fn failed(error: &OidcError, replies: &[Canned]) {
    let told = told_of_reply(error);
    let is_fault = matches!(error, OidcError::Service(_));
    let in_header = replies.iter().any(|reply| reply.headers.iter().any(|(_, value)| value.contains(CANARY)));
    if !is_fault && !in_header {
        silent_text(&told);
    }
}

/// Polls by the service's rules until something ends it. The code's life does, at the latest.
fn poll(service: &OidcClient, replies: &[Canned], device: DeviceAuthorization) {
    let mut poll = DevicePoll::new(device.interval, device.expires_in);
    let (life, grant) = (device.expires_in, Grant::DeviceCode(device));
    let (secret, mut elapsed) = (ClientSecret::new("s".to_owned()), Duration::ZERO);
    loop {
        let answer = run(service.create_token("client", &secret, &grant));
        match poll.step(answer, elapsed) {
            Next::Wait(pause) => {
                assert!(
                    pause >= Duration::from_secs(1) || elapsed + pause == life,
                    "{pause:?} at {elapsed:?}"
                );
                elapsed += pause;
                assert!(elapsed <= life);
            }
            Next::Failed(error) => return failed(&error, replies),
            Next::Done(_) | Next::Expired => return,
        }
    }
}
