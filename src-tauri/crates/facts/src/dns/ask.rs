//! One question to one resolver, by UDP and, when the answer does not fit, by TCP. No cache, no
//! search list, no other server: what comes back is what this server says.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::Instant;

use super::{Lookup, LookupOutcome};
use crate::net::{self, Wait};
use crate::reach::ConnectOutcome;
use crate::tls::{self, Anchors, Shown};
use crate::{Reading, Reason};

/// A lost packet is asked for again after this long, and once more.
const TRIES: [Duration; 2] = [Duration::from_millis(400), Duration::from_millis(1200)];

/// A router that says "no way" is believed once no answer has come for this long after it.
const DESPITE_NO_WAY: Duration = Duration::from_millis(150);

/// What is kept of an answer: a message by TCP has room for thousands.
const MOST_ADDRESSES: usize = 16;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    A,
    Aaaa,
    /// The ways to a service (RFC 9460); no address is read of it.
    Svcb,
}

impl Record {
    const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Svcb => "SVCB",
        }
    }

    const fn kind(self) -> RecordType {
        match self {
            Self::A => RecordType::A,
            Self::Aaaa => RecordType::AAAA,
            Self::Svcb => RecordType::SVCB,
        }
    }
}

/// Why there is no answer.
pub(super) struct NoAnswer(LookupOutcome, String);

impl NoAnswer {
    fn io(what: &str, error: &io::Error) -> Self {
        Self(unreached(error), format!("{what}: {error}"))
    }

    fn malformed(why: impl std::fmt::Display) -> Self {
        Self(LookupOutcome::Malformed, why.to_string())
    }
}

/// What a failed attempt to reach a server says.
pub(super) fn unreached(error: &io::Error) -> LookupOutcome {
    match net::connect_outcome(error) {
        ConnectOutcome::Refused | ConnectOutcome::Unreachable | ConnectOutcome::Prohibited => {
            LookupOutcome::Unreachable
        }
        ConnectOutcome::TimedOut => LookupOutcome::TimedOut,
        _ => LookupOutcome::Failed,
    }
}

/// The whole answer to a question, for who wants more of it than addresses.
pub(super) async fn message(
    server: SocketAddr,
    name: &str,
    record: Record,
    deadline: Instant,
) -> Result<Message, LookupOutcome> {
    exchange(server, name, record, deadline).await.map_err(|NoAnswer(outcome, _)| outcome)
}

/// What an answer says that came in another way than those here.
pub(super) fn outcome_of(question: &Message, answer: &[u8], record: Record) -> LookupOutcome {
    accept(question, answer).map_or(LookupOutcome::Malformed, |answer| read(&answer, record).0)
}

/// Asks, and says what came of it before `deadline`.
pub(super) async fn ask(server: SocketAddr, name: String, record: Record, deadline: Instant) -> Lookup {
    let started = Instant::now();
    let answer = exchange(server, &name, record, deadline).await;
    told(name, record, started, answer)
}

/// Asks by TCP alone.
pub(super) async fn ask_by_tcp(
    server: SocketAddr,
    name: String,
    record: Record,
    deadline: Instant,
) -> Lookup {
    let started = Instant::now();
    let answer = async {
        let (question, bytes) = question(&name, record)?;
        by_tcp(server, &question, &bytes, deadline).await
    };
    let answer = answer.await;
    told(name, record, started, answer)
}

/// What is said of a server that is not waited for any longer.
pub(super) fn unanswered(name: String, record: Record) -> Lookup {
    let why = NoAnswer(LookupOutcome::TimedOut, "no answer, while another server answered".into());
    told(name, record, Instant::now(), Err(why))
}

fn told(name: String, record: Record, started: Instant, answer: Result<Message, NoAnswer>) -> Lookup {
    let took = net::ms(started.elapsed());
    let (outcome, addresses, took_ms, detail) = match answer {
        Ok(message) => {
            let (outcome, addresses, detail) = read(&message, record);
            (outcome, addresses, Reading::Value(took), detail)
        }
        Err(NoAnswer(outcome, detail)) => {
            let took_ms = match outcome {
                LookupOutcome::Malformed => Reading::Value(took),
                LookupOutcome::TimedOut => Reading::absent(Reason::TimedOut, ""),
                _ => Reading::absent(Reason::NothingToMeasure, "no answer"),
            };
            (outcome, Vec::new(), took_ms, net::tame(&detail, 300))
        }
    };
    Lookup { name, record: record.as_str().into(), outcome, addresses, took_ms, detail }
}

