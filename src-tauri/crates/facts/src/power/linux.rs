//! Linux: the kernel's list of power supplies, and the profile.

use super::upower::{self, Known};
use super::{Adapter, AdapterKind, Battery, BatteryStatus, Power, Profile};
use crate::bus::Service;
use crate::source::{detached, names, read_number, unread, word};
use crate::{Absence, Context, Reading, Reason, net};

const SUPPLIES: &str = "/sys/class/power_supply";
const PLATFORM_PROFILE: &str = "/sys/firmware/acpi/platform_profile";

/// A docked laptop with two batteries and four USB-C ports has about eight.
const MOST_SUPPLIES: usize = 64;

pub(super) async fn measure(cx: Context) -> Reading<Power> {
    let (supplies, known, profile) = tokio::join!(
        // Some firmware takes its time to answer for a battery.
        detached("read the power supplies", cx.step(), {
            let cx = cx.clone();
            move || supplies(&cx)
        }),
        upower::ask(&cx),
        by_daemon(&cx),
    );
    let supplies = supplies.and_then(|s| s);
    let plugged_in = match (&supplies, &known) {
        (Ok(supplies), _) if !supplies.adapters.is_empty() => {
            Reading::Value(supplies.adapters.iter().any(|a| a.online))
        }
        (_, Ok(Known { on_battery: Some(on), .. })) => Reading::Value(!on),
        (Ok(supplies), _) if supplies.batteries.is_empty() => {
            Reading::absent(Reason::NothingToMeasure, "neither a battery nor an adapter is listed")
        }
        // A battery that takes charge is fed from somewhere, whatever the firmware lists.
        (Ok(supplies), _) => {
            match supplies.batteries.iter().map(|b| b.status).find(|s| *s != BatteryStatus::Unknown) {
                Some(status) => Reading::Value(status != BatteryStatus::Discharging),
                None => Reading::absent(Reason::NotSupported, "no adapter is listed"),
            }
        }
        (Err(absent), _) => absent.clone().into(),
    };
    let (batteries, adapters) = match supplies {
        Ok(Supplies { batteries, adapters }) => {
            (Reading::Value(upower::completed(batteries, known)), Reading::Value(adapters))
        }
        Err(absent) => (absent.clone().into(), absent.into()),
    };
    let (profile, held_back) = match profile {
        Ok((profile, held_back)) => (profile.ok_or_else(unknown_profile), held_back),
        Err(absent) => (platform_profile(&cx), Err(absent)),
    };
    Reading::Value(Power {
        batteries,
        adapters,
        plugged_in,
        profile: profile.into(),
        profile_held_back: held_back.into(),
    })
}

struct Supplies {
    batteries: Vec<Battery>,
    adapters: Vec<Adapter>,
}

fn supplies(cx: &Context) -> Result<Supplies, Absence> {
    let mut found = Supplies { batteries: Vec::new(), adapters: Vec::new() };
    for name in names(cx, SUPPLIES, MOST_SUPPLIES)? {
        let supply = Supply { cx, name: &name };
        // A mouse and a headset have batteries too: sysfs-class-power, `scope`.
        if supply.word("scope").is_ok_and(|scope| scope == "Device") {
            continue;
        }
        match supply.word("type").as_deref() {
            Ok("Battery" | "UPS") if supply.number::<u8>("present").unwrap_or(1) != 0 => {
                found.batteries.push(supply.battery());
            }
            Ok("Mains") => found.adapters.push(supply.adapter(AdapterKind::Mains)),
            Ok("Wireless") => found.adapters.push(supply.adapter(AdapterKind::Wireless)),
            Ok(kind) if kind.starts_with("USB") => found.adapters.push(supply.adapter(AdapterKind::Usb)),
            _ => {}
        }
    }
    Ok(found)
}

struct Supply<'a> {
    cx: &'a Context,
    name: &'a str,
}

