//! Detectors for names that nobody told us, where the text around says what they are: the host in a
//! line of the system's log, a user after `Accepted password for`, a wireless network after `SSID:`.

use crate::Kind;
use crate::common::{is_generic, is_no_secret, is_ordinary, names_nobody};
use crate::detect::Trigger;
use crate::hit::Hit;
use crate::identity::mac_value;
use crate::kind::placeholder_at;
use crate::words::{ends_word, lower, starts_word};

/// `Nov 23 10:15:30 HOST program[pid]: `, the line of a system's log.
pub(crate) fn log_host(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end: at, .. } = *trigger;
    let host =
        hay[at..].iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || b"._-".contains(b)).count();
    let Some(rest) = hay[at + host..].strip_prefix(b" ") else { return false };
    let program =
        rest.iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || b"._-/()@".contains(b)).count();
    let after = &rest[program..];
    let pid =
        after.strip_prefix(b"[").map_or(0, |n| n.iter().take(10).take_while(|b| b.is_ascii_digit()).count());
    let after = if pid > 0 { after[pid + 1..].strip_prefix(b"]").unwrap_or(b"") } else { after };
    // Programs write such times too; with a process's number it is the system's log.
    let is_sure = hay[start].is_ascii_alphabetic() || pid > 0 || rest.starts_with(b"kernel:");
    if host == 0 || program == 0 || !is_sure || !after.starts_with(b":") || !starts_word(hay, start) {
        return false;
    }
    replace(Kind::Host, hay, at, at + host, hits)
}

/// `Accepted password for USER`, `session opened for user USER`.
pub(crate) fn user_in_sentence(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end: at, .. } = *trigger;
    let length = account(hay, at);
    starts_word(hay, start) && replace(Kind::User, hay, at, at + length, hits)
}

/// `USER(uid=1000)` and sudo's `USER : TTY=`.
pub(crate) fn user_before(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, .. } = *trigger;
    let left = &hay[start.saturating_sub(64)..start];
    let length = left.iter().rev().take_while(|b| is_account(**b)).count();
    replace(Kind::User, hay, start - length, start, hits)
}

/// `user=USER`, `"username": "USER"`, `Benutzername: USER`, `/user:CORP\USER`.
pub(crate) fn user_after_label(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let label = lower(&hay[start..end]);
    let blank = label.ends_with([' ', '\t']);
    let quoted_key = label.contains(['"', '\'']);
    let (mut at, quote) = opened(hay, end);
    // “user: please wait” is a sentence; only a name's own label or a program's notation is followed by one.
    let is_name = label.contains("name") || label.contains("acct") || label.starts_with("ruser");
    let is_notation =
        label.contains('=') && !blank || quoted_key && quote.is_some() || label.starts_with('/');
    if !starts_word(hay, start) && hay[start] != b'/' || !(is_name || is_notation) {
        return false;
    }
    let mut length = match quote {
        Some(quote) => {
            hay[at..].iter().take(64).take_while(|b| **b != quote && !b"\\\r\n".contains(b)).count()
        }
        None => account(hay, at),
    };
    // A Windows domain stands before the name.
    let slashes = hay[at + length..].iter().take(4).take_while(|b| **b == b'\\').count();
    if slashes > 0 {
        let after = account(hay, at + length + slashes);
        if after == 0 {
            return length > 0 && quote.is_some() && replace(Kind::User, hay, at, at + length, hits);
        }
        at += length + slashes;
        length = after;
    }
    if hay[at + length..].starts_with(b"@") {
        // A mail address is one value.
        return false;
    }
    replace(Kind::User, hay, at, at + length, hits)
}

