//! Words too common to be replaced wherever they stand.
//!
//! A person who logs in as `user` or `max`, a computer called `pc`, a network called `WLAN`: replacing
//! these everywhere would shred the text and hide nothing. They are replaced only where it is clear what
//! they are: in a home folder's path, in `user@host`, after a label such as `host name:`.

/// Names of no one: accounts and hosts that exist everywhere. These are never replaced.
const NOBODY: &[&str] = &[
    "root", "nobody", "daemon", "system", "www-data", "local service", "network service", "nt authority",
    "systemd-network", "systemd-resolve", "messagebus", "localhost", "localhost.localdomain", "localhost4",
    "localhost6", "ip6-localhost", "(none)", "none", "null", "unknown", "n/a", "not specified", "not available",
    "not present", "default string", "system serial number", "chassis serial number", "to be filled by o.e.m.",
    "to be filled by o.e.m", "o.e.m.", "0123456789", "123456789", "1234567890", "00000000", "xxxxxxxx",
    "<unknown ssid>", "hidden", "--", "/", "/root", "/home", "/nonexistent", "/var", "/usr", "/tmp", "/bin",
    "/sbin", "/dev/null", "lan", "local", "localdomain", "home.arpa", "internal", "fritz.box", "speedport.ip",
    "in-addr.arpa", "ip6.arpa", "arpa", "invalid",
];

/// Words of logs, of this app and of everyday German and English that are also somebody's name.
const ORDINARY: &[&str] = &[
    // Accounts, computers and networks without a name of their own.
    "user", "users", "benutzer", "admin", "administrator", "guest", "gast", "test", "tester", "demo", "owner",
    "home", "heim", "zuhause", "public", "default", "work", "office", "buero", "büro", "arbeit", "server",
    "client", "computer", "rechner", "desktop", "laptop", "notebook", "host", "hostname", "pc", "mac", "macbook",
    "imac", "mini", "linux", "ubuntu", "debian", "fedora", "arch", "manjaro", "mint", "suse", "opensuse",
    "redhat", "windows", "android", "iphone", "raspberry", "raspberrypi", "box", "node", "router", "gateway",
    "switch", "modem", "printer", "drucker", "network", "netzwerk", "internet", "wlan", "wifi", "wi-fi", "lan",
    "wan", "vpn", "mail", "web", "www", "dns", "dhcp", "ntp", "ssh", "http", "https", "ftp", "proxy", "dev",
    "live", "kiosk", "student", "schule", "school", "service", "backup", "build", "runner", "docker", "git",
    "postgres", "mysql", "oem", "me", "ich", "befund", "support", "help", "helpdesk", "main", "master", "cloud",
    "fritz", "fritzbox", "speedport", "vodafone", "telekom", "freifunk", "eduroam", "hotspot", "workgroup",
    "arbeitsgruppe", "example",
    // Words of logs and programs.
    "error", "warning", "warn", "info", "debug", "trace", "notice", "critical", "fatal", "kernel", "systemd",
    "init", "boot", "start", "stop", "running", "failed", "failure", "success", "true", "false", "yes", "no",
    "on", "off", "up", "down", "new", "old", "set", "get", "put", "post", "add", "del", "delete", "update",
    "install", "config", "device", "driver", "memory", "cpu", "disk", "file", "folder", "path", "name", "type",
    "kind", "value", "key", "key1", "data", "date", "time", "zone", "line", "code", "port", "link", "state",
    "status", "group", "label", "title", "text", "lang", "open", "close", "read", "write", "send", "lo", "eth0",
    "eth1", "wlan0", "wlan1", "usb", "pci", "net", "net0", "max", "min", "any", "all", "app", "bin", "lib", "log",
    "var", "tmp", "usr", "etc", "opt", "run", "sys", "proc", "com", "org", "bus", "not", "and", "the", "for",
    "und", "der", "die", "das", "ein", "ist", "von", "mit", "zum", "zur", "out", "end", "use",
    // First names and family names that are words or months.
    "mark", "will", "bill", "grant", "art", "rob", "ray", "drew", "pat", "dot", "may", "mai", "april", "june",
    "juni", "august", "jan", "jun", "jul", "rose", "grace", "hope", "faith", "joy", "dawn", "heather", "frank",
    "ernst", "gut", "klein", "gross", "groß", "grosse", "große", "lang", "lange", "kurz", "stark", "schwarz",
    "weiss", "weiß", "braun", "roth", "grau", "jung", "alt", "neu", "neumann", "reich", "frei", "fest", "lieb",
    "koch", "bauer", "fischer", "weber", "richter", "winter", "sommer", "herbst", "berg", "stein", "bach", "wald",
    "feld", "wolf", "fuchs", "vogel", "hahn", "baum", "busch", "blum", "engel", "kaiser", "graf", "herr", "frau",
    "sonntag", "freitag", "montag", "schulz", "long", "short", "young", "black", "white", "green", "brown",
    "gray", "grey", "page", "price", "case", "field", "wood", "woods", "stone", "hill", "lane", "north", "west",
    "king", "bishop", "cook", "baker", "miller", "smith", "taylor", "turner", "walker", "hunter", "parker",
    "carter", "cooper", "mason", "porter", "potter", "sharp", "strong", "power", "bush", "rivers", "banks",
    "park", "parks", "day", "knight", "love", "best", "good", "wise", "swift", "fast", "speed", "root",
];

