//! What a monitor says of itself: VESA E-EDID 1.4. The serial number in it is passed over.

use super::Monitor;
use crate::{Absence, Reading, Reason, net};

/// The first block; others may follow.
const BLOCK: usize = 128;

/// Reads the first block.
pub(super) fn monitor(edid: &[u8]) -> Result<Monitor, Absence> {
    let odd = |why: &str| Absence::new(Reason::Failed, format!("the monitor's description: {why}"));
    if edid.is_empty() {
        return Err(odd("there is none"));
    }
    let block = edid.get(..BLOCK).ok_or_else(|| odd("it is cut"))?;
    if block[..8] != [0, 255, 255, 255, 255, 255, 255, 0] {
        return Err(odd("it does not begin like one"));
    }
    if block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) != 0 {
        return Err(odd("its check sum is wrong"));
    }
    // Three letters of five bits each.
    let id = u16::from_be_bytes([block[8], block[9]]);
    let vendor = [10, 5, 0]
        .map(|shift| char::from(b'@' + ((id >> shift) & 31) as u8))
        .iter()
        .filter(|c| c.is_ascii_uppercase())
        .collect();
    // Four descriptions of 18 bytes: a timing, or a text of a kind.
    let descriptions = || block[54..126].chunks_exact(18);
    let name = descriptions().find(|d| d[..4] == [0, 0, 0, 0xfc]).map(|d| {
        let text = String::from_utf8_lossy(&d[5..]);
        net::tame(text.split('\n').next().unwrap_or_default().trim(), 13)
    });
    let timing = descriptions().next().filter(|d| d[0] != 0 || d[1] != 0);
    let size = |low: usize, high: usize| {
        timing
            .map(|d| u32::from(d[low]) | (u32::from(d[high] & 0xf0) << 4))
            .filter(|points| *points > 0)
            .ok_or_else(|| odd("it names no size"))
    };
    Ok(Monitor {
        vendor,
        name: name.filter(|n| !n.is_empty()).ok_or_else(|| odd("it has no name")).into(),
        width: size(2, 4).into(),
        height: size(5, 7).into(),
        year: match block[17] {
            0 => Reading::absent(Reason::NotSupported, "it has no year"),
            years => Reading::Value(1990 + u16::from(years)),
        },
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The first block of a Dell U2415, its serial number set to nought.
    pub(crate) fn dell() -> Vec<u8> {
        let mut block = vec![0_u8; BLOCK];
        block[..8].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 0]);
        block[8..12].copy_from_slice(&[0x10, 0xac, 0xb9, 0xa0]);
        block[16..23].copy_from_slice(&[0x1f, 0x19, 0x01, 0x04, 0xa5, 0x34, 0x20]);
        block[54..72].copy_from_slice(&[
            0x28, 0x3c, 0x80, 0xa0, 0x70, 0xb0, 0x23, 0x40, 0x30, 0x20, 0x36, 0, 0x06, 0x44, 0x21, 0, 0, 0x1a,
        ]);
        block[72..90].copy_from_slice(b"\0\0\0\xfc\0DELL U2415\n  ");
        block[127] = 0_u8.wrapping_sub(block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)));
        block
    }

    #[test]
    fn a_monitor_is_known_by_its_description() {
        let monitor = monitor(&dell()).unwrap();
        assert_eq!(monitor.vendor, "DEL");
        assert_eq!(monitor.name, Reading::Value("DELL U2415".into()));
        assert_eq!((monitor.width.value(), monitor.height.value()), (Some(&1920), Some(&1200)));
        assert_eq!(monitor.year, Reading::Value(2015));
    }

    #[test]
    fn a_description_that_is_not_one_is_an_error() {
        let mut wrong = dell();
        wrong[20] ^= 1;
        for edid in [&[][..], &[0; 20], &[0; 128], &wrong, &[255; 4096]] {
            assert_eq!(monitor(edid).unwrap_err().reason, Reason::Failed);
        }
        // Whatever stands in it: no panic.
        for seed in 0..=255_u8 {
            let mut edid = dell();
            edid[8..127].iter_mut().for_each(|byte| *byte = byte.wrapping_mul(seed).wrapping_add(seed));
            edid[127] = 0;
            edid[127] = 0_u8.wrapping_sub(edid.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)));
            let _ = monitor(&edid);
        }
    }
}
