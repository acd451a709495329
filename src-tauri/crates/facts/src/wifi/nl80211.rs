//! What nl80211 answers, turned into what is asked for here. Takes messages and gives values: no socket.
//! An access point can send anything in its beacon, so an element that is odd is passed over.

use std::collections::BTreeMap;

use netlink_packet_core::{Nla, Parseable};
use wl_nl80211::{
    Ieee80211AkmSuite, Ieee80211CapabilityInfo, Ieee80211Element, Ieee80211Elements, Nl80211Attr,
    Nl80211BssInfo, Nl80211ChannelWidth, Nl80211InterfaceType, Nl80211Message, Nl80211RateInfo,
    Nl80211StationInfo, Nl80211SurveyInfo,
};

use super::Security;

/// `NL80211_ATTR_REG_ALPHA2`.
const REGION: u16 = 33;
/// `NL80211_BSS_STATUS_ASSOCIATED`.
const ASSOCIATED: u32 = 1;
/// Elements of a beacon.
const ELEMENT_RSN: u8 = 48;
const ELEMENT_VENDOR: u8 = 221;
/// WPA, before it was a standard: Microsoft's number and type 1.
const WPA: &[u8] = &[0x00, 0x50, 0xf2, 0x01];

/// The element of a network's open half that names the encrypted one: the Wi-Fi Alliance's number and type 28.
const OWE_TRANSITION: &[u8] = &[0x50, 0x6f, 0x9a, 0x1c];

/// Fewer milliseconds than this say nothing about a channel.
const LEAST_WATCHED_MS: u64 = 100;

/// A wireless interface that joins networks, as opposed to one that makes or watches them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) index: u32,
    pub(super) name: String,
    pub(super) width_mhz: Option<u32>,
}

pub(super) fn interfaces(answers: &[Nl80211Message]) -> Vec<Interface> {
    answers.iter().filter_map(|answer| interface(&answer.attributes)).collect()
}

fn interface(attributes: &[Nl80211Attr]) -> Option<Interface> {
    let (mut index, mut name, mut width_mhz, mut joins) = (None, None, None, false);
    for attribute in attributes {
        match attribute {
            Nl80211Attr::IfIndex(number) => index = Some(*number),
            Nl80211Attr::IfName(text) => name = Some(text.clone()),
            Nl80211Attr::IfType(kind) => joins = *kind == Nl80211InterfaceType::Station,
            Nl80211Attr::ChannelWidth(width) => width_mhz = width_of(*width),
            _ => {}
        }
    }
    joins.then_some(Interface { index: index?, name: name?, width_mhz })
}

const fn width_of(width: Nl80211ChannelWidth) -> Option<u32> {
    match width {
        Nl80211ChannelWidth::NoHt20 => Some(20),
        Nl80211ChannelWidth::Mhz80Plus80 => Some(160),
        Nl80211ChannelWidth::Mhz(mhz) => Some(mhz),
        Nl80211ChannelWidth::Other(_) => None,
    }
}

/// An access point of the last scan.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// To tell access points apart; kept by nobody.
    pub(super) address: [u8; 6],
    pub(super) mhz: u32,
    pub(super) dbm: Option<i32>,
    pub(super) percent: Option<u8>,
    pub(super) in_use: bool,
    pub(super) name: Vec<u8>,
    pub(super) security: Security,
}

pub(super) fn seen(answers: &[Nl80211Message]) -> Vec<Seen> {
    let points =
        answers.iter().flat_map(|answer| &answer.attributes).filter_map(|attribute| match attribute {
            Nl80211Attr::Bss(point) => access_point(point),
            _ => None,
        });
    // Only once each: the kernel may have begun a new list in between.
    let once: BTreeMap<[u8; 6], Seen> = points.map(|point| (point.address, point)).collect();
    once.into_values().collect()
}

