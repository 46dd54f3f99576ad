//! The asynchronous runtime: one thread, started when the network is needed, ended by Ctrl-C or a deadline.

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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        CliError::new(Code::R08, Exit::Failure, "The operating system gives no event queue.")
            .cause(error.to_string())
    })?;
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
    CliError::new(Code::R07, Exit::TimedOut, format!("No credentials within {} s.", after.as_secs()))
        .cause("the network, the service or a lock was too slow")
}

/// SIGINT and SIGTERM: the caller's destructors restore the terminal and close the port.
#[cfg(unix)]
struct Signals {
    both: Option<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { both: signal(SignalKind::interrupt()).ok().zip(signal(SignalKind::terminate()).ok()) }
    }

    async fn next(&mut self) {
        let Some((int, term)) = &mut self.both else { return std::future::pending().await };
        tokio::select! {
            _ = int.recv() => {}
            _ = term.recv() => {}
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
