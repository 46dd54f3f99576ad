//! A listener on loopback with a thread and a runtime of its own, for servers that outlive no test.

use std::net::SocketAddr;
use std::thread::JoinHandle;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Dropping it closes the port and everything that was accepted.
#[derive(Debug)]
pub(super) struct Background {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Listens on any free port; `accepted` is told of every connection, within the runtime.
    pub(super) fn start(accepted: impl Fn(TcpStream) + Send + 'static) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || run(listener, accepted, stopped));
        Self { address, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(listener: std::net::TcpListener, accepted: impl Fn(TcpStream), stopped: oneshot::Receiver<()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    runtime.block_on(async move {
        listener.set_nonblocking(true).expect("a socket can be made non-blocking");
        let listener = TcpListener::from_std(listener).expect("the runtime takes the socket");
        let accept = async {
            while let Ok((stream, _)) = listener.accept().await {
                accepted(stream);
            }
        };
        tokio::select! {
            _ = stopped => {}
            () = accept => {}
        }
    });
}
