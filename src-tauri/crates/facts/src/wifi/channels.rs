//! Band and channel of a frequency (IEEE 802.11, annex E).

use super::Band;
use crate::{Absence, Reading, Reason};

/// The band and the channel's number within it.
pub(super) fn of(mhz: Option<u32>) -> (Reading<Band>, Reading<u32>) {
    let Some(mhz) = mhz.filter(|mhz| *mhz > 0) else {
        let none = || Absence::new(Reason::NothingToMeasure, "no frequency is named");
        return (none().into(), none().into());
    };
    let odd = || Absence::new(Reason::Failed, format!("no band has {mhz} MHz"));
    (band(mhz).ok_or_else(odd).into(), channel(mhz).ok_or_else(odd).into())
}

const fn band(mhz: u32) -> Option<Band> {
    match mhz {
        2400..=2500 => Some(Band::Ghz2),
        4900..=5895 => Some(Band::Ghz5),
        5925..=7125 => Some(Band::Ghz6),
        _ => None,
    }
}

const fn channel(mhz: u32) -> Option<u32> {
    match mhz {
        2484 => Some(14),
        2412..=2472 => Some((mhz - 2407) / 5),
        5000..=5895 => Some((mhz - 5000) / 5),
        // The one channel below the first.
        5935 => Some(2),
        5955..=7115 => Some((mhz - 5950) / 5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_and_band_follow_from_the_frequency() {
        for (mhz, expected_band, expected_channel) in [
            (2412, Some(Band::Ghz2), Some(1)),
            (2472, Some(Band::Ghz2), Some(13)),
            (2484, Some(Band::Ghz2), Some(14)),
            (5180, Some(Band::Ghz5), Some(36)),
            (5825, Some(Band::Ghz5), Some(165)),
            (5955, Some(Band::Ghz6), Some(1)),
            (5925, Some(Band::Ghz6), None),
            (5935, Some(Band::Ghz6), Some(2)),
            (5949, Some(Band::Ghz6), None),
            (7115, Some(Band::Ghz6), Some(233)),
            (0, None, None),
            (u32::MAX, None, None),
        ] {
            assert_eq!((band(mhz), channel(mhz)), (expected_band, expected_channel), "{mhz}");
            let (band, channel) = of(Some(mhz));
            assert_eq!((band.value().copied(), channel.value().copied()), (expected_band, expected_channel));
        }
        assert_eq!(of(None).0.absence().unwrap().reason, Reason::NothingToMeasure);
    }
}
