//! `sso refresh`: what can be renewed without the user is renewed now; `--watch` keeps it so.

pub(crate) mod report;
mod schedule;
pub(crate) mod watch;

use super::Outcome;
use super::sessions::{self, Known, Listed};
use crate::args::RefreshArgs;
use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::kept::Tokens;
use crate::runtime::block_on;
use jiff::SignedDuration;
use report::{Action, Refreshed, Row};
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{FreshnessPolicy, Timestamp, TokenSet};
use sso_oidc::{BrokerError, NeedLogin, stored_token};
use std::sync::Arc;

/// A token that was saved less than this ago is not refreshed again.
const RECENT: SignedDuration = SignedDuration::from_secs(60);

/// Renews the named session, or every one that counts.
pub(crate) fn run(context: &Context, args: RefreshArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = context.store()?;
    let mut rows: Vec<Row> = Vec::new();
    let mut work: Vec<Listed> = Vec::new();
    for found in wanted(context, &set, &store)? {
        match found {
            Ok(listed) => work.push(listed),
            Err((name, error)) => rows.push(Row::new(name, Action::Failed, None, Some(error))),
        }
    }
    let network = sessions::network(context, &set)?;
    let refresher = Refresher { context, store, network };
    if args.watch {
        if let (true, Some(error)) = (work.is_empty(), rows.iter_mut().find_map(|row| row.error.take())) {
            return Err(error);
        }
        // A session that is broken does not keep the others from living.
        for row in &rows {
            let why = row.error.as_ref().map(report::sentence).unwrap_or_default();
            context.output.warn(&format!("{}: {why}", row.name));
        }
        return block_on(None, watch::watch(&refresher, work));
    }
    let done = block_on(None, refresher.refresh_all(&work))?;
    rows.splice(0..0, done);
    let exit = exit(&rows);
    Ok(Outcome { report: Box::new(Refreshed { rows }), exit })
}

fn wanted(context: &Context, set: &ConfigSet, store: &FileStore) -> Result<Vec<Known>, CliError> {
    match sessions::named(context, set)? {
        Some(listed) => Ok(vec![Ok(listed)]),
        None => sessions::counting_or_one(context, set, store),
    }
}

/// The first failure's; else success if anything is signed in.
fn exit(rows: &[Row]) -> Exit {
    let failed = rows.iter().find(|row| matches!(row.action, Action::Failed | Action::NotRenewable));
    match failed.and_then(|row| row.error.as_ref()) {
        Some(error) => error.exit,
        None if rows.iter().any(|row| row.action != Action::NotSignedIn) => Exit::Success,
        None => Exit::LoginNeeded,
    }
}

/// What renewing works with.
pub(super) struct Refresher<'a> {
    context: &'a Context,
    store: FileStore,
    network: Network,
}

/// A session's token as it lies on the disk.
pub(super) struct OnDisk {
    tokens: Arc<dyn Tokens>,
    target: Target,
    token: TokenSet,
    /// When its file was written.
    saved: Option<Timestamp>,
}

impl OnDisk {
    fn is_recent(&self, now: Timestamp) -> bool {
        let age = self.saved.map(|saved| now.duration_since(saved));
        age.is_some_and(|age| age >= SignedDuration::ZERO && age < RECENT) && self.lives(now)
    }

    fn lives(&self, now: Timestamp) -> bool {
        self.token.remaining(now) > FreshnessPolicy::default().minimum
    }
}

impl Refresher<'_> {
    /// Renews one after the other.
    async fn refresh_all(&self, sessions: &[Listed]) -> Result<Vec<Row>, CliError> {
        let mut rows = Vec::new();
        for listed in sessions {
            rows.push(self.refresh(listed).await);
        }
        Ok(rows)
    }

    /// Renews one session, and tells how that ended.
    async fn refresh(&self, listed: &Listed) -> Row {
        let row = |action, token: Option<&TokenSet>, error| {
            Row::new(listed.label.clone(), action, token.map(|token| token.expires_at), error)
        };
        let disk = match self.look(listed) {
            Ok(disk) => disk,
            Err(error) if error.exit == Exit::LoginNeeded => {
                return row(Action::NotSignedIn, None, Some(error));
            }
            Err(error) => return row(Action::Failed, None, Some(error)),
        };
        // Not before: a file that was saved meanwhile would be one from the future, of which nothing is known.
        let now = self.context.now();
        if disk.token.refresh_grant(now).is_none() {
            let error = NeedLogin::without_grant(&disk.token).explain(&listed.voice);
            return if disk.lives(now) {
                row(Action::NotRenewable, Some(&disk.token), Some(not_renewable(listed, error)))
            } else {
                row(Action::NotSignedIn, None, Some(error))
            };
        }
        if disk.is_recent(now) {
            return row(Action::Recent, Some(&disk.token), None);
        }
        match self.send(listed, &disk).await {
            Ok((token, None)) => row(Action::Refreshed, Some(&token), None),
            Ok((token, Some(error))) => row(Action::Failed, Some(&token), Some(error)),
            Err(error) => row(Action::Failed, None, Some(error)),
        }
    }

    /// What is on the disk.
    fn look(&self, listed: &Listed) -> Result<OnDisk, CliError> {
        let target = Target::check(listed.session.clone(), &listed.voice)?.asked_for();
        let wanted = target.for_broker();
        // The token first: one that is replaced between the two is then not refreshed, as it differs under the lock.
        let tokens = self.context.tokens(&self.store, &listed.session, &listed.voice)?;
        let token = stored_token(tokens.as_ref(), &wanted).map_err(|error| error.explain(&listed.voice))?;
        Ok(OnDisk { target, token, saved: tokens.written_at(&wanted.key), tokens })
    }

    /// What is on the disk, if it can be renewed.
    fn look_renewable(&self, listed: &Listed) -> Result<OnDisk, CliError> {
        let disk = self.look(listed)?;
        let now = self.context.now();
        if disk.token.refresh_grant(now).is_some() {
            return Ok(disk);
        }
        let error = NeedLogin::without_grant(&disk.token).explain(&listed.voice);
        Err(if disk.lives(now) { not_renewable(listed, error) } else { error })
    }

    /// The new token; or the old one, which lives, and why there is no new one.
    async fn send(&self, listed: &Listed, disk: &OnDisk) -> Result<(TokenSet, Option<CliError>), CliError> {
        let oidc = self.network.oidc(&listed.session.start_url.value, &disk.target.region)?;
        let broker = disk.target.broker(oidc, Arc::clone(&disk.tokens), self.context);
        let told = |error: &BrokerError| self.context.with_clock(error.explain(&listed.voice));
        let brokered = broker
            .refresh_now(&disk.target.for_broker(), disk.token.clone())
            .await
            .map_err(|error| told(&error))?;
        let error = brokered.warning.as_ref().map(|warning| match warning {
            // It has not expired yet, so the words for that do not fit.
            BrokerError::NeedLogin(_) => not_renewable(listed, told(warning)),
            _ => told(warning),
        });
        Ok((brokered.token, error))
    }
}

/// The session lives, so a plain login would only say so.
fn not_renewable(listed: &Listed, error: CliError) -> CliError {
    let headline = format!("{} cannot be renewed.", listed.voice.sentence_subject());
    CliError { headline, ..error }.fix(format!("{} --force", listed.voice.command("login")))
}
