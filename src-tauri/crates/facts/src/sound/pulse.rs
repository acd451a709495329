//! A conversation with the sound server in PulseAudio's protocol, which PipeWire speaks too. Only
//! questions are asked; nothing is changed, and no cookie is read: the server knows its own user.

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use pulseaudio::protocol::port_info::PortAvailable;
use pulseaudio::protocol::{
    AuthParams, AuthReply, CardInfo, ChannelVolume, Command, CommandReply, Descriptor, MAX_VERSION, Prop,
    Props, ProtocolError, SetClientNameReply, SinkFlags, SinkInfo, SinkInputInfo, SinkState, SourceFlags,
    SourceInfo, SourceOutputInfo, SourceState, read_descriptor, read_reply_message, write_command_message,
    write_descriptor,
};

use super::{CardProfile, DeviceClass, Plugged, ProgramRole, ServerState, SoundDevice, SoundProgram};
use crate::{Absence, Context, Reason, net};

/// More than any honest answer.
const MOST_BYTES: u32 = 4 << 20;
/// Messages that are no answer, such as news about devices.
const MOST_NEWS: usize = 64;
/// Devices or programs of one kind.
const MOST_ENTRIES: usize = 64;
/// The length that a cookie must have; the server does not look at it when the user is its own.
const COOKIE_BYTES: usize = 256;

/// What the server says.
pub(super) struct Server {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) outputs: Result<Vec<SoundDevice>, Absence>,
    pub(super) inputs: Result<Vec<SoundDevice>, Absence>,
    pub(super) profiles: Result<Vec<CardProfile>, Absence>,
    pub(super) programs: Result<Vec<SoundProgram>, Absence>,
}

type Failure = (ServerState, Absence);

/// Asks the person's server. Blocking.
pub(super) fn ask(cx: &Context) -> Result<Server, Failure> {
    let path = socket(cx)?;
    let shown = path.display().to_string();
    let stream = UnixStream::connect(&path).map_err(|error| {
        let state = match error.kind() {
            // Whoever has run before leaves its folder, and PipeWire without its part for PulseAudio's
            // protocol its own socket.
            io::ErrorKind::NotFound if ran_before(&path) => ServerState::NotRunning,
            io::ErrorKind::NotFound => ServerState::NotThere,
            io::ErrorKind::ConnectionRefused => ServerState::NotRunning,
            io::ErrorKind::PermissionDenied => ServerState::Refused,
            _ => ServerState::Failed,
        };
        let reason = if state == ServerState::Refused { Reason::NoPermission } else { Reason::NotSupported };
        (state, Absence::new(reason, format!("connect to {shown}: {error}")))
    })?;
    // Less than the step, so that a server that hangs is told from a slow measurement.
    let patience = cx.step().mul_f64(0.8);
    let asked = stream
        .set_read_timeout(Some(patience))
        .and_then(|()| stream.set_write_timeout(Some(patience)))
        .map_err(ProtocolError::from)
        .and_then(|()| Conversation::begin(stream).and_then(Conversation::server));
    asked.map_err(|error| {
        let (state, reason) = match &error {
            ProtocolError::Io(e)
                if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                (ServerState::Silent, Reason::TimedOut)
            }
            ProtocolError::ServerError(pulseaudio::protocol::PulseError::AccessDenied) => {
                (ServerState::Refused, Reason::NoPermission)
            }
            _ => (ServerState::Failed, Reason::Failed),
        };
        (state, Absence::new(reason, format!("{shown}: {}", net::tame(&error.to_string(), 200))))
    })
}

fn ran_before(socket: &std::path::Path) -> bool {
    let folder = socket.parent();
    folder
        .is_some_and(|f| f.exists() || f.parent().is_some_and(|runtime| runtime.join("pipewire-0").exists()))
}

/// Where the server listens, as its own programs look for it.
fn socket(cx: &Context) -> Result<PathBuf, Failure> {
    let user = cx.path(&format!("/run/user/{}/pulse/native", rustix::process::getuid().as_raw()));
    if !cx.is_live() {
        return Ok(user);
    }
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(server) = set("PULSE_SERVER") {
        // `{machine-id}unix:/path` and several in a row are possible; the first is the one that counts.
        let first = server.split_whitespace().next().unwrap_or_default();
        let place = first.rsplit_once('}').map_or(first, |(_, place)| place);
        let path = place.strip_prefix("unix:").or_else(|| place.starts_with('/').then_some(place));
        return path.map(PathBuf::from).ok_or_else(|| {
            let absent = Absence::new(
                Reason::NotSupported,
                "PULSE_SERVER names a server on another computer, which is not asked",
            );
            (ServerState::Elsewhere, absent)
        });
    }
    if let Some(folder) = set("PULSE_RUNTIME_PATH") {
        return Ok(PathBuf::from(folder).join("native"));
    }
    let own = set("XDG_RUNTIME_DIR").map_or(user, |folder| PathBuf::from(folder).join("pulse/native"));
    let shared = PathBuf::from("/run/pulse/native");
    Ok(if !own.exists() && shared.exists() { shared } else { own })
}

