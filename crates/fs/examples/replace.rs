//! Puts stdin in the place of a file, whole or not at all: `date | cargo run -p sso-fs --example replace -- now.txt`
#![allow(clippy::disallowed_macros, clippy::print_stdout, reason = "an example is a program, it prints")]

use std::error::Error;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let target = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: replace FILE")?);
    // One writer at a time, as long as the guard lives; a killed process lets go of it.
    let _guard = sso_fs::lock(&target.with_extension("lock"), None, Duration::from_secs(10))?;
    // What a killed process left of this file.
    sso_fs::sweep(&target)?;
    let mut pending = sso_fs::Pending::create(&target, None)?;
    // The space is taken before the content is there: for what can be fetched only once.
    pending.reserve()?;
    let mut content = Vec::new();
    std::io::stdin().read_to_end(&mut content)?;
    pending.commit(&content)?;
    println!("{}: {} bytes, readable by you only", target.display(), content.len());
    Ok(())
}