/// `hostname: HOST`. A name with a domain is somebody else's server far more often than this computer.
pub(crate) fn host_after_label(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let (at, _) = opened(hay, end);
    let length =
        hay[at..].iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || b"_-".contains(b)).count();
    let rest = &hay[at + length..];
    let is_local = !rest.starts_with(b".")
        || [".local", ".lan", ".home", ".fritz.box", ".internal", ".localdomain"]
            .iter()
            .any(|s| rest.get(..s.len()).is_some_and(|r| r.eq_ignore_ascii_case(s.as_bytes())));
    is_local
        && ends_word(hay, at + length)
        && starts_word(hay, start)
        && replace(Kind::Host, hay, at, at + length, hits)
}

/// The name of a wireless network after `SSID`.
pub(crate) fn ssid(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    if !starts_word(hay, start) {
        return false;
    }
    let label = &hay[start..end];
    let (at, quote) = opened(hay, end);
    let has_sign = label.iter().any(|b| b":=".contains(b));
    let length = match quote {
        Some(quote) => {
            hay[at..].iter().take(200).take_while(|b| **b != quote && !b"\r\n".contains(b)).count()
        }
        None if !has_sign => return false,
        // `ssid=` stands among other fields unless the line is its own.
        None if label.contains(&b'=') && start > 0 && hay[start - 1] != b'\n' => hay[at..]
            .iter()
            .take(200)
            .take_while(|b| !b.is_ascii_whitespace() && !b",;\"'".contains(b))
            .count(),
        None => {
            let line = &hay[at..hay.len().min(at + 200)];
            let line = &line[..line.iter().position(|b| b"\r\n\t\"".contains(b)).unwrap_or(line.len())];
            (0..line.len()).find(|i| is_next_field(&line[*i..])).unwrap_or(line.len())
        }
    };
    let trailing = hay[at..at + length].iter().rev().take_while(|b| b" \\".contains(b)).count();
    let end = at + length - trailing;
    // `\x00` stands for a hidden network.
    if hay[at..end].starts_with(b"\\x00")
        || hay[at..end].iter().all(|b| !b.is_ascii_alphanumeric() && b.is_ascii())
    {
        return false;
    }
    replace(Kind::Ssid, hay, at, end, hits)
}

/// `<SSID><name>…</name></SSID>`, Windows' profile of a wireless network.
pub(crate) fn ssid_in_profile(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, end: at, .. } = *trigger;
    let length = hay[at..].iter().take(200).take_while(|b| !b"<\r\n".contains(b)).count();
    replace(Kind::Ssid, hay, at, at + length, hits)
}

/// The part of a Windows account's id that is one computer's or one domain's.
pub(crate) fn windows_id(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let is_whole = starts_word(hay, start) && ends_word(hay, end);
    is_whole && replace(Kind::Serial, hay, start + b"S-1-5-21-".len(), end, hits)
}

/// Whether a name that may hold blanks ends here, because another field follows.
fn is_next_field(rest: &[u8]) -> bool {
    match rest {
        [b' ', b' ', ..] | [b',', b' ', ..] => true,
        [b' ', word @ ..] => {
            let length = word.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b)).count();
            length > 0 && word.get(length) == Some(&b'=')
        }
        _ => false,
    }
}

/// A serial number after its label.
pub(crate) fn serial(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let (at, _) = opened(hay, end);
    let length =
        hay[at..].iter().take(65).take_while(|b| b.is_ascii_alphanumeric() || b"-_./+".contains(b)).count();
    let value = &hay[at..at + length];
    let value = &value[..value.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |i| i + 1)];
    // A certificate's or a bus's number has colons; a short one is a count.
    let fits = (5..=64).contains(&value.len())
        && value.iter().any(u8::is_ascii_digit)
        && hay.get(at + length) != Some(&b':')
        && starts_word(hay, start);
    fits && replace(Kind::Serial, hay, at, at + value.len(), hits)
}

/// A hardware address without separators after its label.
pub(crate) fn mac_after_label(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let digits = lower(&hay[end - 12..end]);
    let is_one =
        starts_word(hay, start) && ends_word(hay, end) && digits.bytes().any(|b| b != b'0' && b != b'f');
    if is_one {
        hits.push(Hit::new(Kind::Mac, end - 12, end, mac_value(&digits)));
    }
    is_one
}

