//! `cargo xtask dist`: what a package has beside the program, in `target/dist`: man pages and completions.
//!
//! It asks the program, as `demo` and `e2e` do, and shares no code with it: `sso __manual` of a build with the feature
//! `manual`, and `sso completions SHELL`.

use crate::run::{cargo, target_dir};
use std::collections::BTreeMap;
use std::path::Path;

/// Each shell with the file that it looks for.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "sso.bash"),
    ("zsh", "_sso"),
    ("fish", "sso.fish"),
    ("powershell", "sso.ps1"),
    ("elvish", "sso.elv"),
];

const README: &str = "\
What a package of sso has beside the program. Made by `cargo xtask dist`.
The program itself: cargo build --profile dist -p sso-cli --features keyring

man/*.1                  share/man/man1
completions/sso.bash     share/bash-completion/completions/sso
completions/_sso         share/zsh/site-functions/_sso
completions/sso.fish     share/fish/vendor_completions.d/sso.fish
completions/sso.ps1      to be run in a PowerShell profile
completions/sso.elv      to be evaluated in elvish's rc.elv
";

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("takes no arguments".to_owned());
    }
    let folder = target_dir().join("dist");
    let pages: BTreeMap<String, String> = serde_json::from_str(&sso(&["__manual"])?)
        .map_err(|error| format!("sso __manual printed no pages: {error}"))?;
    let scripts =
        COMPLETIONS.iter().map(|(shell, file)| Ok(((*file).to_owned(), sso(&["completions", shell])?)));
    let scripts: BTreeMap<String, String> = scripts.collect::<Result<_, String>>()?;
    // A page of a command that is no more would stay.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    write(&folder.join("man"), &pages)?;
    write(&folder.join("completions"), &scripts)?;
    write(&folder, &BTreeMap::from([("README".to_owned(), README.to_owned())]))?;
    let (pages, scripts) = (pages.len(), scripts.len());
    println!("{pages} man pages and completions for {scripts} shells in {}", folder.display());
    Ok(())
}

/// What the program prints.
fn sso(arguments: &[&str]) -> Result<String, String> {
    let run = ["run", "--quiet", "-p", "sso-cli", "--features", "manual", "--"];
    let output = cargo().args(run).args(arguments).stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo cannot be run: {error}"))?;
    let line = arguments.join(" ");
    if !output.status.success() {
        return Err(format!("sso {line} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("sso {line}: {error}"))
}

fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.iter().try_for_each(|(name, text)| {
        // Names come from a program: none leads out of the folder.
        let path = folder.join(Path::new(name).file_name().unwrap_or_default());
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    })
}
