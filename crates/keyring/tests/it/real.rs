//! The real Secret Service: gnome-keyring on a bus of its own. The test starts itself again below `dbus-run-session`.

use sso_core::StoredSecret;
use sso_keyring::{Chunked, Platform, SessionBus, Vault as _, VaultError, platform};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Set in the process that runs on the bus.
const INSIDE: &str = "SSO_KEYRING_INSIDE";

/// Starts the daemon with a keyring that this password opens, then the test once more.
const SCRIPT: &str =
    "printf 'a password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec \"$@\"";

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether this is the process on the bus. The other one runs it and passes its verdict on.
fn inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if !["dbus-run-session", "gnome-keyring-daemon"].into_iter().all(on_path) {
        sso_vectors::skip(test, "dbus-run-session or gnome-keyring-daemon is not installed");
        return false;
    }
    let home = tempfile();
    let me = std::env::current_exe().expect("this program");
    let status = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", SCRIPT, "sh"])
        .arg(me)
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env_remove("XDG_DATA_HOME")
        .stdin(Stdio::null())
        .status()
        .expect("it runs");
    let _ = std::fs::remove_dir_all(home);
    assert!(status.success(), "{status}");
    false
}

fn tempfile() -> PathBuf {
    use std::os::unix::fs::DirBuilderExt as _;
    let path = std::env::temp_dir().join(format!("sso-keyring-{}", std::process::id()));
    std::fs::DirBuilder::new().mode(0o700).create(&path).expect("made");
    path
}

fn bus() -> SessionBus {
    SessionBus { address: std::env::var("DBUS_SESSION_BUS_ADDRESS").ok(), socket: None }
}

fn secret(size: usize) -> StoredSecret {
    StoredSecret::new("x".repeat(size))
}

#[test]
fn items_of_every_size() {
    if !inside("real::items_of_every_size") {
        return;
    }
    let vault = platform(bus());
    assert_eq!((vault.get("a"), vault.delete("a")), (Ok(None), Ok(false)));
    for size in [10, 10 * 1024, 100 * 1024, 0] {
        vault.set("a", &secret(size)).expect("kept");
        assert_eq!(vault.get("a"), Ok(Some(secret(size))), "{size}");
        // Somebody who comes later.
        assert_eq!(platform(bus()).get("a"), Ok(Some(secret(size))), "{size}");
    }
    assert_eq!((vault.delete("a"), vault.get("a")), (Ok(true), Ok(None)));
    // As on Windows.
    let small = Chunked::new(Platform::new(bus()), 2_000);
    for size in [10 * 1024, 9 * 1024, 10] {
        small.set("a", &secret(size)).expect("kept");
        assert_eq!(small.get("a"), Ok(Some(secret(size))), "{size}");
    }
    assert_eq!(
        (small.delete("a"), vault.get("a (0.0)"), vault.get("a (1.0)")),
        (Ok(true), Ok(None), Ok(None))
    );
}

/// Whoever lives long outlives the daemon: what was asked of the old one fails at most once.
#[test]
fn a_daemon_that_starts_anew_is_found_again() {
    if !inside("real::a_daemon_that_starts_anew_is_found_again") {
        return;
    }
    let vault = platform(bus());
    vault.set("a", &secret(10)).expect("kept");
    let again = SCRIPT.replace("--unlock", "--replace --unlock");
    let status = Command::new("sh").args(["-c", &again, "sh", "true"]).status().expect("it runs");
    assert!(status.success(), "{status}");
    let first = vault.get("a");
    assert_eq!(vault.get("a"), Ok(Some(secret(10))), "after {first:?}");
}

#[test]
fn without_a_bus_nothing_is_asked() {
    let nowhere = platform(SessionBus { address: Some("unix:path=/nonexistent/bus".into()), socket: None });
    let begun = std::time::Instant::now();
    assert!(matches!(nowhere.get("a"), Err(VaultError::NoBus(_))));
    assert!(begun.elapsed() < std::time::Duration::from_secs(1), "{:?}", begun.elapsed());
}
