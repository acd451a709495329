//! Whose answer it is that comes through a proxy in clear: the service's, or the proxy's own.
//!
//! A proxy that passes an answer on must add itself to `Via` (RFC 9110, section 7.6.3). An error of a gateway
//! without that line was made by the proxy. Squid and those who follow RFC 9209 say so themselves. A refusal
//! without that line is the proxy's where it is signed (`Server`) by a program that is nothing but a proxy.
//!
//! Blind spots: a proxy that hides itself (`via off`) looks like the author of each error of a gateway that it
//! passes on; a refusal (403) that carries no mark of a proxy is taken for the service's.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, PROXY_AUTHENTICATE, SERVER, VIA};

use crate::proxy::TunnelOutcome;

/// Programs that are nothing but proxies, as they sign their own pages.
const PROXIES: &[&str] = &["tinyproxy", "squid", "zscaler"];

/// What a proxy says of the way, where the answer is its own.
pub(super) fn own_answer(status: StatusCode, headers: &HeaderMap) -> Option<TunnelOutcome> {
    let code = status.as_u16();
    if code == 407 || headers.contains_key(PROXY_AUTHENTICATE) {
        return Some(TunnelOutcome::Password);
    }
    // `Proxy-Status: proxy.example; error=dns_error`; without `error`, the answer was passed on.
    let says_error = headers
        .get_all("proxy-status")
        .iter()
        .any(|v| String::from_utf8_lossy(v.as_bytes()).contains("error="));
    let marked = headers.contains_key("x-squid-error") || says_error;
    let signed = !headers.contains_key(VIA)
        && headers.get(SERVER).is_some_and(|by| {
            let by = String::from_utf8_lossy(by.as_bytes()).to_ascii_lowercase();
            PROXIES.iter().any(|name| by.split(['/', ' ']).next() == Some(name))
        });
    match code {
        502..=504 if marked || !headers.contains_key(VIA) => Some(TunnelOutcome::NoWay),
        500..=599 if marked => Some(TunnelOutcome::NoWay),
        400..=499 if marked || signed => Some(TunnelOutcome::Refused),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn says(code: u16, lines: &[(&'static str, &'static str)]) -> Option<TunnelOutcome> {
        let headers = lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        own_answer(StatusCode::from_u16(code).unwrap(), &headers.collect())
    }

    #[test]
    fn a_proxys_own_answers_are_known_by_their_marks() {
        let (password, refused, no_way) =
            (TunnelOutcome::Password, TunnelOutcome::Refused, TunnelOutcome::NoWay);
        for (code, lines, outcome) in [
            (407, &[][..], password),
            (401, &[("proxy-authenticate", "Basic")][..], password),
            (403, &[("x-squid-error", "ERR_ACCESS_DENIED 0")][..], refused),
            (403, &[("server", "tinyproxy/1.11.1")][..], refused),
            (403, &[("server", "Zscaler/6.2")][..], refused),
            (503, &[("x-squid-error", "ERR_CONNECT_FAIL 111"), ("via", "1.1 p (squid)")][..], no_way),
            (504, &[("proxy-status", "p; error=connection_timeout")][..], no_way),
            (502, &[("server", "tinyproxy/1.11.1")][..], no_way),
        ] {
            assert_eq!(says(code, lines), Some(outcome), "{code} {lines:?}");
        }
    }

    #[test]
    fn what_was_passed_on_is_the_services() {
        for (code, lines) in [
            (503, &[("via", "1.1 tinyproxy")][..]),
            (502, &[("via", "1.1 a"), ("proxy-status", "p; received-status=502")][..]),
            (401, &[][..]),
            (403, &[][..]),
            (403, &[("server", "nginx")][..]),
            (404, &[("server", "tinyproxy/1.11.1"), ("via", "1.1 p")][..]),
            (500, &[][..]),
            (200, &[][..]),
        ] {
            assert_eq!(says(code, lines), None, "{code} {lines:?}");
        }
    }
}
