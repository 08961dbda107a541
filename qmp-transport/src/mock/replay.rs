//! Answers from a recording.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::Reply;

/// A recording cannot be read: a part of it is not JSON.
#[derive(Debug)]
pub struct ReplayError {
    part: &'static str,
    source: serde_json::Error,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid recording: {} is not JSON", self.part)
    }
}

impl std::error::Error for ReplayError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Returns the answers that each command got, in order.
pub(super) fn replies(recording: &str) -> Result<BTreeMap<String, Vec<Reply>>, ReplayError> {
    let mut sent = String::new();
    let mut received = String::new();
    for line in recording.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value = serde_json::from_str(line).map_err(|source| ReplayError {
            part: "a line",
            source,
        })?;
        let text = line["text"].as_str().unwrap_or_default();
        match line["direction"].as_str() {
            Some("sent") => sent.push_str(text),
            _ => received.push_str(text),
        }
    }

    let commands = values(&sent, "the text that was sent")?;
    let name_of = |id: &Value| {
        let command = commands.iter().find(|command| command["id"] == *id)?;
        let name = command["execute"].as_str();
        name.or_else(|| command["exec-oob"].as_str())
    };
    let mut replies = BTreeMap::<String, Vec<Reply>>::new();
    let mut events: Vec<&Value> = Vec::new();
    let messages = values(&received, "the text that was received")?;
    for message in &messages {
        if message.get("event").is_some() {
            events.push(message);
        }
        let Some(name) = message.get("id").and_then(name_of) else {
            continue;
        };
        if name == "qmp_capabilities" {
            continue;
        }
        let mut reply = match (&message["return"], &message["error"]) {
            (returned, Value::Null) => Reply::returns(returned.clone()),
            (_, error) => {
                let text = |member: &str| error[member].as_str().unwrap_or_default();
                Reply::error(text("class"), text("desc"))
            }
        };
        for event in events.drain(..).rev() {
            let name = event["event"].as_str().unwrap_or_default();
            let data = event.get("data").cloned();
            reply = reply.after_event(name, data.unwrap_or_else(|| serde_json::json!({})));
        }
        replies.entry(name.to_owned()).or_default().push(reply);
    }
    Ok(replies)
}

/// Parses all values of a text. The last one may be incomplete, since a recording
/// can end anywhere.
fn values(text: &str, part: &'static str) -> Result<Vec<Value>, ReplayError> {
    let mut all = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter() {
        match value {
            Ok(value) => all.push(value),
            Err(error) if error.is_eof() => break,
            Err(source) => return Err(ReplayError { part, source }),
        }
    }
    Ok(all)
}
