//! A proxy that opens the encryption, as companies have them: every host's certificate is made by its own authority.

use super::behaviour::Behaviour;
use super::listener::read_request;
use super::tls::{Presents, Rogue};
use crate::world::lock;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// The proxy. Dropping it stops it.
#[derive(Debug)]
pub struct Interceptor {
    address: SocketAddr,
    root_pem: String,
    hosts: Arc<Mutex<Vec<String>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Script {
    rogue: Rogue,
    answers: Vec<(String, Behaviour)>,
    hosts: Arc<Mutex<Vec<String>>>,
}

impl Interceptor {
    /// Starts it. A host whose name begins with the first of a pair is answered so; any other with 404, as AWS answers HEAD.
    pub fn start(presents: Presents, answers: impl IntoIterator<Item = (&'static str, Behaviour)>) -> Self {
        let rogue = Rogue::new(presents);
        let root_pem = rogue.root_pem();
        let hosts = Arc::new(Mutex::new(Vec::new()));
        let answers = answers.into_iter().map(|(host, answer)| (host.to_owned(), answer)).collect();
        let script = Arc::new(Script { rogue, answers, hosts: Arc::clone(&hosts) });
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || run(listener, script, stopped));
        Self { address, root_pem, hosts, stop: Some(stop), thread: Some(thread) }
    }

    /// For `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The root that somebody would have to trust.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The hosts that were asked for, as in CONNECT.
    pub fn hosts(&self) -> Vec<String> {
        lock(&self.hosts).clone()
    }
}

impl Drop for Interceptor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(listener: std::net::TcpListener, script: Arc<Script>, stopped: oneshot::Receiver<()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    runtime.block_on(async move {
        listener.set_nonblocking(true).expect("a socket can be made non-blocking");
        let listener = TcpListener::from_std(listener).expect("the runtime takes the socket");
        let accept = async {
            while let Ok((stream, _)) = listener.accept().await {
                let script = Arc::clone(&script);
                // A client that leaves, or refuses the certificate, is not our problem.
                tokio::spawn(async move { serve(stream, &script).await });
            }
        };
        tokio::select! {
            _ = stopped => {}
            () = accept => {}
        }
    });
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
    read_request(&mut stream).await?;
    let answer = script.answers.iter().find(|(start, _)| host.starts_with(start.as_str()));
    let nothing = Behaviour::Reply(
        b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec(),
    );
    answer.map_or(&nothing, |(_, answer)| answer).play(&mut stream).await?;
    stream.shutdown().await
}
