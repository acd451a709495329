//! Who the host claims to be, and whether this computer believes it. The witness keeps what the host
//! showed and lets the handshake go on; the verdict is kept beside it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::TlsOutcome;

/// What the host showed, and what the verifier said of it.
#[derive(Debug, Clone)]
pub(super) struct Testimony {
    /// Its own certificate first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// An error is what is wrong with it.
    pub(super) verdict: Result<(), (TlsOutcome, String)>,
}

/// Verifies like any program, and remembers.
#[derive(Debug)]
pub(super) struct Witness {
    algorithms: WebPkiSupportedAlgorithms,
    /// None where this computer trusts nobody at all.
    verifier: Option<Arc<WebPkiServerVerifier>>,
    testimony: Mutex<Option<Testimony>>,
}

impl Witness {
    pub(super) fn new(provider: &Arc<CryptoProvider>, anchors: Arc<RootCertStore>) -> Self {
        let verifier = WebPkiServerVerifier::builder_with_provider(anchors, Arc::clone(provider)).build();
        Self {
            algorithms: provider.signature_verification_algorithms,
            // The only error without revocation lists is an empty store.
            verifier: verifier.ok(),
            testimony: Mutex::new(None),
        }
    }

    pub(super) fn testimony(&self) -> Option<Testimony> {
        self.testimony.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let result = match &self.verifier {
            Some(verifier) => {
                verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        };
        let testimony = Testimony {
            chain: std::iter::once(end_entity).chain(intermediates).map(|c| c.clone().into_owned()).collect(),
            verdict: result.map(|_| ()).map_err(|e| (classify(&e, end_entity), e.to_string())),
        };
        *self.testimony.lock().unwrap_or_else(PoisonError::into_inner) = Some(testimony);
        // Nothing is sent over the connection, so nothing is entrusted to whoever this is.
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn classify(error: &Error, end_entity: &CertificateDer<'_>) -> TlsOutcome {
    use CertificateError as C;
    let Error::InvalidCertificate(error) = error else { return TlsOutcome::Invalid };
    match error {
        C::Expired | C::ExpiredContext { .. } => TlsOutcome::Expired,
        C::NotValidYet | C::NotValidYetContext { .. } => TlsOutcome::NotYetValid,
        C::NotValidForName | C::NotValidForNameContext { .. } => TlsOutcome::WrongName,
        // The verifier sees one of many oddities of a certificate that signed itself (no issuer, an
        // authority used as a host, version 1); that it signed itself is what matters.
        _ if vouches_for_itself(end_entity) => TlsOutcome::SelfSigned,
        C::UnknownIssuer => TlsOutcome::UnknownIssuer,
        _ => TlsOutcome::Invalid,
    }
}

fn vouches_for_itself(end_entity: &CertificateDer<'_>) -> bool {
    x509_parser::parse_x509_certificate(end_entity)
        .is_ok_and(|(_, c)| c.subject().as_raw() == c.issuer().as_raw())
}

/// What an error of the handshake itself says, the certificate being none of it.
pub(super) fn handshake(error: &io::Error) -> (TlsOutcome, String) {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let outcome = match tls {
        // Such as a signature that the certificate's key did not make.
        Some(Error::InvalidCertificate(_)) => TlsOutcome::Invalid,
        _ => TlsOutcome::HandshakeFailed,
    };
    (outcome, format!("TLS handshake: {error}"))
}