fn access_point(attributes: &[Nl80211BssInfo]) -> Option<Seen> {
    let (mut address, mut mhz, mut dbm, mut percent, mut in_use) = (None, None, None, None, false);
    let mut private = false;
    let (mut answered, mut announced) = (None, None);
    for attribute in attributes {
        match attribute {
            Nl80211BssInfo::Bssid(bytes) => address = Some(*bytes),
            Nl80211BssInfo::Frequency(number) => mhz = Some(*number),
            Nl80211BssInfo::SignalMbm(hundredths) => dbm = Some(hundredths / 100),
            Nl80211BssInfo::SignalUnspec(of_hundred) => percent = Some((*of_hundred).min(100)),
            Nl80211BssInfo::Status(status) => in_use = *status == ASSOCIATED,
            Nl80211BssInfo::Capability(bits) => private = bits.contains(Ieee80211CapabilityInfo::Privacy),
            // What it answered when it was asked names a hidden network too.
            Nl80211BssInfo::RawInformationElements(bytes) => answered = Some(bytes),
            Nl80211BssInfo::RawBeaconInformationElements(bytes) => announced = Some(bytes),
            _ => {}
        }
    }
    let elements = elements(answered.or(announced).map_or(&[][..], Vec::as_slice));
    let name = elements.iter().find_map(|element| match element {
        Ieee80211Element::SsidRaw(name) => Some(name.clone()),
        _ => None,
    });
    Some(Seen {
        address: address?,
        mhz: mhz?,
        dbm,
        percent,
        in_use,
        // A hidden network names itself with nothing, or with zeros.
        name: name.filter(|name| name.iter().any(|byte| *byte != 0)).unwrap_or_default(),
        security: security(&elements, private),
    })
}

/// The elements that say the name and the protection, each read alone: one that is odd costs no other.
fn elements(mut bytes: &[u8]) -> Vec<Ieee80211Element> {
    let mut all = Vec::new();
    while let [kind, length, rest @ ..] = bytes {
        let whole = usize::from(*length) + 2;
        let Some(one) = bytes.get(..whole) else { break };
        if matches!(*kind, 0 | ELEMENT_RSN | ELEMENT_VENDOR)
            && let Ok(Ieee80211Elements(read)) = Ieee80211Elements::parse(one)
        {
            all.extend(read);
        }
        bytes = rest.get(usize::from(*length)..).unwrap_or_default();
    }
    all
}

fn security(elements: &[Ieee80211Element], private: bool) -> Security {
    use Ieee80211AkmSuite as Key;
    let rsn = elements.iter().find_map(|element| match element {
        Ieee80211Element::Rsn(rsn) => Some(&rsn.akm_suits),
        _ => None,
    });
    let vendor = |start: &[u8]| {
        elements.iter().any(|e| matches!(e, Ieee80211Element::Vendor(bytes) if bytes.starts_with(start)))
    };
    let Some(keys) = rsn else {
        return match (vendor(WPA), private) {
            (true, _) => Security::Wpa,
            (false, true) => Security::Wep,
            (false, false) if vendor(OWE_TRANSITION) => Security::OpenTransition,
            (false, false) => Security::Open,
        };
    };
    let any = |wanted: fn(&Key) -> bool| keys.iter().any(wanted);
    if any(|key| matches!(key, Key::Psk | Key::PskSha256 | Key::FtPsk | Key::PskSha384 | Key::FtPskSha384)) {
        if any(|key| matches!(key, Key::Sae | Key::FtSae)) { Security::Wpa3 } else { Security::Wpa2 }
    } else if any(|key| {
        matches!(key, Key::Sae | Key::FtSae | Key::SaeGroupDependentHash | Key::FtSaeGroupDependentHash)
    }) {
        Security::Wpa3
    } else if any(|key| matches!(key, Key::Owe)) {
        Security::EnhancedOpen
    } else {
        Security::Enterprise
    }
}

/// What the interface knows of the access point in use.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Joined {
    pub(super) dbm: Option<i32>,
    pub(super) rate_tx_mbps: Option<f64>,
    pub(super) rate_rx_mbps: Option<f64>,
    pub(super) width_mhz: Option<u32>,
    pub(super) seconds: Option<u64>,
    pub(super) beacon_loss: Option<u64>,
}

