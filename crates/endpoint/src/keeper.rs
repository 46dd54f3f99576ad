//! The keeper: the credentials of one role, renewed before they end, asked for once however many wait for them.

use crate::answer::Refusal;
use jiff::SignedDuration;
use sso_core::{Clock, RoleCredentials, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

/// Credentials, or why there are none.
pub type Answer = Result<RoleCredentials, Refusal>;

/// With less left they are renewed before they are given: the AWS CLI's rule. Of short-lived ones, a third.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// With less left they are of no use even when no new ones can be had.
const MINIMUM: SignedDuration = SignedDuration::from_secs(60);
/// After a renewal that gave nothing, those that live are given for so long without asking again.
const PAUSE: Duration = Duration::from_secs(30);
/// The wall clock is looked at so often: a machine that slept has a timer that did not move.
const GLANCE: SignedDuration = SignedDuration::from_secs(30);
/// Who waits for one answer.
const MOST_WAITING: usize = 1024;

/// Where credentials come from. It never asks a human.
pub trait Source {
    /// Newer credentials than these. What ends no later is given on, and the source is not asked again for 30 s. One question at a
    /// time; nobody gives it a limit in time but the endpoint, which answers nobody after 45 s.
    fn renew(&self, than: Option<&RoleCredentials>) -> impl Future<Output = Answer>;
}

/// Asks a keeper.
#[derive(Clone, Debug)]
pub struct Asker(mpsc::Sender<oneshot::Sender<Answer>>);

impl Asker {
    pub(crate) async fn ask(&self) -> Answer {
        let gone = || Refusal {
            status: 503,
            code: "Ended".to_owned(),
            message: "The endpoint ends.".to_owned(),
            temporary: false,
        };
        let (sender, receiver) = oneshot::channel();
        self.0.send(sender).await.map_err(|_| gone())?;
        receiver.await.unwrap_or_else(|_| Err(gone()))
    }

    #[cfg(test)]
    pub(crate) fn to_nobody() -> Self {
        Self(mpsc::channel(1).0)
    }
}

/// Holds the credentials of one role.
pub struct Keeper<S> {
    source: S,
    clock: Arc<dyn Clock>,
    asks: mpsc::Receiver<oneshot::Sender<Answer>>,
    held: Option<Held>,
    /// Somebody asked since the last renewal: then the next comes by itself.
    in_use: bool,
    /// Not asked again before.
    paused_until: Option<Instant>,
}

/// Credentials, and with how much left they are renewed.
struct Held {
    credentials: RoleCredentials,
    window: SignedDuration,
}

impl Held {
    fn new(credentials: RoleCredentials, now: Timestamp) -> Self {
        let window = WINDOW.min(credentials.remaining(now) / 3);
        Self { credentials, window }
    }

    /// How long until they are renewed; nothing if that is due.
    fn rest(&self, now: Timestamp) -> Option<SignedDuration> {
        let rest = self.credentials.remaining(now) - self.window;
        rest.is_positive().then_some(rest)
    }
}

impl<S: Source> Keeper<S> {
    /// A keeper that begins with these, and how to ask it. At most 1,024 questions wait; the next ones wait for their turn to.
    pub fn new(source: S, first: Option<RoleCredentials>, clock: Arc<dyn Clock>) -> (Self, Asker) {
        let (sender, asks) = mpsc::channel(MOST_WAITING);
        let held = first.map(|credentials| Held::new(credentials, clock.now()));
        (Self { source, clock, asks, held, in_use: false, paused_until: None }, Asker(sender))
    }

    /// Answers until nobody can ask any more: every [`Asker`] is dropped. Needs a tokio runtime with time.
    pub async fn run(mut self) {
        loop {
            let due = self.due();
            tokio::select! {
                ask = self.asks.recv() => match ask {
                    Some(ask) => self.answer(ask).await,
                    None => return,
                },
                () = sleep(due.unwrap_or_default()), if due.is_some() => self.glance().await,
            }
        }
    }

    /// When to look whether a renewal is due, if anybody uses what is held.
    fn due(&self) -> Option<Duration> {
        let held = self.held.as_ref().filter(|_| self.in_use)?;
        let rest = held.rest(self.clock.now()).unwrap_or_default().min(GLANCE);
        let paused = self.paused_until.map(|until| until.saturating_duration_since(Instant::now()));
        Some(Duration::try_from(rest).unwrap_or_default().max(paused.unwrap_or_default()))
    }

    /// Renews ahead, so that nobody has to wait.
    async fn glance(&mut self) {
        if self.fresh().is_none() {
            // Who asks next is told what is wrong.
            let _ = self.renew().await;
        }
    }

    /// All that wait are given the same answer.
    async fn answer(&mut self, ask: oneshot::Sender<Answer>) {
        let answer = match self.fresh() {
            Some(credentials) => Ok(credentials),
            None => self.renew().await,
        };
        self.in_use = true;
        let _ = ask.send(answer.clone());
        while let Ok(ask) = self.asks.try_recv() {
            let _ = ask.send(answer.clone());
        }
    }

    /// What is held, unless it should be renewed first.
    fn fresh(&self) -> Option<RoleCredentials> {
        let now = self.clock.now();
        let paused = self.paused_until.is_some_and(|until| Instant::now() < until);
        let held = self.held.as_ref()?;
        let good = held.rest(now).is_some() || (paused && held.credentials.remaining(now) > MINIMUM);
        good.then(|| held.credentials.clone())
    }

    async fn renew(&mut self) -> Answer {
        let before = self.held.as_ref().map(|held| held.credentials.clone());
        let answer = self.source.renew(before.as_ref()).await;
        let now = self.clock.now();
        match (answer, before) {
            (Ok(new), before) => {
                let newer = before.is_none_or(|before| new.expires_at > before.expires_at);
                self.paused_until = if newer { None } else { Some(Instant::now() + PAUSE) };
                if newer {
                    self.in_use = false;
                    self.held = Some(Held::new(new.clone(), now));
                }
                Ok(new)
            }
            (Err(refusal), before) => {
                self.paused_until = Some(Instant::now() + PAUSE);
                match before {
                    Some(before) if refusal.temporary && before.remaining(now) > MINIMUM => Ok(before),
                    _ => {
                        // A refusal is not papered over.
                        self.held = None;
                        Err(refusal)
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
