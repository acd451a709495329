//! Linux: the kernel's lists, the session, and the X11 display.

use zbus::zvariant::OwnedObjectPath;

use super::{Display, Session, cards, rendering, scales, x11};
use crate::bus::Service;
use crate::source::detached;
use crate::{Absence, Context, Reading, Reason};

const LOGIND: &str = "org.freedesktop.login1";

/// More sessions than a terminal server's person has.
const MOST_SESSIONS: usize = 200;

pub(super) async fn measure(cx: Context) -> Reading<Display> {
    // Variables are the running session's and say nothing about a recorded tree.
    let live = cx.is_live();
    let variable = |name: &str| {
        if live { std::env::var(name).ok().filter(|value| !value.is_empty()) } else { None }
    };
    let kernel = detached("read the graphics", cx.step(), {
        let cx = cx.clone();
        move || (cards::cards(&cx), cards::connectors(&cx), cards::backlights(&cx))
    });
    let x11 = async {
        let wayland = variable("WAYLAND_DISPLAY").is_some();
        match variable("DISPLAY") {
            Some(_) if wayland => {
                Err(Absence::new(Reason::NothingToMeasure, "Wayland is asked in other ways"))
            }
            Some(display) => {
                detached("ask the X11 display", cx.step(), move || x11::shown(&display)).await.and_then(|s| s)
            }
            None => Err(Absence::new(Reason::NothingToMeasure, "no X11 display is set")),
        }
    };
    let (kernel, session, shown) = tokio::join!(kernel, session(&cx, &variable), x11);
    let (cards, connectors, backlights) = match kernel {
        Ok(lists) => lists,
        Err(absent) => (Err(absent.clone()), Err(absent.clone()), Err(absent)),
    };
    let rendering = rendering::rendering(&cx, session.as_ref().ok(), &cards, &variable).await;
    let desktop = variable("XDG_CURRENT_DESKTOP");
    let set = connectors.clone().and_then(|c| scales::scales(&cx, desktop.as_deref(), &c));
    let scale = scale(&variable, shown.as_ref().ok().and_then(|s| s.dpi));
    Reading::Value(Display {
        cards: cards.into(),
        connectors: connectors.into(),
        backlights: backlights.into(),
        session: session.into(),
        screens: shown.map(|s| s.screens).into(),
        scale_percent: scale
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "the desktop tells programs no scale"))
            .into(),
        scales: set.into(),
        rendering: rendering.clone().map(|(who, _)| who).into(),
        rendering_by: rendering.map(|(_, how)| how).into(),
    })
}

/// How much larger things are drawn: by variables for the two large toolkits, or by the number of points to
/// an inch, of which 96 are usual.
fn scale(variable: &impl Fn(&str) -> Option<String>, dpi: Option<f64>) -> Option<f64> {
    let number = |name: &str| variable(name).and_then(|value| value.parse::<f64>().ok());
    let percent = number("GDK_SCALE")
        .or_else(|| number("QT_SCALE_FACTOR"))
        .map(|factor| factor * 100.0)
        .or_else(|| dpi.map(|dpi| dpi / 96.0 * 100.0))?;
    (25.0..=1000.0).contains(&percent).then_some(percent)
}

async fn session(cx: &Context, variable: &impl Fn(&str) -> Option<String>) -> Result<Session, Absence> {
    if let Some(session) = variable("XDG_SESSION_TYPE").as_deref().and_then(kind) {
        return Ok(session);
    }
    if variable("WAYLAND_DISPLAY").is_some() {
        return Ok(Session::Wayland);
    }
    if variable("DISPLAY").is_some_and(|display| display.starts_with(':')) {
        return Ok(Session::X11);
    }
    by_logind(cx).await
}

fn kind(word: &str) -> Option<Session> {
    match word {
        "x11" | "mir" => Some(Session::X11),
        "wayland" => Some(Session::Wayland),
        "tty" => Some(Session::Text),
        _ => None,
    }
}

