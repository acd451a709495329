//! Linux: hwmon and thermal zones.

use super::{Fan, Heat, Part, Sensor};
use crate::source::{detached, names, read_number, word};
use crate::{Absence, Context, Reading, Reason, net};

const HWMON: &str = "/sys/class/hwmon";
const THERMAL: &str = "/sys/class/thermal";

/// A server has about thirty chips with up to a hundred files each.
const MOST_CHIPS: usize = 128;
const MOST_FILES: usize = 512;

pub(super) async fn measure(cx: Context) -> Reading<Heat> {
    // A sensor behind a slow bus takes its time.
    let measured = detached("read the temperatures", cx.step(), move || (chips(&cx), zones(&cx))).await;
    let (sensors, fans) = match measured {
        Ok((Ok((mut sensors, fans)), zones)) => {
            // The same processor twice helps nobody.
            if !sensors.iter().any(|s| s.part == Part::Processor) {
                sensors.extend(zones.unwrap_or_default());
            }
            sensors.truncate(MOST_FILES);
            (Ok(sensors), Ok(fans))
        }
        Ok((Err(absent), _)) | Err(absent) => (Err(absent.clone()), Err(absent)),
    };
    Reading::Value(Heat { sensors: sensors.into(), fans: fans.into() })
}

/// What a chip or a zone is about, by the names that the kernel's drivers have.
fn part(chip: &str) -> Part {
    const PROCESSOR: &[&str] = &["coretemp", "k10temp", "zenpower", "fam15h_power", "via_cputemp"];
    const GRAPHICS: &[&str] = &["amdgpu", "radeon", "nouveau", "i915", "xe"];
    const DISK: &[&str] = &["nvme", "drivetemp"];
    let known = |list: &[&str]| list.contains(&chip);
    // Boards with ARM processors name their zones after what is in them.
    let spoken = |words: &[&str]| words.iter().any(|word| chip.contains(word));
    if known(PROCESSOR) || spoken(&["cpu", "x86_pkg_temp", "soc"]) {
        Part::Processor
    } else if known(GRAPHICS) || spoken(&["gpu"]) {
        Part::Graphics
    } else if known(DISK) {
        Part::Disk
    } else {
        Part::Computer
    }
}

/// Thousandths of a degree; none where no working sensor could say so.
fn degrees(cx: &Context, path: &str) -> Option<f64> {
    let celsius = read_number::<i64>(cx, path).ok()? as f64 / 1000.0;
    // A computer in the cold, up to what solder stands. Inputs that nothing is connected to read 0, 127, −128.
    (celsius > -40.0 && celsius < 126.0 && celsius != 0.0).then_some(celsius)
}

/// A limit: nobody sets one below a warm room.
fn limit(cx: &Context, path: &str) -> Reading<f64> {
    degrees(cx, path)
        .filter(|limit| *limit > 30.0)
        .ok_or_else(|| Absence::new(Reason::NotSupported, format!("{path}: no limit is stated")))
        .into()
}

fn chips(cx: &Context) -> Result<(Vec<Sensor>, Vec<Fan>), Absence> {
    let (mut sensors, mut fans) = (Vec::new(), Vec::new());
    for chip in names(cx, HWMON, MOST_CHIPS)? {
        let folder = format!("{HWMON}/{chip}");
        let name = net::tame(&word(cx, &format!("{folder}/name")).unwrap_or(chip), 40);
        let part = part(&name);
        for file in names(cx, &folder, MOST_FILES)? {
            let Some(input) = file.strip_suffix("_input") else { continue };
            let of = |what: &str| format!("{folder}/{input}_{what}");
            let label = net::tame(&word(cx, &of("label")).unwrap_or_else(|| input.to_owned()), 40);
            if input.starts_with("temp") {
                let Some(celsius) = degrees(cx, &of("input")) else { continue };
                sensors.push(Sensor {
                    chip: name.clone(),
                    label,
                    part,
                    celsius,
                    max_celsius: limit(cx, &of("max")),
                    critical_celsius: limit(cx, &of("crit")),
                });
            } else if input.starts_with("fan") {
                let Ok(rpm) = read_number::<u32>(cx, &of("input")) else { continue };
                // What a driver says that could not read.
                if rpm >= 65_535 {
                    continue;
                }
                fans.push(Fan {
                    chip: name.clone(),
                    label,
                    part,
                    rpm,
                    max_rpm: read_number::<u32>(cx, &of("max")).into(),
                    broken: read_number::<u8>(cx, &of("fault")).map(|fault| fault != 0).into(),
                });
            }
        }
    }
    Ok((sensors, fans))
}

