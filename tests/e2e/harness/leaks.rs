//! The search for secrets: in everything that was printed, and in every file below HOME.
//!
//! The simulated AWS puts the word `CANARY` into each secret it issues. They are looked for whole and by that word (a part is
//! a leak too), plainly and in the encodings that logs like: percent, base64, JSON.

use super::files::{Snapshot, collect};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sso_sim::Sim;
use std::collections::BTreeSet;
use std::path::Path;

const MARK: &str = "CANARY";

/// What a run printed.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) line: String,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// It was asked for role credentials: those, and nothing else, may be on its stdout.
    pub(crate) gives_credentials: bool,
    /// It was asked for the address of the console: the sign-in token, and nothing else, may be on its stdout.
    pub(crate) gives_address: bool,
}

/// The secrets of a world.
struct Secrets {
    /// Access tokens, refresh tokens, client secrets, device codes.
    session: Vec<String>,
    /// Secret keys and session tokens of roles.
    role: Vec<String>,
    /// Sign-in tokens of the console.
    console: Vec<String>,
    /// PKCE verifiers and states, which have no mark.
    own: Vec<String>,
}

impl Secrets {
    fn of(sim: &Sim) -> Self {
        let (role, others): (Vec<String>, Vec<String>) =
            sim.canaries().into_iter().partition(|secret| is_of_role(secret));
        let (console, session) = others.into_iter().partition(|secret| secret.starts_with("VCQgs5qZ"));
        Self { session, role, console, own: sim.seen_secrets() }
    }
}

/// Secret keys begin with the mark, session tokens as AWS's do.
fn is_of_role(secret: &str) -> bool {
    secret.starts_with(MARK) && secret.len() == 40 || secret.starts_with("IQoJb3JpZ2lu")
}

/// Searches everything.
///
/// # Errors
/// The first leak, with the place.
pub(super) fn search(runs: &[Captured], home: &Path, sim: &Sim) -> Result<(), String> {
    let secrets = Secrets::of(sim);
    let both = |a: &[String], b: &[String]| -> Vec<String> { a.iter().chain(b).cloned().collect() };
    for run in runs {
        let place = |name: &str| format!("{name} of `sso {}`", run.line);
        let all = both(&both(&secrets.session, &secrets.role), &both(&secrets.console, &secrets.own));
        // A state is part of the address that the user is shown; nowhere else may it be.
        let mut stderr = String::from_utf8_lossy(&run.stderr).into_owned();
        for state in &secrets.own {
            stderr = stderr.replace(&format!("&state={state}&code_challenge"), "");
        }
        nowhere(stderr.as_bytes(), &all, &place("stderr"))?;
        if run.gives_credentials {
            let others = both(&both(&secrets.session, &secrets.console), &secrets.own);
            known_only(&run.stdout, &secrets.role, &others, &place("stdout"))?;
        } else if run.gives_address {
            // As a parameter of an address it is percent-encoded.
            let allowed: Vec<String> = secrets.console.iter().map(|token| percent(token, true)).collect();
            let others = both(&both(&secrets.session, &secrets.role), &secrets.own);
            known_only(&run.stdout, &allowed, &others, &place("stdout"))?;
        } else {
            nowhere(&run.stdout, &all, &place("stdout"))?;
        }
    }
    search_files(home, &secrets)
}

/// The cache directories may hold their own kind of secrets, in files of the owner; other files none.
fn search_files(home: &Path, secrets: &Secrets) -> Result<(), String> {
    let mut files = Snapshot::new();
    collect(home, &mut files);
    for (path, (mode, content)) in files {
        let Some(content) = content else { continue };
        let place = format!("{} (mode {mode:o})", path.display());
        let of_session = path.starts_with(home.join(".aws/sso/cache"));
        let of_role = path.starts_with(home.join(".aws/cli/cache"));
        if (of_session || of_role) && mode & 0o177 != 0 {
            return Err(format!("others may read {place}"));
        }
        let foreign: Vec<String> = match () {
            () if of_session => [&secrets.role[..], &secrets.console, &secrets.own].concat(),
            () if of_role => [&secrets.session[..], &secrets.console, &secrets.own].concat(),
            () => [&secrets.session[..], &secrets.role, &secrets.console, &secrets.own].concat(),
        };
        for secret in &foreign {
            find(&content, secret, &place)?;
        }
        if !of_session && !of_role && find(&content, MARK, &place).is_err() {
            return Err(format!("a part of a secret is in {place}"));
        }
    }
    Ok(())
}

/// No secret, nor a part of one, is in the bytes.
fn nowhere(bytes: &[u8], secrets: &[String], place: &str) -> Result<(), String> {
    secrets.iter().try_for_each(|secret| find(bytes, secret, place))?;
    find(bytes, MARK, place)
}

