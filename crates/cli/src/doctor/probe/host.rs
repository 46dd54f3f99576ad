//! This host: who runs the command, what it is started from, what is on `PATH`.

use super::helpers::file_names;
use crate::ui::host;
use sso_config::Env;
use sso_oidc::HostFacts;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is known of this host.
pub(crate) struct Host {
    /// What decides between a browser here and a code.
    pub(crate) login: HostFacts,
    /// This is Linux inside Windows.
    pub(crate) wsl: bool,
    /// The first part of the name of each opener of Windows that is on `PATH`.
    pub(crate) windows_opener: Option<PathBuf>,
    /// Whether there is a terminal to ask at.
    pub(crate) terminal: bool,
    /// Why 127.0.0.1 cannot be listened at and reached, if so.
    pub(crate) loopback: Result<(), String>,
    /// The program that `BROWSER` names, as far as it can be found.
    pub(crate) browser: Option<Program>,
    /// The session bus's socket is named, and is not there.
    pub(crate) dead_bus: Option<PathBuf>,
}

/// A program that is named somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// The first word of the command.
    pub(crate) word: String,
    /// Where it is; `None`: nowhere.
    pub(crate) path: Option<PathBuf>,
}

impl Host {
    pub(super) fn gather(env: &Env, terminal: bool) -> Self {
        let wsl = host::is_wsl(env, &host::kernel());
        let browser = env.text("BROWSER").and_then(|text| shlex::split(&text)).and_then(|words| {
            let word = words.into_iter().next()?;
            Some(Program { path: on_path(env, &word).into_iter().next(), word })
        });
        Self {
            login: host::facts(env, env.get("BROWSER").is_some()),
            wsl,
            windows_opener: ["wslview", "rundll32.exe"]
                .iter()
                .find_map(|name| on_path(env, name).into_iter().next()),
            terminal,
            loopback: loopback(),
            browser,
            dead_bus: env.text("DBUS_SESSION_BUS_ADDRESS").and_then(|address| dead_socket(&address)),
        }
    }
}

/// All programs of a name on `PATH`, in its order, each file once however it is linked. A word with more than a name is a path itself.
pub(crate) fn on_path(env: &Env, word: &str) -> Vec<PathBuf> {
    if word.contains(std::path::is_separator) {
        return Some(PathBuf::from(word)).filter(|path| is_program(path)).into_iter().collect();
    }
    let path = env.get("PATH").unwrap_or_default();
    let names = file_names(env, word);
    let mut found: Vec<(PathBuf, PathBuf)> = Vec::new();
    let files =
        std::env::split_paths(path).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    for file in files.filter(|file| is_program(file)) {
        let real = file.canonicalize().unwrap_or_else(|_| file.clone());
        if !found.iter().any(|(_, known)| *known == real) {
            found.push((file, real));
        }
    }
    found.into_iter().map(|(file, _)| file).collect()
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Opens a port as a login does, and calls it.
fn loopback() -> Result<(), String> {
    const LIMIT: Duration = Duration::from_millis(500);
    let call = || -> io::Result<()> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        TcpStream::connect_timeout(&listener.local_addr()?, LIMIT).map(drop)
    };
    call().map_err(|error| error.to_string())
}

/// `unix:path=/run/user/1000/bus`: the path, if there is nothing.
fn dead_socket(address: &str) -> Option<PathBuf> {
    let first = address.split(';').next()?.strip_prefix("unix:")?;
    let path = first.split(',').find_map(|part| part.strip_prefix("path="))?;
    Some(PathBuf::from(path)).filter(|path| !path.exists())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn programs_of_one_name_are_found_once_each() {
        let dir = tempfile::tempdir().expect("a directory");
        let (one, two, three) = (dir.path().join("1"), dir.path().join("2"), dir.path().join("3"));
        for folder in [&one, &two, &three] {
            std::fs::create_dir(folder).expect("made");
        }
        sso_fs::replace(&one.join("aws"), b"", None).expect("written");
        std::fs::set_permissions(one.join("aws"), std::fs::Permissions::from_mode(0o755)).expect("set");
        std::os::unix::fs::symlink(one.join("aws"), two.join("aws")).expect("linked");
        // Not a program.
        sso_fs::replace(&three.join("aws"), b"", None).expect("written");
        let path = std::env::join_paths([&two, &one, &three]).expect("a PATH");
        let env = Env::new([("PATH".into(), path)], None);
        assert_eq!(on_path(&env, "aws"), [two.join("aws")]);
        assert_eq!(on_path(&env, &one.join("aws").to_string_lossy()), [one.join("aws")]);
        assert!(on_path(&env, "nope").is_empty());
    }

    #[test]
    fn which_bus_is_dead() {
        for (address, dead) in [
            ("unix:path=/nonexistent/bus", true),
            ("unix:path=/nonexistent/bus,guid=1", true),
            ("unix:path=/,guid=1", false),
            ("tcp:host=x", false),
            ("disabled:", false),
        ] {
            assert_eq!(dead_socket(address).is_some(), dead, "{address}");
        }
    }

    #[test]
    fn here_a_port_can_be_opened_and_called() {
        assert_eq!(loopback(), Ok(()));
    }
}