impl Supply<'_> {
    fn path(&self, file: &str) -> String {
        format!("{SUPPLIES}/{}/{file}", self.name)
    }

    fn word(&self, file: &str) -> Result<String, Absence> {
        word(self.cx, &self.path(file))
            .map(|word| net::tame(&word, 60))
            .ok_or_else(|| Absence::new(Reason::NotSupported, format!("{} says nothing", self.path(file))))
    }

    fn number<T: std::str::FromStr>(&self, file: &str) -> Result<T, Absence> {
        read_number(self.cx, &self.path(file))
    }

    /// A value in millionths, as the kernel counts µW, µWh, µA, µAh and µV. The sign of a current is the
    /// driver's own and says nothing that the status does not.
    fn millionths(&self, file: &str) -> Result<f64, Absence> {
        Ok((self.number::<i64>(file)? as f64 / 1e6).abs())
    }

    /// Energy in Wh; where the battery counts charge, with the voltage that it was made for.
    fn energy(&self, of: &str) -> Result<f64, Absence> {
        let wh = self.millionths(&format!("energy_{of}")).or_else(|absent| {
            let volts = self.millionths("voltage_min_design").or_else(|_| self.millionths("voltage_now"));
            match (self.millionths(&format!("charge_{of}")), volts) {
                (Ok(charge), Ok(volts)) => Ok(charge * volts),
                _ => Err(absent),
            }
        })?;
        // From a phone to the largest that may be carried into a plane, and uninterruptible supplies.
        if wh > 0.1 && wh < 5000.0 { Ok(wh) } else { Err(self.odd(of, wh)) }
    }

    fn odd(&self, of: &str, value: f64) -> Absence {
        Absence::new(Reason::Failed, format!("{}: no battery has {of} of {value}", self.path("uevent")))
    }

    fn battery(&self) -> Battery {
        let full = self.energy("full");
        let design = self.energy("full_design");
        let health = match (&full, &design) {
            (Ok(full), Ok(design)) => Ok(100.0 * full / design),
            (Err(absent), _) | (_, Err(absent)) => Err(absent.clone()),
        }
        // A new battery may hold a little more than it promises; twice as much is a wrong unit.
        .and_then(|health| {
            if health < 150.0 { Ok(health.min(100.0)) } else { Err(self.odd("health", health)) }
        });
        let charge = self.number::<u8>("capacity").map(|c| f64::from(c.min(100))).or_else(|absent| {
            let now = self.energy("now").ok();
            now.zip(full.as_ref().ok()).map(|(now, full)| (100.0 * now / full).min(100.0)).ok_or(absent)
        });
        let rate = self.millionths("power_now").or_else(|absent| {
            let volts = self.millionths("voltage_now").ok();
            self.millionths("current_now").ok().zip(volts).map(|(a, v)| a * v).ok_or(absent)
        });
        let cycles = self.number::<u32>("cycle_count").and_then(|cycles| match cycles {
            // Firmware that does not count says so with nought.
            0 => Err(Absence::new(Reason::NotSupported, "the battery does not count its cycles")),
            n if n > 100_000 => Err(self.odd("cycles", f64::from(n))),
            n => Ok(n),
        });
        Battery {
            name: net::tame(self.name, 40),
            manufacturer: self.word("manufacturer").into(),
            model: self.word("model_name").into(),
            status: match self.word("status").as_deref() {
                Ok("Charging") => BatteryStatus::Charging,
                Ok("Discharging") => BatteryStatus::Discharging,
                Ok("Not charging") => BatteryStatus::NotCharging,
                Ok("Full") => BatteryStatus::Full,
                _ => BatteryStatus::Unknown,
            },
            charge_percent: charge.into(),
            health_percent: health.into(),
            full_wh: full.into(),
            design_wh: design.into(),
            cycle_count: cycles.into(),
            rate_watts: rate.into(),
            left_seconds: Reading::absent(Reason::NotSupported, "UPower works it out"),
            begins_percent: self
                .number::<u8>("charge_control_start_threshold")
                .map(|from| from.min(100))
                .into(),
            limit_percent: self
                .number::<u8>("charge_control_end_threshold")
                .map(|limit| limit.min(100))
                .into(),
        }
    }

    fn adapter(&self, kind: AdapterKind) -> Adapter {
        let offers = match (self.millionths("current_max"), self.millionths("voltage_max")) {
            (Ok(amperes), Ok(volts)) if amperes * volts >= 1.0 => Ok(amperes * volts),
            (Ok(_), Ok(_)) => Err(Absence::new(Reason::NothingToMeasure, "nothing is offered")),
            (Err(absent), _) | (_, Err(absent)) => Err(absent),
        };
        Adapter {
            name: net::tame(self.name, 40),
            kind,
            online: self.number::<u8>("online").is_ok_and(|online| online != 0),
            offers_watts: offers.into(),
        }
    }
}