/// The person's own session in front of the computer.
async fn by_logind(cx: &Context) -> Result<Session, Absence> {
    Service::ask(cx, LOGIND, async |logind| {
        let own = rustix::process::getuid().as_raw();
        let sessions: Vec<(String, u32, String, String, OwnedObjectPath)> = logind
            .call("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "ListSessions", &())
            .await?;
        for (.., seat, path) in sessions.into_iter().filter(|s| s.1 == own).take(MOST_SESSIONS) {
            let session = logind.properties(&path, "org.freedesktop.login1.Session").await?;
            let found = session.get::<String>("Type").as_deref().and_then(kind);
            if let Some(found) = found.filter(|_| !seat.is_empty()) {
                return Ok(found);
            }
        }
        Err(Absence::new(Reason::NothingToMeasure, "this person has no session in front of this computer"))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{ConnectorKind, edid};
    use crate::source::tree;

    #[tokio::test]
    async fn a_notebook_with_a_monitor_whose_cable_carries_no_description() {
        let drm = "sys/class/drm";
        let (root, cx) = tree(&[
            ("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n"),
            ("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n"),
            ("sys/bus/pci/devices/0000:00:02.0/device", "0x3ea0\n"),
            ("sys/bus/pci/devices/0000:00:02.0/boot_vga", "1\n"),
            ("sys/bus/pci/devices/0000:00:02.0/drm/card0/dev", "226:0\n"),
            ("sys/bus/pci/devices/0000:00:02.0/drm/renderD128/dev", "226:128\n"),
            ("sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n"),
            ("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n"),
            (&format!("{drm}/card0/device/class"), "0x030000\n"),
            (&format!("{drm}/card0-eDP-1/status"), "connected\n"),
            (&format!("{drm}/card0-eDP-1/enabled"), "enabled\n"),
            (&format!("{drm}/card0-eDP-1/dpms"), "On\n"),
            (&format!("{drm}/card0-eDP-1/modes"), "1920x1080\n1280x720\n"),
            (&format!("{drm}/card0-HDMI-A-1/status"), "connected\n"),
            (&format!("{drm}/card0-HDMI-A-1/enabled"), "disabled\n"),
            (&format!("{drm}/card0-HDMI-A-1/edid"), ""),
            (&format!("{drm}/card0-DP-1/status"), "disconnected\n"),
            (&format!("{drm}/card0-DP-2/status"), "unknown\n"),
            (&format!("{drm}/version"), "drm 1.1.0\n"),
            ("sys/class/backlight/intel_backlight/max_brightness", "1000\n"),
            ("sys/class/backlight/intel_backlight/brightness", "30\n"),
            ("sys/class/backlight/intel_backlight/bl_power", "0\n"),
        ]);
        let pci = root.path().join("sys/bus/pci");
        std::fs::create_dir_all(pci.join("drivers/i915")).unwrap();
        std::os::unix::fs::symlink("../../drivers/i915", pci.join("devices/0000:00:02.0/driver")).unwrap();
        std::fs::write(root.path().join(drm).join("card0-eDP-1/edid"), edid::tests::dell()).unwrap();
        let display = measure(cx).await.value().unwrap().clone();
        let cards = display.cards.value().unwrap();
        assert_eq!(cards.len(), 2);
        assert_eq!((cards[0].driver.value().unwrap().as_str(), cards[0].renders), ("i915", true));
        assert!(cards[1].driver.value().is_none() && !cards[1].renders);
        let connectors = display.connectors.value().unwrap();
        let of = |name: &str| connectors.iter().find(|c| c.name == name).unwrap();
        assert_eq!(of("eDP-1").kind, ConnectorKind::BuiltIn);
        assert_eq!(of("eDP-1").monitor.value().unwrap().vendor, "DEL");
        assert_eq!(of("eDP-1").mode_count, Reading::Value(2));
        assert_eq!(of("HDMI-A-1").monitor.absence().unwrap().reason, Reason::Failed);
        assert_eq!(of("HDMI-A-1").enabled, Reading::Value(false));
        assert_eq!(of("DP-1").monitor.absence().unwrap().reason, Reason::NothingToMeasure);
        assert!(of("DP-2").connected.value().is_none());
        assert!((display.backlights.value().unwrap()[0].brightness_percent - 3.0).abs() < 0.01);
        assert!(display.session.value().is_none(), "a recorded tree has no session");
    }

    #[tokio::test]
    async fn a_computer_without_graphics_has_none() {
        let (_root, cx) = tree(&[]);
        let display = measure(cx).await.value().unwrap().clone();
        assert_eq!(display.cards, Reading::Value(vec![]));
        assert_eq!(display.connectors, Reading::Value(vec![]));
        assert_eq!(display.rendering.absence().unwrap().reason, Reason::NothingToMeasure);
    }

    #[test]
    fn the_scale_is_what_the_desktop_tells_programs() {
        let of = |name: &'static str, value: &'static str| {
            move |asked: &str| (asked == name).then(|| value.to_owned())
        };
        assert_eq!(scale(&of("GDK_SCALE", "2"), Some(96.0)), Some(200.0));
        assert_eq!(scale(&of("", ""), Some(144.0)), Some(150.0));
        assert_eq!(scale(&of("GDK_SCALE", "nan"), None), None);
        assert_eq!(scale(&of("", ""), None), None);
    }
}
