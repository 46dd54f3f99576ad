//! Beside the child where there is no exec(2): Ctrl-C reaches it through the console, and its end is ours.

use std::io;
use std::process::{Child, Command};

/// The signals of this process, from now on.
pub(super) struct Watch;

impl Watch {
    /// Ctrl-C is the child's.
    #[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
    pub(super) fn start() -> io::Result<Self> {
        Ok(Self)
    }

    /// Follows the child to its end; its exit code.
    pub(super) async fn follow(self, mut child: Child) -> io::Result<u8> {
        let mut ended = tokio::task::spawn_blocking(move || child.wait());
        loop {
            tokio::select! {
                status = &mut ended => return Ok(code(status.map_err(io::Error::other)??)),
                pressed = tokio::signal::ctrl_c() => pressed?,
            }
        }
    }
}

/// Runs the command to its end.
pub(super) fn become_it(mut command: Command) -> io::Result<u8> {
    Ok(code(command.status()?))
}

fn code(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
