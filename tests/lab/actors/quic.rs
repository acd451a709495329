//! A host that speaks QUIC and offers HTTP/3 (by quinn), because the nginx of a stable Debian does not. It takes
//! connections and answers nothing over them.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Endpoint, ServerConfig};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// `certificate` is the name of one of the lab's.
pub(super) async fn serve(address: &str, certificate: &str) -> Result<()> {
    let file = |ending: &str| format!("{}/certs/{certificate}.{ending}", crate::network::LAB);
    let chain: Vec<_> = CertificateDer::pem_file_iter(file("pem"))
        .and_then(Iterator::collect)
        .context("read the certificate")?;
    let key = PrivateKeyDer::from_pem_file(file("key")).context("read the key")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    let endpoint = Endpoint::server(config, address.parse()?)?;
    super::ready()?;
    while let Some(incoming) = endpoint.accept().await {
        tokio::spawn(async move {
            if let Ok(connection) = incoming.await {
                connection.closed().await;
            }
        });
    }
    Ok(())
}
