//! Constructed messages: this is what nl80211 sends, made here, because a computer without a wireless card
//! cannot record it. The bytes go through the same reading as the kernel's.

use netlink_packet_core::{DefaultNla, Emitable, ParseableParametrized};
use netlink_packet_generic::GenlHeader;
use wl_nl80211::Nl80211Command;

use super::*;

/// A message as the kernel would send it, read again.
fn sent(attributes: Vec<Nl80211Attr>) -> Nl80211Message {
    read(&bytes(attributes)).unwrap()
}

fn bytes(attributes: Vec<Nl80211Attr>) -> Vec<u8> {
    let message = Nl80211Message { cmd: Nl80211Command::NewScanResults, attributes };
    let mut bytes = vec![0; message.buffer_len()];
    message.emit(&mut bytes);
    bytes
}

fn read(bytes: &[u8]) -> Option<Nl80211Message> {
    Nl80211Message::parse_with_param(bytes, GenlHeader { cmd: 34, version: 1 }).ok()
}

fn element(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, body.len() as u8][..], body].concat()
}

/// An RSN element: version 1, CCMP for all, and these ways to sign in.
fn rsn(keys: &[u8]) -> Vec<u8> {
    let mut body = vec![1, 0, 0x00, 0x0f, 0xac, 4, 1, 0, 0x00, 0x0f, 0xac, 4, keys.len() as u8, 0];
    for key in keys {
        body.extend([0x00, 0x0f, 0xac, *key]);
    }
    body.extend([0, 0]);
    element(48, &body)
}

fn point(last: u8, mhz: u32, dbm: i32, in_use: bool, elements: &[Vec<u8>]) -> Nl80211Attr {
    let mut all = vec![
        Nl80211BssInfo::Bssid([2, 0, 0, 0, 0, last]),
        Nl80211BssInfo::Frequency(mhz),
        Nl80211BssInfo::Capability(Ieee80211CapabilityInfo::Ess | Ieee80211CapabilityInfo::Privacy),
        Nl80211BssInfo::RawInformationElements(elements.concat()),
        Nl80211BssInfo::SignalMbm(dbm * 100),
    ];
    if in_use {
        all.push(Nl80211BssInfo::Status(1));
    }
    Nl80211Attr::Bss(all)
}

#[test]
fn constructed_scan_names_the_point_in_use_and_its_protection() {
    let answers = [
        sent(vec![point(1, 2412, -63, true, &[element(0, b"Zuhause"), rsn(&[2])])]),
        sent(vec![point(2, 5180, -51, false, &[element(0, b"Zuhause"), rsn(&[2, 8])])]),
        // The same one again, and one that hides its name.
        sent(vec![point(2, 5180, -50, false, &[element(0, b"Zuhause"), rsn(&[2, 8])])]),
        sent(vec![point(3, 5955, -70, false, &[element(0, &[0; 6]), rsn(&[8])])]),
    ];
    let seen = seen(&answers);
    assert_eq!(seen.len(), 3);
    assert_eq!((seen[0].in_use, seen[0].mhz, seen[0].dbm), (true, 2412, Some(-63)));
    assert_eq!((seen[0].name.as_slice(), seen[0].security), (&b"Zuhause"[..], Security::Wpa2));
    assert_eq!((seen[1].dbm, seen[1].security), (Some(-50), Security::Wpa3));
    assert_eq!((seen[2].name.as_slice(), seen[2].security), (&b""[..], Security::Wpa3));
}

#[test]
fn every_kind_of_protection_is_told_apart() {
    let wpa = element(221, &[0x00, 0x50, 0xf2, 0x01, 1, 0]);
    let other_maker = element(221, &[0x00, 0x50, 0xf2, 0x04, 1, 0]);
    for (elements, security) in [
        (vec![rsn(&[2])], Security::Wpa2),
        (vec![rsn(&[4, 6])], Security::Wpa2),
        (vec![rsn(&[8])], Security::Wpa3),
        (vec![rsn(&[18])], Security::EnhancedOpen),
        (vec![rsn(&[1])], Security::Enterprise),
        (vec![rsn(&[5, 3])], Security::Enterprise),
        (vec![wpa.clone(), rsn(&[2])], Security::Wpa2),
        (vec![wpa], Security::Wpa),
        (vec![other_maker], Security::Wep),
        // An element that is cut, and one that is odd, hide no other.
        (vec![rsn(&[2]), vec![48, 200, 1]], Security::Wpa2),
        (vec![element(48, &[1]), rsn(&[2])], Security::Wpa2),
    ] {
        let answer = sent(vec![point(1, 2412, -60, false, &elements)]);
        assert_eq!(seen(&[answer])[0].security, security, "{elements:?}");
    }
    let open = Nl80211Attr::Bss(vec![
        Nl80211BssInfo::Bssid([2; 6]),
        Nl80211BssInfo::Frequency(2437),
        Nl80211BssInfo::Capability(Ieee80211CapabilityInfo::Ess),
        Nl80211BssInfo::SignalUnspec(140),
    ]);
    let open_and = |elements: Vec<u8>| {
        Nl80211Attr::Bss(vec![
            Nl80211BssInfo::Bssid([3; 6]),
            Nl80211BssInfo::Frequency(2437),
            Nl80211BssInfo::Capability(Ieee80211CapabilityInfo::Ess),
            Nl80211BssInfo::RawInformationElements(elements),
        ])
    };
    // Names the encrypted half: its address, and its name.
    let half = element(221, &[&[0x50, 0x6f, 0x9a, 0x1c, 2, 0, 0, 0, 0, 9, 1][..], b"x"].concat());
    let other = element(221, &[0x50, 0x6f, 0x9a, 0x09, 0]);
    assert_eq!(seen(&[sent(vec![open_and(half)])])[0].security, Security::OpenTransition);
    assert_eq!(seen(&[sent(vec![open_and(other)])])[0].security, Security::Open);
    let seen = seen(&[sent(vec![open])]);
    assert_eq!((seen[0].security, seen[0].percent), (Security::Open, Some(100)));
}