/// Of all secrets only the allowed ones are in the bytes.
fn known_only(bytes: &[u8], allowed: &[String], others: &[String], place: &str) -> Result<(), String> {
    others.iter().try_for_each(|secret| find(bytes, secret, place))?;
    let mut rest = String::from_utf8_lossy(bytes).into_owned();
    for secret in allowed {
        rest = rest.replace(secret.as_str(), "");
    }
    find(rest.as_bytes(), MARK, place)
}

fn find(bytes: &[u8], secret: &str, place: &str) -> Result<(), String> {
    let found = |form: &String| bytes.windows(form.len()).any(|window| window == form.as_bytes());
    match forms(secret).iter().find(|form| found(form)) {
        Some(form) => Err(format!("a secret has leaked into {place}, as {form:?}")),
        None => Ok(()),
    }
}

/// How a text looks in logs.
fn forms(text: &str) -> BTreeSet<String> {
    let json = text.replace('/', "\\/");
    let escaped = text.replace('+', "\\u002b").replace('=', "\\u003d").replace('/', "\\u002f");
    let mut forms: BTreeSet<String> =
        [text.to_owned(), percent(text, true), percent(text, false), json, escaped].into();
    for before in 0..3 {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            // Inside a longer text it begins at any of three positions; its first and last letters depend on the rest.
            let encoded = engine.encode([&vec![0; before][..], text.as_bytes()].concat());
            let core = encoded.get([0, 2, 3][before]..encoded.len() - 2).unwrap_or_default();
            forms.insert(core.to_owned());
        }
    }
    forms.retain(|form| form.len() >= MARK.len());
    forms
}

/// The text as a parameter of an address.
fn percent(text: &str, upper: bool) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other if upper => format!("%{other:02X}"),
        other => format!("%{other:02x}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::World;

    fn run(stdout: &str, stderr: &str, gives_credentials: bool) -> Captured {
        let line = "test".into();
        Captured {
            line,
            stdout: stdout.into(),
            stderr: stderr.into(),
            gives_credentials,
            gives_address: false,
        }
    }

    /// The harness itself: what it could not find would never be found.
    #[test]
    fn the_search_finds_secrets_in_every_guise() {
        let world = World::corp("harness: the search finds a canary");
        world.sign_in();
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
        let (sim, home) = (&world.sim, world.home());
        let secrets = Secrets::of(sim);
        assert!(!secrets.session.is_empty() && !secrets.role.is_empty() && !secrets.own.is_empty());
        let leaks = |runs: &[Captured]| search(runs, home, sim).is_err();
        assert!(!leaks(&[run("nothing", "nothing", true)]));
        for secret in secrets.session.iter().chain(&secrets.role) {
            for form in forms(secret) {
                assert!(leaks(&[run("", &format!("x{form}x"), true)]), "{form}");
                assert!(leaks(&[run(&form, "", false)]), "{form}");
            }
            for before in ["", "a", "ab", "abc"] {
                let text = STANDARD_NO_PAD.encode(format!("{before}{secret}after"));
                assert!(leaks(&[run("", &text, false)]), "{text}");
            }
            // A part of one.
            let at = secret.find(MARK).expect("every canary has the mark");
            assert!(leaks(&[run("", &secret[at..at + 12], false)]));
        }
        for own in &secrets.own {
            assert!(leaks(&[run("", own, false)]));
            assert!(!leaks(&[run("", &format!("https://x/?a=b&state={own}&code_challenge=x"), false)]));
        }
        assert!(leaks(&[run(&secrets.session[0], "", true)]));
        assert!(!leaks(&[run(&secrets.role[0], "", true)]));
    }

    #[test]
    fn the_search_finds_secrets_in_files() {
        let world = World::corp("harness: the search finds a canary in a file");
        world.sign_in();
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
        let secrets = Secrets::of(&world.sim);
        let clean = || search(&[], world.home(), &world.sim);
        for (name, secret) in [
            (".aws/log", &secrets.session[0]),
            (".aws/log", &secrets.role[0]),
            (".aws/cli/cache/x.json", &secrets.session[0]),
            (".aws/sso/cache/x.json", &secrets.role[0]),
            (".aws/sso/cache/x.json", &secrets.own[0]),
        ] {
            assert_eq!(clean(), Ok(()));
            world.write_private(name, secret);
            assert!(clean().is_err(), "{name}");
            std::fs::remove_file(world.home().join(name)).expect("it is there");
        }
        world.write(".aws/sso/cache/x.json", "readable by others");
        assert!(clean().is_err());
        std::fs::remove_file(world.home().join(".aws/sso/cache/x.json")).expect("it is there");
    }
}