pub(super) fn joined(answers: &[Nl80211Message]) -> Option<Joined> {
    let station =
        answers.iter().flat_map(|answer| &answer.attributes).find_map(|attribute| match attribute {
            Nl80211Attr::StationInfo(station) => Some(station),
            _ => None,
        })?;
    let mut joined = Joined::default();
    for value in station {
        match value {
            Nl80211StationInfo::Signal(dbm) => joined.dbm = joined.dbm.or(Some(i32::from(*dbm))),
            // The average tells more than the last packet.
            Nl80211StationInfo::SignalAvg(dbm) => joined.dbm = Some(i32::from(*dbm)),
            Nl80211StationInfo::TxBitrate(rate) => {
                joined.rate_tx_mbps = speed(rate);
                joined.width_mhz = rate.iter().find_map(|part| match part {
                    Nl80211RateInfo::MhzWidth(mhz) => Some(*mhz),
                    Nl80211RateInfo::MhzWidth80Plus80 => Some(160),
                    _ => None,
                });
            }
            Nl80211StationInfo::RxBitrate(rate) => joined.rate_rx_mbps = speed(rate),
            Nl80211StationInfo::ConnectedTime(seconds) => joined.seconds = Some(u64::from(*seconds)),
            Nl80211StationInfo::BeaconLoss(times) => joined.beacon_loss = Some(u64::from(*times)),
            _ => {}
        }
    }
    // Drivers without a measurement say 0 dBm.
    joined.dbm = joined.dbm.filter(|dbm| *dbm < 0);
    Some(joined)
}

/// In 100 kbit/s; the shorter number ends at 6.5 Gbit/s.
fn speed(rate: &[Nl80211RateInfo]) -> Option<f64> {
    let long = rate.iter().find_map(|part| match part {
        Nl80211RateInfo::Bitrate32(tenths) => Some(f64::from(*tenths)),
        _ => None,
    });
    let short = || {
        rate.iter().find_map(|part| match part {
            Nl80211RateInfo::Bitrate(tenths) => Some(f64::from(*tenths)),
            _ => None,
        })
    };
    long.or_else(short).filter(|tenths| *tenths > 0.0).map(|tenths| tenths / 10.0)
}

/// How much of the time a frequency is in use.
pub(super) fn busy_percent(answers: &[Nl80211Message], mhz: u32) -> Option<f64> {
    answers.iter().flat_map(|answer| &answer.attributes).find_map(|attribute| {
        let Nl80211Attr::SurveyInfo(survey) = attribute else { return None };
        let (mut at, mut watched, mut busy) = (None, None, None);
        for value in survey {
            match value {
                Nl80211SurveyInfo::Frequency(mhz) => at = Some(*mhz),
                Nl80211SurveyInfo::ActiveTime(ms) => watched = Some(*ms),
                Nl80211SurveyInfo::BusyTime(ms) => busy = Some(*ms),
                _ => {}
            }
        }
        let (watched, busy) = (watched.filter(|ms| *ms >= LEAST_WATCHED_MS)?, busy?);
        (at == Some(mhz)).then(|| (busy as f64 / watched as f64 * 100.0).min(100.0))
    })
}

/// The country whose radio rules are followed.
pub(super) fn region(answer: &Nl80211Message) -> Option<String> {
    let bytes = answer.attributes.iter().find_map(|attribute| match attribute {
        Nl80211Attr::Other(other) if other.kind() == REGION => {
            let mut bytes = vec![0; other.value_len()];
            other.emit_value(&mut bytes);
            Some(bytes)
        }
        _ => None,
    })?;
    let letters: Vec<u8> = bytes.into_iter().take_while(|byte| *byte != 0).collect();
    (letters.len() == 2 && letters.iter().all(u8::is_ascii_alphanumeric))
        .then(|| String::from_utf8_lossy(&letters).into_owned())
}

#[cfg(test)]
mod tests;
