//! Where the secrets of a session are kept: as the settings say (`store`), and as the disk shows; and the store that goes with
//! it. What lies otherwise than the settings say is moved by whoever needs the token, and that is told.

pub(crate) mod encryption;
#[cfg(feature = "keyring")]
mod vault;
#[cfg(not(feature = "keyring"))]
#[path = "kept/no_vault.rs"]
mod vault;

use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, Voice};
use crate::output::escape::escape;
use crate::settings::{Placed, Settings, SettingsError, StoreSetting};
use serde::Serialize;
use sso_cache::FileStore;
use sso_config::{Env, SsoSession};
use sso_core::{
    Clock, Lookup, Region, RegistrationKey, RegistrationStore, StoreError, TokenKey, TokenSet, TokenStore,
};
use std::sync::Arc;

pub(crate) use vault::NAME;

/// The ports to tokens and registrations, wherever they are.
pub(crate) trait Tokens: TokenStore + RegistrationStore {}

impl<T: TokenStore + RegistrationStore> Tokens for T {}

/// A store in two halves, in a build that has one.
trait Halved: Tokens {
    /// Whether the files have what belongs into the secret store.
    fn lies_in_files(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError>;
    /// Whether the secret store has the session's half.
    fn holds(&self, key: &TokenKey) -> Result<bool, StoreError>;
    /// Moves it into the secret store.
    fn take_in(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError>;
    /// Moves it into the files.
    fn give_back(&self, key: &TokenKey, registration: &RegistrationKey) -> Result<bool, StoreError>;
}

/// What it takes to find a session's store.
pub(crate) struct Keeper<'a> {
    env: &'a Env,
    clock: Arc<dyn Clock>,
    files: &'a FileStore,
    settings: Result<Settings, SettingsError>,
}

impl<'a> Keeper<'a> {
    /// Reads the settings.
    pub(crate) fn new(env: &'a Env, clock: &Arc<dyn Clock>, files: &'a FileStore) -> Self {
        Self { env, clock: Arc::clone(clock), files, settings: Settings::load(env) }
    }

    /// The caches.
    pub(crate) fn files(&self) -> &FileStore {
        self.files
    }

    fn setting(&self, session: &SsoSession) -> Result<Option<Placed<StoreSetting>>, SettingsError> {
        let settings = self.settings.as_ref().map_err(Clone::clone)?;
        Ok(settings.of(session.name.as_ref().map(|name| name.as_str())).store)
    }

    fn halved(&self) -> Option<Arc<dyn Halved>> {
        vault::open(self.env, &self.clock, self.files)
    }

    /// Without the feature there is no secret store, and no falling back to files.
    fn halved_or_told(
        &self,
        setting: &Placed<StoreSetting>,
        voice: &Voice,
    ) -> Result<Arc<dyn Halved>, CliError> {
        self.halved().ok_or_else(|| {
            let headline = "The settings ask for a secret store, and this build of sso has none.";
            CliError::new(Code::S01, Exit::Configuration, headline)
                .note("at", voice.place(&setting.place))
                .note("note", "secrets are not written to files instead")
                .fix("install a build with the feature keyring, or write store = shared")
        })
    }

    /// The session's store as it is, for whoever only looks; and where its secrets are.
    pub(crate) fn look(&self, session: &SsoSession, voice: &Voice) -> (Arc<dyn Tokens>, Whereabouts) {
        let files: Arc<dyn Tokens> = Arc::new(self.files.clone());
        let key = session.token_key();
        let lies = |token: &TokenSet| token.refresh_token.is_some() || has_client_secret(token);
        let file = self.files.load(&key).ok().and_then(Lookup::found);
        let plain = file.as_ref().is_some_and(lies);
        let mut whereabouts =
            Whereabouts { half: file.as_ref().is_some_and(is_half), plain, ..Whereabouts::default() };
        let setting = match self.setting(session) {
            Ok(setting) => setting,
            Err(error) => {
                whereabouts.trouble = Some(error.explain(voice));
                return (files, whereabouts);
            }
        };
        let Some(setting) = setting.filter(|setting| setting.value == StoreSetting::Split) else {
            return (files, whereabouts);
        };
        whereabouts.store = StoreSetting::Split;
        let halved = match self.halved_or_told(&setting, voice) {
            Ok(halved) => halved,
            Err(error) => {
                whereabouts.trouble = Some(error);
                return (files, whereabouts);
            }
        };
        if let Some(registration) = registration_key(session) {
            whereabouts.plain = halved.lies_in_files(&key, &registration).unwrap_or(plain);
        }
        match halved.holds(&key) {
            Ok(holds) => whereabouts.held = holds,
            Err(error) => whereabouts.trouble = Some(error.explain(voice)),
        }
        (halved, whereabouts)
    }

