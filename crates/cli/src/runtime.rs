//! The asynchronous runtime: one thread, started when the network is needed, ended by Ctrl-C or a deadline.

use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use std::future::Future;
use std::time::Duration;

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
        tokio::select! {
            result = work => result,
            () = interrupted() => Err(CliError::new(Code::R06, Exit::Interrupted, "Stopped by a signal.")),
            after = expired(limit) => Err(late(after)),
        }
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

/// SIGINT or SIGTERM: the caller's destructors restore the terminal and close the port.
#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut int), Ok(mut term)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = int.recv() => {}
        _ = term.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
