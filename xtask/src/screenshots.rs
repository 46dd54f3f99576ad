//! `cargo xtask screenshots`: the stories in a real browser, and its pictures of our pages for docs/evidence/browser.md.

use crate::run::clean_cargo;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/evidence/browser");

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask screenshots".to_owned());
    }
    let status = clean_cargo()
        .args(["test", "-p", "sso-cli", "--test", "e2e", "--", "real_browser"])
        .env("SSO_SCREENSHOTS", FOLDER)
        // Without a browser there are no pictures, so a story that is left out is a failure.
        .env("CI", "true")
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("the stories ended with {status}"));
    }
    list(Path::new(FOLDER)).map_err(|error| error.to_string())
}

fn list(folder: &Path) -> std::io::Result<()> {
    let mut pictures = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    pictures.sort_by_key(std::fs::DirEntry::file_name);
    for picture in pictures {
        println!("{:>6} bytes  {}", picture.metadata()?.len(), picture.file_name().to_string_lossy());
    }
    Ok(())
}
