//! Lines that the user pastes while a login waits, without showing them (they hold a code) and without disturbing the spinner.

use std::io::BufRead as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Reads stdin on a thread of its own until the process ends. The terminal's echo is off while it lives.
pub(crate) struct Paste {
    lines: UnboundedReceiver<String>,
    _echo: NoEcho,
}

impl Paste {
    /// Begins to read. Only where stdin is a terminal.
    pub(crate) fn begin() -> Self {
        let (sender, lines) = unbounded_channel();
        // A thread that hangs in read(2) does not keep the process from ending.
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if !line.trim().is_empty() && sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { lines, _echo: NoEcho::begin() }
    }

    /// The next line; never ready once stdin has ended.
    pub(crate) async fn line(&mut self) -> String {
        match self.lines.recv().await {
            Some(line) => line,
            None => std::future::pending().await,
        }
    }
}

/// Turns the terminal's echo off, and back on when dropped.
struct NoEcho {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

#[cfg(unix)]
impl NoEcho {
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(modes) = &before {
            let mut quiet = modes.clone();
            quiet.local_modes.remove(LocalModes::ECHO);
            // If it cannot be set, the pasted line shows: ugly, not wrong.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &quiet);
        }
        Self { before }
    }
}

#[cfg(unix)]
impl Drop for NoEcho {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ =
                rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
impl NoEcho {
    fn begin() -> Self {
        Self {}
    }
}
