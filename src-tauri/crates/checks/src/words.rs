//! The generated words of a result that was not measured. All of them are Fluent messages.

use befund_content::{Arg, Lang, Messages, Text};
use befund_facts::Reason;

fn message(key: &str, args: impl Fn(Lang) -> Vec<Arg<'static>>) -> Text {
    Messages::shared().text(key, args)
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
