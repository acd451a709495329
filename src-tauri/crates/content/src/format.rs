//! Values as a person reads them: 3,0 MB in German and 3.0 MB in English.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Lang;

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As it is; lists with commas.
    #[default]
    Text,
    /// A whole number.
    Count,
    /// A number with one digit after the point.
    Number,
    /// Bytes as kB, MB, GB (powers of 1000).
    Bytes,
    /// 0 to 100.
    Percent,
    /// Milliseconds; seconds above 1000.
    Milliseconds,
    /// Seconds, minutes, hours or days, whichever fits; the sign is dropped.
    Duration,
    /// A date.
    Date,
}

/// A formatted value in one language.
pub type Formatted = String;

/// A value as a person reads it. A value that does not fit the format is shown as it is.
pub fn format_value(value: &Value, format: Format, lang: Lang) -> Formatted {
    match (format, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Array(items)) => {
            items.iter().map(|v| format_value(v, format, lang)).collect::<Vec<_>>().join(", ")
        }
        (Format::Date, Value::String(s)) => date(s, lang),
        (_, Value::String(s)) => s.clone(),
        (_, Value::Bool(b)) => match (b, lang) {
            (true, Lang::En) => "yes".into(),
            (true, Lang::De) => "ja".into(),
            (false, Lang::En) => "no".into(),
            (false, Lang::De) => "nein".into(),
        },
        (_, Value::Number(n)) => n.as_f64().map_or_else(|| n.to_string(), |n| number(n, format, lang)),
        (_, Value::Object(_)) => value.to_string(),
    }
}

fn number(n: f64, format: Format, lang: Lang) -> String {
    match format {
        Format::Text if n.fract() == 0.0 => decimals(n, 0, lang),
        Format::Text | Format::Number => decimals(n, 1, lang),
        Format::Count | Format::Date => decimals(n, 0, lang),
        Format::Bytes => bytes(n, lang),
        Format::Percent => match lang {
            Lang::En => format!("{}%", decimals(n, 0, lang)),
            Lang::De => format!("{}\u{a0}%", decimals(n, 0, lang)),
        },
        Format::Milliseconds if n >= 1000.0 => format!("{}\u{a0}s", decimals(n / 1000.0, 1, lang)),
        Format::Milliseconds if n < 1.0 => match lang {
            Lang::En => "under 1\u{a0}ms".into(),
            Lang::De => "unter 1\u{a0}ms".into(),
        },
        Format::Milliseconds => format!("{}\u{a0}ms", decimals(n, 0, lang)),
        Format::Duration => duration(n.abs(), lang),
    }
}

fn bytes(n: f64, lang: Lang) -> String {
    let mut rest = n;
    for unit in ["B", "kB", "MB", "GB"] {
        if rest < 1000.0 {
            let digits = u8::from(unit != "B" && rest < 100.0);
            return format!("{}\u{a0}{unit}", decimals(rest, digits, lang));
        }
        rest /= 1000.0;
    }
    format!("{}\u{a0}TB", decimals(rest, 1, lang))
}

fn duration(seconds: f64, lang: Lang) -> String {
    // Nobody says “60 seconds”.
    let (value, one, many) = if seconds < 90.0 && (seconds - 60.0).abs() >= 0.5 {
        (seconds, ("second", "Sekunde"), ("seconds", "Sekunden"))
    } else if seconds < 90.0 * 60.0 {
        (seconds / 60.0, ("minute", "Minute"), ("minutes", "Minuten"))
    } else if seconds < 36.0 * 3600.0 {
        (seconds / 3600.0, ("hour", "Stunde"), ("hours", "Stunden"))
    } else if seconds < 730.0 * 86400.0 {
        (seconds / 86400.0, ("day", "Tag"), ("days", "Tagen"))
    } else {
        (seconds / (365.25 * 86400.0), ("year", "Jahr"), ("years", "Jahren"))
    };
    let rounded = value.round();
    let (en, de) = if (rounded - 1.0).abs() < f64::EPSILON { one } else { many };
    match lang {
        Lang::En => format!("{}\u{a0}{en}", decimals(rounded, 0, lang)),
        Lang::De => format!("{}\u{a0}{de}", decimals(rounded, 0, lang)),
    }
}

fn date(text: &str, lang: Lang) -> String {
    text.parse::<jiff::Timestamp>().map_or_else(
        |_| text.to_owned(),
        |t| {
            let day = t.to_zoned(jiff::tz::TimeZone::UTC);
            match lang {
                Lang::En => day.strftime("%-d %B %Y").to_string(),
                Lang::De => day.strftime("%d.%m.%Y").to_string(),
            }
        },
    )
}

fn decimals(n: f64, digits: u8, lang: Lang) -> String {
    let plain = format!("{:.*}", usize::from(digits), n);
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |p| ("−", p));
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let (thousands, point) = match lang {
        Lang::En => (',', '.'),
        Lang::De => ('.', ','),
    };
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        // Four digits stay together: 1500 is read faster than 1.500.
        if i > 0 && whole.len() > 4 && (whole.len() - i).is_multiple_of(3) {
            out.push(thousands);
        }
        out.push(c);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let cases = [
            (json!(3_000_000), Format::Bytes, "3.0\u{a0}MB", "3,0\u{a0}MB"),
            (json!(512), Format::Bytes, "512\u{a0}B", "512\u{a0}B"),
            (json!(7.4), Format::Percent, "7%", "7\u{a0}%"),
            (json!(0.2), Format::Milliseconds, "under 1\u{a0}ms", "unter 1\u{a0}ms"),
            (json!(1500), Format::Milliseconds, "1.5\u{a0}s", "1,5\u{a0}s"),
            (json!(-7200), Format::Duration, "2\u{a0}hours", "2\u{a0}Stunden"),
            (json!(60), Format::Duration, "1\u{a0}minute", "1\u{a0}Minute"),
            (json!(75), Format::Duration, "75\u{a0}seconds", "75\u{a0}Sekunden"),
            (json!(1), Format::Duration, "1\u{a0}second", "1\u{a0}Sekunde"),
            (json!(12345), Format::Count, "12,345", "12.345"),
            (json!(["a", "b"]), Format::Text, "a, b", "a, b"),
            (json!("2026-11-23T10:00:00Z"), Format::Date, "23 November 2026", "23.11.2026"),
        ];
        for (value, format, en, de) in cases {
            assert_eq!(format_value(&value, format, Lang::En), en, "{value} {format:?}");
            assert_eq!(format_value(&value, format, Lang::De), de, "{value} {format:?}");
        }
    }
}