fn read(message: &Message, record: Record) -> (LookupOutcome, Vec<IpAddr>, String) {
    let addresses: Vec<IpAddr> = message
        .answers
        .iter()
        .filter_map(|answer| match (&answer.data, record) {
            (RData::A(a), Record::A) => Some(IpAddr::V4(a.0)),
            (RData::AAAA(a), Record::Aaaa) => Some(IpAddr::V6(a.0)),
            _ => None,
        })
        .take(MOST_ADDRESSES)
        .collect();
    let code = message.metadata.response_code;
    let outcome = match code {
        ResponseCode::NoError if addresses.is_empty() => LookupOutcome::Empty,
        ResponseCode::NoError => LookupOutcome::Answered,
        ResponseCode::NXDomain => LookupOutcome::NoSuchName,
        ResponseCode::ServFail => LookupOutcome::ServerFailed,
        ResponseCode::Refused => LookupOutcome::Refused,
        _ => LookupOutcome::Failed,
    };
    match outcome {
        LookupOutcome::Answered => (outcome, addresses, String::new()),
        LookupOutcome::Empty => (outcome, Vec::new(), String::new()),
        // Addresses beside an error are no answer.
        _ => (outcome, Vec::new(), format!("the server answers: {code}")),
    }
}

pub(super) fn question(name: &str, record: Record) -> Result<(Message, Vec<u8>), NoAnswer> {
    let mut asked = Name::from_utf8(name)
        .map_err(|e| NoAnswer(LookupOutcome::Failed, format!("{name} can't be asked for: {e}")))?;
    asked.set_fqdn(true);
    let query = Query::query(asked, record.kind());
    let mut question = Message::new(net::nonce() as u16, MessageType::Query, OpCode::Query);
    question.metadata.recursion_desired = true;
    question.add_query(query);
    let bytes = question
        .to_vec()
        .map_err(|e| NoAnswer(LookupOutcome::Failed, format!("{name} can't be asked for: {e}")))?;
    Ok((question, bytes))
}

async fn exchange(
    server: SocketAddr,
    name: &str,
    record: Record,
    deadline: Instant,
) -> Result<Message, NoAnswer> {
    let (question, bytes) = question(name, record)?;
    let answer = by_udp(server, &question, &bytes, deadline).await?;
    if answer.metadata.truncation { by_tcp(server, &question, &bytes, deadline).await } else { Ok(answer) }
}

/// Whether an error is what a router on the way says, in place of the server itself.
fn is_word_of_a_router(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable)
}

async fn by_udp(
    server: SocketAddr,
    question: &Message,
    bytes: &[u8],
    deadline: Instant,
) -> Result<Message, NoAnswer> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let what = format!("ask {server} by UDP");
    let error = |e: io::Error| NoAnswer::io(&what, &e);
    let socket = UdpSocket::bind(any).await.map_err(error)?;
    // Connected, so that "nobody listens there" arrives as an error, and nobody else's datagrams do.
    socket.connect(server).await.map_err(error)?;
    net::tell_soft_errors(&socket);
    let mut buffer = vec![0; 4096];
    let mut stray = None;
    let mut no_way = None;
    let started = Instant::now();
    for end in TRIES.map(|wait| started + wait).into_iter().chain([deadline]) {
        let mut end = end.min(deadline);
        if end <= Instant::now() {
            break;
        }
        socket.send(bytes).await.map_err(error)?;
        loop {
            let length = match net::in_time(end, socket.recv(&mut buffer)).await {
                Wait::Done(length) => length,
                // A router's word, which anybody can forge: the answer itself, where it comes, outweighs it.
                Wait::Error(e) if no_way.is_none() && is_word_of_a_router(&e) => {
                    end = end.min(Instant::now() + DESPITE_NO_WAY);
                    no_way = Some(error(e));
                    continue;
                }
                Wait::Error(e) => return Err(no_way.unwrap_or_else(|| error(e))),
                Wait::TimedOut => break,
            };
            match accept(question, &buffer[..length]) {
                Ok(answer) => return Ok(answer),
                // Somebody else's, by its number: it must not end the wait for the real one.
                Err(Unfit::Stray(why)) => stray = Some(why),
                Err(Unfit::Malformed(why)) => return Err(NoAnswer::malformed(why)),
            }
        }
        if let Some(no_way) = no_way {
            return Err(no_way);
        }
    }
    Err(match stray {
        Some(why) => NoAnswer::malformed(why),
        None => NoAnswer(LookupOutcome::TimedOut, format!("{what}: no answer, asked again")),
    })
}

