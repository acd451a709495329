//! Keeps the window from staying blank: faults of graphics drivers that are known to do that, and the
//! safe mode for those that are not.
//!
//! WebKit reads its switches from the environment. Changing one's own environment is unsound once there
//! are threads, so the program starts itself anew with what is missing, before it has done anything.

use std::ffi::OsStr;
use std::path::Path;

/// The argument that draws without the graphics card.
pub(crate) const SAFE_MODE: &str = "--safe-mode";

/// NVIDIA's driver and Wayland's explicit synchronisation leave the window blank.
const NVIDIA: (&str, &str) = ("__NV_DISABLE_EXPLICIT_SYNC", "1");

/// No buffers shared with the graphics card, and no compositing on it.
const SAFE: [(&str, &str); 2] =
    [("WEBKIT_DISABLE_DMABUF_RENDERER", "1"), ("WEBKIT_DISABLE_COMPOSITING_MODE", "1")];

/// Starts the program anew if the window needs another environment. Returns where it needs none, and
/// where starting anew fails: a window that may stay blank is better than none.
pub(crate) fn prepare(safe_mode: bool) {
    if cfg!(target_os = "linux") {
        let nvidia = Path::new("/sys/module/nvidia").exists();
        let missing = missing(safe_mode, nvidia, |name| std::env::var_os(name).is_some());
        if !missing.is_empty() {
            start_anew(&missing);
        }
    }
}

/// What has to be set. What somebody has set already is their choice, whatever it says.
fn missing(
    safe_mode: bool,
    nvidia: bool,
    is_set: impl Fn(&'static str) -> bool,
) -> Vec<(&'static str, &'static str)> {
    let safe = SAFE.into_iter().filter(|_| safe_mode);
    let nvidia = nvidia.then_some(NVIDIA);
    safe.chain(nvidia).filter(|(name, _)| !is_set(name)).collect()
}

#[cfg(unix)]
fn start_anew(environment: &[(&str, &str)]) {
    use std::os::unix::process::CommandExt as _;

    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    let mut command = std::process::Command::new(program);
    command.args(arguments).envs(environment.iter().copied());
    if let Some(name) = &name {
        command.arg0::<&OsStr>(name);
    }
    // The process stays the same, so whoever started it notices nothing. It returns only on failure.
    let _ = command.exec();
}

#[cfg(not(unix))]
fn start_anew(_environment: &[(&str, &str)]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_healthy_driver_is_left_alone() {
        assert!(missing(false, false, |_| false).is_empty());
    }

    #[test]
    fn nvidia_loses_explicit_sync_unless_somebody_chose() {
        assert_eq!(missing(false, true, |_| false), [NVIDIA]);
        assert!(missing(false, true, |name| name == NVIDIA.0).is_empty());
    }

    #[test]
    fn safe_mode_draws_without_the_graphics_card_and_is_not_started_twice() {
        assert_eq!(missing(true, false, |_| false), SAFE);
        assert_eq!(missing(true, true, |_| false).len(), 3);
        assert!(missing(true, true, |_| true).is_empty(), "it would start itself for ever");
    }
}
