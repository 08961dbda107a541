//! Setting up a mock.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::replay::{self, ReplayError};
use super::reply::{Reply, Step};
use super::validate::Schema;
use super::{Handler, Mock, Shared};

/// Sets up a [`Mock`].
///
/// ```
/// use qmp_transport::blocking::Client;
/// use qmp_transport::mock::Mock;
/// use qmp_transport::{Options, Qmp};
///
/// let mock = Mock::builder().version(9, 2, 0).build();
/// let qmp = Client::<Qmp>::from_stream(mock.spawn()?, Options::new())?;
/// assert_eq!(qmp.greeting().unwrap().version.major, 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "call `build` to create the mock"]
pub struct MockBuilder {
    greeting: Vec<Step>,
    schema: Option<Schema>,
    handlers: BTreeMap<String, Handler>,
}

impl fmt::Debug for MockBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockBuilder")
            .field("commands", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

impl MockBuilder {
    pub(super) fn new() -> Self {
        Self {
            greeting: vec![greeting(11, 1, 0)],
            schema: None,
            handlers: BTreeMap::new(),
        }
    }

    /// Sets the release that the mock greets as. Default: 11.1.0.
    pub fn version(mut self, major: u32, minor: u32, micro: u32) -> Self {
        self.greeting = vec![greeting(major, minor, micro)];
        self
    }

    /// Sets what the mock sends first, in place of a greeting: events before the
    /// greeting, half of a greeting, garbage, or nothing. The reply must not
    /// answer a command.
    pub fn begin_with(mut self, reply: Reply) -> Self {
        self.greeting = reply.steps();
        self
    }

    /// Sets the function that answers a command. It takes the arguments.
    pub fn on(
        mut self,
        command: &str,
        handler: impl FnMut(&Value) -> Reply + Send + 'static,
    ) -> Self {
        self.handlers.insert(command.to_owned(), Box::new(handler));
        self
    }

    /// Sets the schema: an introspection, as `query-qmp-schema` returns it.
    ///
    /// The mock then answers `query-qmp-schema` with it, and checks the arguments
    /// of all commands against it. A command that the schema does not have is
    /// answered with `CommandNotFound`, and one without a handler with an error
    /// that says so.
    pub fn schema(mut self, introspection: &Value) -> Self {
        self.schema = Some(Schema::new(introspection));
        let answer = introspection.clone();
        self.on("query-qmp-schema", move |_| Reply::returns(answer.clone()))
    }

    /// Answers commands from a recording that a [`Recorder`](crate::Recorder)
    /// wrote: each command with the answers that it got then, in order, and the
    /// last of them again and again. Each event comes before the answer that it
    /// came before.
    ///
    /// # Errors
    /// The recording is not JSON.
    pub fn replay(mut self, recording: &str) -> Result<Self, ReplayError> {
        for (command, replies) in replay::replies(recording)? {
            let mut replies = replies.into_iter().peekable();
            self = self.on(&command, move |_| {
                let reply = match replies.next() {
                    Some(reply) => reply,
                    None => return Reply::error("GenericError", "the recording has no answer"),
                };
                if replies.peek().is_none() {
                    // The last one serves from now on.
                    replies = vec![reply.clone()].into_iter().peekable();
                }
                reply
            });
        }
        Ok(self)
    }

    /// Creates the mock.
    pub fn build(self) -> Mock {
        Mock {
            shared: Arc::new(Shared {
                greeting: self.greeting,
                schema: self.schema,
                handlers: Mutex::new(self.handlers),
            }),
        }
    }
}

fn greeting(major: u32, minor: u32, micro: u32) -> Step {
    let version = json!({
        "qemu": {"major": major, "minor": minor, "micro": micro},
        "package": "mock"
    });
    let greeting = json!({"QMP": {"version": version, "capabilities": ["oob"]}});
    Step::Say(greeting.to_string() + "\r\n")
}
