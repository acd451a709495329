//! Real servers and contexts for the probes' tests.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{Context, Endpoints, Limits};

/// A context that asks nobody.
pub(crate) fn context(endpoints: Endpoints) -> Context {
    Context {
        endpoints,
        limits: Limits { probe: Duration::from_secs(6), ..Limits::default() },
        ..Context::default()
    }
}

/// A policy without a single endpoint.
pub(crate) fn no_endpoints() -> Endpoints {
    Endpoints {
        http: vec![],
        https: vec![],
        quic: vec![],
        addresses: vec![],
        names: vec![],
        resolvers: vec![],
        ntp: vec![],
        proxies: vec![],
        throughput: None,
        ca_file: None,
    }
}

/// A TCP port of 127.0.0.1 that refuses, and that nobody else gets while this is held.
pub(crate) struct ClosedPort(socket2::Socket);

impl ClosedPort {
    pub(crate) fn tcp() -> Self {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        socket.bind(&any.into()).unwrap();
        Self(socket)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }
}

/// An HTTP server that answers every connection with the same bytes and keeps what it was asked.
pub(crate) struct HttpServer {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl HttpServer {
    /// Answers with `answer` and closes; `endless` repeats the last byte for ever.
    pub(crate) async fn start(answer: impl Into<String>, endless: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), answer.into());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), answer.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    let mut byte = [0];
                    while !head.ends_with(b"\r\n\r\n") {
                        if stream.read_exact(&mut byte).await.is_err() {
                            return;
                        }
                        head.push(byte[0]);
                    }
                    log.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
                    let mut going_on = stream.write_all(answer.as_bytes()).await.is_ok();
                    while endless && going_on {
                        going_on = stream.write_all(&[b'x'; 4096]).await.is_ok();
                    }
                });
            }
        });
        Self { address, asked }
    }

    /// Its address with a path, by the name `localhost`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }

    /// The heads of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
