//! The accounts and roles that a token may use. The token comes on stdin, where no list of processes shows it:
//! `jq -r .accessToken TOKEN_FILE | cargo run -p sso-portal --example list_roles -- us-east-1 [ENDPOINT]`
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a program: it prints, and knows the time"
)]

use sso_core::{AccessToken, EndpointOptions, EndpointUrl, Region, Service, Timestamp};
use sso_http::{HttpClient, HttpSettings};
use sso_portal::{Account, PortalClient};
use std::error::Error;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let endpoint = match arguments.as_slice() {
        [_, endpoint] => EndpointUrl::parse(endpoint)?,
        [region] => EndpointUrl::of(Service::Sso, &Region::parse(region)?, EndpointOptions::default())
            .ok_or("the region has no portal")?,
        _ => return Err("usage: list_roles REGION [ENDPOINT] < TOKEN".into()),
    };
    let token = AccessToken::new(std::io::read_to_string(std::io::stdin())?.trim().to_owned());
    let http = HttpClient::new(&HttpSettings::new("my-tool/1.0"), Arc::new(Timestamp::now))?;
    let portal = PortalClient::new(http, endpoint);
    let mut accounts = portal.list_accounts(&token).await?;
    accounts.sort_by_key(Account::sort_key);
    for account in accounts {
        // Names are foreign text: {:?} keeps control characters from the terminal.
        println!("{} {:?}", account.id, account.name.unwrap_or_default());
        for role in portal.list_account_roles(&token, &account.id).await? {
            println!("    {:?}", role.name.as_str());
        }
    }
    Ok(())
}
