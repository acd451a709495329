//! Times as the person's own clock shows them.

use befund_content::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Shows times in one zone and one language.
pub(crate) struct Times {
    zone: TimeZone,
    lang: Lang,
}

impl Times {
    /// The zone of the measured computer; UTC where it is not known.
    pub(crate) fn new(facts: &Value, lang: Lang) -> Self {
        let zone = facts
            .pointer("/system/time_zone")
            .and_then(Value::as_str)
            .and_then(|name| TimeZone::get(name).ok())
            .unwrap_or(TimeZone::UTC);
        Self { zone, lang }
    }

    /// The zone's name.
    pub(crate) fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Day and minute: `23.11.2026 um 14:12 Uhr`, `23 November 2026 at 2:12 pm`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let format = match self.lang {
            Lang::En => "%-d %B %Y at %-I:%M %P",
            Lang::De => "%d.%m.%Y um %H:%M Uhr",
        };
        self.show(at, format)
    }

    /// Day and second, for tables.
    pub(crate) fn exact(&self, at: Timestamp) -> String {
        let format = match self.lang {
            Lang::En => "%-d %b %Y, %H:%M:%S",
            Lang::De => "%d.%m.%Y, %H:%M:%S",
        };
        self.show(at, format)
    }

    /// The time of day, for lists.
    pub(crate) fn of_day(&self, at: Timestamp) -> String {
        self.show(at, "%H:%M:%S")
    }

    fn show(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned(self.zone.clone()).strftime(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_those_of_the_measured_computer() {
        let at: Timestamp = "2026-11-23T13:12:05Z".parse().unwrap();
        let facts = json!({ "system": { "time_zone": "Europe/Berlin" } });
        assert_eq!(Times::new(&facts, Lang::De).moment(at), "23.11.2026 um 14:12 Uhr");
        assert_eq!(Times::new(&facts, Lang::En).moment(at), "23 November 2026 at 2:12 pm");
        let nowhere =
            Times::new(&json!({ "system": { "time_zone": { "absent": { "reason": "failed" } } } }), Lang::En);
        assert_eq!((nowhere.of_day(at), nowhere.zone()), ("13:12:05".into(), "UTC"));
    }
}
