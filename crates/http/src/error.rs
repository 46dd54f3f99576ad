//! What can go wrong between us and a host, by cause.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// A request got no usable reply.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The host name has no address.
    #[error("the name {host} cannot be resolved")]
    Resolve {
        /// The host.
        host: String,
    },
    /// Nobody listens there, or a firewall says no.
    #[error("cannot connect to {host}: {reason}")]
    Connect {
        /// The host.
        host: String,
        /// The operating system's words.
        reason: String,
    },
    /// The proxy cannot be reached, or refuses.
    #[error("the proxy {proxy} failed: {reason}")]
    Proxy {
        /// Host and port of the proxy.
        proxy: String,
        /// What it, or the system, said.
        reason: String,
    },
    /// The proxy wants a user name and password (407).
    #[error("the proxy {proxy} asks for authentication")]
    ProxyAuthentication {
        /// Host and port of the proxy.
        proxy: String,
    },
    /// The TLS handshake failed.
    #[error("TLS to {host} failed: {problem}")]
    Tls {
        /// The host.
        host: String,
        /// What is wrong.
        problem: TlsProblem,
    },
    /// No full reply in time.
    #[error("{host} did not answer within {} s", after.as_secs())]
    Timeout {
        /// The host.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// The reply is larger than any honest one.
    #[error("the reply of {host} is larger than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit that it passed, in bytes.
        limit: usize,
    },
    /// The connection ended in the middle, or what came is no HTTP.
    #[error("the connection to {host} broke: {reason}")]
    Broken {
        /// The host.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The CA bundle cannot be used.
    #[error("the CA bundle {} cannot be used: {reason}", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A proxy setting cannot be used.
    #[error(transparent)]
    ProxySetting(#[from] crate::ProxyError),
    /// The client cannot be set up on this machine (no usable system roots, ...).
    #[error("the TLS client cannot be set up: {reason}")]
    Setup {
        /// Why.
        reason: String,
    },
}

/// What is wrong with a TLS connection.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlsProblem {
    /// The certificate's issuer is not trusted: typically a corporate TLS proxy.
    #[error("its certificate was issued by somebody this machine does not trust")]
    UnknownIssuer,
    /// The certificate is for other names.
    #[error("its certificate is for other names")]
    WrongName,
    /// The certificate has expired, or is not valid yet.
    #[error("its certificate is outside its validity dates")]
    Dates,
    /// Something else, in rustls' words.
    #[error("{0}")]
    Other(String),
}

/// Sorts a reqwest error by cause.
pub(crate) fn classify(
    error: &reqwest::Error,
    host: &str,
    proxy: Option<&str>,
    limit: Duration,
) -> HttpError {
    let host = host.to_owned();
    if error.is_timeout() {
        return HttpError::Timeout { host, after: limit };
    }
    if let Some(problem) = find::<rustls::Error>(error).map(tls_problem) {
        return HttpError::Tls { host, problem };
    }
    // Not the words of reqwest's own error: they show the URL, which may have any of these in it.
    let words = inner(error).map(chain).unwrap_or_default();
    if let Some(proxy) = proxy.filter(|_| words.contains("tunnel") || words.contains("socks")) {
        let proxy = proxy.to_owned();
        return if words.contains("authorization required") {
            HttpError::ProxyAuthentication { proxy }
        } else {
            HttpError::Proxy { proxy, reason: cause(error) }
        };
    }
    match () {
        () if words.contains("dns error") || words.contains("failed to lookup address") => {
            HttpError::Resolve { host }
        }
        () if error.is_connect() => HttpError::Connect { host, reason: cause(error) },
        () => HttpError::Broken { host, reason: cause(error) },
    }
}

pub(crate) fn tls_problem(error: &rustls::Error) -> TlsProblem {
    use rustls::CertificateError as Certificate;
    match error {
        // A bad signature: the issuer has the name of one that is trusted, and another key.
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => {
            TlsProblem::UnknownIssuer
        }
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => TlsProblem::WrongName,
        rustls::Error::InvalidCertificate(
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. },
        ) => TlsProblem::Dates,
        other => TlsProblem::Other(other.to_string()),
    }
}

/// Walks `source()`, and into `io::Error`s, whose `source()` skips the error that they wrap.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        next = inner(current);
    }
    None
}

fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// The words of the whole chain, for sorting only.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut words = String::new();
    let mut next = Some(error);
    while let Some(current) = next {
        words.push_str(&current.to_string().to_lowercase());
        words.push('\n');
        next = inner(current);
    }
    words
}

/// The innermost cause's words: the ones that say what happened.
fn cause(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(next) = inner(last) {
        last = next;
    }
    last.to_string()
}
