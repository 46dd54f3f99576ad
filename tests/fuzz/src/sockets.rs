//! Raw bytes to a loopback port, and what comes back. Nobody sleeps: the sender closes its side, so the server knows that it
//! has all.

use std::cell::OnceCell;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
}

/// Runs something with sockets. Tasks that it leaves go on with the next one.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| {
        let made = || Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.get_or_init(made).block_on(work)
    })
}

/// Sends the bytes and reads what is answered until the other side closes. A reset is an end, too: who refuses a request need
/// not read all of it.
pub(crate) async fn ask(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("somebody listens");
    let mut answer = Vec::new();
    let (mut reader, mut writer) = stream.split();
    let send = async {
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let (read, ()) = tokio::join!(reader.read_to_end(&mut answer), send);
    assert!(read.is_ok() || answer.len() < 4096, "what is answered is small");
    answer
}

/// The status of an answer; nothing if the connection was closed without one.
pub(crate) fn status(answer: &[u8]) -> Option<u16> {
    if answer.is_empty() {
        return None;
    }
    let line = answer.split(|byte| *byte == b'\r').next().expect("a line");
    let text = std::str::from_utf8(line).expect("text");
    let status = text.strip_prefix("HTTP/1.1 ").or_else(|| text.strip_prefix("HTTP/1.0 "));
    Some(status.and_then(|rest| rest.get(..3)?.parse().ok()).expect("the line of a status"))
}
