//! Notes which certificates hosts present, also those that are refused: to name who opens the encryption.

use crate::certificate::Certificate;
use crate::error::{TlsProblem, tls_problem};
use crate::tls;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What hosts have presented.
#[derive(Clone, Debug, Default)]
pub struct Witness(Arc<Mutex<BTreeMap<String, Presented>>>);

/// What one host has presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Its own certificate first. What cannot be read is left out.
    pub chain: Vec<Certificate>,
    /// Why it was refused; `None` if it was not.
    pub problem: Option<TlsProblem>,
    /// Whether the system's own roots would have accepted it; not asked where those in force did.
    pub system_accepts: bool,
}

impl Witness {
    /// What the host has presented last. The name is without a port.
    #[must_use]
    pub fn of(&self, host: &str) -> Option<Presented> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }

    /// A verifier that decides as `inner` does.
    pub(crate) fn beside(&self, inner: Arc<dyn ServerCertVerifier>) -> Arc<dyn ServerCertVerifier> {
        Arc::new(Watching { inner, witness: self.clone() })
    }
}

#[derive(Debug)]
struct Watching {
    inner: Arc<dyn ServerCertVerifier>,
    witness: Witness,
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict =
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let by_system = |system: Arc<dyn ServerCertVerifier>| {
            system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).is_ok()
        };
        let presented = Presented {
            chain: std::iter::once(end_entity)
                .chain(intermediates)
                .filter_map(|der| Certificate::read(der))
                .collect(),
            problem: verdict.as_ref().err().map(tls_problem),
            system_accepts: verdict.is_ok() || tls::system_verifier().is_ok_and(by_system),
        };
        let mut seen = self.witness.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(server_name.to_str().into_owned(), presented);
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