/// Whether the value names nobody.
pub(crate) fn names_nobody(value: &str) -> bool {
    let value = value.trim().to_lowercase();
    NOBODY.contains(&value.as_str()) || value.chars().all(|c| matches!(c, '0' | '-' | '.' | ':' | ' ' | '*'))
}

/// Whether the value needs a context that says what it is.
pub(crate) fn is_ordinary(value: &str) -> bool {
    value.chars().count() < 3 || ORDINARY.contains(&value.to_lowercase().as_str())
}

/// What stands after a label like `password:` without being one.
const NO_SECRET: &[&str] = &[
    "true", "false", "null", "none", "nil", "yes", "no", "ja", "nein", "undefined", "required", "optional",
    "enabled", "disabled", "empty", "set", "unset", "not", "missing", "invalid", "wrong", "incorrect", "expired",
    "hidden", "redacted", "removed", "masked", "unknown", "n/a", "ask", "prompt", "0", "1", "-1", "ok", "failed",
    "accepted", "rejected", "changed", "unchanged", "default", "falsch", "leer", "bearer", "jwt", "authentication",
];

/// Whether a labelled value is a word about the secret, a mask or a variable, rather than the secret.
pub(crate) fn is_no_secret(value: &[u8]) -> bool {
    let text = lower(value);
    let text = text.trim();
    let Some(first) = text.chars().next() else { return true };
    let wrapped = |open: &str, close: &str| text.starts_with(open) && text.ends_with(close);
    NO_SECRET.contains(&text.trim_end_matches(['.', ',', ';']))
        || (matches!(first, '*' | 'x' | '•' | '.' | '-' | '_' | '#') && text.chars().all(|c| c == first))
        || wrapped("<", ">")
        || wrapped("${", "}")
        || wrapped("$(", ")")
        || wrapped("{{", "}}")
        || wrapped("%(", ")s")
        || matches!(text, "%s" | "%d" | "{}" | "?")
        || crate::kind::placeholder_at(value).is_some()
}

use crate::words::lower;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_variables_are_no_secrets() {
        for value in ["", "true", "****", "<hidden>", "${DB_PASSWORD}", "%s", "[password-1]", "incorrect."] {
            assert!(is_no_secret(value.as_bytes()), "{value}");
        }
        for value in ["hunter2", "$ecret", "x1", "*a*", "<a"] {
            assert!(!is_no_secret(value.as_bytes()), "{value}");
        }
    }
}