/// The profile of power-profiles-daemon, and what holds it back.
async fn by_daemon(cx: &Context) -> Result<(Option<Profile>, Result<String, Absence>), Absence> {
    // The daemon's name since 0.20, and the one before, which tuned-ppd takes as well.
    const NAMES: [(&str, &str); 2] = [
        ("org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles"),
        ("net.hadess.PowerProfiles", "/net/hadess/PowerProfiles"),
    ];
    let mut none = Absence::new(Reason::NotSupported, "");
    for (name, path) in NAMES {
        let asked = Service::ask(cx, name, async |daemon| daemon.properties(path, name).await).await;
        match asked {
            Ok(properties) => {
                let profile = properties.get::<String>("ActiveProfile").and_then(|word| profile(&word));
                let held_back = properties
                    .get::<String>("PerformanceDegraded")
                    .filter(|why| !why.is_empty())
                    .map(|why| net::tame(&why, 60))
                    .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "nothing holds it back"));
                return Ok((profile, held_back));
            }
            Err(absent) => none = absent,
        }
    }
    Err(none)
}

fn platform_profile(cx: &Context) -> Result<Profile, Absence> {
    match word(cx, PLATFORM_PROFILE) {
        Some(word) => profile(&word).ok_or_else(unknown_profile),
        None => Err(unread(PLATFORM_PROFILE, std::io::ErrorKind::NotFound.into())),
    }
}

fn unknown_profile() -> Absence {
    Absence::new(Reason::Failed, "the profile has a name that is not known")
}

