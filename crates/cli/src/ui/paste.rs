//! Lines that the user pastes while a login waits, without showing them (they hold a code) and without disturbing the spinner.

use std::io::BufRead as _;
use std::sync::OnceLock;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The one reader of stdin in this process: a login that is over leaves it waiting, and the next one goes on with it.
static READER: OnceLock<Mutex<UnboundedReceiver<String>>> = OnceLock::new();

/// Lines from stdin. The terminal's echo is off while it lives.
pub(crate) struct Paste {
    _quiet: Quiet,
}

impl Paste {
    /// Begins to read. Only where stdin is a terminal and we are in its foreground.
    pub(crate) fn begin() -> Self {
        let quiet = Quiet::begin();
        READER.get_or_init(|| Mutex::new(read_lines()));
        Self { _quiet: quiet }
    }

    /// The next line; never ready once stdin has ended.
    pub(crate) async fn line(&self) -> String {
        let Some(reader) = READER.get() else { return std::future::pending().await };
        let line = reader.lock().await.recv().await;
        match line {
            Some(line) => line,
            None => std::future::pending().await,
        }
    }
}

/// A thread that hangs in read(2) does not keep the process from ending.
fn read_lines() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if !line.trim().is_empty() && sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Turns the terminal's echo off, and its line editing (which cuts long lines), and both back on when dropped.
struct Quiet {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

#[cfg(unix)]
impl Quiet {
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(modes) = &before {
            let mut quiet = modes.clone();
            quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
            // If it cannot be set, the pasted line shows: ugly, not wrong.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &quiet);
        }
        Self { before }
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ =
                rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
impl Quiet {
    fn begin() -> Self {
        Self {}
    }
}
