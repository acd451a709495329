//! The wording rules that a machine can hold, of those in docs/WORDING.md. They are about what a person reads;
//! whether a text is right, and kind, remains for people to judge.

use crate::{Lang, Text};

/// What a text does that it should not, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misworded {
    /// In which language.
    pub lang: Lang,
    /// What is wrong.
    pub what: String,
    /// What to write in its place.
    pub instead: &'static str,
}

/// Words that are not written, and what is.
const GERMAN: [(&str, &str); 17] = [
    ("leider", "Say what happened; regret helps nobody."),
    ("bitte", "Say what to do: „Öffnen Sie …“."),
    ("hoppla", "Say what happened."),
    ("du", "Write „Sie“."),
    ("dein", "Write „Ihr“."),
    ("deine", "Write „Ihre“."),
    ("deinen", "Write „Ihren“."),
    ("dir", "Write „Ihnen“."),
    ("dich", "Write „Sie“."),
    ("helpdesk", "Write „IT-Service“."),
    ("hotline", "Write „IT-Service“."),
    ("workaround", "Write „Lösung“."),
    ("netzwerkkarte", "Write „Netzwerkanschluss“."),
    ("drahtlosnetzwerk", "Write „WLAN“."),
    ("captive", "Write „Anmeldeseite“."),
    ("resolver", "Write „DNS-Server“."),
    ("submit", "Write „senden“."),
];

const ENGLISH: [(&str, &str); 8] = [
    ("please", "Say what to do: “Open …”."),
    ("sorry", "Say what happened; regret helps nobody."),
    ("unfortunately", "Say what happened; regret helps nobody."),
    ("oops", "Say what happened."),
    ("helpdesk", "Write “IT support”."),
    ("workaround", "Write “fix”."),
    ("captive", "Write “sign-in page”."),
    ("resolver", "Write “DNS server”."),
];

/// What breaks the rules in a text, in both languages.
pub fn misworded(text: &Text) -> Vec<Misworded> {
    let mut found = Vec::new();
    for lang in Lang::ALL {
        let written = text.get(lang);
        let mut say = |what: String, instead| found.push(Misworded { lang, what, instead });
        let (words, foreign_marks, marks): (&[(&str, &str)], &[char], _) = match lang {
            Lang::De => (&GERMAN, &['”'], "Write „so“."),
            Lang::En => (&ENGLISH, &['„'], "Write “so”."),
        };
        if written.contains('!') {
            say("an exclamation mark".into(), "End the sentence with a full stop.");
        }
        if written.contains('"') || written.contains(foreign_marks) {
            say("quotation marks of another language".into(), marks);
        }
        let lower = written.to_lowercase();
        for (word, instead) in words {
            if lower.split(|c: char| !c.is_alphanumeric()).any(|w| w == *word) {
                say(format!("the word “{word}”"), instead);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(en: &str, de: &str) -> Vec<(Lang, String)> {
        let text = Text { en: en.into(), de: de.into() };
        misworded(&text).into_iter().map(|m| (m.lang, m.what)).collect()
    }

    #[test]
    fn what_breaks_the_rules_is_found_in_the_language_it_stands_in() {
        assert!(found("Open “Settings”.", "Öffnen Sie „Einstellungen“.").is_empty());
        // Words within words are other words.
        assert!(found("A resolvers' guild.", "Durch die dirigierte Bitterkeit.").is_empty());
        assert_eq!(found("Please wait", "Warten"), [(Lang::En, "the word “please”".into())]);
        assert_eq!(found("Wait", "Öffne dein WLAN"), [(Lang::De, "the word “dein”".into())]);
        assert_eq!(
            found("Wait!", "„so”"),
            [
                (Lang::En, "an exclamation mark".into()),
                (Lang::De, "quotation marks of another language".into()),
            ]
        );
    }
}
