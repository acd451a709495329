//! What the X11 server shows, as `xrandr` tells it. Nothing is changed.

use x11rb::connection::Connection as _;
use x11rb::protocol::randr::{ConnectionExt as _, ModeInfo};
use x11rb::resource_manager::new_from_default;

use super::Screen;
use crate::{Absence, Reason, net};

/// A wall of monitors has forty.
const MOST_OUTPUTS: usize = 64;

/// What is shown, and how many points an inch has by the desktop's own setting.
pub(super) struct Shown {
    pub(super) screens: Vec<Screen>,
    pub(super) dpi: Option<f64>,
}

/// Asks the display of this computer. Blocks.
pub(super) fn shown(display: &str) -> Result<Shown, Absence> {
    // Another computer's display, over the network, is not this one's.
    if !display.starts_with(':') {
        return Err(Absence::new(Reason::NothingToMeasure, "the display is another computer's"));
    }
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Absence::new(Reason::Failed, format!("{what}: {}", net::tame(&error.to_string(), 200)))
    };
    let (display, number) =
        x11rb::connect(Some(display)).map_err(|e| failed("connect to the display", &e))?;
    let root = display
        .setup()
        .roots
        .get(number)
        .map(|screen| screen.root)
        .ok_or_else(|| Absence::new(Reason::Failed, "the display has no screen"))?;
    let resources = display
        .randr_get_screen_resources_current(root)
        .map_err(|e| failed("ask for its screens", &e))?
        .reply()
        .map_err(|e| failed("ask for its screens", &e))?;
    let mode = |id: u32| resources.modes.iter().find(|mode| mode.id == id);
    let mut screens = Vec::new();
    for output in resources.outputs.iter().take(MOST_OUTPUTS) {
        let info = display.randr_get_output_info(*output, resources.config_timestamp);
        let Some(info) = info.ok().and_then(|cookie| cookie.reply().ok()) else { continue };
        let crtc = (info.crtc != 0)
            .then(|| display.randr_get_crtc_info(info.crtc, resources.config_timestamp).ok()?.reply().ok())
            .flatten();
        // The preferred ones stand first.
        let best = if info.num_preferred > 0 { info.modes.first().and_then(|id| mode(*id)) } else { None };
        let unknown = || Absence::new(Reason::NotSupported, "the output prefers no size");
        screens.push(Screen {
            name: net::tame(&String::from_utf8_lossy(&info.name), 40),
            connected: u8::from(info.connection) == 0,
            width: crtc.as_ref().map_or(0, |c| u32::from(c.width)),
            height: crtc.as_ref().map_or(0, |c| u32::from(c.height)),
            refresh_hz: crtc
                .as_ref()
                .and_then(|c| mode(c.mode))
                .and_then(refresh)
                .ok_or_else(|| Absence::new(Reason::NotSupported, "the mode has no clock"))
                .into(),
            best_width: best.map(|m| u32::from(m.width)).ok_or_else(unknown).into(),
            best_height: best.map(|m| u32::from(m.height)).ok_or_else(unknown).into(),
        });
    }
    let dpi = new_from_default(&display)
        .ok()
        .and_then(|database| database.get_string("Xft.dpi", "").and_then(|text| text.trim().parse().ok()));
    Ok(Shown { screens, dpi })
}

fn refresh(mode: &ModeInfo) -> Option<f64> {
    let points = f64::from(mode.htotal) * f64::from(mode.vtotal);
    (points > 0.0 && mode.dot_clock > 0).then(|| f64::from(mode.dot_clock) / points)
}
