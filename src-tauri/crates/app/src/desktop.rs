//! What the desktop program needs beside the pages: words before there is an application, and the
//! system's own programs for folders, telephone numbers and mail addresses.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use befund_content::Messages;

use crate::policy::HelpPolicy;
use crate::settings::system_language;
use crate::view::ErrorView;
use crate::{App, AppError};

/// A message in the system's language, where there is no application to ask.
pub fn message(key: &str) -> String {
    Messages::builtin().get(system_language(), key, &[])
}

impl AppError {
    /// The error in the system's language, where there is no application to ask.
    pub fn shown(&self) -> ErrorView {
        self.view(&Messages::builtin(), system_language())
    }
}

impl App {
    /// Opens the help desk's telephone number or mail address in the system's program for it. An address
    /// that is neither is not opened, so that a page can lead nowhere else.
    pub fn reach(&self, address: &str) {
        if !is_help(&self.policy.policy.help, address) {
            tracing::warn!("an address that is not the help desk's was not opened");
        } else if let Err(error) = open_with_system(address) {
            tracing::warn!(%error, "the help desk's address could not be opened");
        }
    }
}

/// Whether this is `tel:` or `mailto:` with what the policy says.
fn is_help(help: &HelpPolicy, address: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match address.split_once(':') {
        Some(("tel", number)) => {
            help.phone.as_ref().is_some_and(|phone| !number.is_empty() && digits(phone) == digits(number))
        }
        Some(("mailto", mail)) => help.mail.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(mail)),
        _ => false,
    }
}

/// Opens a folder or an address in the program that the system has for it, and does not wait for it.
pub(crate) fn open_with_system(what: impl AsRef<OsStr>) -> std::io::Result<()> {
    let program = if cfg!(windows) {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let mut child = Command::new(program)
        .arg(what)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| std::io::Error::new(error.kind(), format!("{program}: {error}")))?;
    // Somebody must hear of its end, or it stays behind as a zombie.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_help_desk_can_be_reached() {
        let help = HelpPolicy {
            phone: Some("030 23125-042".into()),
            mail: Some("it@example.org".into()),
            ..HelpPolicy::default()
        };
        for address in ["tel:03023125042", "mailto:it@example.org", "mailto:IT@example.org"] {
            assert!(is_help(&help, address), "{address}");
        }
        for address in [
            "tel:112",
            "tel:",
            "mailto:somebody@example.org",
            "mailto:it@example.org?attach=/etc/passwd",
            "file:///etc/passwd",
            "https://example.org/",
            "it@example.org",
        ] {
            assert!(!is_help(&help, address), "{address}");
        }
        assert!(!is_help(&HelpPolicy::default(), "tel:"), "nothing is known, so nothing fits");
    }
}
