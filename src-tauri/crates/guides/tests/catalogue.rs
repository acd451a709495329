//! Evidence as cases bring it, guide by guide: which cause must come first. Guides of the network have files of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use befund_checks::Checks;
use befund_guides::{Evidence, Guides, diagnose};

/// Guide, results, answers, and the cause that comes first.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [(&'static str, &'static str)],
    &'static str,
);

const CASES: &[Case] = &[
    // What is measured decides …
    ("meeting", &[("microphone.muted", "warn"), ("microphone.found", "ok")], &[], "microphone-muted"),
    ("meeting", &[("microphone.volume", "warn")], &[("what", "not-heard")], "microphone-quiet"),
    ("meeting", &[("camera.free", "warn")], &[("what", "no-picture")], "camera-busy"),
    ("meeting", &[("bluetooth.on", "warn"), ("bluetooth.connected", "not_applicable")], &[], "bluetooth-off"),
    (
        "meeting",
        &[("bluetooth.on", "ok"), ("bluetooth.connected", "warn")],
        &[("what", "hear-nothing")],
        "headset-off",
    ),
    ("meeting", &[("line.loss", "warn"), ("line.jitter", "warn")], &[("what", "stutters")], "weak-line"),
    (
        "meeting",
        &[("cpu.load", "warn"), ("cpu.busy-program", "warn"), ("line.loss", "ok")],
        &[("what", "stutters")],
        "computer-busy",
    ),
    // … and where all that is measured is fine, the person's words do.
    (
        "meeting",
        &[("microphone.muted", "ok")],
        &[("what", "not-heard"), ("crossed-out", "yes")],
        "muted-in-call",
    ),
    (
        "meeting",
        &[("microphone.muted", "ok")],
        &[("what", "not-heard"), ("crossed-out", "no"), ("chosen", "other")],
        "wrong-microphone",
    ),
    (
        "meeting",
        &[("microphone.muted", "ok")],
        &[("what", "not-heard"), ("crossed-out", "no"), ("blocked", "yes")],
        "not-allowed",
    ),
    ("meeting", &[], &[("what", "no-picture"), ("picture", "black")], "camera-covered"),
    ("docking-station", &[], &[("missing", "all"), ("lamp", "off")], "no-power"),
    ("docking-station", &[], &[("missing", "all"), ("lamp", "on"), ("since", "standby")], "hung"),
    (
        "docking-station",
        &[("display.used", "warn"), ("display.monitor-seen", "ok")],
        &[("missing", "picture")],
        "monitor-unused",
    ),
    ("docking-station", &[], &[("missing", "picture"), ("monitor", "no-signal")], "monitor-off"),
    ("docking-station", &[("usb.allowed", "warn")], &[("missing", "all"), ("since", "new")], "not-allowed"),
    ("docking-station", &[("battery.adapter", "warn")], &[("missing", "charge")], "weak-adapter"),
    (
        "docking-station",
        &[("usb.steady", "warn")],
        &[("missing", "drops"), ("other-cable", "better")],
        "bad-cable",
    ),
    ("docking-station", &[("usb.over-current", "warn")], &[("missing", "usb")], "over-current"),
    ("freezes", &[("memory.programs-ended", "warn")], &[("how", "minutes")], "memory-ran-out"),
    ("freezes", &[], &[("how", "window")], "one-program"),
    ("freezes", &[("disk.read-errors", "fail")], &[], "drive-failing"),
    ("freezes", &[("program.stuck", "warn")], &[("how", "window")], "program-waits"),
    ("freezes", &[("crashes.kernel", "warn")], &[("how", "picture")], "graphics"),
    ("freezes", &[("crashes.kernel", "fail")], &[("how", "still")], "kernel-fault"),
    ("freezes", &[("heat.processor", "warn"), ("cpu.throttled", "warn")], &[("how", "off")], "too-hot"),
    (
        "freezes",
        &[("heat.processor", "ok"), ("battery.health", "fail")],
        &[("how", "off"), ("hot", "no")],
        "power",
    ),
    ("freezes", &[("updates.restart", "warn"), ("system.uptime", "warn")], &[], "updates-open"),
    ("sign-in", &[], &[("answer", "wrong"), ("visible", "differs")], "mistyped"),
    ("sign-in", &[], &[("answer", "wrong"), ("visible", "same"), ("changed", "yes")], "old-password"),
    (
        "sign-in",
        &[],
        &[("answer", "wrong"), ("where", "everywhere"), ("visible", "same"), ("changed", "no")],
        "forgotten",
    ),
    ("sign-in", &[("clock.correct", "fail")], &[], "clock-wrong"),
    ("sign-in", &[("internet.by-name", "fail")], &[("answer", "unreachable")], "no-way"),
    (
        "sign-in",
        &[("internet.by-name", "ok"), ("services.status", "fail")],
        &[("answer", "again")],
        "service-down",
    ),
    (
        "sign-in",
        &[("internet.by-name", "ok")],
        &[("answer", "again"), ("where", "one-service")],
        "stale-page",
    ),
    ("sign-in", &[], &[("answer", "code"), ("phone", "new-phone")], "phone-gone"),
    (
        "sign-in",
        &[("disk.space-home", "fail"), ("disk.space-system", "fail")],
        &[("where", "one-computer")],
        "disk-full",
    ),
    ("password", &[], &[("what", "some-places"), ("home", "no")], "old-one-stored"),
    (
        "password",
        &[("vpn.connected", "warn")],
        &[("what", "some-places"), ("home", "yes")],
        "computer-not-told",
    ),
    ("password", &[("internet.by-name", "fail")], &[("what", "refused")], "no-way"),
    ("password", &[("internet.by-name", "ok")], &[("what", "refused")], "new-one-refused"),
    ("email", &[("internet.by-name", "fail")], &[], "no-network"),
    ("email", &[("internet.by-name", "ok")], &[("what", "send"), ("outbox", "large")], "too-large"),
    (
        "email",
        &[("internet.by-name", "ok")],
        &[("what", "both"), ("web", "yes"), ("offline", "yes")],
        "works-offline",
    ),
    ("email", &[("internet.by-name", "ok")], &[("what", "asks")], "password-changed"),
    ("email", &[("internet.by-name", "ok")], &[("what", "send"), ("says", "full")], "mailbox-full"),
    (
        "email",
        &[("internet.by-name", "ok"), ("services.status", "fail")],
        &[("what", "both")],
        "service-down",
    ),
    ("email", &[("services.certificate-expired", "fail")], &[("says", "certificate")], "certificate"),
    ("email", &[("crashes.programs", "warn")], &[("what", "program")], "program-broken"),
    ("file-share", &[("vpn.connected", "warn"), ("services.inside", "fail")], &[], "not-inside"),
    ("file-share", &[("internet.by-name", "fail")], &[("message", "not-found")], "no-network"),
    (
        "file-share",
        &[("internet.by-name", "ok")],
        &[("message", "not-found"), ("where", "office"), ("others", "yes")],
        "server-gone",
    ),
    (
        "file-share",
        &[("services.inside", "ok")],
        &[("message", "not-found"), ("where", "office"), ("others", "no")],
        "drive-unlinked",
    ),
    ("file-share", &[("clock.correct", "ok")], &[("message", "password")], "old-password"),
    ("file-share", &[("clock.correct", "fail")], &[("message", "password")], "clock-wrong"),
    ("file-share", &[], &[("message", "denied"), ("ever", "new")], "rights-not-current"),
    ("file-share", &[], &[("message", "denied"), ("ever", "had")], "rights-lost"),
    ("file-share", &[("program.stuck", "warn")], &[("message", "stands")], "hangs"),
    ("app-problem", &[], &[("what", "not-open"), ("restarted", "no")], "hung"),
    ("app-problem", &[], &[("what", "closes"), ("other-file", "works")], "one-file"),
    (
        "app-problem",
        &[("crashes.programs", "warn")],
        &[("what", "closes"), ("other-file", "fails")],
        "add-on",
    ),
    ("app-problem", &[], &[("what", "gone"), ("since", "update"), ("others", "yes")], "new-version"),
    ("app-problem", &[("updates.restart", "warn")], &[("restarted", "no")], "restart-open"),
    ("app-problem", &[("memory.programs-ended", "warn")], &[("what", "closes")], "memory-full"),
    (
        "app-problem",
        &[("services.take-connections", "fail")],
        &[("what", "error"), ("others", "yes")],
        "service-down",
    ),
    ("start-up", &[], &[("how-far", "nothing")], "no-power"),
    ("start-up", &[], &[("how-far", "dark"), ("beeps", "yes")], "hardware"),
    ("start-up", &[], &[("how-far", "dark"), ("before", "sleep")], "hung-once"),
    ("start-up", &[], &[("how-far", "message"), ("plugged", "yes")], "stick-in-the-way"),
    ("start-up", &[("disk.read-errors", "fail")], &[("how-far", "message")], "drive-failing"),
    ("start-up", &[("start.duration", "warn")], &[("how-far", "slow")], "slow-part"),
    (
        "start-up",
        &[("start.programs", "warn"), ("start.duration", "ok")],
        &[("how-far", "slow")],
        "too-much-at-start",
    ),
    ("start-up", &[("updates.package-manager", "fail")], &[("before", "update")], "update-broke-off"),
    ("mobile-device", &[], &[("what", "no-network"), ("web", "no")], "no-network"),
    ("mobile-device", &[], &[("what", "no-network"), ("web", "only-wifi")], "sim"),
    ("mobile-device", &[], &[("what", "password"), ("changed", "password")], "password-changed"),
    ("mobile-device", &[], &[("what", "refused"), ("changed", "new")], "not-enrolled"),
    ("mobile-device", &[], &[("what", "refused"), ("changed", "nothing")], "not-compliant"),
    ("mobile-device", &[], &[("what", "mail"), ("web", "yes"), ("by-hand", "comes")], "saves-power"),
    (
        "mobile-device",
        &[("services.status", "fail")],
        &[("what", "mail"), ("web", "yes"), ("by-hand", "stays")],
        "service-down",
    ),
    (
        "mobile-device",
        &[("services.status", "ok")],
        &[("what", "mail"), ("web", "yes"), ("by-hand", "stays")],
        "account-stuck",
    ),
    ("sign-in", &[("account.locked", "fail")], &[("answer", "locked")], "locked"),
    ("sign-in", &[("account.expires", "fail")], &[("answer", "locked")], "account-ended"),
    ("sign-in", &[("account.tickets", "fail")], &[], "ticket-expired"),
    ("sign-in", &[("account.password-expires", "fail")], &[], "expired"),
    ("password", &[("account.keyring", "warn")], &[("what", "keyring")], "keyring"),
    ("password", &[("account.password-expires", "warn")], &[], "expired"),
    ("file-share", &[("account.tickets", "fail")], &[("message", "password")], "ticket-expired"),
    ("file-share", &[("account.groups-current", "warn")], &[("message", "denied")], "rights-not-current"),
    ("malware", &[("protection.certificates", "fail"), ("dns.hosts-file", "fail")], &[], "reads-along"),
    ("malware", &[("cpu.busy-program", "warn")], &[("seen", "slow")], "mining"),
    // Somebody's own program calculates: no reason to call it a foreign one.
    ("malware", &[("cpu.busy-program", "warn")], &[], "false-warning"),
];

#[test]
fn what_cases_bring_names_the_cause() {
    let checks = Checks::builtin();
    let (guides, errors) = Guides::builtin(&checks);
    assert!(errors.is_empty(), "{errors:?}");
    let mut wrong = Vec::new();
    for (id, results, answers, expected) in CASES {
        let guide = guides.get(&id.parse().unwrap()).unwrap();
        // Read as an evidence file, so that a misspelt name is an error.
        let object = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value))).collect()
        };
        let (results, answers): (serde_json::Map<_, _>, serde_json::Map<_, _>) =
            (object(results), object(answers));
        let text = serde_json::json!({ "checks": results, "answers": answers }).to_string();
        let evidence = Evidence::parse("evidence.json", &text, guide, &checks).unwrap();
        let diagnosis = diagnose(guide, &checks, &evidence);
        if diagnosis.causes[0].id.as_str() != *expected {
            let top: Vec<String> =
                diagnosis.causes.iter().take(3).map(|c| format!("{} {:.2}", c.id, c.probability)).collect();
            wrong.push(format!("{id} {text}: {expected} expected, {}", top.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
