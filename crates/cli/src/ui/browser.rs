//! Opens a page in a browser: only safe addresses, no shell, nothing of ours inherited (catalogue C1-C3).

use sso_config::Env;
use sso_core::EndpointUrl;
use sso_oidc::is_sign_in_host;
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

/// Longer addresses are not opened.
const LONGEST: usize = 8 * 1024;
/// Commands that people set BROWSER to so that nothing opens.
const NOTHING: [&str; 4] = ["true", ":", "none", "echo"];

impl Browser {
    /// By `--no-browser`, `--browser`, then `BROWSER`. The command is split like a shell would, but no shell runs it.
    ///
    /// # Errors
    /// The command has an open quote; says where it came from.
    pub(crate) fn choose(off: bool, flag: Option<&str>, env: &Env) -> Result<Self, &'static str> {
        let variable = env.text("BROWSER");
        let (text, source) = match (flag, variable.as_deref()) {
            _ if off => return Ok(Self::Off),
            (Some(flag), _) => (flag, "--browser"),
            (None, Some(variable)) => (variable, "BROWSER"),
            (None, None) => return Ok(Self::System),
        };
        let words = shlex::split(text).filter(|words| !words.is_empty()).ok_or(source)?;
        let name = words.first().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
        Ok(if NOTHING.contains(&name) { Self::Off } else { Self::Named(words) })
    }

    /// Starts the browser and does not wait for it.
    ///
    /// # Errors
    /// No browser could be started; the reason.
    pub(crate) fn open(&self, url: &Url, env: &Env) -> Result<(), String> {
        let candidates = match self {
            Self::Off => return Ok(()),
            Self::Named(words) => vec![words.clone()],
            Self::System => system_openers(env),
        };
        let mut reason = "this system has no opener for addresses".to_owned();
        for words in candidates {
            match start(&words, url) {
                Ok(()) => return Ok(()),
                Err(error) => reason = format!("{}: {error}", words.first().map_or("", String::as_str)),
            }
        }
        Err(reason)
    }
}

fn system_openers(env: &Env) -> Vec<Vec<String>> {
    let openers: &[&[&str]] = match () {
        () if cfg!(target_os = "macos") => &[&["open"]],
        () if cfg!(windows) => &[&["rundll32.exe", "url.dll,FileProtocolHandler"]],
        () if env.get("WSL_DISTRO_NAME").is_some() => {
            &[&["wslview"], &["rundll32.exe", "url.dll,FileProtocolHandler"]]
        }
        // Never a text browser: it would take the terminal.
        () if env.get("DISPLAY").is_some() || env.get("WAYLAND_DISPLAY").is_some() => {
            &[&["xdg-open"], &["gio", "open"], &["x-www-browser"]]
        }
        () => &[],
    };
    openers.iter().map(|words| words.iter().map(|&word| word.to_owned()).collect()).collect()
}

fn start(words: &[String], url: &Url) -> std::io::Result<()> {
    let Some((program, rest)) = words.split_first() else { return Ok(()) };
    let has_place = rest.iter().any(|word| word.contains("%s"));
    let mut command = Command::new(program);
    command.args(rest.iter().map(|word| word.replace("%s", url.as_str())));
    if !has_place {
        command.arg(url.as_str());
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for (name, _) in env_of_child() {
        command.env_remove(name);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Its own process group: Ctrl-C in the terminal ends the login, not the browser.
        command.process_group(0);
    }
    command.spawn().map(drop)
}

/// The variables that a browser has no business with.
#[allow(clippy::disallowed_methods, reason = "what the child would inherit, not what we read")]
fn env_of_child() -> impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)> {
    std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_"))
}

/// The address, if it may be opened: https at a host of AWS or at the configured endpoint, or http at that endpoint when it is
/// a loopback literal. Whatever else the service says is shown, never opened.
pub(crate) fn openable(text: &str, endpoint: &EndpointUrl) -> Option<Url> {
    let clean = text.len() <= LONGEST && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let url = Url::parse(text).ok().filter(|_| clean)?;
    let host = url.host_str()?;
    let known = is_sign_in_host(host);
    let configured = url.origin() == endpoint.url().origin();
    let safe = match url.scheme() {
        "https" => known || configured,
        "http" => configured && endpoint.is_loopback(),
        _ => false,
    };
    (safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(browser: &str) -> Env {
        Env::new([("BROWSER".into(), browser.into())], None)
    }

    #[test]
    fn which_browser() {
        let named = |words: &[&str]| Ok(Browser::Named(words.iter().map(|&word| word.to_owned()).collect()));
        for (off, flag, variable, expected) in [
            (false, None, "", Ok(Browser::System)),
            (true, Some("firefox"), "chrome", Ok(Browser::Off)),
            (false, Some("firefox -P 'My Work' %s"), "chrome", named(&["firefox", "-P", "My Work", "%s"])),
            (false, None, "chrome --incognito", named(&["chrome", "--incognito"])),
            (false, None, "true", Ok(Browser::Off)),
            (false, None, "/bin/true", Ok(Browser::Off)),
            (false, Some("a 'b"), "", Err("--browser")),
            (false, None, "$(touch x)", named(&["$(touch", "x)"])),
        ] {
            assert_eq!(Browser::choose(off, flag, &env(variable)), expected, "{flag:?} {variable}");
        }
    }

    #[test]
    fn only_safe_addresses_are_opened() {
        let aws = EndpointUrl::parse("https://oidc.us-east-1.amazonaws.com").expect("an endpoint");
        let local = EndpointUrl::parse("http://127.0.0.1:4000").expect("an endpoint");
        let proxy = EndpointUrl::parse("https://sso.corp.example/aws").expect("an endpoint");
        for (text, endpoint, opened) in [
            ("https://device.sso.us-east-1.amazonaws.com/?user_code=A", &aws, true),
            ("https://corp.awsapps.com/start/#/device", &aws, true),
            ("https://us-east-1.signin.aws/platform", &aws, true),
            ("https://x.portal.eu-west-1.app.aws/", &aws, true),
            ("http://127.0.0.1:4000/device?user_code=A", &local, true),
            ("https://sso.corp.example/device", &proxy, true),
            ("https://attacker-bucket.s3.amazonaws.com/x", &aws, false),
            ("http://127.0.0.1:4001/device", &local, false),
            ("http://127.0.0.1:4000/device", &aws, false),
            ("http://device.sso.us-east-1.amazonaws.com/", &aws, false),
            ("https://amazonaws.com.evil.example/", &aws, false),
            ("https://evilamazonaws.com/", &aws, false),
            ("https://a@device.sso.us-east-1.amazonaws.com/", &aws, false),
            ("https://:b@device.sso.us-east-1.amazonaws.com/", &aws, false),
            ("https://evil.example/?x=amazonaws.com", &aws, false),
            ("file:///etc/passwd", &aws, false),
            ("javascript:alert(1)", &aws, false),
            ("data:text/html,x", &aws, false),
            ("vscode://x", &aws, false),
            ("ms-settings:", &aws, false),
            ("-x", &aws, false),
            ("--help", &aws, false),
            ("", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/\u{0}", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/\n", &aws, false),
            ("https://device.sso.us-east-1.amazonaws.com/a b", &aws, false),
        ] {
            assert_eq!(openable(text, endpoint).is_some(), opened, "{text:?}");
        }
        let long = format!("https://device.sso.us-east-1.amazonaws.com/{}", "a".repeat(LONGEST));
        assert_eq!(openable(&long, &aws), None);
    }
}
