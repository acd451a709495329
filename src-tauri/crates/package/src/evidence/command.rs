//! Runs a program of the system whose answer may be endless, or may never come.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use befund_facts::{Absence, Reason};

/// More is not even looked at: it would only cost time.
const MOST_READ: usize = 32 << 20;

/// More than what programs complain of.
const MOST_ERRORS: u64 = 4096;

/// What a program told.
pub(super) struct Told {
    /// The end of its output, from the start of a line.
    pub(super) text: Vec<u8>,
    /// What it complained of.
    pub(super) errors: String,
    /// Whether there was more.
    pub(super) is_cut: bool,
    /// Whether it had to be ended.
    pub(super) is_late: bool,
}

/// The last `most` bytes that a program prints within `patience`. It does not outlive that.
pub(super) fn run(program: &Path, args: &[String], most: usize, patience: Duration) -> Result<Told, Absence> {
    let until = Instant::now() + patience;
    let mut child = Command::new(program)
        .args(args)
        // Its complaints are looked for in English.
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| unread(&format!("start {}", program.display()), &error))?;
    let (send, pieces) = sync_channel::<Vec<u8>>(4);
    let (complain, complaints) = sync_channel::<String>(1);
    if let Some(mut output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut piece = vec![0; 64 << 10];
            // Ends where the program does, or where nobody listens any more.
            while let Ok(n @ 1..) = output.read(&mut piece) {
                if send.send(piece[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
    }
    if let Some(errors) = child.stderr.take() {
        std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = errors.take(MOST_ERRORS).read_to_end(&mut said);
            let _ = complain.send(String::from_utf8_lossy(&said).into_owned());
        });
    }
    let mut kept: VecDeque<u8> = VecDeque::with_capacity(most.min(MOST_READ));
    let (mut read, mut is_late) = (0, false);
    loop {
        match pieces.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(piece) => {
                read += piece.len();
                kept.extend(&piece);
                kept.drain(..kept.len().saturating_sub(most));
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                is_late = true;
                break;
            }
        }
        if read > MOST_READ || Instant::now() >= until {
            is_late |= read <= MOST_READ;
            break;
        }
    }
    // One that has ended meanwhile does not mind; its end says nothing that its output does not.
    let _ = child.kill();
    let _ = child.wait();
    let left = until.saturating_duration_since(Instant::now()).min(Duration::from_millis(200));
    let errors = complaints.recv_timeout(left.max(Duration::from_millis(20))).unwrap_or_default();
    let is_cut = read > most;
    let mut text: Vec<u8> = kept.into();
    if is_cut {
        from_line_start(&mut text);
    }
    Ok(Told { text, errors, is_cut, is_late })
}

/// Takes away the rest of a line whose beginning is missing.
pub(super) fn from_line_start(text: &mut Vec<u8>) {
    if let Some(end) = text.iter().position(|b| *b == b'\n') {
        text.drain(..=end);
    }
}

/// The absence that stands for an error of the system.
pub(super) fn unread(what: &str, error: &std::io::Error) -> Absence {
    let reason = match error.kind() {
        ErrorKind::NotFound => Reason::NotSupported,
        ErrorKind::PermissionDenied => Reason::NoPermission,
        _ => Reason::Failed,
    };
    Absence::new(reason, format!("{what}: {error}"))
}
