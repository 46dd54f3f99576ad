//! Which browser: `--browser`, the settings, `BROWSER`, the system's opener.

use super::Browser;
use super::family::{program, with_switches};
use crate::settings::{Placed, SettingsError, SettingsFault, Values};
use sso_config::{Env, Place};

/// Commands that people name so that nothing opens.
const NOTHING: [&str; 4] = ["true", ":", "none", "echo"];
/// They would take the terminal that the sign-in needs.
const TEXT: [&str; 7] = ["w3m", "lynx", "links", "links2", "elinks", "www-browser", "browsh"];

/// Why no browser could be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BrowserFault {
    /// The command has an open quote or is empty; where it came from.
    Command(&'static str),
    /// `--browser` names a text browser.
    Text(String),
    /// The settings want what cannot be had.
    Settings(SettingsError),
}

/// The name of the text browser that the command starts, if it does.
pub(crate) fn is_text_browser(words: &[String]) -> Option<String> {
    words.first().map(|word| program(word)).filter(|name| TEXT.contains(&name.as_str()))
}

impl Browser {
    /// By `--no-browser`, `--browser`, the settings, then `BROWSER`. No shell runs any of the commands.
    ///
    /// The settings go before `BROWSER`, as git's `core.editor` goes before `EDITOR`: they were written for this tool, maybe for
    /// this very session, while `BROWSER` is set for all programs, in terminals of VS Code without anybody's asking. But who
    /// says there that nothing shall open is obeyed.
    ///
    /// # Errors
    /// The command that would be used is none, or has no switch for what the settings want.
    pub(crate) fn choose(
        off: bool,
        flag: Option<&str>,
        settings: &Values,
        env: &Env,
    ) -> Result<Self, BrowserFault> {
        if off {
            return Ok(Self::Off);
        }
        if let Some(flag) = flag {
            // As it was typed: it is the whole command.
            let words = words(flag).ok_or(BrowserFault::Command("--browser"))?;
            return match is_text_browser(&words) {
                Some(name) => Err(BrowserFault::Text(name)),
                None => Ok(named(words)),
            };
        }
        let variable = env.text("BROWSER").map(|text| words(&text).ok_or(BrowserFault::Command("BROWSER")));
        if matches!(&variable, Some(Ok(words)) if opens_nothing(words)) {
            return Ok(Self::Off);
        }
        let configured = settings.browser.as_ref().map(|browser| Ok(browser.value.clone()));
        match configured.or(variable).transpose()? {
            Some(words) if opens_nothing(&words) || is_text_browser(&words).is_some() => Ok(Self::Off),
            Some(words) => switched(&words, settings).map(Self::Named),
            None => match wish(settings) {
                Some((key, place)) => Err(unknown(key, place, None)),
                None => Ok(Self::System),
            },
        }
    }
}

fn words(text: &str) -> Option<Vec<String>> {
    shlex::split(text).filter(|words| !words.is_empty())
}

fn named(words: Vec<String>) -> Browser {
    if opens_nothing(&words) { Browser::Off } else { Browser::Named(words) }
}

/// Whether the command is one that people name so that nothing opens.
pub(crate) fn opens_nothing(words: &[String]) -> bool {
    words.first().is_some_and(|word| NOTHING.contains(&program(word).as_str()))
}

/// What the settings want of the browser, where that stands.
fn wish(settings: &Values) -> Option<(&'static str, &Place)> {
    let private = settings.private.as_ref().filter(|private| private.value);
    let private = private.map(|private| (crate::settings::PRIVATE, &private.place));
    private.or_else(|| settings.profile.as_ref().map(|profile| (crate::settings::PROFILE, &profile.place)))
}

fn switched(words: &[String], settings: &Values) -> Result<Vec<String>, BrowserFault> {
    let Some((key, place)) = wish(settings) else { return Ok(words.to_vec()) };
    let private = settings.private.as_ref().is_some_and(|private| private.value);
    let profile = settings.profile.as_ref().map(|Placed { value, .. }| value.as_str());
    with_switches(words, private, profile).ok_or_else(|| unknown(key, place, words.first().cloned()))
}

