//! What `smartctl --json` (smartmontools 7.0 and newer) says of a drive.

use std::time::Duration;

use serde_json::Value;

use super::Health;
use crate::net::tame;
use crate::source::program;
use crate::{Absence, Context, Reading, Reason};

/// A drive answers within milliseconds; one that is about to fail can take its time.
const PATIENCE: Duration = Duration::from_millis(2500);

/// An answer has some ten kilobytes.
const MOST_BYTES: u64 = 1 << 20;

/// Where it is installed: an ordinary person's `PATH` does not lead to administrators' programs.
const PLACES: &[&str] =
    &["/usr/sbin/smartctl", "/usr/local/sbin/smartctl", "/sbin/smartctl", "/usr/bin/smartctl"];

pub(super) async fn ask(cx: &Context, drive: &str) -> Result<Health, Absence> {
    if !cx.is_live() {
        return Err(Absence::new(Reason::NothingToMeasure, "a recorded tree has no drives to ask"));
    }
    let Some(smartctl) = PLACES.iter().find(|place| cx.path(place).is_file()) else {
        return Err(Absence::new(Reason::NotSupported, "smartctl is not installed"));
    };
    // Standby: a drive that sleeps is left asleep.
    let args = ["--json", "--nocheck=standby", "--health", "--attributes", &format!("/dev/{drive}")];
    // How it ends says what is wrong with the drive, and the answer says it too.
    parse(&program(cx, smartctl, &args, PATIENCE, MOST_BYTES).await?.text)
}

fn parse(text: &[u8]) -> Result<Health, Absence> {
    let told: Value = serde_json::from_slice(text)
        .map_err(|e| Absence::new(Reason::Failed, format!("smartctl's answer is no JSON: {e}")))?;
    // Bit 1 of its exit status, smartctl(8): the device could not be opened, or sleeps.
    if told["smartctl"]["exit_status"].as_u64().is_some_and(|status| status & 2 != 0) {
        return Err(refused(&told["smartctl"]["messages"]));
    }
    let nvme = &told["nvme_smart_health_information_log"];
    let attribute = |ids: &[u64]| {
        let table = told["ata_smart_attributes"]["table"].as_array();
        let one = |id: &u64| table.and_then(|t| t.iter().find(|a| a["id"].as_u64() == Some(*id)));
        ids.iter().find_map(one)
    };
    let untold = || Absence::new(Reason::NotSupported, "this drive does not tell");
    let reading = |value: Option<u64>| Reading::from(value.ok_or_else(untold));
    let percent = |value: Option<f64>| Reading::from(value.filter(|v| *v >= 0.0).ok_or_else(untold));
    let raw = |ids: &[u64]| reading(attribute(ids).and_then(|a| a["raw"]["value"].as_u64()));
    let is_ata = told["ata_smart_attributes"].is_object();
    let passed = told["smart_status"]["passed"].as_bool();
    if passed.is_none() && !is_ata && !nvme.is_object() {
        return Err(Absence::new(Reason::NotSupported, "this drive tells nothing of its health"));
    }
    // Makers of SATA flash memory count down from 100 under numbers of their own.
    let left =
        attribute(&[231, 233, 202, 177]).and_then(|a| a["value"].as_f64()).filter(|left| *left <= 100.0);
    let is_turning = told["rotation_rate"].as_u64().is_some_and(|rate| rate > 0);
    let worn = left.filter(|_| !is_turning).map(|left| 100.0 - left);
    Ok(Health {
        passed: passed.ok_or_else(untold).into(),
        temperature_celsius: told["temperature"]["current"].as_f64().ok_or_else(untold).into(),
        power_on_hours: reading(told["power_on_time"]["hours"].as_u64()),
        reallocated_count: raw(&[5]),
        pending_count: raw(&[197]),
        uncorrectable_count: raw(&[198, 187]),
        media_error_count: reading(nvme["media_errors"].as_u64()),
        wear_percent: percent(nvme["percentage_used"].as_f64().or(worn)),
        spare_percent: percent(nvme["available_spare"].as_f64()),
        spare_least_percent: percent(nvme["available_spare_threshold"].as_f64()),
        warning_bits: reading(nvme["critical_warning"].as_u64()),
    })
}

fn refused(messages: &Value) -> Absence {
    let said: Vec<&str> =
        messages.as_array().into_iter().flatten().filter_map(|m| m["string"].as_str()).collect();
    let said = tame(&said.join("; "), 200);
    let reason = if said.contains("Permission denied") || said.contains("Operation not permitted") {
        Reason::NoPermission
    } else if said.contains("STANDBY") || said.contains("SLEEP") {
        Reason::NothingToMeasure
    } else {
        Reason::NotSupported
    };
    Absence::new(reason, format!("smartctl: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(name: &str) -> Health {
        let path = format!("{}/fixtures/smartctl/{name}.json", env!("CARGO_MANIFEST_DIR"));
        parse(&std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn a_hard_disk_that_expects_to_fail() {
        let health = recorded("hard-disk-failing");
        assert_eq!(health.passed, Reading::Value(false));
        assert_eq!(health.temperature_celsius, Reading::Value(25.0));
        assert_eq!(health.power_on_hours, Reading::Value(65_592));
        assert_eq!(health.reallocated_count, Reading::Value(1975));
        assert_eq!(health.pending_count, Reading::Value(8));
        assert_eq!(health.uncorrectable_count, Reading::Value(0));
        assert_eq!(health.media_error_count.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(health.wear_percent.absence().unwrap().reason, Reason::NotSupported);
    }

    #[test]
    fn flash_memory_with_and_without_damaged_data() {
        let damaged = recorded("nvme-media-errors");
        assert_eq!(damaged.passed, Reading::Value(true));
        assert_eq!(damaged.media_error_count, Reading::Value(7));
        assert_eq!(damaged.wear_percent, Reading::Value(3.0));
        assert_eq!(damaged.spare_percent, Reading::Value(99.0));
        assert_eq!(damaged.spare_least_percent, Reading::Value(10.0));
        assert_eq!(damaged.warning_bits, Reading::Value(0));
        assert_eq!(damaged.reallocated_count.absence().unwrap().reason, Reason::NotSupported);
        let healthy = recorded("nvme-healthy");
        assert_eq!(healthy.media_error_count, Reading::Value(0));
        assert_eq!(healthy.temperature_celsius, Reading::Value(36.0));
    }

    #[test]
    fn who_may_not_ask_and_what_sleeps_is_told_apart() {
        let answer = |said: &str| {
            let text = serde_json::json!({
                "smartctl": { "messages": [{ "string": said, "severity": "error" }], "exit_status": 2 }
            });
            parse(text.to_string().as_bytes()).unwrap_err().reason
        };
        assert_eq!(
            answer("Smartctl open device: /dev/nvme0n1 failed: Permission denied"),
            Reason::NoPermission
        );
        assert_eq!(answer("Device is in STANDBY mode, exit(2)"), Reason::NothingToMeasure);
        assert_eq!(answer("/dev/vda: Unable to detect device type"), Reason::NotSupported);
    }

    #[test]
    fn odd_answers_are_failures_and_never_a_panic() {
        for text in
            ["", "{", "[]", "null", "{\"smart_status\": 5}", "{\"ata_smart_attributes\": {\"table\": 7}}"]
        {
            let told = parse(text.as_bytes());
            assert!(told.is_err() || told.unwrap().passed.absence().is_some(), "{text}");
        }
    }
}
