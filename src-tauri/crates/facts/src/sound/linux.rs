//! Linux: the person's sound server, the kernel's cards, and what switches a microphone off.

use super::pulse::{self, Server};
use super::{ServerState, Sound, cards, privacy_keys};
use crate::desktop_settings::privacy_setting;
use crate::source::detached;
use crate::{Absence, Context, Reading, Reason};

pub(super) async fn measure(cx: Context) -> Reading<Sound> {
    let cards = cards::cards(&cx);
    let microphone_key_off = privacy_keys(&cx).microphone_off.into();
    let asked = {
        let cx = cx.clone();
        detached("sound server", cx.step(), move || pulse::ask(&cx))
    };
    let (asked, forbidden) = tokio::join!(asked, privacy_setting(&cx, "disable-microphone"));
    let asked = asked.unwrap_or_else(|absent| Err((ServerState::Silent, absent)));
    let (state, server) = match asked {
        Ok(server) => (ServerState::Running, Ok(server)),
        Err((state, absent)) => (state, Err(absent)),
    };
    let of = |pick: fn(&Server) -> Option<String>| -> Reading<String> {
        server
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|s| pick(s).ok_or_else(|| Absence::new(Reason::Failed, "the server did not say")))
            .into()
    };
    let (server_name, server_version) = (of(|s| s.name.clone()), of(|s| s.version.clone()));
    let (outputs, inputs, profiles, programs) = match server {
        Ok(s) => (s.outputs.into(), s.inputs.into(), s.profiles.into(), s.programs.into()),
        Err(a) => (a.clone().into(), a.clone().into(), a.clone().into(), a.into()),
    };
    Reading::Value(Sound {
        state,
        server_name,
        server_version,
        outputs,
        inputs,
        profiles,
        programs,
        cards: cards.into(),
        microphone_forbidden: forbidden.into(),
        microphone_key_off,
    })
}