/// Thermal zones, for what hwmon does not show.
fn zones(cx: &Context) -> Result<Vec<Sensor>, Absence> {
    let mut sensors = Vec::new();
    for zone in names(cx, THERMAL, MOST_FILES)? {
        if !zone.starts_with("thermal_zone") {
            continue;
        }
        let folder = format!("{THERMAL}/{zone}");
        let Some(celsius) = degrees(cx, &format!("{folder}/temp")) else { continue };
        let chip = net::tame(&word(cx, &format!("{folder}/type")).unwrap_or_else(|| zone.clone()), 40);
        let trip = |kind: &str| {
            let number = (0..16).find(|n| {
                word(cx, &format!("{folder}/trip_point_{n}_type")).is_some_and(|found| found == kind)
            });
            match number {
                Some(n) => limit(cx, &format!("{folder}/trip_point_{n}_temp")),
                None => Reading::absent(Reason::NotSupported, format!("{folder}: no trip point is {kind}")),
            }
        };
        sensors.push(Sensor {
            part: part(&chip.to_lowercase()),
            chip,
            label: zone,
            celsius,
            max_celsius: trip("hot"),
            critical_celsius: trip("critical"),
        });
    }
    Ok(sensors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    /// A notebook: its processor, its disk, and the maker's chip with two fans.
    const NOTEBOOK: &[(&str, &str)] = &[
        ("sys/class/hwmon/hwmon0/name", "coretemp\n"),
        ("sys/class/hwmon/hwmon0/temp1_input", "97000\n"),
        ("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n"),
        ("sys/class/hwmon/hwmon0/temp1_max", "100000\n"),
        ("sys/class/hwmon/hwmon0/temp1_crit", "100000\n"),
        ("sys/class/hwmon/hwmon1/name", "nvme\n"),
        ("sys/class/hwmon/hwmon1/temp1_input", "41850\n"),
        ("sys/class/hwmon/hwmon1/temp1_max", "81850\n"),
        ("sys/class/hwmon/hwmon1/temp1_crit", "84850\n"),
        ("sys/class/hwmon/hwmon1/temp2_input", "41850\n"),
        ("sys/class/hwmon/hwmon1/temp2_max", "65261850\n"),
        ("sys/class/hwmon/hwmon2/name", "dell_smm\n"),
        ("sys/class/hwmon/hwmon2/fan1_input", "0\n"),
        ("sys/class/hwmon/hwmon2/fan1_max", "4900\n"),
        ("sys/class/hwmon/hwmon2/fan1_label", "Processor Fan\n"),
        ("sys/class/hwmon/hwmon2/temp3_input", "-128000\n"),
        ("sys/class/hwmon/hwmon2/temp4_input", "127000\n"),
        ("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n"),
        ("sys/class/thermal/thermal_zone0/temp", "97000\n"),
    ];

    #[tokio::test]
    async fn a_notebook_whose_fan_stands_still() {
        let (_root, cx) = tree(NOTEBOOK);
        let heat = measure(cx).await.value().unwrap().clone();
        let sensors = heat.sensors.value().unwrap();
        assert_eq!(sensors.len(), 3, "what nothing is connected to is left out: {sensors:?}");
        assert_eq!((sensors[0].part, sensors[0].celsius), (Part::Processor, 97.0));
        assert_eq!(sensors[0].label, "Package id 0");
        assert_eq!(sensors[0].critical_celsius, Reading::Value(100.0));
        assert!(sensors[2].max_celsius.value().is_none(), "65261 degrees are no limit");
        let fans = heat.fans.value().unwrap();
        assert_eq!((fans[0].rpm, fans[0].max_rpm.value()), (0, Some(&4900)));
    }

    #[tokio::test]
    async fn a_board_shows_its_processor_in_a_zone() {
        let (_root, cx) = tree(&[
            ("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n"),
            ("sys/class/thermal/thermal_zone0/temp", "58400\n"),
            ("sys/class/thermal/thermal_zone0/trip_point_0_type", "passive\n"),
            ("sys/class/thermal/thermal_zone0/trip_point_1_type", "critical\n"),
            ("sys/class/thermal/thermal_zone0/trip_point_1_temp", "110000\n"),
        ]);
        let heat = measure(cx).await.value().unwrap().clone();
        let sensors = heat.sensors.value().unwrap();
        assert_eq!((sensors[0].part, sensors[0].celsius), (Part::Processor, 58.4));
        assert_eq!(sensors[0].critical_celsius, Reading::Value(110.0));
    }

    #[tokio::test]
    async fn a_virtual_machine_has_no_sensors() {
        let (_root, cx) = tree(&[]);
        let heat = measure(cx).await.value().unwrap().clone();
        assert_eq!(heat.sensors, Reading::Value(vec![]));
        assert_eq!(heat.fans, Reading::Value(vec![]));
    }
}
