//! A server for tests: it greets, negotiates, answers what it is told to, and
//! misbehaves on request.
//!
//! ```
//! use qmp_transport::blocking::Client;
//! use qmp_transport::mock::{Mock, Reply};
//! use qmp_transport::{Options, Qmp};
//! use serde_json::json;
//!
//! let mock = Mock::new()
//!     .on("query-name", |_| Reply::returns(json!({"name": "vm1"})))
//!     .on("stop", |_| Reply::nothing().after_event("STOP", json!({})));
//! let mut qmp = Client::<Qmp>::from_stream(mock.spawn()?, Options::new())?;
//!
//! assert_eq!(qmp.execute_raw("query-name", &())?["name"], "vm1");
//! qmp.execute_raw("stop", &())?;
//! assert_eq!(qmp.events().next().unwrap().name, "STOP");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod replay;
mod reply;
mod validate;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

pub use replay::ReplayError;
pub use reply::Reply;

use crate::listener::Listener;
use crate::platform::Stream;
use reply::Step;
use validate::Schema;

type Handler = Box<dyn FnMut(&Value) -> Reply + Send>;

/// A server for tests. See the [module](self) for an example.
#[derive(Clone)]
pub struct Mock {
    shared: Arc<Shared>,
}

struct Shared {
    handlers: Mutex<BTreeMap<String, Handler>>,
    schema: Option<Schema>,
    greeting: Vec<Step>,
}

impl std::fmt::Debug for Mock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mock").finish_non_exhaustive()
    }
}

impl Default for Mock {
    fn default() -> Self {
        Self::new()
    }
}

