//! A server for one visit of a browser: hyper on one socket that is bound once, on 127.0.0.1 only.
//!
//! Nobody can block it: every connection has its own task and 5 s, at most 64 are kept (the oldest goes), a request has at
//! most 8 KiB, and only the right request ends the wait (catalogue A2, A3, A7, A8). Which one that is, its user judges:
//! the callback of a login ([`crate::CallbackListener`]), the way to the console ([`crate::HandOff`]).

use crate::bad_ports::browsers_refuse;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
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

/// A bound socket.
#[derive(Debug)]
pub(crate) struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// What is looked at of a request.
pub(crate) struct Seen {
    pub(crate) method: String,
    /// As sent, undecoded.
    pub(crate) target: String,
    /// The one `Host` header.
    pub(crate) host: Option<String>,
}

/// What a request is answered, and what it ends the wait with, if it is the right one.
pub(crate) type Verdict<T> = (Response<Full<Bytes>>, Option<T>);

/// Judges requests. Several may come at once.
trait Judge<T>: Fn(&Seen) -> Verdict<T> + Send + Sync + 'static {}

impl<T, F: Fn(&Seen) -> Verdict<T> + Send + Sync + 'static> Judge<T> for F {}

impl Loopback {
    /// Binds 127.0.0.1, never a name or another address. Port 0 takes any free one that browsers go to.
    pub(crate) async fn bind(port: u16) -> Result<Self, ListenError> {
        Self::bind_unless(port, browsers_refuse).await
    }

    /// Systems give ports from 32768 by themselves, unless they were told otherwise (`ip_local_port_range`).
    async fn bind_unless(port: u16, mut refused: impl FnMut(u16) -> bool) -> Result<Self, ListenError> {
        let failed = |source| ListenError { port, source };
        if port != 0 && refused(port) {
            return Err(failed(std::io::Error::other("no browser goes to this port (ERR_UNSAFE_PORT)")));
        }
        // Held until there is another: the system would give them again.
        let mut useless = Vec::new();
        loop {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
            let given = listener.local_addr().map_err(failed)?.port();
            if port != 0 || !refused(given) {
                return Ok(Self { listener, port: given });
            }
            useless.push(listener);
        }
    }

    /// The port it is bound to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the right request, answers it, closes the port, and gives what it was judged to be. Has no end of its
    /// own: the caller's deadline ends it.
    pub(crate) async fn wait<T: Send + 'static>(
        self,
        judge: impl Fn(&Seen) -> Verdict<T> + Send + Sync + 'static,
    ) -> T {
        let (sender, mut receiver) = mpsc::channel(1);
        let judge = Arc::new(judge);
        let mut tasks = JoinSet::new();
        let mut open: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                Some(found) = receiver.recv() => return found,
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        open.retain(|handle| !handle.is_finished());
                        if open.len() >= MOST_CONNECTIONS && let Some(oldest) = open.pop_front() {
                            oldest.abort();
                        }
                        open.push_back(tasks.spawn(serve(stream, Arc::clone(&judge), sender.clone())));
                    }
                    // Out of descriptors, or the peer went away: a moment later it may work.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }
}

/// Serves one request of one connection; reports the right one once the answer has left.
async fn serve<T>(stream: TcpStream, judge: Arc<impl Judge<T>>, sender: mpsc::Sender<T>) {
    let found: Arc<Mutex<Option<T>>> = Arc::new(Mutex::new(None));
    let answered = Arc::new(Notify::new());
    let service = service_fn(|request: Request<Incoming>| {
        let (response, right) = judge(&look(&request));
        if right.is_some() {
            *found.lock().unwrap_or_else(PoisonError::into_inner) = right;
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
    let right = found.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(right) = right {
        // Only the first counts; a full channel means that there is one.
        let _ = sender.try_send(right);
    }
}

fn look(request: &Request<Incoming>) -> Seen {
    let mut hosts = request.headers().get_all(hyper::header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().map(str::to_owned),
        _ => None,
    };
    Seen { method: request.method().to_string(), target: request.uri().to_string(), host }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_browsers_refuse_is_given_back() {
        let mut given = Vec::new();
        let choosy = |port| {
            given.push(port);
            given.len() < 3
        };
        let bound = Loopback::bind_unless(0, choosy).await.expect("there are ports");
        assert_eq!((given.len(), given.last()), (3, Some(&bound.port())));
        given.dedup();
        assert_eq!(given.len(), 3, "each is another");
    }

    #[tokio::test]
    async fn of_one_port_there_is_no_other() {
        let error = Loopback::bind(6000).await.expect_err("that of X11");
        assert_eq!((error.port, error.source.to_string().contains("no browser")), (6000, true));
    }
}
