//! How large the person has set things to be drawn, monitor by monitor: what GNOME and kin keep in `monitors.xml`,
//! KDE's Plasma 6 in `kwinoutputconfig.json`, and Plasma 5 in the files of kscreen. Serial numbers of monitors stand
//! there too, and are not read.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::{Connector, OutputScale};
use crate::source::{MOST_NAMES, names, read_text};
use crate::system::home_folder;
use crate::{Absence, Context, Reason, net};

const GNOME: &str = ".config/monitors.xml";
const CINNAMON: &str = ".config/cinnamon-monitors.xml";
const PLASMA_6: &str = ".config/kwinoutputconfig.json";
const PLASMA_5: &str = ".local/share/kscreen";

/// Arrangements of monitors that somebody who travels collects.
const MOST: usize = 400;

/// One arrangement: scale factors by connector.
type Arrangement = BTreeMap<String, f64>;

/// The scale of each connected monitor, where the desktop keeps one.
pub(super) fn scales(
    cx: &Context,
    desktop: Option<&str>,
    connectors: &[Connector],
) -> Result<Vec<OutputScale>, Absence> {
    let connected: Vec<&Connector> =
        connectors.iter().filter(|c| c.connected.value() == Some(&true)).collect();
    if connected.is_empty() {
        return Err(Absence::new(Reason::NothingToMeasure, "no monitor is connected"));
    }
    let wanted: Vec<String> = connected.iter().map(|c| plain(&c.name)).collect();
    let home = home_folder(cx)?;
    let home = home.trim_end_matches('/');
    let is_kde = desktop.is_some_and(|d| d.contains("KDE"));
    let mut kept = Vec::new();
    if !is_kde {
        let file = if desktop.is_some_and(|d| d.contains("Cinnamon")) { CINNAMON } else { GNOME };
        kept.extend(read_text(cx, &format!("{home}/{file}")).map(|text| gnome(&text)).unwrap_or_default());
    }
    if is_kde || desktop.is_none() {
        let mut ever = plasma_6(&read_text(cx, &format!("{home}/{PLASMA_6}")).unwrap_or_default());
        ever.retain(|name, _| wanted.contains(name));
        kept.push(ever);
        let folder = format!("{home}/{PLASMA_5}");
        for name in names(cx, &folder, MOST_NAMES.min(MOST)).unwrap_or_default() {
            kept.extend(plasma_5(&read_text(cx, &format!("{folder}/{name}")).unwrap_or_default()));
        }
    }
    // The arrangement of just these monitors.
    let fits = |a: &&Arrangement| a.len() == wanted.len() && wanted.iter().all(|name| a.contains_key(name));
    let found = kept.iter().find(fits).ok_or_else(|| {
        Absence::new(Reason::NothingToMeasure, "the desktop keeps no size for these monitors")
    })?;
    Ok(connected
        .into_iter()
        .filter_map(|connector| {
            let scale = *found.get(&plain(&connector.name))?;
            let width = connector.monitor.value().and_then(|m| m.width.value().copied());
            Some(OutputScale {
                connector: net::tame(&connector.name, 40),
                scale_percent: (scale * 100.0).round(),
                effective_width: width
                    .map(|width| (f64::from(width) / scale).round() as u32)
                    .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "the monitor tells no width"))
                    .into(),
            })
        })
        .collect())
}

/// The kernel says `HDMI-A-1`, X11 and GNOME say `HDMI-1`.
fn plain(connector: &str) -> String {
    connector.replace("HDMI-A-", "HDMI-")
}

/// A factor that a desktop may set.
fn factor(value: f64) -> Option<f64> {
    (0.25..=10.0).contains(&value).then_some(value)
}