impl Mock {
    /// A QEMU 11.1 that knows no commands.
    pub fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                handlers: Mutex::default(),
                schema: None,
                greeting: vec![Step::Say(greeting((11, 1, 0)))],
            }),
        }
    }

    fn set(self, set: impl FnOnce(&mut Shared)) -> Self {
        let Self { mut shared } = self;
        // While it is being set up there are no other owners.
        if let Some(shared) = Arc::get_mut(&mut shared) {
            set(shared);
        }
        Self { shared }
    }

    /// Has it greet as another release.
    #[must_use]
    pub fn version(self, major: u32, minor: u32, micro: u32) -> Self {
        self.set(|shared| shared.greeting = vec![Step::Say(greeting((major, minor, micro)))])
    }

    /// Has it begin in another way than with a greeting: with events before
    /// it, with half of it, with garbage, or not at all. The reply's value is
    /// not sent.
    #[must_use]
    pub fn begin_with(self, reply: Reply) -> Self {
        self.set(|shared| shared.greeting = reply.steps())
    }

    /// Answers a command by a function of its arguments, in place of what
    /// answered it before.
    #[must_use]
    pub fn on(self, command: &str, handler: impl FnMut(&Value) -> Reply + Send + 'static) -> Self {
        let mut handlers = self.handlers();
        handlers.insert(command.to_owned(), Box::new(handler));
        drop(handlers);
        self
    }

    /// Has arguments checked against an introspection, the array that
    /// `query-qmp-schema` returns, with which that command is answered too.
    /// Commands that it does not have are not found, and those that have no
    /// handler are answered with an error that says so.
    #[must_use]
    pub fn schema(self, introspection: &Value) -> Self {
        let whole = introspection.clone();
        self.set(|shared| shared.schema = Some(Schema::new(introspection)))
            .on("query-qmp-schema", move |_| Reply::returns(whole.clone()))
    }

    /// Answers commands with what a recording of
    /// [`Recorder`](crate::Recorder)'s holds, each with the answers that it
    /// got, in order, the last again and again. Events come before the answer
    /// before which they came then.
    ///
    /// # Errors
    /// The recording cannot be read.
    pub fn replay(self, recording: &str) -> Result<Self, ReplayError> {
        let mut mock = self;
        for (command, replies) in replay::replies(recording)? {
            let mut replies = replies.into_iter().peekable();
            mock = mock.on(&command, move |_| {
                let reply = match replies.next() {
                    Some(reply) => reply,
                    None => return Reply::error("GenericError", "the recording is at its end"),
                };
                if replies.peek().is_none() {
                    // The last serves from now on.
                    replies = vec![reply.clone()].into_iter().peekable();
                }
                reply
            });
        }
        Ok(mock)
    }

    fn handlers(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Handler>> {
        let handlers = self.shared.handlers.lock();
        handlers.unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves one client on a thread of its own, which ends with the
    /// connection: the client's end.
    ///
    /// # Errors
    /// The system gives no sockets or threads.
    pub fn spawn(&self) -> io::Result<Stream> {
        let (ours, theirs) = Stream::pair()?;
        let mock = self.clone();
        thread::Builder::new()
            .name("mock QEMU".to_owned())
            .spawn(move || mock.serve(theirs))?;
        Ok(ours)
    }

    /// Serves the clients that connect to a listener, one after another, until
    /// listening fails.
    ///
    /// # Errors
    /// Listening failed.
    pub fn serve_all(&self, listener: &Listener) -> Result<(), crate::Error> {
        loop {
            // A client that goes away is no failure of the server's.
            let _ = self.serve(listener.accept(None)?);
        }
    }

    /// Serves one client until it closes, or until a reply closes.
    ///
    /// # Errors
    /// The connection failed.
    pub fn serve(&self, stream: impl Into<Stream>) -> io::Result<()> {
        let stream = stream.into();
        stream.set_blocking()?;
        let mut connection = Connection {
            stream,
            received: Vec::new(),
            start: 0,
        };
        if !connection.perform(&self.shared.greeting, &Value::Null)? {
            return Ok(());
        }
        let mut negotiated = false;
        while let Some(command) = connection.next()? {
            let id = &command["id"];
            let reply = self.answer(&command, &mut negotiated);
            if !connection.perform(&reply.steps(), id)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn answer(&self, command: &Value, negotiated: &mut bool) -> Reply {
        let name = match [&command["execute"], &command["exec-oob"]].map(Value::as_str) {
            [Some(name), None] | [None, Some(name)] => name,
            _ => return Reply::error("GenericError", "the input is no command"),
        };
        let not_found = || {
            let text = format!("there is no {name}, or not now");
            Reply::error("CommandNotFound", &text)
        };
        if (name == "qmp_capabilities") == *negotiated {
            return not_found();
        }
        if !*negotiated {
            *negotiated = true;
            return Reply::nothing();
        }
        let none = json!({});
        let arguments = command.get("arguments").unwrap_or(&none);
        if let Some(schema) = &self.shared.schema {
            match schema.check_command(name, arguments) {
                None => return not_found(),
                Some(Err(message)) => return Reply::error("GenericError", &message),
                Some(Ok(())) => {}
            }
        }
        match self.handlers().get_mut(name) {
            Some(handler) => handler(arguments),
            None if self.shared.schema.is_some() => Reply::error(
                "GenericError",
                &format!("the mock has no handler for {name}"),
            ),
            None => not_found(),
        }
    }
}

fn greeting((major, minor, micro): (u32, u32, u32)) -> String {
    let version = json!({
        "qemu": {"major": major, "minor": minor, "micro": micro},
        "package": "mock"
    });
    json!({"QMP": {"version": version, "capabilities": ["oob"]}}).to_string() + "\r\n"
}

struct Connection {
    stream: Stream,
    /// From `start` on, what no command was made of yet.
    received: Vec<u8>,
    start: usize,
}

impl Connection {
    /// False: the connection is to be closed.
    fn perform(&mut self, steps: &[Step], id: &Value) -> io::Result<bool> {
        for step in steps {
            match step {
                Step::Say(text) => self.say(text)?,
                Step::Answer(answer) => {
                    let mut answer = answer.clone();
                    if let (Some(members), false) = (answer.as_object_mut(), id.is_null()) {
                        members.insert("id".to_owned(), id.clone());
                    }
                    self.say(&(answer.to_string() + "\r\n"))?;
                }
                Step::Wait(time) => thread::sleep(*time),
                Step::Close => return Ok(false),
            }
        }
        Ok(true)
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let count = self.stream.write(rest)?;
            rest = &rest[count..];
        }
        Ok(())
    }

    /// The next command; none when the client has closed.
    fn next(&mut self) -> io::Result<Option<Value>> {
        loop {
            let rest = &self.received[self.start..];
            let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
            match values.next() {
                Some(Ok(value)) => {
                    self.start += values.byte_offset();
                    return Ok(Some(value));
                }
                Some(Err(error)) if !error.is_eof() => return Err(error.into()),
                _ => {}
            }
            self.received.drain(..self.start);
            self.start = 0;
            let mut space = vec![0; 64 * 1024];
            match self.stream.read(&mut space)? {
                0 => return Ok(None),
                count => self.received.extend_from_slice(&space[..count]),
            }
        }
    }
}
