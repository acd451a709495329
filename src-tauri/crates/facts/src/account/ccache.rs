//! The file in which Kerberos keeps tickets, versions 3 and 4, as MIT Kerberos documents it
//! (<https://web.mit.edu/kerberos/krb5-latest/doc/formats/ccache_file_format.html>) and Heimdal writes it.
//!
//! Of our own, because the crates for it read keys and tickets as well, and those are to stay in the file: here they
//! are skipped, and only names and times come out. A file that ends early or states a length beyond its end is odd.

/// Times and names of a cache.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cache {
    /// The person's name there, without the realm.
    pub(super) principal: String,
    pub(super) realm: String,
    /// How far the clock of the server that gave the tickets was ahead of this computer's.
    pub(super) offset_seconds: i64,
    /// The ticket that gets others, of the person's own realm.
    pub(super) granting: Option<Times>,
    pub(super) service_count: u32,
}

/// Of one ticket, in seconds since 1970; 0 for a time that is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) issued: u32,
    pub(super) ends: u32,
    pub(super) renewable_until: u32,
}

/// A principal's parts are few: `krbtgt/REALM`, `host/name`.
const MOST_PARTS: u32 = 16;
/// More than one person gathers.
const MOST_TICKETS: usize = 4096;
/// Realm of what the library notes for itself.
const NOTES: &[u8] = b"X-CACHECONF:";
/// The header's field with the offset of clocks.
const CLOCK: u16 = 1;

/// Reads a cache; nothing where it is not one.
pub(super) fn parse(file: &[u8]) -> Option<Cache> {
    let mut bytes = Bytes(file);
    let mut cache = Cache::default();
    let version = match bytes.take(2)? {
        [5, version @ (3 | 4)] => *version,
        _ => return None,
    };
    if version == 4 {
        let length = bytes.u16()?;
        let mut header = Bytes(bytes.take(usize::from(length))?);
        while let Some(tag) = header.u16() {
            let length = header.u16()?;
            let mut field = Bytes(header.take(usize::from(length))?);
            if tag == CLOCK {
                cache.offset_seconds = i64::from(field.u32()?.cast_signed());
            }
        }
    }
    let (realm, parts) = bytes.principal()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    cache.realm = text(realm);
    cache.principal = parts.iter().map(|part| text(part)).collect::<Vec<_>>().join("/");
    for _ in 0..MOST_TICKETS {
        if bytes.0.is_empty() {
            break;
        }
        let ((of_realm, server), times) = bytes.ticket(version)?;
        if of_realm == NOTES {
            continue;
        }
        match server.as_slice() {
            [b"krbtgt", for_realm] if *for_realm == realm => cache.granting = Some(times),
            // A way into another realm.
            [b"krbtgt", _] => {}
            _ => cache.service_count += 1,
        }
    }
    Some(cache)
}

/// A realm, and the parts of a name in it.
type Principal<'a> = (&'a [u8], Vec<&'a [u8]>);

