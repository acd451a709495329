//! The generated words of a result that was not measured. All of them are Fluent messages.

use std::sync::LazyLock;

use befund_content::{Arg, Lang, Messages, Text};
use befund_facts::Reason;

static MESSAGES: LazyLock<Messages> = LazyLock::new(Messages::builtin);

fn message(key: &str, args: impl Fn(Lang) -> Vec<Arg<'static>>) -> Text {
    Text {
        en: MESSAGES.get(Lang::En, key, &args(Lang::En)),
        de: MESSAGES.get(Lang::De, key, &args(Lang::De)),
    }
}

/// Why a value is absent, in plain words: “No answer within the time allowed”.
pub fn reason_words(reason: Reason) -> Text {
    message(&format!("reason-{}", reason.as_str().replace('_', "-")), |_| Vec::new())
}

/// The text of a result that was not measured: “Not measured. No answer within the time allowed.”
pub fn not_measured(reason: Reason) -> Text {
    let reason = reason_words(reason);
    message("not-measured", |lang| vec![("reason", reason.get(lang).to_owned().into())])
}

/// What stands in a text for a value that could not be measured.
pub(crate) fn missing_value() -> Text {
    message("value-not-measured", |_| Vec::new())
}