/// `<configuration>` with a `<logicalmonitor>` for each place, which names its scale and its connectors.
fn gnome(text: &str) -> Vec<Arrangement> {
    let mut reader = Reader::from_str(text);
    let (mut all, mut arrangement) = (Vec::new(), Arrangement::new());
    let (mut scale, mut names, mut inside) = (1.0, Vec::new(), String::new());
    while all.len() < MOST {
        // A file that was damaged is worth what stands before the damage.
        match reader.read_event() {
            Ok(Event::Start(tag)) => tag.local_name().as_ref().clone_into(&mut inside),
            Ok(Event::Text(value)) => {
                let value = value.trim();
                match inside.as_str() {
                    "scale" => scale = value.parse().ok().and_then(factor).unwrap_or(1.0),
                    "connector" if !value.is_empty() => names.push(plain(value)),
                    _ => {}
                }
            }
            Ok(Event::End(tag)) => {
                inside.clear();
                match tag.local_name().as_ref() {
                    "logicalmonitor" => {
                        arrangement.extend(names.drain(..).map(|name| (name, scale)));
                        scale = 1.0;
                    }
                    "configuration" => all.push(std::mem::take(&mut arrangement)),
                    _ => names.truncate(MOST),
                }
                // A monitor that is switched off is named beside those that are used.
                if tag.local_name().as_ref() == "disabled" {
                    names.clear();
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    all
}

/// `[{"name": "outputs", "data": [{"connectorName": "DP-1", "scale": 1.5}]}]`: every monitor that was ever connected. A
/// connector that stands there twice had different monitors, and which one is there now is not told.
fn plasma_6(text: &str) -> Arrangement {
    let Ok(Value::Array(parts)) = serde_json::from_str(text) else { return Arrangement::new() };
    let outputs =
        parts.iter().find(|part| part["name"] == "outputs").and_then(|part| part["data"].as_array());
    let mut counts: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    for output in outputs.into_iter().flatten().take(MOST) {
        let scale = output["scale"].as_f64().and_then(factor);
        if let (Some(name), Some(scale)) = (output["connectorName"].as_str(), scale) {
            let entry = counts.entry(plain(name)).or_insert((0, scale));
            entry.0 += 1;
        }
    }
    counts.into_iter().filter(|(_, (count, _))| *count == 1).map(|(name, (_, scale))| (name, scale)).collect()
}

/// `[{"enabled": true, "scale": 1.25, "metadata": {"name": "HDMI-A-1"}}]`, a file for each arrangement.
fn plasma_5(text: &str) -> Option<Arrangement> {
    let Ok(Value::Array(outputs)) = serde_json::from_str(text) else { return None };
    let used = outputs.iter().take(MOST).filter(|output| output["enabled"].as_bool() == Some(true));
    let found: Arrangement = used
        .filter_map(|output| {
            Some((
                plain(output["metadata"]["name"].as_str()?),
                factor(output["scale"].as_f64().unwrap_or(1.0))?,
            ))
        })
        .collect();
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use crate::display::{ConnectorKind, Monitor};
    use crate::source::tree;

    fn connector(name: &str, width: Option<u32>) -> Connector {
        let none = || Absence::new(Reason::NothingToMeasure, "");
        Connector {
            name: name.into(),
            kind: ConnectorKind::Hdmi,
            connected: Reading::Value(width.is_some()),
            enabled: Reading::Value(true),
            lit: Reading::Value(true),
            mode_count: Reading::Value(1),
            monitor: Reading::Value(Monitor {
                vendor: "DEL".into(),
                name: none().into(),
                width: width.ok_or_else(none).into(),
                height: none().into(),
                year: none().into(),
            }),
        }
    }

    const MONITORS: &str = r#"<monitors version="2">
      <configuration><logicalmonitor><x>0</x><scale>2</scale><primary>yes</primary><monitor><monitorspec>
        <connector>eDP-1</connector><vendor>BOE</vendor><serial>0xSECRET</serial></monitorspec></monitor></logicalmonitor>
      </configuration>
      <configuration><layoutmode>logical</layoutmode>
        <logicalmonitor><scale>1.25</scale><monitor><monitorspec><connector>eDP-1</connector></monitorspec></monitor></logicalmonitor>
        <logicalmonitor><monitor><monitorspec><connector>HDMI-1</connector></monitorspec></monitor></logicalmonitor>
        <disabled><monitorspec><connector>DP-3</connector></monitorspec></disabled>
      </configuration></monitors>"#;

    fn of(
        files: &[(&str, &str)],
        desktop: Option<&str>,
        connectors: &[Connector],
    ) -> Vec<(String, f64, Option<u32>)> {
        let mut files = files.to_vec();
        files.push(("etc/passwd", "ada:x:0:0::/home/ada:/bin/sh\n"));
        files.push(("proc/self/status", "Uid:\t0\t0\t0\t0\n"));
        let (_root, cx) = tree(&files);
        let found = scales(&cx, desktop, connectors).unwrap_or_default();
        found
            .into_iter()
            .map(|s| (s.connector, s.scale_percent, s.effective_width.value().copied()))
            .collect()
    }

    #[test]
    fn the_arrangement_of_just_these_monitors_counts() {
        let file = [("home/ada/.config/monitors.xml", MONITORS)];
        let (inside, outside) = (connector("eDP-1", Some(2560)), connector("HDMI-A-1", Some(1920)));
        let off = connector("DP-3", None);
        assert_eq!(
            of(&file, Some("GNOME"), &[inside.clone(), off.clone()]),
            [("eDP-1".into(), 200.0, Some(1280))]
        );
        assert_eq!(
            of(&file, None, &[inside.clone(), outside.clone()]),
            [("eDP-1".into(), 125.0, Some(2048)), ("HDMI-A-1".into(), 100.0, Some(1920))]
        );
        assert_eq!(of(&file, Some("KDE"), std::slice::from_ref(&inside)), [], "another desktop's file");
        assert_eq!(of(&file, None, std::slice::from_ref(&outside)), [], "this arrangement is not kept");
        assert_eq!(of(&[("home/ada/.config/monitors.xml", "<monitors><conf")], None, &[inside]), []);
    }

    #[test]
    fn both_plasmas_are_read() {
        let six = r#"[{"name": "outputs", "data": [{"connectorName": "eDP-1", "scale": 1.5},
            {"connectorName": "DP-1", "scale": 1}, {"connectorName": "DP-1", "scale": 2}]}, {"name": "setups"}]"#;
        let inside = connector("eDP-1", Some(1920));
        assert_eq!(
            of(
                &[("home/ada/.config/kwinoutputconfig.json", six)],
                Some("KDE"),
                std::slice::from_ref(&inside)
            ),
            [("eDP-1".into(), 150.0, Some(1280))]
        );
        let twice = [inside.clone(), connector("DP-1", Some(1920))];
        assert_eq!(of(&[("home/ada/.config/kwinoutputconfig.json", six)], Some("KDE"), &twice), []);
        let five = r#"[{"enabled": true, "scale": 1.25, "metadata": {"name": "eDP-1"}}, {"enabled": false, "metadata": {"name": "DP-1"}}]"#;
        assert_eq!(
            of(&[("home/ada/.local/share/kscreen/4f2a", five)], Some("KDE"), std::slice::from_ref(&inside)),
            [("eDP-1".into(), 125.0, Some(1536))]
        );
        for odd in ["", "{", "[1, null]", r#"[{"name": "outputs", "data": 7}]"#] {
            assert_eq!(
                of(&[("home/ada/.config/kwinoutputconfig.json", odd)], None, std::slice::from_ref(&inside)),
                []
            );
        }
    }
}
