//! Input that nobody writes on purpose: bytes, sizes, and things that are no files.

use crate::support::{config, profiles};
use sso_config::{ConfigError, ConfigSet, Document, Env, MAX_FILE_BYTES, NotAFile};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn parse(bytes: &[u8]) -> Result<Document, ConfigError> {
    Document::parse(bytes, Path::new("/c"))
}

#[test]
fn bytes_that_are_no_text() {
    for (bytes, line, column, is_utf16) in [
        (&b"[profile a]\nk = \xc3\xa9\xff\n"[..], 2, 6, false),
        (b"\xff\xfe[\0", 1, 1, true),
        (b"\xc3", 1, 1, false),
        (b"a\nb\ncd\x80", 3, 3, false),
        (b"\n\x80", 2, 1, false),
    ] {
        match parse(bytes) {
            Err(ConfigError::NotUtf8 { place, utf16 }) => {
                assert_eq!((place.line, place.column, utf16), (line, column, is_utf16), "{bytes:?}");
            }
            other => panic!("{bytes:?}: {other:?}"),
        }
    }
}

#[test]
fn carriage_returns_alone_are_named() {
    let found = parse(b"[profile a]\rk = v\r");
    assert!(matches!(found, Err(ConfigError::CarriageReturns { place }) if place.column == 12));
}

#[test]
fn sizes() {
    let long = "x".repeat(4 << 20);
    let set = config(&format!("[profile a]\nk = {long}\nl = 1"));
    assert_eq!(profiles(&set)["a"]["k"].len(), long.len());
    assert!(matches!(parse(&vec![b'\n'; MAX_FILE_BYTES + 1]), Err(ConfigError::TooLarge { .. })));
    let mut many = String::from("[sso-session s]\nsso_start_url = https://x\nsso_region = r\n");
    for number in 0..10_000 {
        write!(
            many,
            "[profile account-{number:05}-administrator]\nsso_session = s\nsso_account_id = {number:012}\n\
             sso_role_name = Administrator\nregion = eu-central-1\noutput = json\n\n"
        )
        .expect("a string");
    }
    let set = config(&many);
    assert_eq!(set.profiles().count(), 10_000);
    assert!(set.resolve(&"account-09999-administrator".into()).is_ok());
    assert_eq!(set.problems(), []);
}

#[allow(clippy::disallowed_methods, reason = "a test writes its own temporary file")]
fn write_home(home: &Path, text: &str) {
    fs::create_dir_all(home.join(".aws")).expect("a directory");
    fs::write(home.join(".aws/config"), text).expect("a file");
}

#[test]
fn what_is_no_file() {
    let home = tempfile::tempdir().expect("a directory");
    let load = |path: &Path| {
        ConfigSet::load(&Env::new([("AWS_CONFIG_FILE".into(), path.into())], Some(home.path().into())))
    };
    assert!(load(&home.path().join("none")).is_ok_and(|set| !set.config().exists()));
    let directory = load(home.path());
    assert!(matches!(directory, Err(ConfigError::NotAFile { kind: NotAFile::Directory, .. })));
    write_home(home.path(), "[default]\nregion = r\n");
    assert!(load(&home.path().join(".aws/config/below")).is_ok_and(|set| !set.config().exists()));
    let set = ConfigSet::load(&Env::new([], Some(home.path().into()))).expect("loads");
    assert!(set.config().exists() && !set.credentials().exists());
    assert_eq!(set.profiles().count(), 1);
}

#[cfg(unix)]
#[test]
fn what_would_never_end() {
    use std::os::unix::net::UnixListener;
    let home = tempfile::tempdir().expect("a directory");
    let load = |path: &Path| {
        ConfigSet::load(&Env::new([("AWS_CONFIG_FILE".into(), path.into())], Some(home.path().into())))
    };
    assert!(load(Path::new("/dev/null")).is_ok());
    let endless = load(Path::new("/dev/zero"));
    assert!(matches!(endless, Err(ConfigError::NotAFile { kind: NotAFile::Special, .. })));
    let fifo = home.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(matches!(load(&fifo), Err(ConfigError::NotAFile { kind: NotAFile::Special, .. })));
    }
    let socket = home.path().join("socket");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    assert!(matches!(load(&socket), Err(ConfigError::NotAFile { kind: NotAFile::Special, .. })));
}
