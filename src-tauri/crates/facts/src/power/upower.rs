//! UPower: what it knows beside the kernel's list.

use zbus::zvariant::OwnedObjectPath;

use super::{Battery, BatteryStatus};
use crate::bus::{Properties, Service};
use crate::{Absence, Context, Reading, Reason, net};

const NAME: &str = "org.freedesktop.UPower";
const ROOT: &str = "/org/freedesktop/UPower";
const DEVICE: &str = "org.freedesktop.UPower.Device";

/// `UP_DEVICE_KIND_BATTERY`.
const BATTERY: u32 = 2;

/// Mice, headsets and the like are devices too.
const MOST_DEVICES: usize = 32;

/// What UPower says.
pub(super) struct Known {
    /// Whether the computer feeds on its battery.
    pub(super) on_battery: Option<bool>,
    batteries: Vec<Battery>,
}

pub(super) async fn ask(cx: &Context) -> Result<Known, Absence> {
    Service::ask(cx, NAME, async |upower| {
        let own = upower.properties(ROOT, NAME).await?;
        let paths: Vec<OwnedObjectPath> = upower.call(ROOT, NAME, "EnumerateDevices", &()).await?;
        let mut batteries = Vec::new();
        for path in paths.into_iter().take(MOST_DEVICES) {
            // One can go away between listing and reading.
            if let Ok(device) = upower.properties(&path, DEVICE).await {
                batteries.extend(battery(&device));
            }
        }
        Ok(Known { on_battery: own.get("OnBattery"), batteries })
    })
    .await
}

fn battery(device: &Properties) -> Option<Battery> {
    let own = device.get::<u32>("Type") == Some(BATTERY)
        && device.get::<bool>("PowerSupply").unwrap_or(true)
        && device.get::<bool>("IsPresent").unwrap_or(true);
    if !own {
        return None;
    }
    let unsaid = |what: &str| Absence::new(Reason::NotSupported, format!("UPower gives no {what}"));
    // Nought stands for “not known”.
    let number = |name: &str, most: f64| -> Result<f64, Absence> {
        device.get::<f64>(name).filter(|n| *n > 0.0 && *n < most).ok_or_else(|| unsaid(name))
    };
    let text = |name: &str| {
        let text = device.get::<String>(name).filter(|text| !text.trim().is_empty());
        text.map(|text| net::tame(text.trim(), 60)).ok_or_else(|| unsaid(name))
    };
    let status = match device.get::<u32>("State") {
        Some(1) => BatteryStatus::Charging,
        Some(2 | 3) => BatteryStatus::Discharging,
        Some(4) => BatteryStatus::Full,
        // Waiting to be charged, and to be discharged.
        Some(5 | 6) => BatteryStatus::NotCharging,
        _ => BatteryStatus::Unknown,
    };
    let left = match status {
        BatteryStatus::Discharging => device.get::<i64>("TimeToEmpty"),
        BatteryStatus::Charging => device.get::<i64>("TimeToFull"),
        _ => None,
    };
    let limited = device.get::<bool>("ChargeThresholdEnabled").unwrap_or(false);
    let threshold = |name: &str| {
        let percent = device.get::<u32>(name).filter(|percent| limited && *percent <= 100);
        percent.and_then(|percent| u8::try_from(percent).ok()).ok_or_else(|| unsaid(name))
    };
    Some(Battery {
        name: native(&device.get::<String>("NativePath")?),
        manufacturer: text("Vendor").into(),
        model: text("Model").into(),
        status,
        charge_percent: device
            .get::<f64>("Percentage")
            .filter(|charge| (0.0..=100.0).contains(charge))
            .ok_or_else(|| unsaid("Percentage"))
            .into(),
        health_percent: number("Capacity", 150.0).map(|health| health.min(100.0)).into(),
        full_wh: number("EnergyFull", 5000.0).into(),
        design_wh: number("EnergyFullDesign", 5000.0).into(),
        cycle_count: device
            .get::<i32>("ChargeCycles")
            .and_then(|cycles| u32::try_from(cycles).ok())
            .filter(|cycles| *cycles > 0)
            .ok_or_else(|| unsaid("ChargeCycles"))
            .into(),
        rate_watts: number("EnergyRate", 1000.0).into(),
        left_seconds: left
            .and_then(|left| u64::try_from(left).ok())
            .filter(|left| *left > 0 && *left < 7 * 86_400)
            .ok_or_else(|| unsaid("time that is left"))
            .into(),
        begins_percent: threshold("ChargeStartThreshold").into(),
        limit_percent: threshold("ChargeEndThreshold").into(),
    })
}

/// The kernel's name: a path of the device's, or the name alone.
fn native(path: &str) -> String {
    net::tame(path.rsplit('/').next().unwrap_or(path), 40)
}

/// The kernel's batteries with what UPower knows beside, and those that it alone knows.
pub(super) fn completed(kernel: Vec<Battery>, known: Result<Known, Absence>) -> Vec<Battery> {
    let mut rest = known.map(|known| known.batteries).unwrap_or_default();
    let mut all = Vec::new();
    for mut battery in kernel {
        if let Some(at) = rest.iter().position(|b| b.name == battery.name) {
            let more = rest.swap_remove(at);
            battery.left_seconds = more.left_seconds;
            fill(&mut battery.begins_percent, more.begins_percent);
            fill(&mut battery.limit_percent, more.limit_percent);
            fill(&mut battery.cycle_count, more.cycle_count);
            fill(&mut battery.health_percent, more.health_percent);
            fill(&mut battery.rate_watts, more.rate_watts);
        }
        all.push(battery);
    }
    all.extend(rest);
    all
}

/// Fills a gap; what stands there stays.
fn fill<T>(gap: &mut Reading<T>, with: Reading<T>) {
    if gap.value().is_none() && with.value().is_some() {
        *gap = with;
    }
}
