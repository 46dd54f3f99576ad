//! `cargo xtask dist`: what people get, in `target/dist`: a folder with the program, its man pages, completions and licences, the
//! same as an archive with its SHA-256, and a package for Debian where cargo-deb is installed.
//!
//! For pages and completions it asks the program, as `demo` and `e2e` do, and shares no code with it: `sso __manual` of a build with
//! the feature `manual`, and `sso completions SHELL`.

mod archive;
mod deb;
mod notices;

use crate::run::{cargo, program, target_dir};
use crate::test::PACKAGED;
use archive::{Files, Item};
use std::collections::BTreeMap;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What people get is optimised as what is measured.
const PROFILE: &str = "dist";

/// Each shell with the file that it looks for.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "sso.bash"),
    ("zsh", "_sso"),
    ("fish", "sso.fish"),
    ("powershell", "sso.ps1"),
    ("elvish", "sso.elv"),
];

const README: &str = "\
sso: AWS IAM Identity Center (AWS SSO) on the command line. `sso --help` is where to start.

Nothing here needs to be installed: the program runs from any folder. To have it all in its place, below /usr/local for
everybody or below ~/.local for yourself:

sso                      bin
man/*.1                  share/man/man1
completions/sso.bash     share/bash-completion/completions/sso
completions/_sso         share/zsh/site-functions/_sso
completions/sso.fish     share/fish/vendor_completions.d/sso.fish
completions/sso.ps1      to be run in a PowerShell profile
completions/sso.elv      to be evaluated in elvish's rc.elv

sso is under the MIT licence (LICENSE-MIT) or the Apache License 2.0 (LICENSE-APACHE), at your choice. THIRD-PARTY has the
licences of what it is made of.
";

/// Of which commit, for what.
struct Release {
    version: &'static str,
    /// The platform, as rustc calls it.
    target: String,
    /// Seconds since 1970. Two packages of one commit are equal, so it is not the time of packing.
    time: u64,
}

impl Release {
    fn find() -> Result<Self, String> {
        Ok(Self { version: env!("CARGO_PKG_VERSION"), target: about_rustc("host: ")?, time: time()? })
    }

    fn name(&self) -> String {
        format!("sso-{}-{}", self.version, self.target)
    }
}

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("takes no arguments".to_owned());
    }
    let release = Release::find()?;
    let program = build()?;
    let files = collect(&release, &program)?;
    let place = program.parent().unwrap_or(Path::new("."));
    let (name, time) = (release.name(), release.time);
    files.write(&place.join(&name))?;
    let packed = files.pack(&name, time).map_err(|error| format!("the archive: {error}"))?;
    let archive = place.join(format!("{name}.tar.gz"));
    finish(&archive, &packed)?;
    println!("the program: {}", size(&program)?);
    match deb::make(&release, &files, place)? {
        Some(deb) => finish(&deb, &read(&deb)?),
        None => Ok(()),
    }
}

/// Builds the program with the features of packages. No path of the machine that builds it gets into it.
fn build() -> Result<PathBuf, String> {
    let mut command = cargo();
    let words = ["build", "--locked", "--profile", PROFILE, "-p", "sso-cli", "--features", PACKAGED];
    command.args(words).env("CARGO_ENCODED_RUSTFLAGS", flags()?);
    let status = command.status().map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !status.success() {
        return Err(format!("the build ended with {status}"));
    }
    let program = target_dir().join(PROFILE).join(format!("sso{EXE_SUFFIX}"));
    let folders = folders()?.map(|(folder, _)| folder);
    match named(&read(&program)?, &folders) {
        Some(folder) => Err(format!("the program names {}, a folder of this machine", folder.display())),
        None => program.canonicalize().map_err(|error| format!("{}: {error}", program.display())),
    }
}

/// The first of the folders that the bytes name.
fn named<'f>(bytes: &[u8], folders: &'f [PathBuf]) -> Option<&'f Path> {
    let is_in = |folder: &Path| {
        let name = folder.as_os_str().as_encoded_bytes();
        !name.is_empty() && bytes.windows(name.len()).any(|found| found == name)
    };
    folders.iter().map(PathBuf::as_path).find(|folder| is_in(folder))
}

/// The caller's flags for rustc, and those that give the folders of this machine the names that they have everywhere.
fn flags() -> Result<OsString, String> {
    let mut flags = std::env::var_os("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if let (true, Ok(plain)) = (flags.is_empty(), std::env::var("RUSTFLAGS")) {
        flags.push(plain.split_whitespace().collect::<Vec<_>>().join("\x1f"));
    }
    for (folder, name) in folders()? {
        if !flags.is_empty() {
            flags.push("\x1f");
        }
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push("=");
        flags.push(name);
    }
    Ok(flags)
}

/// The folders that code is compiled from, and what they are called in the program.
fn folders() -> Result<[(PathBuf, String); 3], String> {
    let here = root().canonicalize().map_err(|error| format!("{}: {error}", root().display()))?;
    let home = || std::env::home_dir().unwrap_or_default().join(".cargo");
    let crates = std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from);
    // Where the component rust-src is installed, rustc names its files instead of those of the commit.
    let sysroot = said(program("rustc").args(["--print", "sysroot"])).ok_or("rustc names no sysroot")?;
    let commit = about_rustc("commit-hash: ")?;
    let std = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    Ok([(here, "/sso".to_owned()), (crates, "/cargo".to_owned()), (std, format!("/rustc/{commit}"))])
}

/// All that a package holds.
fn collect(release: &Release, program: &Path) -> Result<Files, String> {
    let mut files = Files::default();
    files.add(&format!("sso{EXE_SUFFIX}"), Item::Program(read(program)?));
    let pages: BTreeMap<String, String> = serde_json::from_str(&sso(&["__manual"])?)
        .map_err(|error| format!("sso __manual printed no pages: {error}"))?;
    for (page, text) in pages {
        // Names come from a program: none leads out of the folder.
        let page = Path::new(&page).file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.add(&format!("man/{page}"), Item::Text(text.into()));
    }
    for (shell, file) in COMPLETIONS {
        files.add(&format!("completions/{file}"), Item::Text(sso(&["completions", shell])?.into()));
    }
    files.add("README", Item::Text(README.into()));
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        files.add(licence, Item::Text(read(&root().join(licence))?));
    }
    files.add("THIRD-PARTY", Item::Text(notices::text(release.version, &release.target)?.into()));
    if let Some(page) = notices::of_std() {
        files.add("THIRD-PARTY-std.html", Item::Text(page));
    }
    Ok(files)
}

/// What the program prints.
fn sso(arguments: &[&str]) -> Result<String, String> {
    let run = ["run", "--quiet", "-p", "sso-cli", "--features", "manual", "--"];
    let output = cargo().args(run).args(arguments).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo cannot be run: {error}"))?;
    let line = arguments.join(" ");
    if !output.status.success() {
        return Err(format!("sso {line} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("sso {line}: {error}"))
}

/// Writes what is ready, and its SHA-256 beside it, as `sha256sum --check` reads it.
fn finish(file: &Path, bytes: &[u8]) -> Result<(), String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let sum = archive::sha256(bytes);
    write(file, bytes)?;
    write(&file.with_file_name(format!("{name}.sha256")), format!("{sum}  {name}\n").as_bytes())?;
    println!("{}: {}, SHA-256 {sum}", file.display(), megabytes(bytes.len()));
    Ok(())
}

/// A line of what rustc says of itself.
fn about_rustc(name: &str) -> Result<String, String> {
    let about = said(program("rustc").arg("-vV")).ok_or("rustc cannot be run")?;
    let value = about.lines().find_map(|line| line.strip_prefix(name));
    value.map(str::to_owned).ok_or_else(|| format!("rustc does not say its {name}"))
}

/// `SOURCE_DATE_EPOCH`, else when the commit was made.
fn time() -> Result<u64, String> {
    let time = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(time) => time,
        Err(_) => said(program("git").args(["log", "-1", "--format=%ct"]))
            .ok_or("git knows no date of this commit: set SOURCE_DATE_EPOCH, in seconds since 1970")?,
    };
    time.trim().parse().map_err(|_| format!("SOURCE_DATE_EPOCH is a number of seconds, and not {time}"))
}

/// What a program prints, if it is there and succeeds.
fn said(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn size(file: &Path) -> Result<String, String> {
    let found = file.metadata().map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("{} bytes ({})", found.len(), megabytes(usize::try_from(found.len()).unwrap_or_default())))
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_this_machine_is_found_in_a_program() {
        let folders = ["/home/ann/.cargo", "/home/ann/sso", ""].map(PathBuf::from);
        let program = |text: &str| [b"\x7fELF\0", text.as_bytes(), b"\0"].concat();
        for (text, found) in [
            ("/cargo/registry/src/clap/lib.rs/sso/crates", None),
            ("/home/ann/.cargo/registry/src/clap/lib.rs", Some("/home/ann/.cargo")),
            ("x/home/ann/sso", Some("/home/ann/sso")),
        ] {
            assert_eq!(named(&program(text), &folders), found.map(Path::new), "{text}");
        }
    }

    #[test]
    fn the_folders_that_are_renamed_are_those_that_code_comes_from() {
        let folders = folders().expect("folders");
        assert!(
            folders.iter().all(|(folder, name)| folder.is_absolute() && name.starts_with('/')),
            "{folders:?}"
        );
        let [(here, _), (crates, _), _] = &folders;
        assert!(here.join("xtask/src/dist.rs").is_file(), "{here:?}");
        assert!(crates.join("registry").is_dir(), "{crates:?}");
    }
}
