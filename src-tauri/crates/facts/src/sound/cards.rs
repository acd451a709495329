//! The sound cards that the kernel has, whatever a sound server makes of them.

use std::collections::BTreeMap;

use super::SoundCard;
use crate::source::{MOST_NAMES, names, read_text};
use crate::{Absence, Context, Reading, Reason, net};

const CLASS: &str = "/sys/class/sound";

/// Nobody has more; a list that goes on is no list of cards.
const MOST_CARDS: usize = 32;

/// All cards; none where the kernel has no sound.
pub(super) fn cards(cx: &Context) -> Result<Vec<SoundCard>, Absence> {
    let names = names(cx, CLASS, MOST_NAMES)?;
    let titles = titles(cx);
    let mut cards = BTreeMap::new();
    for name in &names {
        let Some(number) = name.strip_prefix("card").and_then(|n| n.parse::<u32>().ok()) else { continue };
        if cards.len() == MOST_CARDS {
            break;
        }
        // `pcmC0D3p` plays, `pcmC0D0c` captures.
        let has =
            |end: char| names.iter().any(|n| n.starts_with(&format!("pcmC{number}D")) && n.ends_with(end));
        let id = read_text(cx, &format!("{CLASS}/{name}/id")).unwrap_or_default();
        let title = titles.get(&number).cloned().unwrap_or_else(|| net::tame(id.trim(), 40));
        let driver = std::fs::read_link(cx.path(&format!("{CLASS}/{name}/device/driver")))
            .ok()
            .and_then(|link| Some(link.file_name()?.to_string_lossy().into_owned()));
        let card = SoundCard {
            name: title,
            driver: driver.map_or_else(
                || Reading::absent(Reason::NothingToMeasure, "no driver stands behind this card"),
                |driver| Reading::Value(net::tame(&driver, 40)),
            ),
            plays: has('p'),
            records: has('c'),
        };
        cards.insert(number, card);
    }
    Ok(cards.into_values().collect())
}

/// Longer names, by number: ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH`.
fn titles(cx: &Context) -> BTreeMap<u32, String> {
    let text = read_text(cx, "/proc/asound/cards").unwrap_or_default();
    let title = |line: &str| {
        let (number, rest) = line.split_once('[')?;
        let (_, title) = rest.split_once(" - ")?;
        Some((number.trim().parse().ok()?, net::tame(title.trim(), 60)))
    };
    text.lines().filter_map(title).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_have_their_long_names_and_say_what_they_can_do() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in ["card0", "pcmC0D0p", "pcmC0D0c", "pcmC1D3p", "card1", "controlC0", "timer", "cardX"] {
            std::fs::create_dir_all(at("sys/class/sound").join(folder)).unwrap();
        }
        std::fs::write(at("sys/class/sound/card1/id"), "NVidia\n").unwrap();
        std::fs::create_dir_all(at("proc/asound")).unwrap();
        let text = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xe1348000 irq 145\n";
        std::fs::write(at("proc/asound/cards"), text).unwrap();
        let cards = cards(&Context { root: root.path().to_owned(), ..Context::default() }).unwrap();
        let told: Vec<_> = cards.iter().map(|c| (c.name.as_str(), c.plays, c.records)).collect();
        assert_eq!(told, [("HDA Intel PCH", true, true), ("NVidia", true, false)]);
    }

    #[test]
    fn a_computer_without_sound_has_no_cards() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(cards(&Context { root: root.path().to_owned(), ..Context::default() }), Ok(vec![]));
    }
}
