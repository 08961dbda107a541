//! A server that says what a test tells it to.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;

use serde_json::Value;

pub const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 8},
    "package": ""}, "capabilities": ["oob"]}}"#;

/// The server's end of a connection.
pub struct Peer {
    reader: BufReader<UnixStream>,
}

impl Peer {
    /// A client's end, and a thread that plays the server.
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

    /// Sends text as it is.
    pub fn send(&mut self, text: &str) {
        self.reader.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.reader.get_mut().write_all(bytes).unwrap();
    }

    /// Sends text, or tells that the client has closed.
    pub fn try_send(&mut self, text: &str) -> bool {
        self.reader.get_mut().write_all(text.as_bytes()).is_ok()
    }

    /// The next command; none when the client has closed.
    pub fn try_command(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).unwrap())
    }

    /// The next command, which must come after the byte that an agent's parser
    /// is resynchronised by; none when the client has closed.
    pub fn try_command_after_sentinel(&mut self) -> Option<Value> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line).unwrap();
        let (first, command) = line.split_first()?;
        assert_eq!(*first, 0xff);
        Some(serde_json::from_slice(command).unwrap())
    }

    /// The next command, which must be of this name: its id.
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

    /// Greets and settles the capabilities.
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
