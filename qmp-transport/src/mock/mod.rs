//! A server for tests. It greets, negotiates and answers as it was set up to, and it
//! can misbehave.
//!
//! ```
//! use qmp_transport::blocking::Client;
//! use qmp_transport::mock::{Mock, Reply};
//! use qmp_transport::{Options, Qmp};
//! use serde_json::json;
//!
//! let mock = Mock::builder()
//!     .on("query-name", |_| Reply::returns(json!({"name": "vm1"})))
//!     .on("stop", |_| Reply::nothing().after_event("STOP", json!({})))
//!     .build();
//! let mut qmp = Client::<Qmp>::from_stream(mock.spawn()?, Options::new())?;
//!
//! assert_eq!(qmp.execute_raw("query-name", &())?["name"], "vm1");
//! qmp.execute_raw("stop", &())?;
//! assert_eq!(qmp.events().next().unwrap().name, "STOP");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod replay;
mod reply;
mod validate;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

pub use builder::MockBuilder;
pub use replay::ReplayError;
pub use reply::Reply;

use crate::listener::Listener;
use crate::platform::Stream;
use reply::Step;
use validate::Schema;

/// A function that answers a command, given its arguments.
type Handler = Box<dyn FnMut(&Value) -> Reply + Send>;

/// A server for tests. See the [module](self) for an example.
///
/// Clones share the functions that answer commands, and what these keep.
#[derive(Clone)]
pub struct Mock {
    shared: Arc<Shared>,
}

struct Shared {
    greeting: Vec<Step>,
    schema: Option<Schema>,
    handlers: Mutex<BTreeMap<String, Handler>>,
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").finish_non_exhaustive()
    }
}

impl Mock {
    /// Begins to set up a QEMU 11.1 that has no commands.
    pub fn builder() -> MockBuilder {
        MockBuilder::new()
    }

    fn handlers(&self) -> MutexGuard<'_, BTreeMap<String, Handler>> {
        let handlers = self.shared.handlers.lock();
        handlers.unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves one client on a new thread, and returns the client's end of the
    /// connection. The thread ends with the connection.
    ///
    /// # Errors
    /// The system cannot create sockets or a thread.
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
            // The server goes on when a client closes its connection.
            let _ = self.serve(listener.accept(None)?);
        }
    }

    /// Serves one client until it closes the connection, or until a reply does.
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
            _ => return Reply::error("GenericError", "expected a command"),
        };
        let not_found = || {
            let text = format!("unknown command {name}, or not available now");
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

struct Connection {
    stream: Stream,
    received: Vec<u8>,
    /// Where the bytes in `received` begin that no command was read from.
    start: usize,
}

impl Connection {
    /// Performs the steps of a reply. Returns false if the connection is to be
    /// closed.
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

    /// Reads the next command; `None` when the client has closed the connection.
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
