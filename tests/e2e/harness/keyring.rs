//! A real Secret Service for one story: a session bus of its own, with gnome-keyring on it, whose keyrings are outside HOME.

use super::table::skip;
use super::tool::on_path;
use super::world::World;
use rustix::process::{Pid, Signal, kill_process};
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The bus and the keyring; both end with the story.
pub(crate) struct Keyring {
    root: PathBuf,
    bus: Child,
    daemon: Child,
}

/// Only what a story needs may be started by the bus: a prompt, which notes that it was.
const BUS: &str = r#"<busconfig><type>session</type><listen>unix:path=ROOT/bus</listen><auth>EXTERNAL</auth>
<servicedir>ROOT/services</servicedir><policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy>
<limit name="max_connections_per_user">100000</limit></busconfig>"#;

impl World {
    /// A keyring that is unlocked, for all runs of this world. Nothing where the tools are missing, which is said.
    pub(crate) fn keyring(&self) -> Option<Keyring> {
        for (program, package) in
            [("dbus-daemon", "dbus"), ("dbus-send", "dbus"), ("gnome-keyring-daemon", "gnome-keyring")]
        {
            if !on_path(program) {
                skip("a story with a keyring", &format!("{program} ({package}) is not installed"));
                return None;
            }
        }
        let keyring = Keyring::start(&self.outside("keyring"));
        self.sets("DBUS_SESSION_BUS_ADDRESS", &keyring.address());
        Some(keyring)
    }
}

impl Keyring {
    fn start(root: &Path) -> Self {
        for folder in ["", "services", "home", "run"] {
            let made = std::fs::DirBuilder::new().mode(0o700).create(root.join(folder));
            made.expect("a folder can be made");
        }
        let put =
            |name: &str, text: String| std::fs::write(root.join(name), text).expect("it can be written");
        put("bus.conf", BUS.replace("ROOT", &root.display().to_string()));
        let prompt = format!(
            "[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sh -c \"touch {}/asked\"\n",
            root.display()
        );
        put("services/prompt.service", prompt);
        let silent = |program: &str| {
            let mut command = Command::new(program);
            command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
            command.env("HOME", root.join("home")).env("XDG_RUNTIME_DIR", root.join("run"));
            command.env("DBUS_SESSION_BUS_ADDRESS", address(root));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let mut bus = silent("dbus-daemon");
        let bus = bus.args(["--nofork", "--nopidfile", "--config-file"]).arg(root.join("bus.conf")).spawn();
        let bus = bus.expect("the bus starts");
        until("the bus is there", || root.join("bus").exists());
        let mut daemon = silent("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut daemon = daemon.spawn().expect("the keyring starts");
        // The password is the only line, without an end.
        daemon.stdin.take().expect("a pipe").write_all(b"a password").expect("it listens");
        let keyring = Self { root: root.to_owned(), bus, daemon };
        until("the keyring is there", || {
            keyring.send("Introspectable.Introspect", "org.freedesktop.DBus", &[])
        });
        keyring
    }

    /// Where the bus is.
    pub(crate) fn address(&self) -> String {
        address(&self.root)
    }

    /// Locks every keyring.
    pub(crate) fn lock(&self) {
        let collection = "array:objpath:/org/freedesktop/secrets/collection/login";
        assert!(self.send("Service.Lock", "org.freedesktop.Secret", &[collection]), "it can be locked");
    }

    /// Whether somebody was asked for a password.
    pub(crate) fn asked(&self) -> bool {
        self.root.join("asked").exists()
    }

    /// The keyring answers no more, until it goes on.
    pub(crate) fn stop(&self, stopped: bool) {
        let signal = if stopped { Signal::STOP } else { Signal::CONT };
        kill_process(Pid::from_child(&self.daemon), signal).expect("it lives");
    }

    /// Calls the keyring; whether that went well.
    fn send(&self, method: &str, interface: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
        ]);
        command.arg(format!("{interface}.{method}")).args(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", self.address());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }
}

fn address(root: &Path) -> String {
    format!("unix:path={}/bus", root.display())
}

fn until(what: &str, is: impl Fn() -> bool) {
    let started = Instant::now();
    while !is() {
        assert!(started.elapsed() < Duration::from_secs(20), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
