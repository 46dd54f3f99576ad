//! `settings.ini`: how this tool opens browsers and signs in, and where it keeps secrets. Its own file, never one of AWS's;
//! read only where a person may be asked to sign in or a token is needed, so that cached credentials cost no further file.

mod fault;
mod read;

pub(crate) use fault::{Expected, SettingsError, SettingsFault};

pub(crate) use read::{PRIVATE, PROFILE};

use serde::Serialize;
use sso_config::{Env, HomeError, Place};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A larger file is not one that somebody wrote by hand.
const LONGEST: u64 = 1024 * 1024;

/// What stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    general: Values,
    sessions: BTreeMap<String, Values>,
}

/// The settings of one section, or those that hold for one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    /// The browser: words, `%s` stands for the address.
    pub(crate) browser: Option<Placed<Vec<String>>>,
    /// A window without cookies of other logins.
    pub(crate) private: Option<Placed<bool>>,
    /// The browser's own profile.
    pub(crate) profile: Option<Placed<String>>,
    /// Which way to sign in.
    pub(crate) flow: Option<Placed<FlowSetting>>,
    /// Where a session's secrets are kept.
    pub(crate) store: Option<Placed<StoreSetting>>,
}

/// A value and the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// `flow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlowSetting {
    /// By the facts about the host.
    Auto,
    /// As `--use-pkce`.
    Pkce,
    /// As `--use-device-code`.
    Device,
}

/// Where the secrets of a session belong: `store`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoreSetting {
    /// All in the files of the AWS tools.
    #[default]
    Shared,
    /// The refresh token and the client's secret in the platform's secret store, the access token in the file.
    Split,
}

impl Settings {
    /// Reads the file. Where there is none, nothing is set.
    ///
    /// # Errors
    /// It cannot be read, or a line is wrong.
    pub(crate) fn load(env: &Env) -> Result<Self, SettingsError> {
        // Without a home directory there is no file; whoever needs one says so.
        let Ok(path) = path(env) else { return Ok(Self::default()) };
        match text(&path) {
            Ok(Some(text)) => Self::parse(&text, &path),
            Ok(None) => Ok(Self::default()),
            Err(error) => Err(SettingsError {
                place: start_of(&path),
                fault: SettingsFault::Unreadable(error.to_string()),
            }),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        read::settings(text, &Arc::from(path))
    }

    /// What holds for a session: its own section, then the top of the file. A `browser_profile` belongs to the browser it
    /// was written for: a session with a browser of its own does not take over the general one.
    pub(crate) fn of(&self, session: Option<&str>) -> Values {
        let own = session.and_then(|name| self.sessions.get(name)).cloned().unwrap_or_default();
        let general = self.general.clone();
        let profile = general.profile.filter(|_| own.browser.is_none());
        Values {
            browser: own.browser.or(general.browser),
            private: own.private.or(general.private),
            profile: own.profile.or(profile),
            flow: own.flow.or(general.flow),
            store: own.store.or(general.store),
        }
    }
}

/// `$XDG_CONFIG_HOME/sso/settings.ini`, else `~/.config/sso/settings.ini`. By the specification a relative variable is none.
fn path(env: &Env) -> Result<PathBuf, HomeError> {
    let named = env.get("XDG_CONFIG_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let base = named.map_or_else(|| env.home_dir().map(|home| home.join(".config")), Ok)?;
    Ok(base.join("sso").join("settings.ini"))
}

fn start_of(path: &Path) -> Place {
    Place { path: Arc::from(path), line: 1, column: 1 }
}

/// The file as text; `None` where there is none. Reading never waits: what is no plain file is refused.
fn text(path: &Path) -> std::io::Result<Option<String>> {
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if !meta.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(std::io::Error::other("it is longer than 1 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not UTF-8 text"))?;
    // Editors of Windows begin files with a mark.
    Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
}

#[cfg(test)]
mod tests;
