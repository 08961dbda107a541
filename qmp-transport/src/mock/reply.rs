//! Answers to commands, and what the mock does around them.

use std::time::Duration;

use serde_json::{Value, json};

/// The answer of a [`Mock`](super::Mock) to a command, and what it does before and
/// after it.
///
/// ```
/// use std::time::Duration;
/// use qmp_transport::mock::Reply;
/// use serde_json::json;
///
/// let reply = Reply::nothing()
///     .after_event("STOP", json!({}))
///     .delayed(Duration::from_millis(10));
/// ```
#[derive(Clone, Debug)]
pub struct Reply {
    before: Vec<Step>,
    answer: Option<Step>,
    after: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Sends text as it is.
    Say(String),
    /// Sends an object, with the id of the command added to it.
    Answer(Value),
    /// Waits.
    Wait(Duration),
    /// Closes the connection.
    Close,
}

impl Reply {
    fn new(answer: Option<Step>) -> Self {
        Self {
            before: Vec::new(),
            answer,
            after: Vec::new(),
        }
    }

    /// Creates an answer that returns a value.
    pub fn returns(value: impl Into<Value>) -> Self {
        Self::new(Some(Step::Answer(json!({"return": value.into()}))))
    }

    /// Creates an answer that returns nothing, which is an empty object.
    pub fn nothing() -> Self {
        Self::returns(json!({}))
    }

    /// Creates an error with a class, such as `GenericError`, and a description.
    pub fn error(class: &str, description: &str) -> Self {
        let error = json!({"class": class, "desc": description});
        Self::new(Some(Step::Answer(json!({"error": error}))))
    }

    /// Creates a reply that does not answer.
    pub fn silence() -> Self {
        Self::new(None)
    }

    /// Creates a reply that sends text as it is, such as half an answer or garbage.
    pub fn text(text: &str) -> Self {
        Self::new(Some(Step::Say(text.to_owned())))
    }

    /// Adds an event before the answer, and before what was added there already.
    #[must_use]
    pub fn after_event(mut self, name: &str, data: impl Into<Value>) -> Self {
        self.before.insert(0, event(name, data.into()));
        self
    }

    /// Adds an event after the answer.
    #[must_use]
    pub fn then_event(mut self, name: &str, data: impl Into<Value>) -> Self {
        self.after.push(event(name, data.into()));
        self
    }

    /// Adds a pause before everything else.
    #[must_use]
    pub fn delayed(mut self, time: Duration) -> Self {
        self.before.insert(0, Step::Wait(time));
        self
    }

    /// Closes the connection after everything else.
    #[must_use]
    pub fn then_close(mut self) -> Self {
        self.after.push(Step::Close);
        self
    }

    pub(super) fn steps(self) -> Vec<Step> {
        let mut steps = self.before;
        steps.extend(self.answer);
        steps.extend(self.after);
        steps
    }
}

fn event(name: &str, data: Value) -> Step {
    let mut event = json!({"event": name, "timestamp": {"seconds": 1, "microseconds": 0}});
    if data.as_object().is_none_or(|data| !data.is_empty()) {
        event["data"] = data;
    }
    Step::Say(event.to_string() + "\r\n")
}
