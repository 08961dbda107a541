//! What the mock does in answer to a command.

use std::time::Duration;

use serde_json::{Value, json};

/// What the mock does in answer to a command, well or badly.
#[derive(Clone, Debug)]
pub struct Reply {
    before: Vec<Step>,
    answer: Option<Step>,
    after: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Text as it is.
    Say(String),
    /// An object that gets the command's id.
    Answer(Value),
    Wait(Duration),
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

    /// Success with a value.
    pub fn returns(value: impl Into<Value>) -> Self {
        Self::new(Some(Step::Answer(json!({"return": value.into()}))))
    }

    /// Success with nothing to say.
    pub fn nothing() -> Self {
        Self::returns(json!({}))
    }

    /// An error.
    pub fn error(class: &str, description: &str) -> Self {
        let error = json!({"class": class, "desc": description});
        Self::new(Some(Step::Answer(json!({"error": error}))))
    }

    /// No answer at all.
    pub fn silence() -> Self {
        Self::new(None)
    }

    /// Text as it is: half a reply, garbage.
    pub fn text(text: &str) -> Self {
        Self::new(Some(Step::Say(text.to_owned())))
    }

    /// With an event before the answer, and before what is already there.
    #[must_use]
    pub fn after_event(mut self, name: &str, data: impl Into<Value>) -> Self {
        self.before.insert(0, event(name, data.into()));
        self
    }

    /// With an event after the answer.
    #[must_use]
    pub fn then_event(mut self, name: &str, data: impl Into<Value>) -> Self {
        self.after.push(event(name, data.into()));
        self
    }

    /// With a pause before it all.
    #[must_use]
    pub fn delayed(mut self, time: Duration) -> Self {
        self.before.insert(0, Step::Wait(time));
        self
    }

    /// With the end of the connection after it all.
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
