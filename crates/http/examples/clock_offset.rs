//! How far this machine's clock is off a server's: `cargo run -p sso-http --example clock_offset -- https://sts.amazonaws.com`
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a program: it prints, and knows the time"
)]

use sso_core::Timestamp;
use sso_http::{Call, HttpClient, HttpSettings};
use std::error::Error;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: clock_offset URL")?.parse()?;
    // No variable is read: a proxy and a CA bundle are fields of the settings.
    let client = HttpClient::new(&HttpSettings::new("my-tool/1.0"), Arc::new(Timestamp::now))?;
    // A reply of any status is a reply; 429 and 5xx were tried again before.
    let reply = client.send(Call::head(url)).await?;
    match client.clock_offset() {
        Some(offset) => println!("status {}; the server is {} s ahead", reply.status, offset.as_secs()),
        None => println!("status {}; the server does not tell the time", reply.status),
    }
    Ok(())
}
