//! Questions to CUPS in IPP, over its local socket or over port 631 of this computer.

use std::path::PathBuf;

use http::Uri;
use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, IppVersion, Operation, StatusCode};
use ipp::parser::IppParser;
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::{IppKeyword, IppValue};
use tokio::time::Instant;

use crate::sound::ServerState;
use crate::{Absence, Context, Reason, net};

/// More than the queues of any honest server.
const MOST_BYTES: usize = 4 << 20;

const QUEUE: &[&str] = &[
    "printer-name",
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-state-change-time",
    "printer-is-accepting-jobs",
    "printer-make-and-model",
    "printer-type",
    "device-uri",
    "marker-names",
    "marker-levels",
];
const JOB: &[&str] = &["job-id", "job-state", "job-state-reasons", "job-printer-uri", "time-at-creation"];

pub(super) type Failure = (ServerState, Absence);

/// The attributes of one queue or job.
pub(super) struct Attributes(Vec<(String, IppValue)>);

impl Attributes {
    fn of(group: &IppAttributeGroup) -> Self {
        Self(group.attributes().iter().map(|a| (a.name().as_str().to_owned(), a.value().clone())).collect())
    }

    fn values(&self, name: &str) -> &[IppValue] {
        match self.0.iter().find(|(n, _)| n == name) {
            Some((_, IppValue::Array(values))) => values,
            Some((_, value)) => std::slice::from_ref(value),
            None => &[],
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).into_iter().next()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        self.values(name).iter().filter_map(text).collect()
    }

    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.numbers(name).into_iter().next()
    }

    pub(super) fn numbers(&self, name: &str) -> Vec<i32> {
        let number = |v: &IppValue| match v {
            IppValue::Integer(n) | IppValue::Enum(n) => Some(*n),
            _ => None,
        };
        self.values(name).iter().filter_map(number).collect()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.values(name).iter().find_map(|v| if let IppValue::Boolean(b) = v { Some(*b) } else { None })
    }
}

fn text(value: &IppValue) -> Option<&str> {
    match value {
        IppValue::TextWithoutLanguage(t) | IppValue::TextWithLanguage { text: t, .. } => Some(&**t),
        IppValue::NameWithoutLanguage(n) | IppValue::NameWithLanguage { name: n, .. } => Some(n.as_str()),
        IppValue::Keyword(k) => Some(k.as_str()),
        IppValue::Uri(u) => Some(u.as_str()),
        _ => None,
    }
}

/// Where CUPS listens.
pub(super) struct Cups {
    socket: Option<PathBuf>,
    until: Instant,
}

/// Finds it as its own programs do.
pub(super) fn find(cx: &Context) -> Result<Cups, Failure> {
    // Each question has half of the step, so that both can be asked and the printers still be reached.
    let until = Instant::now() + cx.step().mul_f64(0.4);
    if cx.is_live() && named_elsewhere(cx) {
        let absent = Absence::new(
            Reason::NotSupported,
            "settings name a print server on another computer, which is not asked",
        );
        return Err((ServerState::Elsewhere, absent));
    }
    let sockets = ["/run/cups/cups.sock", "/var/run/cups/cups.sock"];
    if let Some(socket) = sockets.iter().map(|s| cx.path(s)).find(|s| s.exists()) {
        return Ok(Cups { socket: Some(socket), until });
    }
    let configured = |file: &str| cx.path(file).exists();
    if cx.is_live() && configured("/etc/cups/cupsd.conf") {
        return Ok(Cups { socket: None, until });
    }
    Err((ServerState::NotThere, Absence::new(Reason::NotSupported, "CUPS is not installed")))
}

/// Settings that lead programs to another computer.
fn named_elsewhere(cx: &Context) -> bool {
    let local = |server: &str| {
        server.starts_with('/') || server.starts_with("localhost") || server.starts_with("127.")
    };
    if let Ok(server) = std::env::var("CUPS_SERVER")
        && !server.is_empty()
    {
        return !local(&server);
    }
    let settings = crate::source::read_text(cx, "/etc/cups/client.conf").unwrap_or_default();
    let mut named = settings.lines().filter_map(|l| l.trim().strip_prefix("ServerName")).map(str::trim);
    named.next_back().is_some_and(|server| !server.is_empty() && !local(server))
}

