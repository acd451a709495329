//! The certificates that programs of this system trust.

use jiff::Timestamp;
use x509_parser::pem::Pem;

use super::OwnCertificate;
use crate::source::{names, read_large_text};
use crate::{Absence, Context, Reason, net};

/// Where distributions keep the one file with all of them.
const STORES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Where administrators put their own.
const OWN: &[&str] =
    &["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors", "/etc/pki/trust/anchors"];

const MOST_BYTES: u64 = 8 << 20;
const MOST_CERTIFICATES: usize = 2000;
const MOST_FILES: usize = 100;

/// How many are trusted.
pub(super) struct Store {
    pub(super) all: u32,
    pub(super) expired: u32,
}

pub(super) fn store(cx: &Context) -> Result<Store, Absence> {
    let path = STORES.iter().find(|path| cx.path(path).exists()).ok_or_else(|| {
        Absence::new(Reason::NotSupported, "no store of certificates is where it usually is")
    })?;
    let now = Timestamp::now();
    let found = certificates(&read_large_text(cx, path, MOST_BYTES)?);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Store { all: count(found.len()), expired: count(found.iter().filter(|c| c.1 < now).count()) })
}

pub(super) fn own(cx: &Context) -> Result<Vec<OwnCertificate>, Absence> {
    let mut own = Vec::new();
    for folder in OWN {
        for name in names(cx, folder, MOST_FILES)? {
            let path = format!("{folder}/{name}");
            if !cx.path(&path).is_file() {
                continue;
            }
            for (subject, not_after) in certificates(&read_large_text(cx, &path, MOST_BYTES)?) {
                let seconds = not_after.as_second() - Timestamp::now().as_second();
                own.push(OwnCertificate { subject, not_after, left_days: seconds.div_euclid(86_400) });
            }
        }
    }
    own.truncate(MOST_FILES);
    Ok(own)
}

/// Whom each names, and when it expires. What is no certificate is passed over.
fn certificates(text: &str) -> Vec<(String, Timestamp)> {
    Pem::iter_from_buffer(text.as_bytes())
        .take(MOST_CERTIFICATES)
        .filter_map(|pem| {
            let pem = pem.ok()?;
            let certificate = pem.parse_x509().ok()?;
            let subject = certificate.subject();
            let name = subject
                .iter_common_name()
                .chain(subject.iter_organization())
                .find_map(|name| name.as_str().ok())
                .unwrap_or_default();
            let not_after = Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?;
            Some((net::tame(name, 100), not_after))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    fn certificate(name: &str, year: i32) -> String {
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
        parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        parameters.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn certificates_are_counted_and_own_ones_told() {
        let (old, new) = (certificate("Old CA", 2020), certificate("Own CA", 2090));
        let both =
            format!("# a comment\n{old}{new}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let (_root, cx) = tree(&[
            ("etc/ssl/certs/ca-certificates.crt", &both),
            ("usr/local/share/ca-certificates/own.crt", &new),
            ("usr/local/share/ca-certificates/README", "nothing\n"),
        ]);
        let store = store(&cx).unwrap();
        assert_eq!((store.all, store.expired), (2, 1));
        let own = own(&cx).unwrap();
        assert_eq!((own.len(), own[0].subject.as_str()), (1, "Own CA"));
        assert!(own[0].left_days > 20_000);
    }

    #[test]
    fn without_a_store_nothing_is_known() {
        let (_root, cx) = tree(&[]);
        assert_eq!(store(&cx).err().unwrap().reason, Reason::NotSupported);
        assert_eq!(own(&cx).unwrap(), vec![]);
    }
}
