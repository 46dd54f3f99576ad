//! A proxy that opens the encryption, as companies have them: every host's certificate is made by its own authority.

use super::background::Background;
use super::behaviour::Behaviour;
use super::listener::{RawRequest, read_request};
use super::tls::{Presents, Rogue};
use crate::sim::Sim;
use crate::world::lock;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// The proxy. Dropping it stops it.
#[derive(Debug)]
pub struct Interceptor {
    server: Background,
    root_pem: String,
    hosts: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<RawRequest>>>,
}

struct Script {
    rogue: Rogue,
    answers: Vec<(String, Behaviour)>,
    /// Where everything goes that is not answered here.
    world: Option<SocketAddr>,
    hosts: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<RawRequest>>>,
}

impl Interceptor {
    /// Starts it. A host whose name begins with the first of a pair is answered so; any other with 404, as AWS answers HEAD.
    pub fn start<'a>(presents: Presents, answers: impl IntoIterator<Item = (&'a str, Behaviour)>) -> Self {
        let answers = answers.into_iter().map(|(host, answer)| (host.to_owned(), answer)).collect();
        Self::serving(presents, answers, None)
    }

    /// Starts one behind which the simulated AWS plays every host: for clients that know no way to another endpoint.
    pub fn before(sim: &Sim, presents: Presents) -> Self {
        Self::serving(presents, Vec::new(), Some(sim.address()))
    }

    fn serving(presents: Presents, answers: Vec<(String, Behaviour)>, world: Option<SocketAddr>) -> Self {
        let rogue = Rogue::new(presents);
        let root_pem = rogue.root_pem();
        let (hosts, requests) = (Arc::default(), Arc::default());
        let script = Arc::new(Script {
            rogue,
            answers,
            world,
            hosts: Arc::clone(&hosts),
            requests: Arc::clone(&requests),
        });
        let server = Background::start(move |stream| {
            let script = Arc::clone(&script);
            // A client that leaves, or refuses the certificate, is not our problem.
            tokio::spawn(async move { serve(stream, &script).await });
        });
        Self { server, root_pem, hosts, requests }
    }

    /// For `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The root that somebody would have to trust.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The hosts that were asked for, as in CONNECT.
    pub fn hosts(&self) -> Vec<String> {
        lock(&self.hosts).clone()
    }

    /// The requests that it has seen inside the encryption.
    pub fn requests(&self) -> Vec<RawRequest> {
        lock(&self.requests).clone()
    }
}

async fn serve(mut stream: TcpStream, script: &Script) -> std::io::Result<()> {
    let connect = read_request(&mut stream).await?;
    if connect.head.is_empty() {
        // Somebody looked whether we are here.
        return Ok(());
    }
    let target = connect.head.split_ascii_whitespace().nth(1).unwrap_or_default().to_owned();
    lock(&script.hosts).push(target.clone());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let host = target.split(':').next().unwrap_or_default();
    let mut stream = script.rogue.acceptor(host).accept(stream).await?;
    if let Some(world) = script.world {
        let mut world = TcpStream::connect(world).await?;
        tokio::io::copy_bidirectional(&mut stream, &mut world).await?;
        return Ok(());
    }
    let request = read_request(&mut stream).await?;
    lock(&script.requests).push(request);
    let answer = script.answers.iter().find(|(start, _)| host.starts_with(start.as_str()));
    let nothing = Behaviour::Reply(
        b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec(),
    );
    answer.map_or(&nothing, |(_, answer)| answer).play(&mut stream).await?;
    stream.shutdown().await
}
