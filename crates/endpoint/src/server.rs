//! The socket: hyper on 127.0.0.1, with limits that keep anybody from blocking it.
//!
//! A connection has 5 s to prove itself and one request of at most 8 KiB; of those that have not, 64 are kept and the oldest
//! goes. One that has is waited with, and at most 128 of them at once.

use crate::answer::{Refusal, credentials, denial, refusal};
use crate::door::Door;
use crate::judge::{Denial, judge};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use sso_core::Timestamp;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};

const MOST_UNPROVEN: usize = 64;
const MOST_PROVEN: usize = 128;
const PROOF_LIMIT: Duration = Duration::from_secs(5);
/// Longer than a renewal takes.
const ANSWER_LIMIT: Duration = Duration::from_secs(45);
const HEADER_BYTES: usize = 8 * 1024;

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

/// What has happened at the endpoint.
#[derive(Clone, Debug)]
pub enum Event {
    /// Credentials were given.
    Given {
        /// The number of the door in the list that [`Endpoint::serve`] got, from 0.
        door: usize,
        /// When they end.
        expires_at: Timestamp,
    },
    /// Somebody with the token got none.
    Failed {
        /// The number of the door, from 0.
        door: usize,
        /// Why.
        refusal: Refusal,
    },
    /// Somebody may not ask.
    Denied(Denial),
}

/// Who is told what happens.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// A bound socket.
#[derive(Debug)]
pub struct Endpoint {
    listener: TcpListener,
    port: u16,
}

/// What all connections share.
struct Shared {
    doors: Vec<Door>,
    observer: Observer,
    proven: Semaphore,
}

impl Endpoint {
    /// Binds 127.0.0.1, never a name or another address. Port 0 takes any free one.
    ///
    /// # Errors
    /// See [`ListenError`]: the port is taken or forbidden.
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

    /// Serves these doors until it is dropped.
    pub async fn serve(self, doors: Vec<Door>, observer: Observer) -> Infallible {
        let shared = Arc::new(Shared { doors, observer, proven: Semaphore::new(MOST_PROVEN) });
        let mut tasks = JoinSet::new();
        let mut open: Vec<(AbortHandle, Arc<AtomicBool>)> = Vec::new();
        loop {
            tokio::select! {
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        open.retain(|(handle, _)| !handle.is_finished());
                        make_room(&mut open);
                        let proven = Arc::new(AtomicBool::new(false));
                        let handle = tasks.spawn(serve(stream, Arc::clone(&shared), Arc::clone(&proven)));
                        open.push((handle, proven));
                    }
                    // Out of descriptors, or the peer went away: a moment later it may work.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }
}

/// The oldest of those that have shown no token goes when there are too many.
fn make_room(open: &mut Vec<(AbortHandle, Arc<AtomicBool>)>) {
    let unproven = |(_, proven): &(_, Arc<AtomicBool>)| !proven.load(Ordering::Relaxed);
    if open.iter().filter(|entry| unproven(entry)).count() >= MOST_UNPROVEN
        && let Some(oldest) = open.iter().position(unproven)
    {
        open.remove(oldest).0.abort();
    }
}

/// Serves one request of one connection.
async fn serve(stream: TcpStream, shared: Arc<Shared>, proven: Arc<AtomicBool>) {
    let service = service_fn(|request: Request<Incoming>| {
        let (shared, proven) = (Arc::clone(&shared), Arc::clone(&proven));
        async move { Ok::<_, Infallible>(answer(&request, &shared, &proven).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PROOF_LIMIT)
        .max_buf_size(HEADER_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let limit = async {
        tokio::time::sleep(PROOF_LIMIT).await;
        if proven.load(Ordering::Relaxed) {
            tokio::time::sleep(ANSWER_LIMIT).await;
        }
    };
    tokio::select! {
        _ = connection => {}
        () = limit => {}
    }
}

async fn answer(request: &Request<Incoming>, shared: &Shared, proven: &AtomicBool) -> Response<Full<Bytes>> {
    let observe = |event| (shared.observer)(event);
    let judged = judge(request.method(), request.uri(), request.headers(), &shared.doors);
    let opened = judged.and_then(|number| {
        let permit = shared.proven.try_acquire().map_err(|_| Denial::Busy)?;
        let door = shared.doors.get(number).ok_or(Denial::Path)?;
        Ok((number, door, permit))
    });
    let (number, door, _permit) = match opened {
        Ok(opened) => opened,
        Err(denied) => {
            observe(Event::Denied(denied));
            return denial(denied);
        }
    };
    proven.store(true, Ordering::Relaxed);
    match door.asker.ask().await {
        Ok(given) => {
            observe(Event::Given { door: number, expires_at: given.expires_at });
            credentials(&given)
        }
        Err(failed) => {
            let answered = refusal(&failed);
            observe(Event::Failed { door: number, refusal: failed });
            answered
        }
    }
}

#[cfg(test)]
mod tests;
