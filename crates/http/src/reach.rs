//! The layers below a request, one by one: name, connection, tunnel. To say where a way to a host ends.

use crate::proxy::ProxySettings;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// A longer reply to CONNECT is of no interest.
const MAX_HEAD: usize = 16 * 1024;

/// How an attempt to connect ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Somebody listens there.
    Connected,
    /// This machine has no way there; known at once.
    Unreachable,
    /// Said no; the operating system's words.
    Refused(String),
    /// Nothing came within the limit.
    TimedOut,
}

/// The addresses of a host (`name:port`).
///
/// # Errors
/// The resolver's words, or that it did not answer in time.
pub async fn resolve(host: &str, limit: Duration) -> Result<Vec<SocketAddr>, String> {
    let found = match timeout(limit, tokio::net::lookup_host(host)).await {
        Err(_) => return Err(format!("no answer within {} s", limit.as_secs())),
        Ok(Err(error)) => return Err(error.to_string()),
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
    };
    if found.is_empty() { Err("it has no address".to_owned()) } else { Ok(found) }
}

/// Connects, and hangs up.
pub async fn connect(address: SocketAddr, limit: Duration) -> Attempt {
    match timeout(limit, TcpStream::connect(address)).await {
        Err(_) => Attempt::TimedOut,
        Ok(Ok(_)) => Attempt::Connected,
        Ok(Err(error)) => match error.kind() {
            io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::AddrNotAvailable => Attempt::Unreachable,
            _ => Attempt::Refused(error.to_string()),
        },
    }
}

/// Asks the proxy for a tunnel to the URL's host, and gives the status it answers with. `None`: the proxy speaks something
/// else than plain HTTP, or not at all.
pub async fn tunnel(proxies: &ProxySettings, url: &Url, proxy: SocketAddr, limit: Duration) -> Option<u16> {
    let intercept = proxies.intercept(url)?;
    if intercept.uri().scheme_str() != Some("http") {
        return None;
    }
    let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(authorization) = intercept.basic_auth().and_then(|value| value.to_str().ok()) {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    timeout(limit, exchange(proxy, request.as_bytes())).await.ok()?.ok()?
}

async fn exchange(proxy: SocketAddr, request: &[u8]) -> io::Result<Option<u16>> {
    let mut stream = TcpStream::connect(proxy).await?;
    stream.write_all(request).await?;
    let mut head = Vec::new();
    while head.len() < MAX_HEAD && !head.contains(&b'\n') {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(status(&head))
}

/// `HTTP/1.1 407 Proxy Authentication Required`
fn status(head: &[u8]) -> Option<u16> {
    let line = String::from_utf8_lossy(head);
    let mut words = line.lines().next()?.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_sim::{Behaviour, RawServer};

    fn wait<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work)
    }

    const LIMIT: Duration = Duration::from_millis(300);

    #[test]
    fn who_listens() {
        let server = RawServer::http([Behaviour::Silent]);
        assert_eq!(wait(connect(server.address(), LIMIT)), Attempt::Connected);
        let gone = server.address();
        drop(server);
        assert!(matches!(wait(connect(gone, LIMIT)), Attempt::Refused(_)));
        assert!(wait(resolve("does-not-exist.invalid:443", LIMIT)).is_err());
        let local = wait(resolve("127.0.0.1:443", LIMIT));
        assert_eq!(local, Ok(vec![SocketAddr::from(([127, 0, 0, 1], 443))]));
    }

    #[test]
    fn what_a_proxy_answers_and_what_it_is_told() {
        let url = Url::parse("https://oidc.us-east-1.amazonaws.com/").expect("a URL");
        for (reply, expected) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
            ("HTTP/1.0 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", Some(407)),
            ("SSH-2.0-OpenSSH\r\n", None),
            ("", None),
        ] {
            let proxy = RawServer::http([Behaviour::Reply(reply.into())]);
            let value = proxy.url().replace("http://", "http://me:p%40ss@");
            let settings =
                ProxySettings::from_variables(|name| (name == "HTTPS_PROXY").then(|| value.clone()));
            let settings = settings.expect("valid");
            let found = wait(tunnel(&settings, &url, proxy.address(), Duration::from_secs(5)));
            assert_eq!(found, expected, "{reply}");
            let head = &proxy.requests()[0].head;
            assert!(head.starts_with("CONNECT oidc.us-east-1.amazonaws.com:443 HTTP/1.1\r\n"), "{head}");
            assert!(head.contains("\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n"), "{head}");
        }
    }
}