    /// The session's store for signing out: whatever the settings say by now, nothing of it is to stay. And what cannot be
    /// reached.
    pub(crate) fn to_end(&self, session: &SsoSession) -> (Arc<dyn Tokens>, Option<CliError>) {
        let files = || Arc::new(self.files.clone());
        let split =
            matches!(self.setting(session), Ok(Some(setting)) if setting.value == StoreSetting::Split);
        let half = || self.files.load(&session.token_key()).ok().and_then(Lookup::found);
        if !split && !half().is_some_and(|file| is_half(&file)) {
            return (files(), None);
        }
        match self.halved() {
            Some(halved) => (halved, None),
            None => {
                let headline = "This build of sso has no secret store; what is kept there stays.";
                let told = CliError::new(Code::S01, Exit::Configuration, headline);
                (files(), Some(told.fix("sign out with a build that has the feature keyring")))
            }
        }
    }
}

/// Where a refresh token or a client secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Hold {
    /// In the files of the AWS tools.
    Files,
    /// In the platform's secret store.
    SecretStore,
}

/// Where the secrets of a session are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts {
    /// What the settings say.
    pub(crate) store: StoreSetting,
    /// Whether the files have a refresh token or a client secret.
    pub(crate) plain: bool,
    /// Whether the secret store has the session's half.
    pub(crate) held: bool,
    /// Whether the token's file is one of two halves.
    pub(crate) half: bool,
    /// Why nothing more can be said.
    pub(crate) trouble: Option<CliError>,
}

impl Whereabouts {
    /// Whether they lie otherwise than the settings say, in a place that this build knows.
    pub(crate) fn astray(&self) -> bool {
        match self.store {
            StoreSetting::Split => self.plain,
            StoreSetting::Shared => self.half && self.trouble.is_none(),
        }
    }

    /// Whether there is anything to say of it: there are secrets, or there should be.
    pub(crate) fn is_worth_a_word(&self) -> bool {
        self.plain || self.held || self.half || self.trouble.is_some()
    }

    /// For programs; nothing where there are none or it is not known.
    pub(crate) fn hold(&self) -> Option<Hold> {
        match () {
            () if self.plain => Some(Hold::Files),
            () if self.held => Some(Hold::SecretStore),
            () => None,
        }
    }

    /// The end of "The secrets of corp ...".
    pub(crate) fn words(&self, cache: &str) -> String {
        match (self.store, self.plain, self.held) {
            (StoreSetting::Split, true, _) => {
                format!("lie in plain in {cache}, although the settings say store = split")
            }
            (StoreSetting::Split, false, true) => {
                format!("are in the {NAME}; only the access token is in {cache}")
            }
            (StoreSetting::Split, false, false) => match &self.trouble {
                Some(_) => format!("should be in the {NAME}, which cannot be asked"),
                None => format!("belong into the {NAME}, and there are none"),
            },
            (StoreSetting::Shared, ..) if self.half => {
                format!("are in the {NAME}, although the settings say store = shared")
            }
            (StoreSetting::Shared, ..) => format!("are in {cache}"),
        }
    }
}

/// A token's file that names its client and has no secret: its other half is in a secret store. No other tool writes such.
pub(crate) fn is_half(file: &TokenSet) -> bool {
    file.refresh_token.is_none() && file.client.is_some() && !has_client_secret(file)
}

fn has_client_secret(token: &TokenSet) -> bool {
    token.client.as_ref().is_some_and(|client| client.secret.is_some())
}

/// What a session's client registration is kept under.
fn registration_key(session: &SsoSession) -> Option<RegistrationKey> {
    Some(RegistrationKey {
        session: session.name.clone(),
        start_url: session.start_url.value.clone(),
        region: Region::parse(&session.region.value).ok()?,
        scopes: session.registration_scopes.clone(),
    })
}

impl Context {
    /// Where sessions are kept.
    pub(crate) fn keeper<'a>(&'a self, files: &'a FileStore) -> Keeper<'a> {
        Keeper::new(&self.env, &self.clock, files)
    }

    /// The store of a session whose token is needed. What lies otherwise than the settings say is moved before.
    ///
    /// # Errors
    /// The settings have a wrong line, or ask for what this build has not.
    pub(crate) fn tokens(
        &self,
        files: &FileStore,
        session: &SsoSession,
        voice: &Voice,
    ) -> Result<Arc<dyn Tokens>, CliError> {
        let keeper = self.keeper(files);
        let setting = keeper.setting(session).map_err(|error| error.explain(voice))?;
        let (key, registration) = (session.token_key(), registration_key(session));
        let Some(setting) = setting.filter(|setting| setting.value == StoreSetting::Split) else {
            let half = files.load(&key).ok().and_then(Lookup::found).is_some_and(|file| is_half(&file));
            if let (true, Some(registration), Some(halved)) = (half, registration, keeper.halved()) {
                self.tell_move(halved.give_back(&key, &registration), "files of the AWS tools", voice);
            }
            return Ok(Arc::new(files.clone()));
        };
        let halved = keeper.halved_or_told(&setting, voice)?;
        if let Some(registration) = registration
            && halved.lies_in_files(&key, &registration).unwrap_or(false)
        {
            self.tell_move(halved.take_in(&key, &registration), NAME, voice);
        }
        Ok(halved)
    }

    fn tell_move(&self, moved: Result<bool, StoreError>, to: &str, voice: &Voice) {
        let name = voice.session_name();
        match moved {
            Ok(true) => self.output.say(&format!(
                "The refresh token and the client secret of {} are in the {to} now, and nowhere else.\n",
                escape(&name)
            )),
            Ok(false) => {}
            Err(error) => self.output.warn(&format!(
                "The secrets of {name} stay where they are. {}",
                error.explain(voice).headline
            )),
        }
    }
}
