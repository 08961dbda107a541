//! A server that follows a script.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;

use serde_json::Value;

pub const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 8},
    "package": ""}, "capabilities": ["oob"]}}"#;

/// Returns whether the client has closed the connection, in order or before it had read
/// everything.
fn has_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

/// The server's end of a connection.
pub struct Peer {
    reader: BufReader<UnixStream>,
}

impl Peer {
    /// Starts a thread that runs the script. Returns the client's end and the thread.
    pub fn play<T: Send + 'static>(
        script: impl FnOnce(Peer) -> T + Send + 'static,
    ) -> (UnixStream, JoinHandle<T>) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (ours, std::thread::spawn(move || script(Peer::new(theirs))))
    }

    pub fn new(stream: UnixStream) -> Peer {
        Peer {
            reader: BufReader::new(stream),
        }
    }

    /// Sends text as it is. It does not fail if the client has closed the connection.
    pub fn send(&mut self, text: &str) {
        self.try_send(text);
    }

    /// Sends bytes as they are, as [`Peer::send`] does text.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.try_send_bytes(bytes);
    }

    /// Sends text. Returns false if the client has closed the connection.
    pub fn try_send(&mut self, text: &str) -> bool {
        self.try_send_bytes(text.as_bytes())
    }

    fn try_send_bytes(&mut self, bytes: &[u8]) -> bool {
        match self.reader.get_mut().write_all(bytes) {
            Ok(()) => true,
            Err(error) if has_closed(&error) => false,
            Err(error) => panic!("the peer cannot send: {error}"),
        }
    }

    /// Reads the next line; `None` if the client has closed the connection.
    fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match self.reader.read_until(b'\n', &mut line) {
            Ok(_) => line.ends_with(b"\n").then_some(line),
            Err(error) if has_closed(&error) => None,
            Err(error) => panic!("the peer cannot read: {error}"),
        }
    }

    /// Reads the next command; `None` if the client has closed the connection.
    pub fn try_command(&mut self) -> Option<Value> {
        let line = self.line()?;
        Some(serde_json::from_slice(&line).unwrap())
    }

    /// The next command, which must come after the byte that an agent's parser
    /// is resynchronised by; none when the client has closed.
    pub fn try_command_after_sentinel(&mut self) -> Option<Value> {
        let line = self.line()?;
        let command = line.strip_prefix(b"\xff").expect("no 0xff comes first");
        Some(serde_json::from_slice(command).unwrap())
    }

    /// Reads the next command, which must have this name. Returns its id.
    pub fn expect(&mut self, name: &str) -> u64 {
        let command = self.try_command().expect("the client closed");
        let names = [&command["execute"], &command["exec-oob"]];
        assert!(names.contains(&&Value::from(name)), "{command}");
        command["id"].as_u64().unwrap()
    }

    /// Answers a command.
    pub fn answer(&mut self, id: u64, json: &str) {
        self.send(&format!("{{\"return\": {json}, \"id\": {id}}}\r\n"));
    }

    /// Answers a command with an error.
    pub fn refuse(&mut self, id: u64, why: &str) {
        self.send(&format!(
            "{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{why}\"}}, \"id\": {id}}}\r\n"
        ));
    }

    /// Greets and negotiates the capabilities.
    pub fn greet(&mut self) {
        self.send(GREETING);
        let id = self.expect("qmp_capabilities");
        self.answer(id, "{}");
    }

    /// Waits until the client closes, which may bring an agent in step before.
    pub fn until_closed_or_synced(&mut self) {
        self.try_command_after_sentinel();
    }

    /// Waits until the client closes.
    pub fn until_closed(&mut self) {
        assert_eq!(self.try_command(), None);
    }
}