fn unknown(key: &'static str, place: &Place, browser: Option<String>) -> BrowserFault {
    let fault = SettingsFault::Family { key, browser };
    BrowserFault::Settings(SettingsError { place: place.clone(), fault })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn env(browser: &str) -> Env {
        Env::new([("BROWSER".into(), browser.into())], None)
    }

    fn placed<T>(value: T, line: u32) -> Option<Placed<T>> {
        Some(Placed { value, place: Place { path: Path::new("/s").into(), line, column: 1 } })
    }

    fn settings(browser: Option<&str>, private: Option<bool>, profile: Option<&str>) -> Values {
        Values {
            browser: browser.and_then(|text| placed(shlex::split(text).expect("words"), 1)),
            private: private.and_then(|private| placed(private, 2)),
            profile: profile.and_then(|profile| placed(profile.to_owned(), 3)),
            flow: None,
            store: None,
        }
    }

    fn named(words: &[&str]) -> Result<Browser, BrowserFault> {
        Ok(Browser::Named(words.iter().map(|&word| word.to_owned()).collect()))
    }

    #[test]
    fn flag_settings_variable_system() {
        for (off, flag, set, variable, expected) in [
            (false, None, None, "", Ok(Browser::System)),
            (true, Some("firefox"), Some("brave"), "chrome", Ok(Browser::Off)),
            (
                false,
                Some("firefox -P 'My Work' %s"),
                Some("brave"),
                "chrome",
                named(&["firefox", "-P", "My Work", "%s"]),
            ),
            (false, None, Some("brave --x"), "chrome", named(&["brave", "--x"])),
            (false, None, None, "chrome --incognito", named(&["chrome", "--incognito"])),
            (false, None, None, "$(touch x)", named(&["$(touch", "x)"])),
            // Nothing shall open.
            (false, None, None, "true", Ok(Browser::Off)),
            (false, None, Some("brave"), "/bin/true", Ok(Browser::Off)),
            (false, Some("brave"), None, "true", named(&["brave"])),
            (false, None, Some("none"), "chrome", Ok(Browser::Off)),
            (false, Some("none"), Some("brave"), "chrome", Ok(Browser::Off)),
            // Text browsers.
            (false, None, None, "w3m", Ok(Browser::Off)),
            (false, None, None, "/usr/bin/www-browser %s", Ok(Browser::Off)),
            (false, None, Some("brave"), "lynx", named(&["brave"])),
            (false, Some("/usr/bin/elinks"), None, "", Err(BrowserFault::Text("elinks".into()))),
            (false, Some("a 'b"), None, "", Err(BrowserFault::Command("--browser"))),
            (false, Some(""), None, "", Err(BrowserFault::Command("--browser"))),
            (false, None, None, "a 'b", Err(BrowserFault::Command("BROWSER"))),
            (false, None, Some("brave"), "a 'b", named(&["brave"])),
        ] {
            let chosen = Browser::choose(off, flag, &settings(set, None, None), &env(variable));
            assert_eq!(chosen, expected, "{flag:?} {set:?} {variable}");
        }
    }

    #[test]
    fn private_windows_and_profiles() {
        let fault = |key, line, browser: Option<&str>| {
            let place = Place { path: Path::new("/s").into(), line, column: 1 };
            let fault = SettingsFault::Family { key, browser: browser.map(str::to_owned) };
            Err(BrowserFault::Settings(SettingsError { place, fault }))
        };
        for (flag, browser, private, profile, variable, expected) in [
            (None, Some("chromium"), Some(true), None, "", named(&["chromium", "--incognito"])),
            (None, Some("chromium"), Some(false), None, "", named(&["chromium"])),
            (None, Some("firefox"), None, Some("work"), "", named(&["firefox", "-P", "work"])),
            // They hold for BROWSER too: what was wanted is wanted of whichever browser.
            (None, None, Some(true), None, "brave", named(&["brave", "--incognito"])),
            // What is typed is the whole command.
            (Some("chromium"), None, Some(true), Some("work"), "", named(&["chromium"])),
            (
                None,
                Some("my-browser"),
                Some(true),
                Some("x"),
                "",
                fault("browser_private", 2, Some("my-browser")),
            ),
            (
                None,
                Some("my-browser"),
                Some(false),
                Some("x"),
                "",
                fault("browser_profile", 3, Some("my-browser")),
            ),
            (None, None, Some(true), None, "", fault("browser_private", 2, None)),
            (None, None, Some(false), None, "", Ok(Browser::System)),
            (None, Some("none"), Some(true), None, "", Ok(Browser::Off)),
        ] {
            let chosen = Browser::choose(false, flag, &settings(browser, private, profile), &env(variable));
            assert_eq!(chosen, expected, "{flag:?} {browser:?} {variable}");
        }
    }
}
