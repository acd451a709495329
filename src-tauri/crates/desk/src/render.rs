//! The ticket as a supporter reads it: `ticket.txt`, and the description for desks that take text.

use befund_content::{Format, Lang, Messages, format_value};

use crate::{Contact, Description, Kind, Preferred, Priority, Ticket};

impl Ticket {
    /// The whole ticket as text, in the ticket's language.
    pub fn text(&self, messages: &Messages) -> String {
        let t = |key: &str| messages.get(self.lang, key, &[]);
        let title = format!("{}  {}", self.reference, one_line(&self.subject));
        let mut rows = vec![
            (t("ticket-reference"), self.reference.to_string()),
            (t("ticket-kind"), t(kind_key(self.kind))),
            (t("ticket-priority"), t(priority_key(self.priority))),
            (t("ticket-category"), one_line(&self.category)),
        ];
        if let Some(level) = &self.level {
            rows.push((t("ticket-level"), one_line(level)));
        }
        rows.push((t("ticket-created"), self.created(messages)));
        rows.extend(contact_rows(&self.contact, messages, self.lang));
        let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0) + 3;

        let mut text = format!("{title}\n{}\n\n", "=".repeat(title.chars().count().min(78)));
        for (label, value) in &rows {
            let gap = width - label.chars().count() - 1;
            text.extend([label.as_str(), ":", &" ".repeat(gap), value, "\n"]);
        }
        text.push('\n');
        text.push_str(&self.description.text(messages, self.lang));
        let size = format_value(&self.package.bytes.into(), Format::Bytes, self.lang);
        section(
            &mut text,
            &t("ticket-package"),
            &format!(
                "{} ({size})\n{}",
                self.package.file_name,
                messages.get(
                    self.lang,
                    "ticket-package-open",
                    &[("file", self.package.file_name.as_str().into())]
                ),
            ),
        );
        text
    }

    /// UTC, because nobody knows where the ticket will be read.
    fn created(&self, messages: &Messages) -> String {
        let at = self.created_at.to_zoned(jiff::tz::TimeZone::UTC);
        let (day, time) = match self.lang {
            Lang::De => (at.strftime("%d.%m.%Y"), at.strftime("%H:%M")),
            Lang::En => (at.strftime("%-d %B %Y"), at.strftime("%H:%M")),
        };
        let (day, time) = (day.to_string(), time.to_string());
        messages.get(self.lang, "ticket-created-at", &[("day", day.into()), ("time", time.into())])
    }
}

impl Description {
    /// Words, finding and what was tried, each under its heading.
    pub fn text(&self, messages: &Messages, lang: Lang) -> String {
        let t = |key: &str| messages.get(lang, key, &[]);
        let mut text = String::new();
        let words = plain(&self.words);
        section(
            &mut text,
            &t("ticket-words"),
            if words.trim().is_empty() { t("ticket-no-words") } else { words }.trim(),
        );
        let finding = self.finding.as_deref().map_or_else(|| t("ticket-no-finding"), plain);
        section(&mut text, &t("ticket-finding"), finding.trim());
        let tried = if self.tried.is_empty() {
            t("ticket-nothing-tried")
        } else {
            self.tried.iter().map(|line| format!("- {}", one_line(line))).collect::<Vec<_>>().join("\n")
        };
        section(&mut text, &t("ticket-tried"), &tried);
        text
    }
}

fn section(text: &mut String, heading: &str, body: &str) {
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(heading);
    text.push('\n');
    text.push_str(&"-".repeat(heading.chars().count()));
    text.push('\n');
    text.push_str(body);
    text.push('\n');
}

/// The preferred way first: that is the one a supporter takes.
fn contact_rows(contact: &Contact, messages: &Messages, lang: Lang) -> Vec<(String, String)> {
    let t = |key: &str| messages.get(lang, key, &[]);
    let way = |label: &str, value: &Option<String>, way: Preferred| {
        value.as_ref().map(|value| {
            let preferred = contact.preferred == Some(way);
            let mark = if preferred { format!("  ({})", t("ticket-preferred")) } else { String::new() };
            (preferred, (t(label), format!("{}{mark}", one_line(value))))
        })
    };
    let mut ways: Vec<_> = [
        way("ticket-phone", &contact.phone, Preferred::Phone),
        way("ticket-mail", &contact.mail, Preferred::Mail),
    ]
    .into_iter()
    .flatten()
    .collect();
    ways.sort_by_key(|(preferred, _)| !preferred);
    let mut rows: Vec<_> = contact.name.iter().map(|name| (t("ticket-name"), one_line(name))).collect();
    rows.extend(ways.into_iter().map(|(_, row)| row));
    if rows.is_empty() {
        rows.push((t("ticket-contact"), t("ticket-no-contact")));
    }
    rows
}

fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Incident => "ticket-kind-incident",
        Kind::Question => "ticket-kind-question",
        Kind::Complaint => "ticket-kind-complaint",
        Kind::Outage => "ticket-kind-outage",
        Kind::Order => "ticket-kind-order",
    }
}

fn priority_key(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "ticket-priority-low",
        Priority::Normal => "ticket-priority-normal",
        Priority::High => "ticket-priority-high",
        Priority::Urgent => "ticket-priority-urgent",
    }
}

/// Text without control characters and direction marks: shown in a terminal, a ticket must not be
/// able to move the cursor, and must not read differently from what it says.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || is_direction_mark(*c)))
        .collect()
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
