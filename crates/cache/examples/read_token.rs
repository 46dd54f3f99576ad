//! The token that `aws sso login` wrote: `cargo run -p sso-cache --example read_token -- HOME SESSION`
//!
//! Exits 0 while it lives, as a script wants to know; the token itself is not shown.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a program: it prints, and knows the time"
)]

use sso_cache::{CacheDirs, FileStore};
use sso_core::{Lookup, SessionName, Timestamp, TokenKey, TokenStore as _};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [home, session] = arguments.as_slice() else { return Err("usage: read_token HOME SESSION".into()) };
    let store = FileStore::open(CacheDirs::below(Path::new(home)));
    // A legacy profile has no session: its key is `TokenKey::StartUrl`.
    let key = TokenKey::Session(SessionName::new(session.as_str()));
    let now = Timestamp::now();
    match store.load(&key)? {
        Lookup::Found(token) if token.expires_at <= now => {
            let refreshable = if token.refresh_grant(now).is_some() { "; it can be refreshed" } else { "" };
            Err(format!("the token has ended at {}{refreshable}", token.expires_at).into())
        }
        Lookup::Found(token) => {
            // For a request: token.access_token.expose().
            println!("signed in until {}", token.expires_at);
            Ok(())
        }
        Lookup::Absent => {
            Err(format!("not signed in: there is no {}", store.token_path(&key).display()).into())
        }
        // A torn file was read again for 250 ms before it counts as damaged.
        Lookup::Damaged(damage) => Err(format!("not signed in: {damage}").into()),
    }
}
