//! The first words of a protocol: enough to tell a service that is there from a port that is open.
//! Nothing here signs in, and nothing that could be private is sent.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::Instant;

use super::{Greeting, ServiceKind};
use crate::net;

/// The most that is read of an answer.
const MOST: usize = 512;

/// Length of an SMB 2 header, and of a negotiation with one dialect (MS-SMB2 2.2.1.2, 2.2.3).
const SMB_HEADER: usize = 64;
const SMB_NEGOTIATE: usize = 38;

/// SMB 2 negotiation for the dialect 2.0.2, in its NetBIOS frame. What is not set is zero.
const SMB: [u8; 4 + SMB_HEADER + SMB_NEGOTIATE] = {
    let mut m = [0; 4 + SMB_HEADER + SMB_NEGOTIATE];
    m[3] = (SMB_HEADER + SMB_NEGOTIATE) as u8;
    m[4] = 0xFE;
    m[5] = b'S';
    m[6] = b'M';
    m[7] = b'B';
    m[8] = SMB_HEADER as u8;
    // Credits asked for: one.
    m[18] = 1;
    let body = 4 + SMB_HEADER;
    // Size of the structure without its list, one dialect, signing enabled.
    m[body] = 36;
    m[body + 2] = 1;
    m[body + 4] = 1;
    m[body + 36] = 0x02;
    m[body + 37] = 0x02;
    m
};

/// An anonymous LDAP bind (RFC 4511, section 4.2).
const LDAP: &[u8] = &[0x30, 0x0C, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0];

/// An RDP connection request (MS-RDPBCGR 2.2.1.1) that offers TLS and CredSSP.
const RDP: &[u8] = &[3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];

/// What is said first, if the client begins.
const fn opening(kind: ServiceKind) -> &'static [u8] {
    match kind {
        ServiceKind::Smb => &SMB,
        ServiceKind::Ldap => LDAP,
        ServiceKind::Rdp => RDP,
        _ => &[],
    }
}

/// Whether an answer is the protocol's.
fn fits(kind: ServiceKind, answer: &[u8]) -> bool {
    match kind {
        ServiceKind::Ssh => answer.starts_with(b"SSH-"),
        ServiceKind::Smtp => answer.starts_with(b"220"),
        ServiceKind::Imap => answer.starts_with(b"* OK") || answer.starts_with(b"* PREAUTH"),
        ServiceKind::Smb => answer.get(4..8) == Some(&[0xFE, b'S', b'M', b'B'][..]),
        // A bind answer (application 1) to the message sent.
        ServiceKind::Ldap => answer.first() == Some(&0x30) && answer.contains(&0x61),
        // A connection confirm.
        ServiceKind::Rdp => answer.first() == Some(&3) && answer.get(5) == Some(&0xD0),
        ServiceKind::Https | ServiceKind::Http | ServiceKind::Tcp => false,
    }
}

/// Greets, and says what came back; for text protocols with the first line.
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    kind: ServiceKind,
    deadline: Instant,
) -> (Greeting, Option<String>) {
    let talk = async {
        let opening = opening(kind);
        if !opening.is_empty() && stream.write_all(opening).await.is_err() {
            return (Greeting::Closed, Vec::new());
        }
        let mut answer = vec![0; MOST];
        match stream.read(&mut answer).await {
            Ok(0) | Err(_) => (Greeting::Closed, Vec::new()),
            Ok(length) => {
                answer.truncate(length);
                let greeting = if fits(kind, &answer) { Greeting::Spoken } else { Greeting::Other };
                (greeting, answer)
            }
        }
    };
    let Ok((greeting, answer)) = tokio::time::timeout_at(deadline, talk).await else {
        return (Greeting::Silent, None);
    };
    let text = matches!(kind, ServiceKind::Ssh | ServiceKind::Smtp | ServiceKind::Imap)
        .then(|| String::from_utf8_lossy(&answer).lines().next().map(|line| net::tame(line, 120)))
        .flatten();
    (greeting, text.filter(|t| !t.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn said(kind: ServiceKind, answer: &[u8], close: bool) -> (Greeting, Option<String>, Vec<u8>) {
        let (mut here, mut there) = tokio::io::duplex(4096);
        let answer = answer.to_vec();
        let server = tokio::spawn(async move {
            let mut heard = vec![0; opening(kind).len()];
            there.read_exact(&mut heard).await.unwrap();
            there.write_all(&answer).await.unwrap();
            if !close {
                // Held open until the other side has decided.
                let _ = there.read(&mut [0]).await;
            }
            heard
        });
        let (greeting, text) =
            greet(&mut here, kind, Instant::now() + Duration::from_millis(if close { 5000 } else { 300 }))
                .await;
        drop(here);
        (greeting, text, server.await.unwrap())
    }

    #[tokio::test]
    async fn each_protocol_is_known_by_its_first_words() {
        for (kind, answer, text) in [
            (ServiceKind::Ssh, &b"SSH-2.0-OpenSSH_9.2\r\n"[..], Some("SSH-2.0-OpenSSH_9.2")),
            (ServiceKind::Smtp, b"220 mail.example ESMTP\r\n", Some("220 mail.example ESMTP")),
            (ServiceKind::Imap, b"* OK ready\r\n", Some("* OK ready")),
            (ServiceKind::Smb, &[0, 0, 0, 8, 0xFE, b'S', b'M', b'B', 64], None),
            (ServiceKind::Ldap, &[0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0], None),
            (ServiceKind::Rdp, &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0], None),
        ] {
            let (greeting, seen, heard) = said(kind, answer, true).await;
            assert_eq!((greeting, seen.as_deref()), (Greeting::Spoken, text), "{kind:?}");
            assert_eq!(heard, opening(kind));
            let (greeting, ..) = said(kind, b"HTTP/1.1 400 Bad Request\r\n", true).await;
            assert_eq!(greeting, Greeting::Other, "{kind:?}");
        }
    }

    #[tokio::test]
    async fn silence_and_a_closed_door_are_two_things() {
        assert_eq!(said(ServiceKind::Ssh, b"", false).await.0, Greeting::Silent);
        assert_eq!(said(ServiceKind::Ssh, b"", true).await.0, Greeting::Closed);
    }
}
