//! Who calculates the pictures of programs: the graphics, or the processor in its place. Mesa's programs in
//! that role are llvmpipe and softpipe; lavapipe for Vulkan.

use std::time::Duration;

use super::{Card, Rendering, RenderingBy, Session};
use crate::source::program;
use crate::{Absence, Context, Reason};

/// It starts a connection to the display, and is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// An answer has some kilobytes.
const MOST_BYTES: u64 = 1 << 20;

/// Drivers that can only show a picture, and that some other driver should take the place of.
const SHOW_ALONE: &[&str] =
    &["simple-framebuffer", "simpledrm", "efi-framebuffer", "vesa-framebuffer", "ofdrm"];

pub(super) async fn rendering(
    cx: &Context,
    session: Option<&Session>,
    cards: &Result<Vec<Card>, Absence>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(Rendering, RenderingBy), Absence> {
    if by_environment(&variable) {
        return Ok((Rendering::Processor, RenderingBy::Environment));
    }
    if !matches!(session, Some(Session::X11 | Session::Wayland)) {
        return Err(Absence::new(Reason::NothingToMeasure, "no desktop is running for this person"));
    }
    if cx.is_live()
        && variable("DISPLAY").is_some_and(|display| display.starts_with(':'))
        && let Some(rendering) = asked(cx).await
    {
        return Ok((rendering, RenderingBy::Asked));
    }
    let cards = cards.as_ref().map_err(Clone::clone)?;
    by_drivers(cards).map(|rendering| (rendering, RenderingBy::Drivers))
}

/// Mesa's own switches: docs.mesa3d.org/envvars.html.
fn by_environment(variable: &impl Fn(&str) -> Option<String>) -> bool {
    let on = |name: &str| {
        variable(name)
            .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "y"))
    };
    on("LIBGL_ALWAYS_SOFTWARE")
        || variable("GALLIUM_DRIVER").is_some_and(|d| d == "llvmpipe" || d == "softpipe")
        || variable("MESA_LOADER_DRIVER_OVERRIDE").is_some_and(|d| d == "swrast" || d == "kms_swrast")
}

fn by_drivers(cards: &[Card]) -> Result<Rendering, Absence> {
    let driver = |card: &Card| card.driver.value().cloned().unwrap_or_default();
    // NVIDIA's own driver renders without the kernel's node.
    if cards.iter().any(|c| driver(c) == "nvidia" || (c.renders && !c.virtual_card)) {
        return Ok(Rendering::Graphics);
    }
    if cards.iter().any(|c| c.virtual_card) {
        return Err(Absence::new(
            Reason::NothingToMeasure,
            "a virtual machine’s card renders where its host lets it",
        ));
    }
    let none = cards.iter().all(|c| c.driver.value().is_none() || SHOW_ALONE.contains(&driver(c).as_str()));
    if none {
        Ok(Rendering::Processor)
    } else {
        Err(Absence::new(Reason::NotSupported, "what these drivers can do is not known"))
    }
}

/// What `glxinfo -B` says; nothing where it is not installed or says nothing.
async fn asked(cx: &Context) -> Option<Rendering> {
    let printed = program(cx, "glxinfo", &["-B"], PATIENCE, MOST_BYTES).await.ok()?;
    answer(&String::from_utf8_lossy(&printed.text))
}

fn answer(text: &str) -> Option<Rendering> {
    let renderer = text.lines().find_map(|line| line.trim().strip_prefix("OpenGL renderer string:"))?;
    let renderer = renderer.trim().to_lowercase();
    let software = ["llvmpipe", "softpipe", "swrast", "software rasterizer"];
    Some(if software.iter().any(|name| renderer.contains(name)) {
        Rendering::Processor
    } else {
        Rendering::Graphics
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;

    fn card(driver: Option<&str>, renders: bool, virtual_card: bool) -> Card {
        let none = || Reading::absent(Reason::NotSupported, "");
        Card {
            name: "0000:00:02.0".into(),
            vendor_id: none(),
            device_id: none(),
            driver: driver.map_or_else(none, |d| Reading::Value(d.into())),
            primary: true,
            renders,
            virtual_card,
        }
    }

    #[test]
    fn drivers_tell_who_calculates() {
        assert_eq!(by_drivers(&[card(Some("i915"), true, false)]), Ok(Rendering::Graphics));
        assert_eq!(by_drivers(&[card(Some("nvidia"), false, false)]), Ok(Rendering::Graphics));
        assert_eq!(by_drivers(&[card(Some("simple-framebuffer"), false, false)]), Ok(Rendering::Processor));
        assert_eq!(by_drivers(&[card(None, false, false)]), Ok(Rendering::Processor));
        assert_eq!(by_drivers(&[]), Ok(Rendering::Processor));
        assert!(by_drivers(&[card(Some("virtio_gpu"), true, true)]).is_err());
        assert!(by_drivers(&[card(Some("ast"), false, false)]).is_err());
    }

    #[test]
    fn the_display_says_who_calculates() {
        let llvm = "name of display: :0\n    OpenGL renderer string: llvmpipe (LLVM 15.0.6, 256 bits)\n";
        assert_eq!(answer(llvm), Some(Rendering::Processor));
        assert_eq!(
            answer("OpenGL renderer string: Mesa Intel(R) UHD Graphics 620\n"),
            Some(Rendering::Graphics)
        );
        assert_eq!(answer("Error: unable to open display :0\n"), None);
    }

    #[test]
    fn a_variable_can_ask_for_it() {
        let of = |name: &'static str, value: &'static str| {
            by_environment(&move |asked: &str| (asked == name).then(|| value.to_owned()))
        };
        assert!(of("LIBGL_ALWAYS_SOFTWARE", "1") && of("GALLIUM_DRIVER", "llvmpipe"));
        assert!(!of("LIBGL_ALWAYS_SOFTWARE", "0") && !of("GALLIUM_DRIVER", "iris"));
    }
}
