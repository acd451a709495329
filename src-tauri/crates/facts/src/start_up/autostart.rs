//! Autostart entries, by the XDG Desktop Application Autostart Specification 0.5: `autostart` below the
//! person's configuration folder and below those of the system. A file of a later folder is hidden by one of
//! the same name in an earlier.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::{AutostartEntry, AutostartOrigin, AutostartState};
use crate::net::tame;
use crate::source::{read_text, unread};
use crate::{Absence, Context};

/// A folder with more holds something else.
const MOST_ENTRIES: usize = 300;

/// The session's own words, passed in so that they can be others in a test.
pub(super) struct Session {
    /// `XDG_CONFIG_HOME`, or `.config` in the home folder.
    pub(super) config: Option<String>,
    /// `XDG_CONFIG_DIRS`, or `/etc/xdg`.
    pub(super) system: String,
    /// `XDG_CURRENT_DESKTOP`, by colons.
    pub(super) desktop: String,
    /// `PATH`.
    pub(super) path: String,
}

/// All entries, in the order of their file names.
pub(super) fn read(cx: &Context, session: &Session) -> Result<Vec<AutostartEntry>, Absence> {
    let own = session.config.iter().map(|folder| (folder.as_str(), AutostartOrigin::Person));
    let system = session.system.split(':').map(|folder| (folder, AutostartOrigin::System));
    let mut entries: BTreeMap<String, Option<AutostartEntry>> = BTreeMap::new();
    for (folder, set_by) in own.chain(system).filter(|(folder, _)| folder.starts_with('/')) {
        let folder = format!("{}/autostart", folder.trim_end_matches('/'));
        let listed = match std::fs::read_dir(cx.path(&folder)) {
            Ok(listed) => listed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(unread(&folder, error)),
        };
        for file in listed.flatten().take(MOST_ENTRIES) {
            let file = file.file_name().to_string_lossy().into_owned();
            if !file.ends_with(".desktop") || entries.contains_key(&file) {
                continue;
            }
            // One that cannot be read starts nothing.
            let Ok(text) = read_text(cx, &format!("{folder}/{file}")) else { continue };
            entries.insert(file, entry(cx, &text, set_by, session));
        }
    }
    Ok(entries.into_values().flatten().collect())
}

/// The keys of the group that counts, without translations.
fn keys(text: &str) -> HashMap<&str, &str> {
    let mut keys = HashMap::new();
    let inside = text.lines().skip_while(|l| l.trim() != "[Desktop Entry]").skip(1);
    for line in inside.take_while(|l| !l.trim_start().starts_with('[')) {
        if let Some((key, value)) = line.split_once('=')
            && !line.trim_start().starts_with('#')
        {
            // The first of two counts, as glib reads it.
            keys.entry(key.trim()).or_insert(value.trim());
        }
    }
    keys
}

fn entry(cx: &Context, text: &str, set_by: AutostartOrigin, session: &Session) -> Option<AutostartEntry> {
    let keys = keys(text);
    let is = |key: &str, value: &str| keys.get(key).is_some_and(|v| v.eq_ignore_ascii_case(value));
    let listed = |key: &str| -> Option<Vec<&str>> {
        Some(keys.get(key)?.split(';').map(str::trim).filter(|d| !d.is_empty()).collect())
    };
    let here = |desktops: &[&str]| session.desktop.split(':').any(|d| desktops.contains(&d));
    let program = program(keys.get("Exec").copied().unwrap_or_default());
    let is_missing = || {
        let wanted = keys.get("TryExec").map(|t| t.trim_matches('"'));
        wanted.is_some_and(|w| !w.is_empty() && !is_installed(cx, w, &session.path))
    };
    let state = if is("Hidden", "true") || is("X-GNOME-Autostart-enabled", "false") {
        AutostartState::Disabled
    } else if listed("OnlyShowIn").is_some_and(|d| !here(&d)) || listed("NotShowIn").is_some_and(|d| here(&d))
    {
        AutostartState::OtherDesktop
    } else if is_missing() {
        AutostartState::ProgramMissing
    } else {
        AutostartState::Enabled
    };
    // Whoever hides an entry of the system's needs no more than this one key.
    if program.is_empty() && state != AutostartState::Disabled {
        return None;
    }
    let is_desktop = keys.contains_key("X-GNOME-Autostart-Phase")
        || keys.contains_key("X-KDE-autostart-phase")
        || is("NoDisplay", "true");
    Some(AutostartEntry {
        name: tame(keys.get("Name").copied().unwrap_or(&program), 80),
        program,
        set_by,
        state,
        is_desktop,
    })
}

