//! The port that the browser comes back to at the end of a login.

use crate::callback::{Callback, Expected, PATH};
use crate::loopback::{ListenError, Loopback};
use crate::pages::answer;

/// A bound socket, waiting for one callback.
#[derive(Debug)]
pub struct CallbackListener(Loopback);

impl CallbackListener {
    /// Binds 127.0.0.1, never a name or another address. Port 0 takes any free one.
    ///
    /// # Errors
    /// See [`ListenError`]: the port is taken or forbidden.
    pub async fn bind(port: u16) -> Result<Self, ListenError> {
        Loopback::bind(port).await.map(Self)
    }

    /// The port it is bound to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// The redirect URI to send the browser with: `http://127.0.0.1:PORT/oauth/callback` (RFC 8252 §7.3).
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port())
    }

    /// Waits for the right callback, answers it, closes the port, and gives the verdict (never [`Callback::Stray`]).
    /// Has no end of its own: the caller's deadline ends it.
    pub async fn wait(self, expected: Expected) -> Callback {
        let judge = move |seen: &crate::loopback::Seen| {
            let verdict = Callback::parse(&seen.method, &seen.target, seen.host.as_deref(), &expected);
            let response = answer(&verdict);
            (response, Some(verdict).filter(|verdict| !matches!(verdict, Callback::Stray(_))))
        };
        self.0.wait(judge).await
    }
}
