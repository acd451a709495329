//! Certificates as a host sent them, made into facts. They come from anybody: everything is bounded,
//! and what can't be read is left out rather than trusted to be harmless.

use std::net::IpAddr;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{ASN1Time, X509Certificate};

use super::Certificate;
use crate::net::tame;

const MOST_CERTIFICATES: usize = 10;
const MOST_NAMES: usize = 20;
const MOST_CHARACTERS: usize = 300;

pub(super) fn certificates(chain: &[CertificateDer<'_>]) -> Vec<Certificate> {
    chain.iter().take(MOST_CERTIFICATES).filter_map(certificate).collect()
}

fn certificate(der: &CertificateDer<'_>) -> Option<Certificate> {
    let (_, parsed) = x509_parser::parse_x509_certificate(der)
        .inspect_err(|error| tracing::warn!(%error, "a certificate of a chain can't be read; left out"))
        .ok()?;
    Some(Certificate {
        subject: tame(&parsed.subject().to_string(), MOST_CHARACTERS),
        issuer: tame(&parsed.issuer().to_string(), MOST_CHARACTERS),
        names: names(&parsed),
        not_before: timestamp(parsed.validity().not_before),
        not_after: timestamp(parsed.validity().not_after),
        sha256: format!("{:x}", Sha256::digest(der)),
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(tame(name, MOST_CHARACTERS)),
        GeneralName::IPAddress(bytes) => {
            let address = <[u8; 4]>::try_from(*bytes)
                .map(IpAddr::from)
                .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|a| a.to_string())
        }
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).take(MOST_NAMES).collect()
}

/// The end of the year 9999 stands for "never ends" (RFC 5280) and is past what a timestamp holds.
fn timestamp(time: ASN1Time) -> Timestamp {
    let seconds = time.timestamp();
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