/// A Windows product key.
pub(crate) fn product_key(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let Trigger { hay, start, end, .. } = *trigger;
    let key = &hay[start..end];
    let joined = start >= 2 && hay[start - 1] == b'-' || hay.get(end) == Some(&b'-');
    let is_one = starts_word(hay, start)
        && ends_word(hay, end)
        && !joined
        && key.iter().any(u8::is_ascii_digit)
        && key.iter().any(u8::is_ascii_uppercase);
    if is_one {
        hits.push(Hit::new(Kind::Key, start, end, String::from_utf8_lossy(key).into_owned()));
    }
    is_one
}

fn is_account(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte) || !byte.is_ascii()
}

/// How long the login that starts here is. A full stop at its end belongs to the sentence.
fn account(hay: &[u8], at: usize) -> usize {
    let length = hay[at.min(hay.len())..].iter().take(64).take_while(|b| is_account(**b)).count();
    length - hay[at..at + length].iter().rev().take_while(|b| b".-".contains(b)).count()
}

/// Past an opening quote, however often it is escaped.
fn opened(hay: &[u8], at: usize) -> (usize, Option<u8>) {
    let slashes = hay[at.min(hay.len())..].iter().take(3).take_while(|b| **b == b'\\').count();
    match hay.get(at + slashes) {
        Some(quote @ (b'"' | b'\'')) => (at + slashes + 1, Some(*quote)),
        _ => (at.min(hay.len()), None),
    }
}

/// Replaces what is a name: no placeholder, no variable, no word that names nobody.
fn replace(kind: Kind, hay: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) -> bool {
    let Some(value) = hay.get(start..end) else { return false };
    let name = lower(value);
    let is_name = value.len() >= 2
        && (kind == Kind::Serial || value.iter().any(|b| b.is_ascii_alphabetic() || !b.is_ascii()))
        && placeholder_at(&hay[start..]).is_none()
        && !b"$%{<([".contains(&value[0])
        && !name.contains('@')
        && !is_no_secret(value)
        && !names_nobody(&name)
        && !(kind == Kind::User && is_generic(&name))
        && !(matches!(kind, Kind::Host | Kind::Ssid) && is_ordinary(&name));
    if is_name {
        hits.push(Hit::new(kind, start, end, name));
    }
    is_name
}

#[cfg(test)]
mod tests {
    use crate::{Names, Redactor};

    fn redacted(text: &str) -> String {
        Redactor::new(Names::new()).text(text)
    }

    #[test]
    fn the_host_of_a_log_line_goes() {
        for line in [
            "Nov 23 10:15:30 nb-4711 sshd[812]: x",
            "Nov  3 10:15:30 nb-4711 kernel: x",
            "2026-11-23T10:15:30.123456+01:00 nb-4711 kernel: x",
            "2026-11-23T10:15:30+0100 nb-4711 systemd[1]: x",
        ] {
            assert_eq!(redacted(line), line.replace("nb-4711", "[host-1]"));
        }
        for line in [
            "Nov 23 10:15:30 localhost sshd[812]: x",
            "2026-11-23T10:15:30Z INFO befund_app: x",
            "2026-11-23T10:15:30Z worker component: x",
        ] {
            assert_eq!(redacted(line), line);
        }
    }

    #[test]
    fn users_in_the_sentences_of_system_logs_go() {
        for line in [
            "Accepted password for erika from 192.168.1.2 port 22",
            "Failed publickey for invalid user erika from 10.0.0.1",
            "Invalid user erika from 10.0.0.1",
            "session opened for user erika(uid=1000) by (uid=0)",
            "New session 5 of user erika.",
            "session closed for user erika",
            "su: (to root) by erika(uid=1000)",
            "sudo[900]:    erika : TTY=pts/0 ; PWD=/tmp ; USER=root",
            "uid=1000(erika) gid=1000(erika)",
            "USER=erika LOGNAME=erika",
            "{\"username\":\"erika\",\"user\": \"erika\"}",
            "acct=\"erika\" exe=\"/usr/sbin/sshd\"",
            "Benutzername: erika",
            "net use Z: /user:CORP\\erika",
            r#"{"user":"CORP\\erika"}"#,
        ] {
            assert_eq!(redacted(line), line.replace("erika", "[user-1]"));
        }
        for line in [
            "session opened for user root(uid=0) by (uid=0)",
            "user: please restart",
            "user=1000 user=$USER USER=root user=%u",
            "User mode Linux for user space, user name required",
            "login: prompt, user=admin",
        ] {
            assert_eq!(redacted(line), line);
        }
    }

