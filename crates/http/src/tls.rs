//! TLS: which roots are trusted, and the one place where the cryptography provider is chosen.

use crate::error::HttpError;
use crate::witness::Witness;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// ring: aws-lc-rs costs 30 ms in every process that makes a handshake (docs/decisions/tls-provider.md).
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The TLS configuration: the system's roots, or only those of `ca_bundle` if one is named (the AWS CLI's rule).
pub(crate) fn config(ca_bundle: Option<&Path>, witness: Option<&Witness>) -> Result<ClientConfig, HttpError> {
    let setup = |error: rustls::Error| HttpError::Setup { reason: error.to_string() };
    let verifier: Arc<dyn ServerCertVerifier> = match ca_bundle {
        Some(path) => bundle_verifier(path)?,
        None => system_verifier()?,
    };
    let verifier = match witness {
        Some(witness) => witness.beside(verifier),
        None => verifier,
    };
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(setup)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The system's own verifier.
pub(crate) fn system_verifier() -> Result<Arc<dyn ServerCertVerifier>, HttpError> {
    let verifier = rustls_platform_verifier::Verifier::new(provider());
    Ok(Arc::new(verifier.map_err(|error| HttpError::Setup { reason: error.to_string() })?))
}

fn bundle_verifier(path: &Path) -> Result<Arc<WebPkiServerVerifier>, HttpError> {
    let unusable = |reason: String| HttpError::CaBundle { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|_| unusable("it is not a PEM file".to_owned()))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate".to_owned()));
    }
    let (usable, _) = roots.add_parsable_certificates(certificates);
    if usable == 0 {
        return Err(unusable("none of its certificates can be used as a root".to_owned()));
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| unusable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_cannot_be_used_is_named_with_the_reason() {
        let dir = tempfile::tempdir().expect("a directory");
        for (name, text, reason) in [
            ("missing.pem", None, "No such file"),
            ("empty.pem", Some(""), "no certificate"),
            ("text.pem", Some("hello"), "no certificate"),
            ("torn.pem", Some("-----BEGIN CERTIFICATE-----\nMII\n"), "not a PEM"),
            (
                "bad.pem",
                Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                "none of its",
            ),
        ] {
            let path = dir.path().join(name);
            if let Some(text) = text {
                std::io::Write::write_all(&mut std::fs::File::create(&path).expect("made"), text.as_bytes())
                    .expect("written");
            }
            let error = config(Some(&path), None).expect_err(name).to_string();
            assert!(error.contains(name) && error.contains(reason), "{error}");
        }
    }
}