struct Conversation {
    stream: UnixStream,
    version: u16,
    next: u32,
}

impl Conversation {
    fn begin(stream: UnixStream) -> Result<Self, ProtocolError> {
        let mut this = Self { stream, version: MAX_VERSION, next: 0 };
        let auth = AuthParams {
            version: MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: vec![0; COOKIE_BYTES],
        };
        let reply: AuthReply = this.ask(&Command::Auth(auth))?;
        this.version = MAX_VERSION.min(reply.version);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"Befund");
        let _: SetClientNameReply = this.ask(&Command::SetClientName(props))?;
        Ok(this)
    }

    fn ask<T: CommandReply>(&mut self, command: &Command) -> Result<T, ProtocolError> {
        let number = self.next;
        self.next += 1;
        write_command_message(&mut self.stream, number, command, self.version)?;
        self.stream.flush()?;
        for _ in 0..MOST_NEWS {
            let descriptor = read_descriptor(&mut self.stream)?;
            let message = self.message(&descriptor)?;
            match read_reply_message::<T>(&mut message.as_slice(), self.version) {
                Ok((answered, reply)) if answered == number => return Ok(reply),
                // News, or an answer to nobody.
                Ok(_) | Err(ProtocolError::UnexpectedCommand(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ProtocolError::Invalid("no answer among its messages".into()))
    }

    /// One whole message, with its header: parsing it cannot wait and cannot take more than it has.
    fn message(&mut self, descriptor: &Descriptor) -> Result<Vec<u8>, ProtocolError> {
        if descriptor.length > MOST_BYTES {
            return Err(ProtocolError::Invalid("a message too long to be honest".into()));
        }
        let mut message = Vec::new();
        write_descriptor(&mut message, descriptor)?;
        let wanted = message.len() + descriptor.length as usize;
        (&mut self.stream).take(u64::from(descriptor.length)).read_to_end(&mut message)?;
        if message.len() < wanted {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(message)
    }

    fn list<T>(&mut self, what: &str, command: &Command) -> Result<Vec<T>, Absence>
    where
        Vec<T>: CommandReply,
    {
        let mut list: Vec<T> = self.ask(command).map_err(|e| {
            Absence::new(Reason::Failed, format!("{what}: {}", net::tame(&e.to_string(), 200)))
        })?;
        list.truncate(MOST_ENTRIES);
        Ok(list)
    }

    fn server(mut self) -> Result<Server, ProtocolError> {
        let server: pulseaudio::protocol::ServerInfo = self.ask(&Command::GetServerInfo)?;
        let sinks: Result<Vec<SinkInfo>, _> = self.list("outputs", &Command::GetSinkInfoList);
        let sources: Result<Vec<SourceInfo>, _> = self.list("inputs", &Command::GetSourceInfoList);
        let cards: Result<Vec<CardInfo>, _> = self.list("cards", &Command::GetCardInfoList);
        let playing: Result<Vec<SinkInputInfo>, _> = self.list("programs", &Command::GetSinkInputInfoList);
        let recording: Result<Vec<SourceOutputInfo>, _> =
            self.list("programs", &Command::GetSourceOutputInfoList);
        let names: HashMap<(ProgramRole, u32), String> = (sinks.iter().flatten())
            .map(|s| ((ProgramRole::Plays, s.index), title(s.description.as_deref(), &s.name)))
            .chain(
                (sources.iter().flatten())
                    .map(|s| ((ProgramRole::Records, s.index), title(s.description.as_deref(), &s.name))),
            )
            .collect();
        let programs = playing.and_then(|playing| {
            let playing = playing.iter().map(|p| {
                program(ProgramRole::Plays, p.sink_index, &p.props, &p.name, &p.cvolume, p.muted, p.corked)
            });
            let recording = recording?;
            let recording = recording.iter().map(|p| {
                program(
                    ProgramRole::Records,
                    p.source_index,
                    &p.props,
                    &p.name,
                    &p.cvolume,
                    p.muted,
                    p.corked,
                )
            });
            // Volume meters listen to outputs all the time.
            let heard = |p: &(ProgramRole, u32, SoundProgram)| names.contains_key(&(p.0, p.1));
            Ok(playing
                .chain(recording)
                .filter(heard)
                .map(|(role, index, p)| SoundProgram { device: names[&(role, index)].clone(), ..p })
                .collect())
        });
        let outputs =
            sinks.map(|sinks| sinks.iter().map(|s| output(s, server.default_sink_name.as_deref())).collect());
        let inputs = sources.map(|sources| {
            (sources.iter())
                .filter(|s| s.monitor_of_sink_index.is_none())
                .map(|s| input(s, server.default_source_name.as_deref()))
                .collect()
        });
        Ok(Server {
            name: server.server_name.as_deref().map(text),
            version: server.server_version.as_deref().map(text),
            outputs,
            inputs,
            profiles: cards.map(|cards| cards.iter().map(profile).collect()),
            programs,
        })
    }
}

fn text(text: &CStr) -> String {
    net::tame(&text.to_string_lossy(), 80)
}

fn title(description: Option<&CStr>, name: &CStr) -> String {
    text(description.filter(|d| !d.is_empty()).unwrap_or(name))
}

fn property(props: &Props, name: Prop) -> Option<String> {
    let bytes = props.get(name)?;
    Some(net::tame(String::from_utf8_lossy(bytes).trim_end_matches('\0'), 80)).filter(|v| !v.is_empty())
}

/// As volume controls show it: 100 % is the device's own full volume.
fn percent(volume: &ChannelVolume) -> u32 {
    let loudest =
        volume.channels().iter().map(pulseaudio::protocol::Volume::as_u32).max().unwrap_or_default();
    (f64::from(loudest) * 100.0 / f64::from(pulseaudio::protocol::Volume::NORM.as_u32())).round() as u32
}

fn class(name: &CStr, props: &Props, hardware: bool, network: bool) -> DeviceClass {
    // Both servers name their stand-in so.
    if name.to_bytes().starts_with(b"auto_null") {
        DeviceClass::Dummy
    } else if property(props, Prop::DeviceBus).is_some_and(|b| b == "bluetooth")
        || property(props, Prop::DeviceApi).is_some_and(|a| a.starts_with("bluez"))
    {
        DeviceClass::Bluetooth
    } else if network {
        DeviceClass::Network
    } else if hardware {
        DeviceClass::Hardware
    } else {
        DeviceClass::Virtual
    }
}

const fn plugged(available: PortAvailable) -> Plugged {
    match available {
        PortAvailable::Yes => Plugged::Plugged,
        PortAvailable::No => Plugged::Unplugged,
        PortAvailable::Unknown => Plugged::Untold,
    }
}

fn no_ports() -> Absence {
    Absence::new(Reason::NothingToMeasure, "the device has no sockets")
}

fn output(sink: &SinkInfo, default: Option<&CStr>) -> SoundDevice {
    let port = sink.ports.get(sink.active_port);
    SoundDevice {
        name: title(sink.description.as_deref(), &sink.name),
        is_default: default == Some(sink.name.as_c_str()),
        class: class(
            &sink.name,
            &sink.props,
            sink.flags.contains(SinkFlags::HARDWARE),
            sink.flags.contains(SinkFlags::NETWORK),
        ),
        muted: sink.muted,
        volume_percent: percent(&sink.cvolume),
        active: sink.state == SinkState::Running,
        port: port.map(|p| title(p.description.as_deref(), &p.name)).ok_or_else(no_ports).into(),
        plugged: port.map(|p| plugged(p.available)).ok_or_else(no_ports).into(),
        other_plugged: (sink.ports.iter().enumerate())
            .filter(|(i, p)| *i != sink.active_port && p.available == PortAvailable::Yes)
            .map(|(_, p)| title(p.description.as_deref(), &p.name))
            .take(8)
            .collect(),
    }
}

fn input(source: &SourceInfo, default: Option<&CStr>) -> SoundDevice {
    let port = source.ports.get(source.active_port);
    SoundDevice {
        name: title(source.description.as_deref(), &source.name),
        is_default: default == Some(source.name.as_c_str()),
        class: class(
            &source.name,
            &source.props,
            source.flags.contains(SourceFlags::HARDWARE),
            source.flags.contains(SourceFlags::NETWORK),
        ),
        muted: source.muted,
        volume_percent: percent(&source.cvolume),
        active: source.state == SourceState::Running,
        port: port.map(|p| title(p.description.as_deref(), &p.name)).ok_or_else(no_ports).into(),
        plugged: port.map(|p| plugged(p.available)).ok_or_else(no_ports).into(),
        other_plugged: (source.ports.iter().enumerate())
            .filter(|(i, p)| *i != source.active_port && p.available == PortAvailable::Yes)
            .map(|(_, p)| title(p.description.as_deref(), &p.name))
            .take(8)
            .collect(),
    }
}

fn profile(card: &CardInfo) -> CardProfile {
    let now = card.profiles.iter().find(|p| card.active_profile.as_ref() == Some(&p.name));
    let most = |pick: fn(&pulseaudio::protocol::CardProfileInfo) -> u32| {
        card.profiles.iter().map(pick).max().unwrap_or(0)
    };
    CardProfile {
        name: property(&card.props, Prop::DeviceDescription).unwrap_or_else(|| text(&card.name)),
        profile: card
            .active_profile
            .as_deref()
            .map(text)
            .ok_or_else(|| Absence::new(Reason::NothingToMeasure, "no profile is in use"))
            .into(),
        output_count: now.map_or(0, |p| p.num_sinks),
        input_count: now.map_or(0, |p| p.num_sources),
        possible_output_count: most(|p| p.num_sinks),
        possible_input_count: most(|p| p.num_sources),
    }
}

fn program(
    role: ProgramRole,
    device: u32,
    props: &Props,
    name: &CString,
    volume: &ChannelVolume,
    muted: bool,
    paused: bool,
) -> (ProgramRole, u32, SoundProgram) {
    let name = property(props, Prop::ApplicationName).unwrap_or_else(|| text(name));
    let program =
        SoundProgram { name, role, device: String::new(), muted, volume_percent: percent(volume), paused };
    (role, device, program)
}