#[test]
fn constructed_interfaces_are_those_that_join_networks() {
    let answer = |kind, width| {
        sent(vec![
            Nl80211Attr::IfIndex(3),
            Nl80211Attr::IfName("wlp2s0".into()),
            Nl80211Attr::IfType(kind),
            Nl80211Attr::ChannelWidth(width),
        ])
    };
    let found = interfaces(&[
        answer(Nl80211InterfaceType::Station, Nl80211ChannelWidth::Mhz(80)),
        answer(Nl80211InterfaceType::Ap, Nl80211ChannelWidth::Mhz(80)),
        answer(Nl80211InterfaceType::Monitor, Nl80211ChannelWidth::NoHt20),
    ]);
    assert_eq!(found, [Interface { index: 3, name: "wlp2s0".into(), width_mhz: Some(80) }]);
}

fn station() -> Vec<Nl80211Attr> {
    vec![
        Nl80211Attr::IfIndex(3),
        Nl80211Attr::StationInfo(vec![
            Nl80211StationInfo::Signal(-71),
            Nl80211StationInfo::SignalAvg(-68),
            Nl80211StationInfo::TxBitrate(vec![
                Nl80211RateInfo::Bitrate(8667),
                Nl80211RateInfo::Bitrate32(8667),
                Nl80211RateInfo::MhzWidth(80),
            ]),
            Nl80211StationInfo::RxBitrate(vec![Nl80211RateInfo::Bitrate(60)]),
            Nl80211StationInfo::ConnectedTime(3600),
            Nl80211StationInfo::BeaconLoss(2),
        ]),
    ]
}

#[test]
fn constructed_station_gives_both_rates_and_the_average_signal() {
    let joined = joined(&[sent(station())]).unwrap();
    assert_eq!(
        joined,
        Joined {
            dbm: Some(-68),
            rate_tx_mbps: Some(866.7),
            rate_rx_mbps: Some(6.0),
            width_mhz: Some(80),
            seconds: Some(3600),
            beacon_loss: Some(2),
        }
    );
    assert_eq!(super::joined(&[]), None);
}

fn survey(mhz: u32, watched: u64, busy: u64) -> Nl80211Attr {
    Nl80211Attr::SurveyInfo(vec![
        Nl80211SurveyInfo::Frequency(mhz),
        Nl80211SurveyInfo::ActiveTime(watched),
        Nl80211SurveyInfo::BusyTime(busy),
    ])
}

#[test]
fn constructed_survey_tells_how_busy_the_used_frequency_is() {
    let answers = [sent(vec![survey(2412, 1000, 900)]), sent(vec![survey(2437, 2000, 500)])];
    assert_eq!(busy_percent(&answers, 2437), Some(25.0));
    assert_eq!(busy_percent(&answers, 2462), None);
    assert_eq!(busy_percent(&[sent(vec![survey(2437, 0, 0)])], 2437), None);
    assert_eq!(busy_percent(&[sent(vec![survey(2437, 500, 90_000)])], 2437), Some(100.0));
}

#[test]
fn constructed_region_has_two_letters_or_there_is_none() {
    let region = |bytes: &[u8]| region(&sent(vec![Nl80211Attr::Other(DefaultNla::new(33, bytes.to_vec()))]));
    assert_eq!(region(b"DE\0"), Some("DE".into()));
    assert_eq!(region(b"00\0"), Some("00".into()));
    assert_eq!(region(b"D\x1b\0"), None);
    assert_eq!(region(&[]), None);
}

/// Every way to cut the messages short, and every single byte turned.
#[test]
fn damage_is_no_panic() {
    let all = [
        bytes(vec![point(1, 2412, -63, true, &[element(0, b"Zuhause"), rsn(&[2, 8])])]),
        bytes(station()),
        bytes(vec![survey(2437, 2000, 500)]),
    ];
    let judge = |bytes: &[u8]| {
        if let Some(message) = read(bytes) {
            let answers = [message];
            let _ = (seen(&answers), interfaces(&answers), joined(&answers), busy_percent(&answers, 2437));
        }
    };
    for whole in all {
        for end in 0..whole.len() {
            judge(&whole[..end]);
        }
        for at in 0..whole.len() {
            for turned in [0xff, 0x01, 0x80] {
                let mut odd = whole.clone();
                odd[at] ^= turned;
                judge(&odd);
            }
        }
    }
}