impl Cups {
    /// All queues.
    pub(super) async fn queues(&self) -> Result<Vec<Attributes>, Failure> {
        self.ask(Operation::CupsGetPrinters, None, QUEUE, DelimiterTag::PrinterAttributes).await
    }

    /// Jobs of all queues that are not done.
    pub(super) async fn jobs(&self) -> Result<Vec<Attributes>, Failure> {
        self.ask(Operation::GetJobs, Some("ipp://localhost/"), JOB, DelimiterTag::JobAttributes).await
    }

    /// The name of the queue that is used unless another is chosen.
    pub(super) async fn default_queue(&self) -> Result<String, Failure> {
        let only = &["printer-name"];
        let found = self.ask(Operation::CupsGetDefault, None, only, DelimiterTag::PrinterAttributes).await?;
        let name = found.first().and_then(|a| a.text("printer-name")).map(ToOwned::to_owned);
        let none =
            || (ServerState::Running, Absence::new(Reason::NothingToMeasure, "no queue is the default"));
        name.ok_or_else(none)
    }

    async fn ask(
        &self,
        operation: Operation,
        uri: Option<&'static str>,
        wanted: &[&str],
        group: DelimiterTag,
    ) -> Result<Vec<Attributes>, Failure> {
        let failed = |what: String| {
            (ServerState::Failed, Absence::new(Reason::Failed, format!("CUPS: {}", net::tame(&what, 200))))
        };
        let mut request = IppRequestResponse::new(IppVersion::v1_1(), operation, uri.map(Uri::from_static))
            .map_err(|e| failed(e.to_string()))?;
        let keywords = wanted.iter().filter_map(|w| Some(IppValue::Keyword(IppKeyword::new(*w).ok()?)));
        let attribute = IppAttribute::with_name("requested-attributes", IppValue::Array(keywords.collect()))
            .map_err(|e| failed(e.to_string()))?;
        request.attributes_mut().add(DelimiterTag::OperationAttributes, attribute);
        let answer = tokio::time::timeout_at(self.until, self.send(request.to_bytes().to_vec())).await;
        let answer = answer.unwrap_or_else(|_| {
            Err((
                ServerState::Silent,
                Absence::new(Reason::TimedOut, "CUPS takes connections and does not answer"),
            ))
        })?;
        let parsed = IppParser::new(IppReader::new(std::io::Cursor::new(answer)))
            .parse()
            .map_err(|e| failed(e.to_string()))?;
        let status = parsed.header().status_code();
        // No queue and no job are answers.
        if status == StatusCode::ClientErrorNotFound {
            return Ok(Vec::new());
        }
        if !status.is_success() {
            return Err(failed(format!("{status:?}")));
        }
        Ok(parsed.attributes().groups_of(group).map(Attributes::of).collect())
    }

    async fn send(&self, body: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let client = net::http::local_client(self.socket.as_deref(), self.until)
            .map_err(|e| (ServerState::Failed, Absence::new(Reason::Failed, net::http::words(e))))?;
        let request =
            client.post("http://localhost:631/").header("content-type", "application/ipp").body(body);
        let mut response = request.send().await.map_err(|e| refused(self.socket.is_some(), e))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| refused(self.socket.is_some(), e))? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                let absent = Absence::new(Reason::Failed, "CUPS: an answer too long to be honest");
                return Err((ServerState::Failed, absent));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn refused(by_socket: bool, error: reqwest::Error) -> Failure {
    let kind = net::http::cause::<std::io::Error>(&error).map(std::io::Error::kind);
    let state = match kind {
        Some(std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound) => ServerState::NotRunning,
        Some(std::io::ErrorKind::PermissionDenied) => ServerState::Refused,
        _ => ServerState::Failed,
    };
    let reason = match state {
        ServerState::Refused => Reason::NoPermission,
        ServerState::NotRunning => Reason::NotSupported,
        _ => Reason::Failed,
    };
    let place = if by_socket { "its socket" } else { "port 631" };
    (state, Absence::new(reason, format!("CUPS at {place}: {}", net::http::words(error))))
}
