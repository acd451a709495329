//! Times, sizes and references as a person reads them.

use befund_content::{Format, Lang, format_value};
use befund_reference::Reference;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::App;
use crate::view::SpelledChar;

/// The time of day here: `14:07 Uhr`, `2:07 pm`.
pub(crate) fn clock_time(at: Timestamp, lang: Lang) -> String {
    let local = at.to_zoned(TimeZone::system());
    match lang {
        Lang::De => local.strftime("%H:%M Uhr").to_string(),
        Lang::En => local.strftime("%-I:%M %P").to_string(),
    }
}

/// Bytes: `3,0 MB`.
pub(crate) fn size(bytes: u64, lang: Lang) -> String {
    format_value(&bytes.into(), Format::Bytes, lang)
}

impl App {
    /// When something was: `today, 2:07 pm`, or with the date.
    pub(crate) fn when(&self, at: Timestamp) -> String {
        let lang = self.lang();
        let time = clock_time(at, lang);
        let zone = TimeZone::system();
        let day = at.to_zoned(zone.clone()).date();
        if day == self.now().to_zoned(zone).date() {
            return self.message_with("when-today", &[("time", &time)]);
        }
        let date = match lang {
            Lang::De => day.strftime("%d.%m.%Y").to_string(),
            Lang::En => day.strftime("%-d %B %Y").to_string(),
        };
        self.message_with("when-date", &[("date", &date), ("time", &time)])
    }

    pub(crate) fn spelled(&self, reference: Reference) -> Vec<SpelledChar> {
        reference
            .spelled(self.lang().tag())
            .into_iter()
            .map(|(character, word)| SpelledChar { character: character.into(), word: word.into() })
            .collect()
    }
}
