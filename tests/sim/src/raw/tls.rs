//! Certificates for the raw listener: a good one, and three that a client must refuse.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the certificate of a TLS listener is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsCertificate {
    /// For `localhost` and 127.0.0.1, signed by the CA of `ca_pem()`.
    Good,
    /// Signed by a CA that is not the one of `ca_pem()`.
    UnknownCa,
    /// For another host.
    WrongName,
    /// Ran out in 2001.
    Expired,
}

/// What somebody who opens the encryption shows besides the host's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presents {
    /// Its root too.
    Root,
    /// An intermediate authority, without the root above it.
    Intermediate,
    /// Nothing.
    Leaf,
}

/// An authority that makes certificates for any host.
pub(super) struct Rogue {
    presents: Presents,
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

impl Rogue {
    pub(super) fn new(presents: Presents) -> Self {
        let root = authority("ACME Intercepting Root CA");
        let key = KeyPair::generate().expect("a key can be made");
        let intermediate = CertifiedIssuer::signed_by(ca_params("ACME Intercepting CA 1"), key, &root);
        Self { presents, intermediate: intermediate.expect("a CA can sign a CA"), root }
    }

    pub(super) fn root_pem(&self) -> String {
        self.root.pem()
    }

    pub(super) fn acceptor(&self, host: &str) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key can be made");
        let leaf = params(&[host], host);
        let (leaf, above) = match self.presents {
            Presents::Intermediate => (leaf.signed_by(&key, &self.intermediate), Some(&self.intermediate)),
            Presents::Root => (leaf.signed_by(&key, &self.root), Some(&self.root)),
            Presents::Leaf => (leaf.signed_by(&key, &self.root), None),
        };
        let leaf = leaf.expect("the CA can sign").der().clone();
        serving(std::iter::once(leaf).chain(above.map(|one| one.der().clone())).collect(), &key)
    }
}

/// An acceptor with such a certificate, and the PEM of the CA that the client is to trust.
pub(super) fn acceptor(certificate: TlsCertificate) -> (TlsAcceptor, String) {
    let signer = authority("sso-sim test CA");
    let trusted = match certificate {
        TlsCertificate::UnknownCa => authority("sso-sim other CA").pem(),
        _ => signer.pem(),
    };
    let key = KeyPair::generate().expect("a key can be made");
    let leaf = leaf(certificate).signed_by(&key, &signer);
    let chain = vec![leaf.expect("the CA can sign").der().clone()];
    (serving(chain, &key), trusted)
}

fn serving(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the key is PKCS#8");
    // The provider is named, so that other crates' choice of a default does not matter.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("key and certificate belong together");
    TlsAcceptor::from(Arc::new(config))
}

/// Each authority has its own name: to a verifier, the same name with another key is a forgery.
fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let key = KeyPair::generate().expect("a key can be made");
    CertifiedIssuer::self_signed(ca_params(name), key).expect("a CA can sign itself")
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = params(&[], name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf(certificate: TlsCertificate) -> CertificateParams {
    let names: &[&str] = match certificate {
        TlsCertificate::WrongName => &["wrong.example"],
        _ => &["localhost", "127.0.0.1"],
    };
    let mut params = params(names, "sso-sim test server");
    if certificate == TlsCertificate::Expired {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
    }
    params
}

fn params(names: &[&str], common_name: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, common_name);
    // Two years at most: Apple's verifier refuses leaves that live longer than 825 days.
    let year = i32::from(jiff::Zoned::now().year());
    params.not_before = date_time_ymd(year, 1, 1);
    params.not_after = date_time_ymd(year + 2, 1, 1);
    params
}
