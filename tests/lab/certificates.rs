//! Certificates of the lab's internet, good and bad, made anew for every scenario.

use std::path::Path;

use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};

/// Names that the lab's sites are reached by.
const SITES: &[&str] =
    &["www.example", "www.second.example", "check.example", "site.example", "wiki.corp.example"];

/// A good certificate of the real web comes with a chain of 3 to 4 kB, more than two packets hold. These
/// further names make the lab's as large.
fn padded(sites: &[&str]) -> Vec<String> {
    let further = (0..60).map(|n| format!("site-{n:02}.of-many-that-share-a-certificate.example"));
    sites.iter().map(|site| (*site).to_owned()).chain(further).collect()
}

/// Writes `NAME.pem` and `NAME.key` for each kind into `folder`:
///
/// - `ca`: what the policy trusts; `www`: a good certificate for all sites
/// - `expired`, `not-yet`, `wrong-name`: by the same issuer
/// - `intercepted`: by an issuer that nobody trusts; `self-signed`: by itself
pub(crate) fn write(folder: &str) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let folder = Path::new(folder);
    let ca = authority("Lab Root CA")?;
    std::fs::write(folder.join("ca.pem"), ca.pem.clone())?;
    let other = authority("Example Inspection CA")?;
    let make = |name: &str, issuer: Option<&Authority>, sites: &[&str], years: (i32, i32)| -> Result<()> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(padded(sites))?;
        params.distinguished_name.push(DnType::CommonName, sites[0]);
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        params.use_authority_key_identifier_extension = true;
        let pem = match issuer {
            Some(issuer) => {
                format!("{}{}", params.signed_by(&key, &issuer.issuer)?.pem(), issuer.pem)
            }
            None => params.self_signed(&key)?.pem(),
        };
        std::fs::write(folder.join(format!("{name}.pem")), pem)?;
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem())?;
        Ok(())
    };
    make("www", Some(&ca), SITES, (2024, 2044))?;
    make("expired", Some(&ca), SITES, (2022, 2024))?;
    make("not-yet", Some(&ca), SITES, (2040, 2044))?;
    make("wrong-name", Some(&ca), &["another.example"], (2024, 2044))?;
    make("intercepted", Some(&other), SITES, (2024, 2044))?;
    make("self-signed", None, SITES, (2024, 2044))
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn authority(name: &str) -> Result<Authority> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2050, 1, 1);
    let pem = params.self_signed(&key)?.pem();
    Ok(Authority { issuer: Issuer::new(params, key), pem })
}
