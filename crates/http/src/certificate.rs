//! Certificates as people speak of them: whose, by whom, until when, with which fingerprint.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use sso_core::Timestamp;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::name::Name;

/// What is told of a certificate. Names are foreign text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is: the common name, else the whole name.
    pub subject: String,
    /// Who made it.
    pub issuer: String,
    /// When it ends (`notAfter`, RFC 5280 §4.1.2.5).
    pub expires_at: Option<Timestamp>,
    /// Whether it may make others (`cA` of its basic constraints, RFC 5280 §4.2.1.9).
    pub is_ca: bool,
    /// The certificate itself, DER.
    pub der: Vec<u8>,
    subject_name: Vec<u8>,
    issuer_name: Vec<u8>,
}

impl Certificate {
    /// Reads one from DER; `None` if it is none.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let found = x509_cert::Certificate::from_der(der).ok()?;
        let body = found.tbs_certificate();
        let constraints = body.get_extension::<BasicConstraints>().ok().flatten();
        let end = body.validity().not_after.to_unix_duration().as_secs();
        Some(Self {
            subject: text(body.subject()),
            issuer: text(body.issuer()),
            expires_at: i64::try_from(end).ok().and_then(|end| Timestamp::from_second(end).ok()),
            is_ca: constraints.is_some_and(|(_, constraints)| constraints.ca),
            der: der.to_vec(),
            subject_name: body.subject().to_der().ok()?,
            issuer_name: body.issuer().to_der().ok()?,
        })
    }

    /// Whether it names itself as its maker: a root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.subject_name == self.issuer_name
    }

    /// Whether the name of its maker is that of the other one.
    #[must_use]
    pub fn names_as_issuer(&self, other: &Self) -> bool {
        self.issuer_name == other.subject_name
    }

    /// SHA-256, as browsers and openssl show it: `AB:CD:...`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let bytes: Vec<String> = Sha256::digest(&self.der).iter().map(|byte| format!("{byte:02X}")).collect();
        bytes.join(":")
    }
}

/// The common name, else all of it.
fn text(name: &Name) -> String {
    let common = name.common_name().ok().flatten().map(|found| found.value().into_owned());
    common.unwrap_or_else(|| name.to_string())
}

/// The certificates of a PEM file (RFC 7468). Those that cannot be read are left out.
///
/// # Errors
/// It is no PEM file, holds no certificate, or none that can be read; says which.
pub fn bundle(pem: &[u8]) -> Result<Vec<Certificate>, &'static str> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_| "it is not a PEM file")?;
    if found.is_empty() {
        return Err("it holds no certificate");
    }
    let read: Vec<Certificate> = found.iter().filter_map(|der| Certificate::read(der)).collect();
    if read.is_empty() { Err("none of its certificates can be read") } else { Ok(read) }
}

/// The certificates that this system trusts. What cannot be read is left out.
#[must_use]
pub fn system_roots() -> Vec<Certificate> {
    let found = rustls_native_certs::load_native_certs();
    found.certs.iter().filter_map(|der| Certificate::read(der)).collect()
}

/// Certificates as a PEM file, each once, with its name above it.
#[must_use]
pub fn pem<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> String {
    let mut written: Vec<&[u8]> = Vec::new();
    let mut file = String::new();
    for certificate in certificates {
        if written.contains(&certificate.der.as_slice()) {
            continue;
        }
        written.push(&certificate.der);
        // A name is foreign text, and what follows a line break would be read.
        let name = certificate.subject.replace(|c: char| c.is_control(), " ");
        let body = x509_cert::der::pem::encode_string(
            "CERTIFICATE",
            x509_cert::der::pem::LineEnding::LF,
            &certificate.der,
        );
        if let Ok(body) = body {
            file.push_str(&format!("# {name}\n{body}"));
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_sim::{Behaviour, RawServer, TlsCertificate};

    #[test]
    fn what_a_root_says_and_that_it_is_written_as_it_was_read() {
        let server = RawServer::https(TlsCertificate::Good, [Behaviour::json(200, "{}")]);
        let read = bundle(server.ca_pem().as_bytes()).expect("a certificate");
        let root = &read[0];
        assert_eq!((root.subject.as_str(), root.issuer.as_str()), ("sso-sim test CA", "sso-sim test CA"));
        assert!(root.is_ca && root.is_root() && root.names_as_issuer(root));
        assert_eq!(root.fingerprint().len(), 32 * 3 - 1);
        let file = pem(read.iter().chain(&read));
        assert!(file.starts_with("# sso-sim test CA\n-----BEGIN CERTIFICATE-----\n"), "{file}");
        assert_eq!(bundle(file.as_bytes()), Ok(read));
    }

    #[test]
    fn what_is_no_bundle() {
        for (text, why) in [
            ("", "it holds no certificate"),
            ("-----BEGIN CERTIFICATE-----\nMII\n", "it is not a PEM file"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "none of its certificates can be read",
            ),
        ] {
            assert_eq!(bundle(text.as_bytes()), Err(why));
        }
    }
}
