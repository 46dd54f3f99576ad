//! Opens a page in a browser: only safe addresses, no shell, nothing of ours inherited (catalogue C1-C3).

mod choose;
mod family;
mod safe;

pub(crate) use choose::{BrowserFault, is_text_browser, opens_nothing};
pub(crate) use safe::openable;

use super::host;
use sso_config::Env;
use std::process::{Command, Stdio};
use url::Url;

/// Which browser to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// None: the address is printed only.
    Off,
    /// The user's command; `%s` stands for the address, else it is appended.
    Named(Vec<String>),
    /// The system's opener.
    System,
}

/// The graphical browsers that `xdg-open` may look for where the desktop has no opener of its own. Left alone it also takes
/// text browsers, and those take the terminal.
const GRAPHICAL: &str =
    "x-www-browser:firefox:firefox-esr:chromium:chromium-browser:google-chrome:brave-browser:microsoft-edge";

impl Browser {
    /// Starts the browser and does not wait for it.
    ///
    /// # Errors
    /// No browser could be started; the reason.
    pub(crate) fn open(&self, url: &Url, env: &Env) -> Result<(), String> {
        let candidates = match self {
            Self::Off => return Ok(()),
            Self::Named(words) => vec![words.clone()],
            Self::System => system_openers(env, host::is_wsl(env, &host::kernel())),
        };
        let mut reason = "this system has no opener for addresses".to_owned();
        for words in candidates {
            match start(&words, &safe::tame(url)) {
                Ok(()) => return Ok(()),
                Err(error) => reason = format!("{}: {error}", words.first().map_or("", String::as_str)),
            }
        }
        Err(reason)
    }
}

/// Programs that open an address in the user's browser, best first. Never a text browser: it would take the terminal.
fn system_openers(env: &Env, wsl: bool) -> Vec<Vec<String>> {
    const HANDLER: &str = "url.dll,FileProtocolHandler";
    let desktop = env.get("DISPLAY").is_some() || env.get("WAYLAND_DISPLAY").is_some();
    let mut openers: Vec<&[&str]> = Vec::new();
    match () {
        () if cfg!(target_os = "macos") => openers.push(&["open"]),
        () if cfg!(windows) => openers.push(&["rundll32.exe", HANDLER]),
        () => {
            if wsl {
                // The Windows browser. No interpreter between: cmd and PowerShell would read the address.
                openers.push(&["wslview"]);
                openers.push(&["rundll32.exe", HANDLER]);
                // Where Windows' programs are not on PATH (appendWindowsPath = false).
                openers.push(&["/mnt/c/Windows/System32/rundll32.exe", HANDLER]);
            }
            if desktop {
                openers.extend([&["xdg-open"] as &[&str], &["gio", "open"], &["x-www-browser"]]);
            }
        }
    }
    openers.iter().map(|words| words.iter().map(|&word| word.to_owned()).collect()).collect()
}

fn start(words: &[String], address: &str) -> std::io::Result<()> {
    let Some((program, rest)) = words.split_first() else { return Ok(()) };
    let has_place = rest.iter().any(|word| word.contains("%s"));
    let mut command = Command::new(program);
    command.args(rest.iter().map(|word| word.replace("%s", address)));
    if !has_place {
        command.arg(address);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, _) in env_of_child() {
        command.env_remove(name);
    }
    if program == "xdg-open" {
        command.env("BROWSER", GRAPHICAL);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Its own process group: Ctrl-C in the terminal ends the login, not the browser; and in the background of the
        // terminal, the kernel stops whatever reads from it.
        command.process_group(0);
    }
    command.spawn().map(drop)
}

/// The variables that a browser has no business with.
#[allow(clippy::disallowed_methods, reason = "what the child would inherit, not what we read")]
fn env_of_child() -> impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)> {
    std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_"))
}

#[cfg(all(test, not(any(windows, target_os = "macos"))))]
mod tests {
    use super::*;

    /// The first word of each opener.
    fn openers(variables: &[&str], wsl: bool) -> Vec<String> {
        let env = Env::new(variables.iter().map(|name| ((*name).into(), ":0".into())), None);
        system_openers(&env, wsl).into_iter().filter_map(|words| words.into_iter().next()).collect()
    }

    #[test]
    fn what_opens_where() {
        const RUNDLL: &str = "/mnt/c/Windows/System32/rundll32.exe";
        assert_eq!(openers(&[], false), [""; 0]);
        for display in ["DISPLAY", "WAYLAND_DISPLAY"] {
            assert_eq!(openers(&[display], false), ["xdg-open", "gio", "x-www-browser"]);
        }
        assert_eq!(openers(&[], true), ["wslview", "rundll32.exe", RUNDLL]);
        // WSLg: the Windows browser has the user's cookies.
        assert_eq!(openers(&["DISPLAY"], true).first().map(String::as_str), Some("wslview"));
    }

    #[test]
    fn no_opener_is_a_text_browser_or_an_interpreter() {
        for words in system_openers(&Env::new([("DISPLAY".into(), ":0".into())], None), true) {
            assert_eq!(is_text_browser(&words), None);
            assert!(
                !words.iter().any(|word| word.contains("cmd") || word.contains("powershell")),
                "{words:?}"
            );
        }
        for name in GRAPHICAL.split(':') {
            assert_eq!(is_text_browser(&[name.to_owned()]), None);
        }
    }
}
