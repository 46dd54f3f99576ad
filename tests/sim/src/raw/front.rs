//! A server in front of the world: one call is answered as scripted, all others reach the world behind.

use super::background::Background;
use super::behaviour::Behaviour;
use super::listener::{RawRequest, end, read_request};
use crate::world::lock;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// The server in front. Dropping it stops it.
#[derive(Debug)]
pub struct Front {
    server: Background,
    struck: Arc<Mutex<Vec<RawRequest>>>,
}

struct Script {
    behind: SocketAddr,
    mark: String,
    behaviour: Behaviour,
    struck: Arc<Mutex<Vec<RawRequest>>>,
}

impl Front {
    /// Stands before the server at `behind`. A request that has `mark` in its head or body is answered by `behaviour`.
    pub fn before(behind: SocketAddr, mark: &str, behaviour: Behaviour) -> Self {
        let struck = Arc::new(Mutex::new(Vec::new()));
        let script =
            Arc::new(Script { behind, mark: mark.to_owned(), behaviour, struck: Arc::clone(&struck) });
        let server = Background::start(move |stream| {
            let script = Arc::clone(&script);
            // A client that leaves early is not our problem.
            tokio::spawn(async move { serve(stream, &script).await });
        });
        Self { server, struck }
    }

    /// The base URL, without a closing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The requests that were answered as scripted.
    pub fn struck(&self) -> Vec<RawRequest> {
        lock(&self.struck).clone()
    }
}

async fn serve(mut stream: TcpStream, script: &Script) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    let request = read_request(&mut stream).await?;
    if request.head.is_empty() {
        // Somebody looked whether we are here.
        return Ok(());
    }
    let is_it = |text: &str| text.contains(&script.mark);
    if !is_it(&request.head) && !is_it(&String::from_utf8_lossy(&request.body)) {
        return pass_on(stream, &request, script.behind).await;
    }
    lock(&script.struck).push(request);
    if !matches!(script.behaviour, Behaviour::Reset) {
        script.behaviour.play(&mut stream).await?;
        stream.shutdown().await?;
    }
    end(stream, &script.behaviour)
}

/// One request a connection: the end of the reply is the end of the connection.
async fn pass_on(mut stream: TcpStream, request: &RawRequest, behind: SocketAddr) -> std::io::Result<()> {
    let mut world = TcpStream::connect(behind).await?;
    let head = request.head.trim_end_matches("\r\n");
    world.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    world.write_all(&request.body).await?;
    tokio::io::copy(&mut world, &mut stream).await?;
    stream.shutdown().await
}
