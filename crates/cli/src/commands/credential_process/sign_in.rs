//! One browser for many helpers: whoever gets the login lock asks the user, the others wait for the token.

use crate::args::FlowArgs;
use crate::catalogue::Code;
use crate::commands::login;
use crate::commands::sessions::Listed;
use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{AccessToken, FreshnessPolicy, TokenKey};
use sso_oidc::stored_token;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// For so long after a login failed no helper asks the user again: tools call their helpers again and again.
const HOLD_OFF: Duration = Duration::from_secs(30);
/// How often a waiting helper looks.
const LOOK: Duration = Duration::from_millis(250);

/// A login that helpers share.
pub(super) struct SharedLogin<'a> {
    pub(super) context: &'a Context,
    pub(super) set: &'a ConfigSet,
    pub(super) store: &'a FileStore,
    pub(super) network: &'a Network,
    pub(super) listed: &'a Listed,
    pub(super) target: &'a Target,
    /// The token that did not do.
    pub(super) before: Option<AccessToken>,
    pub(super) deadline: Instant,
}

impl SharedLogin<'_> {
    /// Returns when there is a token that is good, whoever got it.
    pub(super) async fn run(&self) -> Result<(), CliError> {
        let key = self.listed.session.token_key();
        let at_start = self.store.failed_login(&key);
        if self.signed_in() {
            return Ok(());
        }
        if let Some((note, at)) = &at_start
            && since(*at).is_some_and(|age| age < HOLD_OFF)
        {
            return Err(self.failed(note));
        }
        let mut told = false;
        loop {
            let lock = self.store.try_login_lock(&key).map_err(|error| error.explain(&self.listed.voice))?;
            // Looked at after the lock was tried: whoever held it before has left a token or a note.
            if self.signed_in() {
                return Ok(());
            }
            match self.store.failed_login(&key) {
                Some(now) if Some(&now) != at_start.as_ref() => return Err(self.failed(&now.0)),
                _ => {}
            }
            if let Some(_lock) = lock {
                return self.ask(&key).await;
            }
            if !told {
                told = true;
                self.context.output.say("Another process is signing in; waiting for it.\n");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Runs the login; a failure is noted for those who wait.
    async fn ask(&self, key: &TokenKey) -> Result<(), CliError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let timeout = u32::try_from(left.as_secs()).unwrap_or(u32::MAX).max(1);
        let args = FlowArgs {
            use_device_code: false,
            use_pkce: false,
            no_browser: false,
            browser: None,
            redirect_port: 0,
            timeout,
        };
        let asked =
            login::by_user(self.context, &args, self.set, self.store, self.listed, self.target, self.network);
        let error = match asked.await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        // Nothing but codes: who waits words it. The process id makes it another note than the last.
        let note = format!("{} {} {}", error.exit.code(), error.code.id(), std::process::id());
        if let Err(trouble) = self.store.note_failed_login(key, &note) {
            self.context.output.warn(&trouble.explain(&self.listed.voice).headline);
        }
        Err(error)
    }

    fn signed_in(&self) -> bool {
        let found = stored_token(self.store, &self.target.for_broker());
        found.is_ok_and(|token| {
            Some(&token.access_token) != self.before.as_ref()
                && token.remaining(self.context.now()) > FreshnessPolicy::default().minimum
        })
    }

    /// The failure of the process that asked, as far as its note says.
    fn failed(&self, note: &str) -> CliError {
        let mut words = note.split_whitespace();
        let exit = words.next().and_then(|word| word.parse().ok());
        let exit = Exit::ALL.iter().map(|(known, _)| *known).find(|known| Some(known.code()) == exit);
        let code = words.next().and_then(|word| Code::ALL.iter().find(|code| code.id() == word));
        let what = match exit {
            Some(Exit::Denied) => "was refused",
            Some(Exit::TimedOut) => "was not approved in time",
            _ => "has failed",
        };
        let headline = format!("The sign-in that another process began {what}.");
        CliError::new(
            code.copied().unwrap_or(Code::R04),
            exit.filter(|exit| *exit != Exit::Success).unwrap_or(Exit::LoginNeeded),
            headline,
        )
        .cause(format!("no browser is opened again within {} s", HOLD_OFF.as_secs()))
        .fix(self.listed.voice.command("login"))
    }
}

/// How long ago that was; `None` by a clock that has been set back.
#[allow(clippy::disallowed_methods, reason = "file times are compared with the system's clock")]
fn since(at: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(at).ok()
}
