//! The loopback server that the browser comes back to: hyper on one socket that is bound once, on 127.0.0.1 only.
//!
//! Nobody can block it: every connection has its own task and 5 s, at most 64 are kept (the oldest goes), a request has at
//! most 8 KiB, and only the right callback ends the wait (catalogue A2, A3, A7, A8).

use crate::callback::{Callback, Expected, PATH};
use crate::pages::answer;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::{AbortHandle, JoinSet};

const MOST_CONNECTIONS: usize = 64;
const CONNECTION_LIMIT: Duration = Duration::from_secs(5);
const HEADER_BYTES: usize = 8 * 1024;
/// How long the right answer may take to leave before the port is closed.
const FLUSH_LIMIT: Duration = Duration::from_millis(300);

/// The port cannot be listened on.
#[derive(Debug, Error)]
#[error("cannot listen on 127.0.0.1:{port}")]
pub struct ListenError {
    /// The port that was asked for; 0 means any.
    pub port: u16,
    /// The cause.
    #[source]
    pub source: std::io::Error,
}

/// A bound socket, waiting for one callback.
#[derive(Debug)]
pub struct CallbackListener {
    listener: TcpListener,
    port: u16,
}

impl CallbackListener {
    /// Binds 127.0.0.1, never a name or another address. Port 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken or forbidden.
    pub async fn bind(port: u16) -> Result<Self, ListenError> {
        let failed = |source| ListenError { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, port })
    }

    /// The port it is bound to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The redirect URI to send the browser with.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the right callback, answers it, closes the port, and gives the verdict (never [`Callback::Stray`]).
    /// Has no end of its own: the caller's deadline ends it.
    pub async fn wait(self, expected: Expected) -> Callback {
        let (sender, mut receiver) = mpsc::channel(1);
        let expected = Arc::new(expected);
        let mut tasks = JoinSet::new();
        let mut open: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                Some(verdict) = receiver.recv() => return verdict,
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        open.retain(|handle| !handle.is_finished());
                        if open.len() >= MOST_CONNECTIONS && let Some(oldest) = open.pop_front() {
                            oldest.abort();
                        }
                        open.push_back(tasks.spawn(serve(stream, Arc::clone(&expected), sender.clone())));
                    }
                    // Out of descriptors, or the peer went away: a moment later it may work.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }
}

/// Serves one request of one connection; reports the verdict once the answer has left.
async fn serve(stream: TcpStream, expected: Arc<Expected>, sender: mpsc::Sender<Callback>) {
    let found: Arc<Mutex<Option<Callback>>> = Arc::default();
    let answered = Arc::new(Notify::new());
    let service = service_fn(|request: Request<Incoming>| {
        let verdict = judge(&request, &expected);
        let response = answer(&verdict);
        if !matches!(verdict, Callback::Stray(_)) {
            *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
            answered.notify_one();
        }
        async move { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(CONNECTION_LIMIT)
        .max_buf_size(HEADER_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let flushed = async {
        answered.notified().await;
        tokio::time::sleep(FLUSH_LIMIT).await;
    };
    tokio::select! {
        _ = connection => {}
        () = flushed => {}
        () = tokio::time::sleep(CONNECTION_LIMIT) => {}
    }
    let verdict = found.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(verdict) = verdict {
        // Only the first counts; a full channel means that there is one.
        let _ = sender.try_send(verdict);
    }
}

fn judge(request: &Request<Incoming>, expected: &Expected) -> Callback {
    let mut hosts = request.headers().get_all(hyper::header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    Callback::parse(request.method().as_str(), &request.uri().to_string(), host, expected)
}
