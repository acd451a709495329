//! Fluent messages from `content/locales`: the same files that the window reads.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use crate::{Lang, Text, builtin};

/// An argument of a message.
pub type Arg<'a> = (&'a str, Cow<'a, str>);

/// The messages of every language.
pub struct Messages {
    en: FluentBundle<FluentResource>,
    de: FluentBundle<FluentResource>,
}

impl Messages {
    /// The messages that ship inside the program. Broken ones are a test failure, not a run-time one:
    /// what cannot be read is left out, and its key is shown.
    pub fn builtin() -> Self {
        Self { en: bundle(Lang::En), de: bundle(Lang::De) }
    }

    /// The same, made once for everybody who has no place of their own to keep them.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Messages> = LazyLock::new(Messages::builtin);
        &SHARED
    }

    /// A message in one language; its key if there is none.
    pub fn get(&self, lang: Lang, key: &str, args: &[Arg<'_>]) -> String {
        let bundle = match lang {
            Lang::En => &self.en,
            Lang::De => &self.de,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            return key.to_owned();
        };
        let mut fluent_args = FluentArgs::new();
        for (name, value) in args {
            // Counts stay numbers, so that plural forms can be chosen. Anything that would read differently
            // afterwards (0815, 1.0, inf) is a text.
            match value.parse::<u32>() {
                Ok(number) if number.to_string() == *value => {
                    fluent_args.set(*name, FluentValue::from(number));
                }
                _ => fluent_args.set(*name, FluentValue::from(value.as_ref())),
            }
        }
        let mut errors = Vec::new();
        bundle.format_pattern(pattern, Some(&fluent_args), &mut errors).into_owned()
    }

    /// A message in every language; `args` says what is filled in for each.
    pub fn text<'a>(&self, key: &str, args: impl Fn(Lang) -> Vec<Arg<'a>>) -> Text {
        let say = |lang| self.get(lang, key, &args(lang));
        Text { en: say(Lang::En), de: say(Lang::De) }
    }

    /// Every key of one language, for the test that compares them.
    pub fn keys(lang: Lang) -> Vec<String> {
        let mut keys: Vec<String> = sources(lang)
            .flat_map(|text| {
                text.lines()
                    .filter_map(|l| l.split_once(" = ").or_else(|| l.split_once(" =")))
                    .map(|(key, _)| key.to_owned())
                    .filter(|k| k.starts_with(|c: char| c.is_ascii_lowercase()))
                    .collect::<Vec<_>>()
            })
            .collect();
        keys.sort_unstable();
        keys
    }
}

fn sources(lang: Lang) -> impl Iterator<Item = &'static str> {
    builtin(&format!("locales/{lang}"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".ftl"))
        .map(|(_, text)| text)
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let id = match lang {
        Lang::En => langid!("en"),
        Lang::De => langid!("de"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks around arguments garble terminals and mail.
    bundle.set_use_isolating(false);
    for text in sources(lang) {
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_choose_the_plural_and_everything_else_stays_as_it_is() {
        let messages = Messages::builtin();
        let say = |lang, key, name, value: &'static str| messages.get(lang, key, &[(name, value.into())]);
        assert_eq!(say(Lang::En, "privacy-readable", "count", "1"), "one value readable");
        assert_eq!(say(Lang::En, "privacy-readable", "count", "12"), "12 values readable");
        for text in ["0815", "1.0", "1e3", "inf", "nan", "+1", "9.10"] {
            assert!(say(Lang::De, "next-fix", "title", text).ends_with(text), "{text}");
        }
        assert_eq!(messages.get(Lang::De, "no-such-key", &[]), "no-such-key");
        let both = messages.text("next-fix", |lang| vec![("title", lang.tag().into())]);
        assert_eq!((both.en.as_str(), both.de.as_str()), ("What helps: en", "Was hilft: de"));
    }
}
