//! What a profile means, and which line says so: `cargo run -p sso-config --example explain_profile -- [PROFILE]`
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an example is a program: it prints, and reads the environment"
)]

use sso_config::{ConfigSet, CredentialSource, Env, ExplainedText, select_profile};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let env = Env::new(std::env::vars_os(), std::env::home_dir());
    let set = ConfigSet::load(&env)?;
    let wanted = std::env::args().nth(1);
    let profile = select_profile(wanted.as_deref(), &env).name;

    // Texts of files are foreign: {:?} shows control characters instead of sending them to the terminal.
    for line in set.explain(&profile)?.lines {
        match line.value {
            ExplainedText::Text(text) => println!("{} = {text:?}  ({})", line.key, line.origin),
            ExplainedText::Secret => println!("{} is secret  ({})", line.key, line.origin),
        }
    }
    match set.resolve(&profile)?.source {
        CredentialSource::Sso(role) => {
            let session = role.session.check()?;
            let (account, name) = (role.account_id.check()?, &role.role_name.value);
            println!("role {:?} of {account}, by {} in {}", name.as_str(), session.start_url, session.region);
        }
        CredentialSource::Static(keys) => println!("keys from {}", keys.access_key_id.origin),
        CredentialSource::None => println!("no credentials"),
        _ => println!("credentials from elsewhere than IAM Identity Center"),
    }
    Ok(())
}
