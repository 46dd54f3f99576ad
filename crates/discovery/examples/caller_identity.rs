//! Who the keys in the environment belong to, asked by a signed call:
//! `cargo run -p sso-discovery --example caller_identity -- us-east-1 [ENDPOINT]`
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a program: it prints, reads the environment and knows the time"
)]

use sso_core::{EndpointOptions, EndpointUrl, Region, RoleCredentials, SecretAccessKey, Service};
use sso_core::{SessionToken, Timestamp};
use sso_discovery::Sts;
use sso_http::{HttpClient, HttpSettings};
use std::error::Error;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let region = Region::parse(&arguments.next().ok_or("usage: caller_identity REGION [ENDPOINT]")?)?;
    let endpoint = match arguments.next() {
        Some(endpoint) => EndpointUrl::parse(&endpoint)?,
        None => EndpointUrl::of(Service::Sts, &region, EndpointOptions::default()).ok_or("no endpoint")?,
    };
    let variable = |name| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let keys = RoleCredentials {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: SecretAccessKey::new(variable("AWS_SECRET_ACCESS_KEY")?),
        // Long-lived keys have none.
        session_token: SessionToken::new(variable("AWS_SESSION_TOKEN").unwrap_or_default()),
        // The service knows their end; nothing here asks for it.
        expires_at: Timestamp::MAX,
        account_id: None,
    };
    let http = HttpClient::new(&HttpSettings::new("my-tool/1.0"), Arc::new(Timestamp::now))?;
    let who = Sts::new(http, endpoint, region).get_caller_identity(&keys, Timestamp::now()).await?;
    println!("{:?} in account {}", who.arn, who.account);
    Ok(())
}
