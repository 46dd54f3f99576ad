//! Stand-in browsers: shell scripts.

use super::tool::on_path;
use super::world::World;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

impl World {
    /// A browser that is a shell script with curl: opens the page and follows it to its end.
    pub(crate) fn curl_browser(&self) -> Option<String> {
        if !on_path("curl") {
            super::skip("a browser made of curl", "curl is not installed");
            return None;
        }
        Some(self.script("browser", "exec curl --silent --location --max-time 20 --output /dev/null \"$1\""))
    }

    /// A browser that only notes what it was asked to open: see [`World::opened`].
    pub(crate) fn noting_browser(&self) -> String {
        let note = self.outside("opened");
        let note = note.display();
        self.script("noting-browser", &format!("printf '%s\\n' \"$1\" > {note}.tmp && mv {note}.tmp {note}"))
    }

    /// A program of that name that notes its arguments, one in brackets a line: see [`World::arguments`].
    pub(crate) fn fake(&self, name: &str) -> String {
        let note = self.outside(&format!("arguments-of-{name}"));
        let note = note.display();
        self.script(name, &format!("for a; do echo \"[$a]\"; done > {note}.tmp; mv {note}.tmp {note}"))
    }

    /// What a fake program was started with; waits for it, and forgets it.
    pub(crate) fn arguments(&self, name: &str) -> Vec<String> {
        let note = format!("arguments-of-{name}");
        let text = self.wait_for_note(&note);
        std::fs::remove_file(self.outside(&note)).expect("it is there");
        text.lines().map(|line| line.trim_start_matches('[').trim_end_matches(']').to_owned()).collect()
    }

    /// Whether a fake program was started.
    pub(crate) fn was_started(&self, name: &str) -> bool {
        self.outside(&format!("arguments-of-{name}")).exists()
    }

    /// PATH with the scripts of this story before everything else.
    pub(crate) fn path_with_scripts(&self) -> std::ffi::OsString {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.outside("")).chain(std::env::split_paths(&path));
        std::env::join_paths(folders).expect("a PATH")
    }

    /// The address that the noting browser was asked to open; waits for it.
    pub(crate) fn opened(&self) -> String {
        self.wait_for_note("opened").trim_end().to_owned()
    }

    /// What a script has written to a file outside HOME; waits for it.
    pub(crate) fn wait_for_note(&self, name: &str) -> String {
        let (path, started) = (self.outside(name), Instant::now());
        loop {
            match std::fs::read_to_string(&path) {
                Ok(text) => return text,
                Err(_) if started.elapsed() < Duration::from_secs(20) => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }

    /// An executable shell script outside HOME; its path.
    pub(crate) fn script(&self, name: &str, body: &str) -> String {
        let path = self.outside(name);
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a script can be written");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("a mode can be set");
        path.display().to_string()
    }
}
