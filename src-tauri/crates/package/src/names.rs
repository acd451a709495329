//! Names of files inside a package: what is allowed is what means the same on every system.

/// Longer names are refused; the files of a package have short ones.
const MAX_BYTES: usize = 200;

/// Why a name cannot stand in a package, if so.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.len() > MAX_BYTES {
        return Some("it is longer than 200 bytes");
    }
    if crate::printable(name) != name || name.contains(['\n', '\t']) {
        return Some("it contains control characters");
    }
    if name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':') {
        return Some("it is an absolute path");
    }
    if name.contains('\\') {
        return Some("it contains a backslash");
    }
    if name.contains([':', '<', '>', '"', '|', '?', '*']) {
        return Some("it contains a character that Windows does not allow");
    }
    for part in name.split('/') {
        if part == ".." {
            return Some("it leads out of its folder");
        }
        if part.is_empty() || part == "." {
            return Some("it has an empty part");
        }
        if part.ends_with(['.', ' ']) || part.starts_with(' ') {
            return Some("a part of it begins or ends with a space, or ends with a point");
        }
        if is_device(part) {
            return Some("it is the name of a device on Windows");
        }
    }
    None
}

/// The name under which two files would be one on a system that ignores case.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn is_device(part: &str) -> bool {
    // `NUL.txt` is the device too, and so is `nul .txt`.
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        other => ["COM", "LPT"].iter().any(|port| {
            other.strip_prefix(port).is_some_and(|n| {
                let mut digits = n.chars();
                matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_mean_the_same_everywhere_are_allowed() {
        for good in
            ["report.html", "logs/befund.log", "Bild 1.png", "übersicht.txt", "console.log", "com10.txt"]
        {
            assert_eq!(refusal(good), None, "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "\\\\host\\share",
            "C:/x",
            "c:x",
            "../x",
            "a/../b",
            "a//b",
            "./a",
            "a/",
            "a\\b",
            "nul",
            "NUL.txt",
            "a/com1.log",
            "LPT³",
            "aux .txt",
            "a.",
            "a ",
            "a:b",
            "x\u{202e}y",
            "a\nb",
            "a\u{0}b",
        ] {
            assert!(refusal(bad).is_some(), "{bad:?}");
        }
        assert!(refusal(&"a".repeat(201)).is_some());
    }
}