/// The words of power-profiles-daemon and of sysfs-platform_profile.
fn profile(word: &str) -> Option<Profile> {
    Some(match word {
        "power-saver" | "low-power" => Profile::PowerSaver,
        "quiet" | "cool" => Profile::Quiet,
        "balanced" => Profile::Balanced,
        "balanced-performance" | "performance" | "max-power" => Profile::Performance,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    /// A ThinkPad of 2018 with its charger, in the words of its kernel.
    const THINKPAD: &[(&str, &str)] = &[
        ("sys/class/power_supply/AC/type", "Mains\n"),
        ("sys/class/power_supply/AC/online", "1\n"),
        ("sys/class/power_supply/BAT0/type", "Battery\n"),
        ("sys/class/power_supply/BAT0/present", "1\n"),
        ("sys/class/power_supply/BAT0/status", "Not charging\n"),
        ("sys/class/power_supply/BAT0/manufacturer", "SMP\n"),
        ("sys/class/power_supply/BAT0/model_name", "01AV430\n"),
        ("sys/class/power_supply/BAT0/energy_full", "31690000\n"),
        ("sys/class/power_supply/BAT0/energy_full_design", "57000000\n"),
        ("sys/class/power_supply/BAT0/energy_now", "25350000\n"),
        ("sys/class/power_supply/BAT0/capacity", "80\n"),
        ("sys/class/power_supply/BAT0/cycle_count", "812\n"),
        ("sys/class/power_supply/BAT0/power_now", "0\n"),
        ("sys/class/power_supply/BAT0/charge_control_start_threshold", "75\n"),
        ("sys/class/power_supply/BAT0/charge_control_end_threshold", "80\n"),
        ("sys/class/power_supply/hidpp_battery_0/type", "Battery\n"),
        ("sys/class/power_supply/hidpp_battery_0/scope", "Device\n"),
        ("sys/class/power_supply/hidpp_battery_0/capacity", "5\n"),
        ("sys/firmware/acpi/platform_profile", "balanced\n"),
    ];

    async fn power(files: &[(&str, &str)]) -> Power {
        let (_root, cx) = tree(files);
        measure(cx).await.value().unwrap().clone()
    }

    #[tokio::test]
    async fn a_laptop_with_a_worn_battery_and_a_limit() {
        let power = power(THINKPAD).await;
        let batteries = power.batteries.value().unwrap();
        assert_eq!(batteries.len(), 1, "the mouse's battery is not the computer's: {batteries:?}");
        let battery = &batteries[0];
        assert_eq!(battery.status, BatteryStatus::NotCharging);
        assert_eq!(battery.charge_percent, Reading::Value(80.0));
        assert!((battery.health_percent.value().unwrap() - 55.6).abs() < 0.1, "{battery:?}");
        assert_eq!(battery.cycle_count, Reading::Value(812));
        assert_eq!(battery.limit_percent, Reading::Value(80));
        assert_eq!(battery.begins_percent, Reading::Value(75));
        assert_eq!(power.plugged_in, Reading::Value(true));
        assert_eq!(power.profile, Reading::Value(Profile::Balanced));
    }

    #[tokio::test]
    async fn a_battery_that_counts_charge_is_turned_into_energy() {
        // An XPS 13, on its battery: charge in µAh, and nothing about cycles.
        let power = power(&[
            ("sys/class/power_supply/BAT0/type", "Battery\n"),
            ("sys/class/power_supply/BAT0/status", "Discharging\n"),
            ("sys/class/power_supply/BAT0/charge_full", "6842000\n"),
            ("sys/class/power_supply/BAT0/charge_full_design", "6842000\n"),
            ("sys/class/power_supply/BAT0/charge_now", "3421000\n"),
            ("sys/class/power_supply/BAT0/voltage_min_design", "7600000\n"),
            ("sys/class/power_supply/BAT0/voltage_now", "7800000\n"),
            ("sys/class/power_supply/BAT0/current_now", "-1000000\n"),
            ("sys/class/power_supply/BAT0/cycle_count", "0\n"),
        ])
        .await;
        let battery = &power.batteries.value().unwrap()[0];
        assert!((battery.full_wh.value().unwrap() - 52.0).abs() < 0.1);
        assert_eq!(battery.charge_percent, Reading::Value(50.0));
        assert_eq!(battery.rate_watts, Reading::Value(7.8));
        assert_eq!(battery.cycle_count.absence().unwrap().reason, Reason::NotSupported);
        assert_eq!(power.plugged_in, Reading::Value(false), "no adapter is listed, and it discharges");
    }

    #[tokio::test]
    async fn a_usb_port_says_what_it_offers() {
        let port = "sys/class/power_supply/ucsi-source-psy-USBC000:001";
        let files = [
            ("type", "USB\n"),
            ("online", "1\n"),
            ("current_max", "1500000\n"),
            ("voltage_max", "20000000\n"),
        ]
        .map(|(file, text)| (format!("{port}/{file}"), text));
        let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (file.as_str(), *text)).collect();
        let power = power(&files).await;
        let adapter = &power.adapters.value().unwrap()[0];
        assert_eq!((adapter.kind, adapter.offers_watts.value()), (AdapterKind::Usb, Some(&30.0)));
    }

    #[tokio::test]
    async fn a_computer_without_a_battery_has_none_and_rubbish_is_not_believed() {
        let power_of_none = power(&[]).await;
        assert_eq!(power_of_none.batteries, Reading::Value(vec![]));
        assert_eq!(power_of_none.plugged_in.absence().unwrap().reason, Reason::NothingToMeasure);
        let power = power(&[
            ("sys/class/power_supply/BAT0/type", "Battery\n"),
            ("sys/class/power_supply/BAT0/energy_full", "99999999999999\n"),
            ("sys/class/power_supply/BAT0/energy_full_design", "-1\n"),
            ("sys/class/power_supply/BAT0/capacity", "255\n"),
            ("sys/class/power_supply/BAT0/model_name", "\u{1b}[31mX\n"),
        ])
        .await;
        let battery = &power.batteries.value().unwrap()[0];
        assert_eq!(battery.health_percent.absence().unwrap().reason, Reason::Failed);
        assert_eq!(battery.charge_percent, Reading::Value(100.0));
        assert_eq!(battery.model, Reading::Value(" [31mX".into()));
    }
}
