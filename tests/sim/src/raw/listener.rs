//! The raw listener itself: accepts, records what came, plays the behaviour of that connection.

use super::background::Background;
use super::behaviour::Behaviour;
use super::tls::{self, TlsCertificate};
use crate::world::lock;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// Request line and headers.
    pub head: String,
    /// As much of the body as its `Content-Length` said.
    pub body: Vec<u8>,
}

/// A listener on loopback whose connections misbehave as scripted. Dropping it stops it.
///
/// The n-th connection gets the n-th behaviour; the last one goes on for all later connections.
#[derive(Debug)]
pub struct RawServer {
    server: Background,
    ca_pem: Option<String>,
    log: Arc<Log>,
}

#[derive(Debug, Default)]
struct Log {
    requests: Mutex<Vec<RawRequest>>,
    connections: Mutex<usize>,
}

struct Script {
    behaviours: Vec<Behaviour>,
    tls: Option<TlsAcceptor>,
    log: Arc<Log>,
}

impl RawServer {
    /// Starts a plain HTTP listener.
    ///
    /// # Panics
    /// If there is no behaviour at all.
    pub fn http(behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        Self::start(behaviours.into_iter().collect(), None)
    }

    /// Starts a TLS listener.
    pub fn https(certificate: TlsCertificate, behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        Self::start(behaviours.into_iter().collect(), Some(certificate))
    }

    /// The base URL, without a closing slash. With TLS its host is `localhost`.
    pub fn url(&self) -> String {
        match self.ca_pem {
            None => format!("http://{}", self.server.address),
            Some(_) => format!("https://localhost:{}", self.server.address.port()),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The CA that a client has to trust; empty without TLS.
    pub fn ca_pem(&self) -> &str {
        self.ca_pem.as_deref().unwrap_or_default()
    }

    /// The requests read so far.
    pub fn requests(&self) -> Vec<RawRequest> {
        lock(&self.log.requests).clone()
    }

    /// How many connections came, with or without a request.
    pub fn connections(&self) -> usize {
        *lock(&self.log.connections)
    }

    fn start(behaviours: Vec<Behaviour>, certificate: Option<TlsCertificate>) -> Self {
        assert!(!behaviours.is_empty(), "a raw server needs a behaviour");
        let (tls, ca_pem) = certificate.map(tls::acceptor).unzip();
        let log = Arc::new(Log::default());
        let script = Arc::new(Script { behaviours, tls, log: Arc::clone(&log) });
        let server = Background::start(move |stream| accepted(stream, &script));
        Self { server, ca_pem, log }
    }
}

fn accepted(stream: TcpStream, script: &Arc<Script>) {
    let number = {
        let mut connections = lock(&script.log.connections);
        *connections += 1;
        *connections
    };
    let last = script.behaviours.len() - 1;
    let behaviour = script.behaviours[last.min(number - 1)].clone();
    let script = Arc::clone(script);
    tokio::spawn(async move {
        // A client that leaves early, or refuses the certificate, is not our problem.
        let _ = serve(stream, &script, &behaviour).await;
    });
}

async fn serve(stream: TcpStream, script: &Script, behaviour: &Behaviour) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    match &script.tls {
        None => {
            let stream = converse(stream, script, behaviour).await?;
            end(stream, behaviour)
        }
        Some(tls) => {
            let stream = converse(tls.accept(stream).await?, script, behaviour).await?;
            end(stream.into_inner().0, behaviour)
        }
    }
}

async fn converse<S>(mut stream: S, script: &Script, behaviour: &Behaviour) -> std::io::Result<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = read_request(&mut stream).await?;
    lock(&script.log.requests).push(request);
    if !matches!(behaviour, Behaviour::Reset) {
        behaviour.play(&mut stream).await?;
        stream.shutdown().await?;
    }
    Ok(stream)
}

/// Closing with no linger time sends RST instead of FIN.
pub(super) fn end(stream: TcpStream, behaviour: &Behaviour) -> std::io::Result<()> {
    if matches!(behaviour, Behaviour::Reset) {
        stream.set_zero_linger()?;
    }
    Ok(())
}

pub(super) async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<RawRequest> {
    let mut bytes = Vec::new();
    let head_length = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            break bytes.len();
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_length]).into_owned();
    let mut body = bytes.split_off(head_length);
    while body.len() < content_length(&head) && stream.read_buf(&mut body).await? > 0 {}
    Ok(RawRequest { head, body })
}

fn content_length(head: &str) -> usize {
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = lengths.next().and_then(|(_, value)| value.trim().parse().ok());
    length.unwrap_or(0)
}
