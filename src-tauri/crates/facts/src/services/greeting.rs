//! The first words of a protocol: enough to tell a service that is there from a port that is open.
//! Nothing here signs in, and nothing that could be private is sent.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::Instant;

use super::{Greeting, ServiceKind};
use crate::net;

/// The most that is read of an answer. SSH servers may say some lines first (RFC 4253, section 4.2).
const MOST: usize = 4096;

/// Lines of a greeting that are looked at.
const MOST_LINES: usize = 40;

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

/// Either side may begin (RFC 4253, section 4.2). Whoever is not SSH and waits to be asked answers this too.
const SSH: &[u8] = b"SSH-2.0-Befund\r\n";

/// What is said first, if the client begins or may.
const fn opening(kind: ServiceKind) -> &'static [u8] {
    match kind {
        ServiceKind::Smb => &SMB,
        ServiceKind::Ldap => LDAP,
        ServiceKind::Rdp => RDP,
        ServiceKind::Ssh => SSH,
        _ => &[],
    }
}

/// What an answer is, as far as it has come; `None` while more of it is needed to tell.
fn verdict(kind: ServiceKind, answer: &[u8]) -> Option<Greeting> {
    match kind {
        ServiceKind::Ssh => lines(answer, |line| line.starts_with(b"SSH-").then_some(Greeting::Spoken), true),
        ServiceKind::Smtp => lines(answer, smtp, false),
        ServiceKind::Imap => lines(answer, imap, false),
        ServiceKind::Smb => smb(answer),
        ServiceKind::Ldap => ldap(answer),
        ServiceKind::Rdp => rdp(answer),
        ServiceKind::Https | ServiceKind::Http | ServiceKind::Tcp => Some(Greeting::Other),
    }
}

/// Judges a protocol of lines by its first line, or by the first that `pick` knows.
fn lines(answer: &[u8], pick: impl Fn(&[u8]) -> Option<Greeting>, skip_others: bool) -> Option<Greeting> {
    let mut rest = answer;
    for _ in 0..MOST_LINES {
        // A line that is not over yet may still become one that is known.
        let end = rest.iter().position(|b| *b == b'\n')?;
        if let Some(known) = pick(&rest[..end]) {
            return Some(known);
        }
        if !skip_others {
            break;
        }
        rest = &rest[end + 1..];
    }
    Some(Greeting::Other)
}

/// RFC 5321, section 4.3.2: 220, or 421 and 554 from a server that serves nobody.
fn smtp(line: &[u8]) -> Option<Greeting> {
    let (code, rest) = line.split_at_checked(3)?;
    let ended = matches!(rest.first(), None | Some(b' ' | b'-' | b'\r'));
    match code {
        b"220" if ended => Some(Greeting::Spoken),
        [b'4' | b'5', b'0'..=b'5', b'0'..=b'9'] if ended => Some(Greeting::TurnedAway),
        _ => None,
    }
}

/// RFC 9051, section 7.1.
fn imap(line: &[u8]) -> Option<Greeting> {
    let word = line.strip_prefix(b"* ")?.split(|b| *b == b' ' || *b == b'\r').next()?;
    if word.eq_ignore_ascii_case(b"OK") || word.eq_ignore_ascii_case(b"PREAUTH") {
        Some(Greeting::Spoken)
    } else {
        word.eq_ignore_ascii_case(b"BYE").then_some(Greeting::TurnedAway)
    }
}

/// Whether these bytes begin as expected; `None` where they are too few to tell.
fn begins(answer: &[u8], at: usize, expected: &[u8]) -> Option<bool> {
    let there = answer.get(at..).unwrap_or_default();
    let both = there.len().min(expected.len());
    if there[..both] != expected[..both] {
        return Some(false);
    }
    (both == expected.len()).then_some(true)
}

/// A session message of NetBIOS, and the name of SMB 2 in it. Windows of old answers in SMB 1.
fn smb(answer: &[u8]) -> Option<Greeting> {
    if !begins(answer, 0, &[0])? {
        return Some(Greeting::Other);
    }
    let first = *answer.get(4)?;
    let known = matches!(first, 0xFE | 0xFF) && begins(answer, 5, b"SMB")?;
    Some(if known { Greeting::Spoken } else { Greeting::Other })
}

/// A message (RFC 4511, section 4.1.1) that answers the bind, or says that the server takes its leave.
/// That nobody may bind without a name is an answer too.
fn ldap(answer: &[u8]) -> Option<Greeting> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 2;
    const BIND_ANSWER: u8 = 0x61;
    const LEAVE: u8 = 0x78;
    /// `busy` and `unavailable`.
    const NOBODY: [u8; 2] = [51, 52];
    let (message, inside) = element(answer, 0)?;
    if message != SEQUENCE {
        return Some(Greeting::Other);
    }
    let (number, value) = element(answer, inside)?;
    if number != INTEGER {
        return Some(Greeting::Other);
    }
    // The number of the message has one byte, because ours has.
    match element(answer, value + 1)? {
        (BIND_ANSWER, inside) => {
            let (_, code) = element(answer, inside)?;
            let nobody = NOBODY.contains(answer.get(code)?);
            Some(if nobody { Greeting::TurnedAway } else { Greeting::Spoken })
        }
        (LEAVE, _) => Some(Greeting::TurnedAway),
        _ => Some(Greeting::Other),
    }
}

/// The tag of an element (X.690, section 8.1) and where its value begins; `None` while it is not there yet.
fn element(answer: &[u8], at: usize) -> Option<(u8, usize)> {
    let (tag, length) = (*answer.get(at)?, *answer.get(at + 1)?);
    // A long form says first how many bytes the length has.
    let more = if length & 0x80 == 0 { 0 } else { usize::from(length & 0x7F) };
    Some((tag, at + 2 + more))
}