/// Asks over TLS (RFC 7858) alone, whoever it is that answers: what is asked is no secret. Whether the
/// certificate is good for `identity`, or else for the server's address, is said beside it; nothing of it
/// where none was shown.
pub(super) async fn ask_over_tls(
    server: SocketAddr,
    identity: Option<&str>,
    anchors: &Anchors,
    name: String,
    record: Record,
    deadline: Instant,
) -> (Lookup, Option<Shown>) {
    let started = Instant::now();
    let identity = identity
        .and_then(|name| ServerName::try_from(name.to_owned()).ok())
        .unwrap_or_else(|| ServerName::from(server.ip()));
    let shown = OnceLock::new();
    let answer = async {
        let (question, bytes) = question(&name, record)?;
        let what = format!("ask {server} over TLS");
        let stream = async {
            let stream = TcpStream::connect(server).await?;
            tls::unproven(identity, stream, anchors, &shown).await
        };
        exchange_framed(&what, stream, &question, &bytes, deadline).await
    };
    let answer = answer.await;
    (told(name, record, started, answer), shown.into_inner())
}

async fn by_tcp(
    server: SocketAddr,
    question: &Message,
    bytes: &[u8],
    deadline: Instant,
) -> Result<Message, NoAnswer> {
    let what = format!("ask {server} by TCP");
    exchange_framed(&what, TcpStream::connect(server), question, bytes, deadline).await
}

/// One question over a stream, each message with its length before it.
async fn exchange_framed<S: AsyncRead + AsyncWrite + Unpin>(
    what: &str,
    stream: impl Future<Output = io::Result<S>>,
    question: &Message,
    bytes: &[u8],
    deadline: Instant,
) -> Result<Message, NoAnswer> {
    let exchange = async {
        let mut stream = stream.await?;
        let length = u16::try_from(bytes.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(bytes);
        stream.write_all(&framed).await?;
        stream.flush().await?;
        // The length is 16 bit, which bounds what a server can make this computer keep.
        let mut answer = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    };
    match net::in_time(deadline, exchange).await {
        Wait::Done(answer) => accept(question, &answer).map_err(|unfit| match unfit {
            Unfit::Stray(why) | Unfit::Malformed(why) => NoAnswer::malformed(why),
        }),
        Wait::Error(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            Err(NoAnswer::malformed(format!("{what}: the connection ended in the middle of the answer")))
        }
        Wait::Error(e) => Err(NoAnswer::io(what, &e)),
        Wait::TimedOut => Err(NoAnswer(LookupOutcome::TimedOut, format!("{what}: no answer in time"))),
    }
}

/// Bytes that do not answer the question.
enum Unfit {
    /// Has another number: not for this question.
    Stray(String),
    /// Meant as the answer, and none.
    Malformed(String),
}

fn accept(question: &Message, bytes: &[u8]) -> Result<Message, Unfit> {
    match bytes.first_chunk::<2>() {
        Some(id) if u16::from_be_bytes(*id) == question.metadata.id => {}
        Some(_) => return Err(Unfit::Stray("an answer with another number came".into())),
        None => return Err(Unfit::Malformed("an answer of less than two bytes came".into())),
    }
    let answer = Message::from_vec(bytes).map_err(|e| Unfit::Malformed(format!("no DNS message: {e}")))?;
    if answer.metadata.message_type != MessageType::Response {
        return Err(Unfit::Malformed("a question came in place of an answer".into()));
    }
    // Some servers leave the question out of an error.
    let repeats = answer.queries.is_empty() && answer.metadata.response_code != ResponseCode::NoError;
    if !repeats && answer.queries != question.queries {
        return Err(Unfit::Malformed("the answer is to another question".into()));
    }
    Ok(answer)
}