    #[test]
    fn computers_go_by_their_label_and_in_logins() {
        for line in [
            "hostname: nb-4711",
            "{\"hostname\":\"nb-4711\"}",
            "_HOSTNAME=nb-4711",
            "Computername : nb-4711.fritz.box",
            "[user-1]@nb-4711:~$ ls",
        ] {
            assert_eq!(redacted(line), line.replace("nb-4711", "[host-1]"));
        }
        let key = format!("ssh-ed25519 {} erika@nb-4711", "AAAAC3NzaC1lZDI1NTE5AAAAI".repeat(3));
        assert!(redacted(&key).ends_with(" [user-1]@[host-1]"), "{}", redacted(&key));
        for line in
            ["hostname: www.example.org", "hostname: localhost", "a@b: x", "node@18", "host name lookup"]
        {
            assert_eq!(redacted(line), line);
        }
    }

    #[test]
    fn wireless_networks_serials_and_bare_hardware_addresses_go_by_their_label() {
        for (line, private, placeholder) in [
            ("\tSSID: Mein WLAN\n", "Mein WLAN", "[ssid-1]"),
            ("wlp3s0  ESSID:\"Mein WLAN\"  Mode:Managed", "Mein WLAN", "[ssid-1]"),
            ("associate with SSID 'Mein WLAN'", "Mein WLAN", "[ssid-1]"),
            ("ssid=MeinWLAN bssid=any", "MeinWLAN", "[ssid-1]"),
            ("[wifi]\nssid=Mein WLAN\nmode=x", "Mein WLAN", "[ssid-1]"),
            ("    SSID                   : Mein WLAN\r\n", "Mein WLAN", "[ssid-1]"),
            ("Activation: (wifi) connection 'Mein WLAN' has security", "Mein WLAN", "[ssid-1]"),
            ("Serial Number: PF2ABC1E", "PF2ABC1E", "[serial-1]"),
            ("\"serial_number\":\"PF2ABC1E\"", "PF2ABC1E", "[serial-1]"),
            ("Seriennummer: PF2ABC1E", "PF2ABC1E", "[serial-1]"),
            ("mac=3ca9f41b2c3d", "3ca9f41b2c3d", "[mac-1]"),
            ("\"mac_address\": \"3CA9F41B2C3D\"", "3CA9F41B2C3D", "[mac-1]"),
            ("<SSID>\n<hex>4D65</hex>\n<name>Mein WLAN</name></SSID>", "Mein WLAN", "[ssid-1]"),
            ("S-1-5-21-1004336348-1177238915-682003330-512", "1004336348-1177238915-682003330", "[serial-1]"),
            ("key VK7JG-NPHTM-C97JM-9MPGT-3V66T", "VK7JG-NPHTM-C97JM-9MPGT-3V66T", "[key-1]"),
        ] {
            assert_eq!(redacted(line), line.replace(private, placeholder));
        }
        for line in [
            "SSID scan done; SSID broadcast disabled\nSSID: hidden\nSSID: \\x00\\x00\\x00",
            "SerialNumber: 0000:00:14.0 Mfr=1, Product=2, SerialNumber=3",
            "Serial Number: 04:a3:00:1f",
            "serial8250: ttyS0, serial: none",
        ] {
            assert_eq!(redacted(line), line);
        }
    }
}