/// A TPKT frame (RFC 1006) with a connection confirm (X.224).
fn rdp(answer: &[u8]) -> Option<Greeting> {
    if !begins(answer, 0, &[3, 0])? {
        return Some(Greeting::Other);
    }
    Some(if *answer.get(5)? & 0xF0 == 0xD0 { Greeting::Spoken } else { Greeting::Other })
}

/// Greets, and says what came back; for text protocols with the first line.
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    kind: ServiceKind,
    deadline: Instant,
) -> (Greeting, Option<String>) {
    let mut answer = Vec::new();
    let talk = async {
        let opening = opening(kind);
        if !opening.is_empty() && stream.write_all(opening).await.is_err() {
            return Greeting::Closed;
        }
        let mut part = [0; 512];
        loop {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) if answer.is_empty() => return Greeting::Closed,
                // It hung up in the middle of what would not have been a greeting.
                Ok(0) | Err(_) => return Greeting::Other,
                Ok(length) => answer.extend_from_slice(&part[..length]),
            }
            match verdict(kind, &answer) {
                Some(known) => return known,
                None if answer.len() >= MOST => return Greeting::Other,
                None => {}
            }
        }
    };
    // What does not come to its end within the time has said nothing.
    let greeting = tokio::time::timeout_at(deadline, talk).await.unwrap_or(Greeting::Silent);
    let text = matches!(kind, ServiceKind::Ssh | ServiceKind::Smtp | ServiceKind::Imap)
        .then(|| first_line(kind, &answer))
        .flatten();
    (greeting, text.filter(|t| !t.is_empty()))
}

/// The line that says who is there: of SSH the one with its version, else the first.
fn first_line(kind: ServiceKind, answer: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    let version = text.lines().find(|line| kind == ServiceKind::Ssh && line.starts_with("SSH-"));
    version.or_else(|| text.lines().next()).map(|line| net::tame(line.trim_end(), 120))
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
            // Who has heard enough hangs up.
            let _ = there.write_all(&answer).await;
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
            (ServiceKind::Ssh, b"Welcome\r\nto us\r\nSSH-2.0-x\r\n", Some("SSH-2.0-x")),
            (ServiceKind::Smtp, b"220-mail.example\r\n220 ESMTP\r\n", Some("220-mail.example")),
            (ServiceKind::Imap, b"* ok ready\r\n", Some("* ok ready")),
            (ServiceKind::Imap, b"* PREAUTH\r\n", Some("* PREAUTH")),
            (ServiceKind::Smb, &[0, 0, 0, 8, 0xFE, b'S', b'M', b'B', 64], None),
            (ServiceKind::Ldap, &[0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0], None),
            // As Active Directory writes its lengths, and with nobody let in without a name.
            (
                ServiceKind::Ldap,
                &[0x30, 0x84, 0, 0, 0, 16, 2, 1, 1, 0x61, 0x84, 0, 0, 0, 7, 10, 1, 48, 4, 0, 4, 0],
                None,
            ),
            (ServiceKind::Rdp, &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0], None),
        ] {
            let (greeting, seen, heard) = said(kind, answer, true).await;
            assert_eq!((greeting, seen.as_deref()), (Greeting::Spoken, text), "{kind:?}");
            assert_eq!(heard, opening(kind));
            // However small the pieces are that it comes in, it is the same.
            for length in 1..answer.len() {
                let so_far = verdict(kind, &answer[..length]);
                assert!(matches!(so_far, None | Some(Greeting::Spoken)), "{kind:?} {length}: {so_far:?}");
            }
            let (greeting, ..) = said(kind, b"HTTP/1.1 400 Bad Request\r\n\r\n", true).await;
            assert_eq!(greeting, Greeting::Other, "{kind:?}");
        }
    }

    #[tokio::test]
    async fn who_speaks_the_protocol_and_serves_nobody_is_told_apart() {
        for (kind, answer) in [
            (ServiceKind::Smtp, &b"421 4.3.2 mail.example shuts down\r\n"[..]),
            (ServiceKind::Smtp, b"554-nobody\r\n554 here\r\n"),
            (ServiceKind::Imap, b"* BYE too many\r\n"),
            (ServiceKind::Ldap, &[0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 52, 4, 0, 4, 0]),
            (ServiceKind::Ldap, &[0x30, 8, 2, 1, 0, 0x78, 3, 10, 1, 52]),
        ] {
            assert_eq!(said(kind, answer, true).await.0, Greeting::TurnedAway, "{kind:?}");
        }
    }

    #[tokio::test]
    async fn an_endless_greeting_ends_and_a_slow_one_is_silence() {
        for kind in [ServiceKind::Ssh, ServiceKind::Smtp, ServiceKind::Imap] {
            assert_eq!(said(kind, &b"hello\n".repeat(3000), false).await.0, Greeting::Other, "{kind:?}");
            assert_eq!(said(kind, &vec![b'x'; 20_000], false).await.0, Greeting::Other, "{kind:?}");
        }
        assert_eq!(said(ServiceKind::Ssh, b"SSH-", false).await.0, Greeting::Silent);
        assert_eq!(said(ServiceKind::Ldap, &[0x30, 0xFF], false).await.0, Greeting::Silent);
        assert_eq!(said(ServiceKind::Smb, &[0, 0, 0, 8, 0xFE, b'S'], false).await.0, Greeting::Silent);
    }

    #[tokio::test]
    async fn silence_and_a_closed_door_are_two_things() {
        assert_eq!(said(ServiceKind::Ssh, b"", false).await.0, Greeting::Silent);
        assert_eq!(said(ServiceKind::Ssh, b"", true).await.0, Greeting::Closed);
    }
}
