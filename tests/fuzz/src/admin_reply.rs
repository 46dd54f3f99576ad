//! Target: what the administrators' services and the console's sign-in answer. Input: replies between record separators (see
//! `replies`).
//!
//! Whatever comes is taken or refused; lists end; an address that is made of an answer is at a host of AWS. No error holds
//! the caller's secrets.

use crate::replies::{client, credentials, endpoint, replies, run};
use crate::secrets::{silent, told_of_reply};
use sso_core::{AccountId, Partition, Region, Timestamp};
use sso_discovery::{IdentityStore, Organizations, Signer, Signin, SsoAdmin, console_page};
use sso_http::Canned;
use sso_oidc::is_aws_owned;
use std::error::Error;

const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1";

/// Runs the target.
pub fn admin_reply(data: &[u8]) {
    let replies = replies(data);
    let region = Region::parse("eu-west-1").expect("a region");
    let signer = || Signer::new(client(&replies, true), credentials());
    let admin = || SsoAdmin::new(&signer(), endpoint(), &region);
    match run(admin().list_instances()) {
        Ok(instances) => {
            let urls = instances
                .iter()
                .flat_map(|it| Partition::ALL.into_iter().filter_map(|one| it.start_url(one)));
            for url in urls {
                let checked = url.check().expect("a start URL");
                assert!(checked.host_str().is_some_and(is_aws_owned), "{checked}");
            }
        }
        Err(error) => failed(&error),
    }
    for failed_call in [
        run(admin().list_permission_sets(INSTANCE)).err(),
        run(admin().describe_permission_set(INSTANCE, "arn")).err(),
        run(admin().list_account_assignments(INSTANCE, &AccountId::new("111122223333"), "arn")).err(),
        run(IdentityStore::new(&signer(), endpoint(), &region).describe_user("d-1", "u-1")).err(),
    ]
    .into_iter()
    .flatten()
    {
        failed(&failed_call);
    }
    match run(Organizations::new(&signer(), endpoint(), &region).list_accounts()) {
        Ok(mut accounts) => {
            accounts.sort_by_key(|account| account.sort_key());
            assert!(accounts.iter().all(|account| account.joined_at().is_none_or(|at| at <= Timestamp::MAX)));
        }
        Err(error) => failed(&error),
    }
    sign_in(&replies, &region);
}

fn sign_in(replies: &[Canned], region: &Region) {
    let signin = Signin::new(client(replies, false), endpoint());
    match run(signin.get_signin_token(&credentials())) {
        Ok(token) => {
            let page = console_page(region, Some("ec2")).expect("a page");
            let url = signin.console_url(&page, "https://corp.awsapps.com/start", &token);
            let url = url::Url::parse(url.expose()).expect("an address");
            let pairs = url.query_pairs().into_owned();
            let found = pairs.filter(|(name, _)| name == "SigninToken").map(|(_, value)| value);
            assert_eq!(found.collect::<Vec<_>>(), [token.expose()]);
            silent(&token);
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &(dyn Error + 'static)) {
    let told = told_of_reply(error);
    let caller = credentials();
    for secret in [caller.secret_access_key.expose(), caller.session_token.expose()] {
        assert!(!told.contains(secret), "{told}");
    }
}
