//! The asynchronous runtime: one thread, started when the network is needed, ended by Ctrl-C, a hang-up or a deadline.

use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_oidc::refreshes_saved;
use std::future::Future;
use std::time::Duration;

/// How long a refresh that was sent may keep a process that was told to stop; a request is given up after as long.
const SAVING: Duration = Duration::from_secs(10);

/// Runs the work to its end, to Ctrl-C, or to the limit.
pub(crate) fn block_on<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    let runtime = build()?;
    let result = runtime.block_on(async {
        let mut signals = Signals::new();
        let result = tokio::select! {
            result = work => result,
            () = signals.next() => Err(CliError::new(Code::R06, Exit::Interrupted, "Stopped by a signal.")),
            after = expired(limit) => Err(late(after)),
        };
        // A refresh that was sent is saved first: its reply may hold the only refresh token that is good.
        tokio::select! {
            () = refreshes_saved() => {}
            () = signals.next() => {}
            () = tokio::time::sleep(SAVING) => {}
        }
        result
    });
    // A name look-up that hangs must not keep the process.
    runtime.shutdown_background();
    result
}

/// Runs work that does with signals what it sees fit, to its end.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = build()?;
    let result = runtime.block_on(async {
        let result = work.await;
        let _ = tokio::time::timeout(SAVING, refreshes_saved()).await;
        result
    });
    runtime.shutdown_background();
    result
}

fn build() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        CliError::new(Code::R08, Exit::Failure, "The operating system gives no event queue.")
            .cause(error.to_string())
    })
}

async fn expired(limit: Option<Duration>) -> Duration {
    match limit {
        Some(limit) => {
            tokio::time::sleep(limit).await;
            limit
        }
        None => std::future::pending().await,
    }
}

fn late(after: Duration) -> CliError {
    CliError::new(Code::R07, Exit::TimedOut, format!("Not done within {} s.", after.as_secs()))
        .cause("the network, the service or a lock was too slow")
}

/// SIGINT, SIGTERM and SIGHUP: the caller's destructors restore the terminal and close the port. One that is ignored where we
/// were started stays so.
#[cfg(unix)]
struct Signals {
    all: [Option<tokio::signal::unix::Signal>; 3],
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let wanted = |kind: SignalKind| !crate::signals::is_ignored(kind.as_raw_value());
        Self { all: kinds.map(|kind| wanted(kind).then(|| signal(kind).ok()).flatten()) }
    }

    async fn next(&mut self) {
        async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
            let come = match signal {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if come.is_none() {
                std::future::pending().await
            }
        }
        let [int, term, hup] = &mut self.all;
        tokio::select! {
            () = one(int) => {}
            () = one(term) => {}
            () = one(hup) => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