/// The name of what a command runs; its arguments can hold anything.
fn program(command: &str) -> String {
    let command = command.trim_start();
    let first = match command.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => command.split_whitespace().next().unwrap_or_default(),
    };
    tame(first.rsplit('/').next().unwrap_or(first), 60)
}

fn is_installed(cx: &Context, program: &str, path: &str) -> bool {
    if program.contains('/') {
        return cx.path(program).exists();
    }
    path.split(':')
        .filter(|folder| folder.starts_with('/'))
        .any(|folder| cx.path(folder).join(Path::new(program)).exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tree;

    fn session() -> Session {
        Session {
            config: Some("/home/ada/.config".into()),
            system: "/etc/xdg/:relative".into(),
            desktop: "ubuntu:GNOME".into(),
            path: "/usr/bin:relative".into(),
        }
    }

    #[test]
    fn entries_are_told_with_who_set_them_up_and_whether_they_start() {
        let (_tree, cx) = tree(&[
            ("usr/bin/there", ""),
            (
                "home/ada/.config/autostart/a.desktop",
                "[Desktop Entry]\nName=Chat\nName[de]=Plausch\nExec=\"/opt/My Chat/chat\" --token=abc %U\n",
            ),
            ("home/ada/.config/autostart/b.desktop", "[Desktop Entry]\nHidden=true\n"),
            ("etc/xdg/autostart/b.desktop", "[Desktop Entry]\nName=Updates\nExec=update\n"),
            (
                "etc/xdg/autostart/c.desktop",
                "[Desktop Entry]\nName=KDE thing\nExec=kthing\nOnlyShowIn=KDE;\n",
            ),
            (
                "etc/xdg/autostart/d.desktop",
                "[Desktop Entry]\nName=Settings\nExec=/usr/libexec/gsd-power\nOnlyShowIn=GNOME;\nX-GNOME-Autostart-Phase=Initialization\n",
            ),
            ("etc/xdg/autostart/e.desktop", "[Desktop Entry]\nName=Gone\nExec=gone\nTryExec=gone\n"),
            (
                "etc/xdg/autostart/f.desktop",
                "[Desktop Entry]\nName=There\nExec=there -x\nTryExec=there\n[Other]\nHidden=true\n",
            ),
            ("etc/xdg/autostart/g.txt", "[Desktop Entry]\nName=No\nExec=no\n"),
            ("etc/xdg/autostart/h.desktop", "garbage \u{fffd}"),
            ("relative/autostart/i.desktop", "[Desktop Entry]\nName=No\nExec=no\n"),
        ]);
        let entries = read(&cx, &session()).unwrap();
        let brief: Vec<_> = entries
            .iter()
            .map(|e| (e.name.as_str(), e.program.as_str(), e.set_by, e.state, e.is_desktop))
            .collect();
        use AutostartOrigin::{Person, System};
        use AutostartState::{Disabled, Enabled, OtherDesktop, ProgramMissing};
        assert_eq!(
            brief,
            [
                ("Chat", "chat", Person, Enabled, false),
                ("", "", Person, Disabled, false),
                ("KDE thing", "kthing", System, OtherDesktop, false),
                ("Settings", "gsd-power", System, Enabled, true),
                ("Gone", "gone", System, ProgramMissing, false),
                ("There", "there", System, Enabled, false),
            ]
        );
        let told = serde_json::to_string(&entries).unwrap();
        assert!(!told.contains("token"), "{told}");
    }

    #[test]
    fn without_any_folder_nothing_starts_along() {
        let (_tree, cx) = tree(&[]);
        assert!(read(&cx, &session()).unwrap().is_empty());
    }
}