/// What is left to read. Every step says nothing where the file is too short.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Bytes that are preceded by their number.
    fn counted(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.take(usize::try_from(length).ok()?)
    }

    /// The realm, and the parts of the name.
    fn principal(&mut self) -> Option<Principal<'a>> {
        let _kind = self.u32()?;
        let count = self.u32().filter(|count| *count <= MOST_PARTS)?;
        let realm = self.counted()?;
        let parts = (0..count).map(|_| self.counted()).collect::<Option<Vec<_>>>()?;
        Some((realm, parts))
    }

    /// Whom a ticket is for, and its times.
    fn ticket(&mut self, version: u8) -> Option<(Principal<'a>, Times)> {
        let _client = self.principal()?;
        let server = self.principal()?;
        // The key's kind, which version 3 has twice, and the key.
        self.take(if version == 3 { 4 } else { 2 })?;
        self.counted()?;
        let (issued, _starts, ends, renewable_until) = (self.u32()?, self.u32()?, self.u32()?, self.u32()?);
        // Whether it is for another's session, and flags.
        self.take(1 + 4)?;
        // Addresses, then authorisation data: a kind and bytes each.
        for _ in 0..2 {
            for _ in 0..self.u32()? {
                self.u16()?;
                self.counted()?;
            }
        }
        // The ticket, and a second one.
        self.counted()?;
        self.counted()?;
        Some((server, Times { issued, ends, renewable_until }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
    }

    fn principal(realm: &str, parts: &[&str]) -> Vec<u8> {
        let mut out = [1u32.to_be_bytes(), u32::try_from(parts.len()).unwrap().to_be_bytes()].concat();
        out.extend(counted(realm.as_bytes()));
        for part in parts {
            out.extend(counted(part.as_bytes()));
        }
        out
    }

    fn ticket(version: u8, realm: &str, server: &[&str], times: [u32; 4]) -> Vec<u8> {
        let mut out = [principal("CORP.EXAMPLE", &["ada"]), principal(realm, server)].concat();
        out.extend(18u16.to_be_bytes().repeat(if version == 3 { 2 } else { 1 }));
        out.extend(counted(&[7; 32]));
        for time in times {
            out.extend(time.to_be_bytes());
        }
        out.extend([0, 0x50, 0xe1, 0, 0]);
        // One address, no authorisation data.
        out.extend(1u32.to_be_bytes());
        out.extend([0, 2]);
        out.extend(counted(&[192, 0, 2, 1]));
        out.extend(0u32.to_be_bytes());
        out.extend(counted(b"ticket"));
        out.extend(counted(b""));
        out
    }

    fn cache(version: u8) -> Vec<u8> {
        let mut out = vec![5, version];
        if version == 4 {
            // The clock was 3 seconds behind.
            out.extend([0, 12, 0, 1, 0, 8, 0xff, 0xff, 0xff, 0xfd, 0, 0, 0, 0]);
        }
        out.extend(principal("CORP.EXAMPLE", &["ada", "admin"]));
        out.extend(ticket(version, "X-CACHECONF:", &["krb5_ccache_conf_data", "fast_avail"], [0; 4]));
        out.extend(ticket(version, "CORP.EXAMPLE", &["krbtgt", "CORP.EXAMPLE"], [100, 100, 36_100, 600_000]));
        out.extend(ticket(version, "CORP.EXAMPLE", &["krbtgt", "OTHER.EXAMPLE"], [100, 200, 900, 0]));
        out.extend(ticket(version, "CORP.EXAMPLE", &["cifs", "files.corp.example"], [100, 300, 36_100, 0]));
        out
    }

    #[test]
    fn the_ticket_that_gets_others_is_told_from_the_rest() {
        for version in [3, 4] {
            let read = parse(&cache(version)).unwrap();
            assert_eq!((read.principal.as_str(), read.realm.as_str()), ("ada/admin", "CORP.EXAMPLE"));
            assert_eq!(read.offset_seconds, if version == 4 { -3 } else { 0 });
            let times = Times { issued: 100, ends: 36_100, renewable_until: 600_000 };
            assert_eq!((read.granting, read.service_count), (Some(times), 1));
        }
    }

    #[test]
    fn a_cache_of_mit_kerberos_is_read() {
        // Written by kinit 1.20.1 for ada@LAB.EXAMPLE, with a life of ten minutes.
        let read = parse(include_bytes!("../../fixtures/kerberos/mit-1.20.ccache")).unwrap();
        assert_eq!((read.principal.as_str(), read.realm.as_str()), ("ada", "LAB.EXAMPLE"));
        let times = read.granting.unwrap();
        assert_eq!(times.ends - times.issued, 600);
        assert_eq!(read.service_count, 0);
    }

    #[test]
    fn whatever_is_cut_or_lies_about_its_lengths_is_no_cache() {
        let whole = cache(4);
        // Where one ticket ends, the file may end as well.
        let whole_ones = (0..whole.len()).filter(|end| parse(&whole[..*end]).is_some()).count();
        assert_eq!(whole_ones, 4);
        for odd in [
            &b""[..],
            b"\x05",
            b"\x05\x02\0\0",
            b"\x04\x04\0\0",
            &[0xff; 200],
            &[5, 4, 0, 4, 0, 1, 0xff, 0xff],
        ] {
            assert_eq!(parse(odd), None);
        }
        for at in 0..whole.len() {
            let mut odd = whole.clone();
            odd[at] = 0xff;
            // No panic, and no endless loop.
            let _ = parse(&odd);
        }
    }
}
